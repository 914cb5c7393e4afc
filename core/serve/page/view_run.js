// One run: its state, live while it is at work; what went wrong, what it changed; cancel and roll back.
import { html, useState } from './preact.js';
import { ask, hasEnded, movedIn } from './api.js';
import { useAction, useLoad } from './hooks.js';
import { Button, Empty, FailureNotice, Heading, Loaded, Notice, StateWord, Time, useMay } from './parts.js';
import { Rollback } from './rollback.js';
import { ProblemLines, Progress } from './running.js';
import { countedProblems, problemsOf, resultOf, stateOf, syncsOf } from './runs.js';
import { Foreign, since } from './text.js';
import { Changes, readChanges } from './values.js';
import { titleOf } from './view_runs.js';

function Facts({ run }) {
  const requests = syncsOf(run).map((each) => each.requests).filter(Boolean);
  const asked = ['GET', 'POST', 'PATCH'].map((method) => [method, requests.reduce((total, each) => total + (each[method] ?? 0), 0)]);
  return html`<dl class="facts">
    <div><dt>Command</dt><dd><code><${Foreign} text=${titleOf(run)} /></code></dd></div>
    <div><dt>By</dt><dd><${Foreign} text=${run.by ?? 'not known'} /></dd></div>
    <div><dt>Began</dt><dd><${Time} at=${run.started_at} now="not yet" /></dd></div>
    <div><dt>Took</dt><dd>${run.started_at ? (run.finished_at ? since(run.started_at, run.finished_at) : 'at work') : '–'}</dd></div>
    ${requests.length > 0 && html`<div><dt>Requests</dt><dd>${asked.map(([method, number]) => `${method} ${number}`).join(', ')}</dd>
      </div>`}
    <div><dt>Id</dt><dd><code>${run.id}</code></dd></div></dl>`;
}

/// What a plan or a dry run would do stands in its outcome; what a run wrote, in the journal.
function changesOf(run, journal) {
  const outcome = run.outcome;
  if (outcome?.restored && outcome.dry_run) return readChanges(outcome.restored);
  if (outcome?.dry_run) return syncsOf(run).flatMap((sync) => readChanges(sync.changes ?? [], { sync: sync.name }));
  return readChanges(journal?.items ?? []);
}

function Journal({ run }) {
  const wanted = hasEnded(run) && !run.outcome?.dry_run && !run.outcome?.checks;
  const load = useLoad(wanted ? `/api/v1/runs/${run.id}/changes` : null);
  const changes = changesOf(run, load.data);
  const would = run.outcome?.dry_run === true;
  return html`<section><h2>${would ? 'What it would do' : 'Changes'}</h2>
    ${load.failure && load.failure.status !== 404 && html`<${FailureNotice} failure=${load.failure}
      retry=${load.reload} title="The changes could not be loaded" />`}
    ${changes.length > 0 ? html`<${Changes} changes=${changes} />`
      : (load.data || load.failure?.status === 404 || would || run.outcome?.checks) && html`<${Empty}
        title=${would ? 'Nothing to do.' : 'It changed nothing.'} />`}</section>`;
}

function Checks({ checks }) {
  return html`<section><h2>Checks</h2><ul class="rows">${checks.map((check) => html`<li key=${`${check.what} ${check.name}`}>
    <span class="state ${check.ok ? 'good' : 'bad'}"><span class="icon" aria-hidden="true">${check.ok ? '✓' : '✕'}</span>
      ${check.ok ? 'well' : 'mistake'}</span>
    <span><${Foreign} text=${`${check.what} ${check.name}`} />${check.message && html`: <${Foreign} text=${check.message} />`}</span>
      </li>`)}</ul></section>`;
}

function Left({ outcome }) {
  const lines = [
    ...(outcome.skipped ?? []).map((each) => `${each.label}, ${each.field}: ${each.reason}`),
    ...(outcome.created_left ?? []).map((each) => `${each.label} was created, and stays`),
    ...(outcome.next ?? []),
  ];
  if (lines.length === 0) return null;
  return html`<${Notice} tone="warn" title="What it leaves"><ul>${lines.map((line) => html`<li key=${line}><${Foreign} text=${line} />
    </li>`)}</ul></${Notice}>`;
}

function RunBody({ run, reload }) {
  const may = useMay();
  const [undoing, setUndoing] = useState(false);
  const cancelling = useAction(async () => {
    await ask('POST', `/api/v1/runs/${run.id}/cancel`, { body: {} });
    reload();
  });
  const ended = hasEnded(run);
  const problems = problemsOf(run);
  const counted = countedProblems(run);
  const error = run.outcome?.error;
  const real = ended && !run.outcome?.dry_run && !run.outcome?.checks && !['plan', 'check'].includes(run.command);
  return html`
    <p class="answer"><${StateWord} state=${stateOf(run)} /> <${Foreign} text=${ended ? resultOf(run) : ''} /></p>
    ${!ended && html`<${Progress} run=${run} />`}
    ${error && html`<${FailureNotice}
      failure=${{ ...error, errors: movedIn(run.outcome) }} title="Why it failed" />`}
    <p class="bar">
      ${!ended && may('write') && html`<${Button} kind="danger" busy=${cancelling.busy} busyWord="Stopping…"
        onClick=${() => cancelling.run()}>Cancel</${Button}>
        <span class="quiet">Stops after the record under way. What was written stays, and the next run goes on from there.</span>`}
      ${real && may('plan') && html`<button type="button" onClick=${() => setUndoing(true)}>Roll back…</button>`}
      ${run.outcome?.plan && html`<a class="button primary" href=${`/plans/${run.outcome.plan}`}>Look at the plan</a>`}</p>
    ${cancelling.failure && html`<${FailureNotice} failure=${cancelling.failure} />`}
    <${Facts} run=${run} />
    ${run.outcome?.undoes && html`<p>It undoes the run <a href=${`/runs/${run.outcome.undoes}`}><code>${run.outcome.undoes}</code></a>.</p>
      <${Left} outcome=${run.outcome} />`}
    ${problems.length > 0 && html`<section><h2>Problems</h2><${ProblemLines} problems=${problems} /></section>`}
    ${counted.length > 0 && html`<section><h2>Problems</h2><p>The journal counts them. What still stands is listed:</p>
      <ul>${counted.map(({ text, to }) => html`<li key=${to}><a href=${to}>${text}</a></li>`)}</ul></section>`}
    ${run.outcome?.checks && html`<${Checks} checks=${run.outcome.checks} />`}
    ${ended && !run.outcome?.checks && html`<${Journal} run=${run} />`}
    ${undoing && html`<${Rollback} run=${run} close=${() => setUndoing(false)} />`}`;
}

export function Run({ argument }) {
  const ofThisRun = (event) => event.name.startsWith('run.') && event.data.id === argument;
  const load = useLoad(`/api/v1/runs/${encodeURIComponent(argument)}`, ofThisRun);
  return html`<${Heading} title=${load.data ? `Run: ${titleOf(load.data)}` : 'Run'} />
    <${Loaded} load=${load}>${(run) => html`<${RunBody} key=${run.id} run=${run} reload=${load.reload} />`}</${Loaded}>`;
}
