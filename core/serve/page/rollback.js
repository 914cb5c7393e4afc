// Undoing a run: first what it would restore, and what it cannot; then a button that says how much.
import { html, useEffect } from './preact.js';
import { post, succeeded, untilEnded } from './api.js';
import { useAction } from './hooks.js';
import { Button, Dialog, FailureNotice, useMay } from './parts.js';
import { navigate } from './router.js';
import { count, Foreign } from './text.js';
import { Changes, readChanges } from './values.js';

export function Rollback({ run, close }) {
  const may = useMay();
  const path = `/api/v1/runs/${run.id}/rollback`;
  const looking = useAction(async () => succeeded(await untilEnded(await post(path, { dry_run: true }, { wait: 30 }))));
  const doing = useAction(async () => {
    const begun = await post(path, { dry_run: false }, { wait: 5 });
    close();
    navigate(`/runs/${begun.id}`);
  });
  useEffect(() => { looking.run(); }, []);
  const outcome = looking.result?.outcome;
  const fields = (outcome?.restored ?? []).reduce((total, each) => total + Object.keys(each.fields).length, 0);
  const records = outcome?.restored.length ?? 0;
  return html`<${Dialog} title="Roll back" close=${close}>
    <div aria-live="polite">
    ${looking.busy && html`<p><span class="spinner" aria-hidden="true"></span>Looking at what would be restored…</p>`}
    ${looking.failure && html`<${FailureNotice} failure=${looking.failure}
      retry=${() => looking.run()} title="It could not be looked at" />`}
    ${outcome && records === 0 && html`
      <p>There is nothing to restore: nothing that this run wrote stands any more, or it wrote nothing.</p>`}
    ${outcome && records > 0 && html`<p>
      ${count(fields, 'value')} in ${count(records, 'record')} would be as ${fields === 1 ? 'it was' : 'they were'} before the run.</p>
      <${Changes} changes=${readChanges(outcome.restored)} />`}
    ${outcome?.skipped.length > 0 && html`<h3>Skipped</h3><ul>
      ${outcome.skipped.map((each) => html`<li key=${`${each.remote_id} ${each.field}`}>
      <${Foreign} text=${`${each.label}, ${each.field}: ${each.reason}`} /></li>`)}</ul>`}
    ${outcome?.created_left.length > 0 && html`<h3>Stays</h3><p>
      ${count(outcome.created_left.length, 'record was', 'records were')} created by it. Nothing is ever deleted:
      <${Foreign} text=${outcome.created_left.slice(0, 8).map((each) => each.label || each.remote_id).join(', ')} />
        ${outcome.created_left.length > 8 && ' and others'}.</p>`}
    ${outcome?.next.map((line) => html`<p class="quiet" key=${line}><${Foreign} text=${line} /></p>`)}
    ${doing.failure && html`<${FailureNotice} failure=${doing.failure} title="Nothing was restored" />`}</div>
    <p class="bar">
      ${records > 0 && (may('admin')
        ? html`<${Button} kind="danger" busy=${doing.busy} busyWord="Restoring…"
          onClick=${() => doing.run()}>Restore ${count(fields, 'value')} in ${count(records, 'record')}</${Button}>`
        : html`<span class="quiet">To restore them, a token of scope admin is needed.</span>`)}
      <button type="button" onClick=${close}>Close</button></p></${Dialog}>`;
}
