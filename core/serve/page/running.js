// Buttons that start something, and what became of it, shown under them until something else is asked for.
import { html } from './preact.js';
import { post, succeeded, untilEnded } from './api.js';
import { useAction } from './hooks.js';
import { Button, FailureNotice, Notice, RunLink, useMay } from './parts.js';
import { navigate } from './router.js';
import { kModes, problemsOf, progressOf, resultOf, stateKey } from './runs.js';
import { count, Foreign } from './text.js';

/// Makes a plan and shows it.
export async function preview(mode, syncs, more = {}) {
  const run = succeeded(await untilEnded(await post('/api/v1/plans', { mode, syncs, ...more }, { wait: 30 })));
  if (!run.outcome.plan) navigate(`/runs/${run.id}`);
  else navigate(`/plans/${run.outcome.plan}`);
}

export async function begin(mode, syncs, look) {
  return untilEnded(await post('/api/v1/runs', { mode, syncs }, { wait: 2 }), look);
}

/// What came of a run: whole, with errors, or not at all.
export function RunResult({ run, title }) {
  const key = stateKey(run);
  const error = run.outcome?.error;
  if (key === 'failed' || key === 'cancelled') {
    const why = { message: error?.message ?? 'It was cancelled; what it had written stays.', hint: error?.hint, run: run.id, errors: [] };
    return html`<${FailureNotice} failure=${why} title=${title.failed ?? 'Sync Failed'} />`;
  }
  const problems = problemsOf(run);
  const partial = key === 'incomplete';
  return html`<${Notice} tone=${partial ? 'warn' : 'good'}
    title=${partial ? title.partial ?? 'Sync Completed with Errors' : title.done} role="status">
    <p><${Foreign} text=${resultOf(run)} /></p>
    <${ProblemLines} problems=${problems} />
    <p><${RunLink} id=${run.id}>Look at the run</${RunLink}></p></${Notice}>`;
}

function whose({ records }) {
  return (records.length === 1 && records[0].label) || count(records.length, 'record');
}

export function ProblemLines({ problems }) {
  if (problems.length === 0) return null;
  return html`<ul class="problems">${problems.slice(0, 10).map((problem) => html`<li key=${problem.key}>
    <${Foreign} text=${whose(problem)} />${': '}
    <${Foreign} text=${problem.message} /></li>`)}
    ${problems.length > 10 && html`<li>and ${count(problems.length - 10, 'other reason')}</li>`}</ul>`;
}

export function Progress({ run }) {
  const { text, done, total } = progressOf(run);
  return html`<div class="progress"><p>${text}</p>
    ${total ? html`<progress value=${done} max=${total} aria-label="written"></progress>` : html`<progress aria-label=${text}></progress>`}
      </div>`;
}

/// What a guard has stopped can be looked at without it, by who may pass it: never written without a plan.
function PastGuard({ failure, mode, planning, sync }) {
  const may = useMay();
  const guard = /--allow-(mass|account)-change/.exec(failure?.hint ?? '')?.[1];
  if (!guard || !may('admin')) return null;
  return html`<p class="bar"><${Button} kind="danger" busy=${planning.busy} busyWord="Comparing…"
    onClick=${() => planning.run(mode, [sync.name], { [`allow_${guard}_change`]: true })}>Preview with this guard passed</${Button}></p>`;
}

/// Preview and the three runs of one sync.
export function SyncButtons({ sync, changed }) {
  const may = useMay();
  const planning = useAction(preview);
  const running = useAction(async (mode, look) => {
    const run = await begin(mode, [sync.name], look);
    changed?.();
    return { mode, run };
  });
  if (!may('plan')) return html`<p class="quiet">Your token may look, and start nothing.</p>`;
  const busy = planning.busy || running.busy;
  return html`<div class="bar">
      <${Button} kind="primary" busy=${planning.busy} busyWord="Comparing…" disabled=${running.busy}
        onClick=${() => { running.clear(); planning.run('full', [sync.name]); }}>
        Preview<span class="sr"> ${sync.name}</span></${Button}>
      ${may('write') && ['full', 'import', 'export'].map((mode) => html`<${Button} key=${mode} disabled=${busy}
        onClick=${() => { planning.clear(); running.run(mode); }}>${kModes[mode]}<span class="sr"> ${sync.name}</span></${Button}>`)}
    </div>
    <div aria-live="polite">
      ${running.busy && (running.progress ? html`<${Progress} run=${running.progress} />` : html`<p>
        <span class="spinner" aria-hidden="true"></span>Syncing…</p>`)}
      ${planning.failure && html`<${FailureNotice} failure=${planning.failure} title="No plan could be made" />`}
      <${PastGuard} failure=${planning.failure ?? running.result?.run.outcome?.error} mode=${running.result?.mode ?? 'full'}
        planning=${planning} sync=${sync} />
      ${running.failure && html`<${FailureNotice} failure=${running.failure} title="Sync Failed" />`}
      ${running.result && html`<${RunResult} run=${running.result.run} title=${{ done: `${kModes[running.result.mode]}: done` }} />`}
    </div>`;
}
