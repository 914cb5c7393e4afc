// One record: how its two sides differ now, field by field, and what was ever written to it.
import { html, useEffect } from './preact.js';
import { post, succeeded, untilEnded } from './api.js';
import { useAction, useLoad } from './hooks.js';
import { Button, FailureNotice, Heading, Loaded, Notice, useMay } from './parts.js';
import { ProblemLines } from './running.js';
import { problemsOf } from './runs.js';
import { Foreign } from './text.js';
import { Changes, readChanges } from './values.js';

/// What a full run of this one record would do writes nothing, and says how the sides differ.
function useComparison(sync, id) {
  return useAction(async () => {
    const body = { mode: 'full', syncs: [sync], ids: [id], dry_run: true, on_conflict: 'manual' };
    const run = succeeded(await untilEnded(await post('/api/v1/runs', body, { wait: 20 })));
    return run.outcome.syncs[0];
  });
}

export function RecordView({ argument, second }) {
  const may = useMay();
  const comparing = useComparison(argument, second);
  const history = useLoad(`/api/v1/history?record=${encodeURIComponent(second)}&sync=${encodeURIComponent(argument)}&limit=50`,
                          (event) => event.name === 'run.finished');
  useEffect(() => { if (may('plan')) comparing.run(); }, [argument, second]);
  const found = comparing.result;
  const differs = readChanges(found?.changes ?? [], { sync: argument });
  const conflicts = found?.conflicting ?? [];
  const problems = found ? problemsOf({ outcome: { syncs: [found] } }) : [];
  return html`<${Heading} title=${`Record ${second}`} />
    <p class="quiet">of <a href=${`/syncs/${encodeURIComponent(argument)}`}>${argument}</a></p>
    <section><h2>How its sides differ</h2>
      ${may('plan') ? html`<p class="bar"><${Button} busy=${comparing.busy} busyWord="Comparing…"
        onClick=${() => comparing.run()}>Compare anew</${Button}></p>` : html`<p class="quiet">To compare it, a token of scope plan is needed.</p>`}
      ${comparing.failure && html`<${FailureNotice} failure=${comparing.failure} title="It could not be compared" />`}
      <div aria-live="polite">${found && differs.length === 0 && conflicts.length === 0 && problems.length === 0 && html`<${Notice} tone="good">
        <p>Both sides agree.</p></${Notice}>`}</div>
      ${problems.length > 0 && html`<${ProblemLines} problems=${problems} />`}
      ${conflicts.length > 0 && html`<p><a href="/conflicts">Edited on both sides:</a> ${conflicts.map((each) => html`<span class="chip"
        key=${each.field}><${Foreign} text=${each.field} /></span> `)}</p>`}
      <${Changes} changes=${differs} /></section>
    <section><h2>What was written</h2><${Loaded} load=${history}>${(data) => {
      const changes = readChanges(data.changes ?? []);
      return changes.length === 0 ? html`<p>Nothing yet.</p>` : html`<${Changes} changes=${changes} />`;
    }}</${Loaded}></section>`;
}
