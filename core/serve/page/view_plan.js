// One plan: what would be written, field by field, and a button that carries out exactly that.
import { html, useEffect, useState } from './preact.js';
import { ask, hasEnded, post, succeeded } from './api.js';
import { useAction, useLoad, useTick } from './hooks.js';
import { Button, Empty, FailureNotice, Heading, Loaded, Notice, RunLink, StateWord, Time, useMay } from './parts.js';
import { navigate } from './router.js';
import { preview, ProblemLines } from './running.js';
import { problemsOf, resultOf } from './runs.js';
import { count, Foreign, listed } from './text.js';
import { Changes, readChanges, Value } from './values.js';
import { kPlanStates, planTitle } from './view_plans.js';

/// As the run that made it would have been told.
function asRun(plan) {
  return { state: 'done', outcome: plan.plan };
}

function summary(changes, conflicts) {
  const words = [];
  for (const action of ['create', 'recreate', 'update', 'link']) {
    const number = changes.filter((change) => change.action === action).length;
    if (number > 0) words.push(`${number} to ${action === 'recreate' ? 'create anew' : action}`);
  }
  if (conflicts > 0) words.push(count(conflicts, 'field in conflict', 'fields in conflict'));
  return listed(words);
}

function Conflicting({ conflicts }) {
  const winners = { remote: 'the remote value is taken', local: 'the database’s value is taken', nobody: 'left for a decision' };
  return html`<section><h3>Edited on both sides</h3>${conflicts.map((each) => html`<div class="card" key=${`${each.id} ${each.field}`}>
    <h4><${Foreign} text=${`${each.label} · ${each.field}`} /></h4>
    <dl class="fields"><div><dt>Before</dt><dd><${Value} value=${each.base} /></dd></div>
      <div><dt>Database</dt><dd><${Value} value=${each.here} /></dd></div>
      <div><dt>Remote</dt><dd><${Value} value=${each.there} /></dd></div>
      <div><dt>Then</dt><dd>${winners[each.winner] ?? `${each.winner} is taken`}</dd></div></dl></div>`)}</section>`;
}

function Planned({ sync }) {
  const changes = readChanges(sync.changes ?? [], { sync: sync.name });
  const conflicts = sync.conflicting ?? [];
  const policy = sync.policy ?? {};
  const problems = problemsOf({ outcome: { syncs: [sync] } });
  const said = summary(changes, conflicts.length);
  return html`<section><h2>${sync.name}</h2>
    <p>${said || 'Nothing to do: both sides agree.'}
      ${policy.on_conflict && html`${' '}<span class="quiet">Where both sides
        changed: ${policy.on_conflict}; edits of the database on import: ${policy.local_edits}.</span>`}</p>
    ${problems.length > 0 && html`<h3>Problems</h3><${ProblemLines} problems=${problems} />`}
    ${conflicts.length > 0 && html`<${Conflicting} conflicts=${conflicts} />`}
    <${Changes} changes=${changes} remote=${sync.target?.provider} /></section>`;
}

function Actions({ plan, etag, reload }) {
  const may = useMay();
  const [note, setNote] = useState('');
  const [gone, setGone] = useState(false);
  const applying = useAction(async () => {
    const run = await post(`/api/v1/plans/${plan.id}/apply`, {}, { wait: 2, headers: { 'If-Match': etag } });
    if (hasEnded(run)) succeeded(run);
    navigate(`/runs/${run.id}`);
  });
  const discarding = useAction(async () => {
    await ask('POST', `/api/v1/plans/${plan.id}/discard`, { body: note ? { note } : {} });
    reload();
  });
  const again = useAction(() => preview(plan.mode, plan.syncs, optionsOf(plan)));
  useTick(5000);
  useEffect(() => { if (applying.failure && [410, 412].includes(applying.failure.status)) setGone(true); }, [applying.failure]);
  const expired = Date.parse(plan.expires_at) <= Date.now();
  const stale = gone || expired || applying.failure?.code === 'stale';
  const written = plan.plan.syncs.some((sync) => (sync.changes ?? []).length > 0 || (sync.conflicting ?? []).length > 0);
  return html`
    ${expired && html`<${Notice} tone="warn" title="This plan has expired.">
      <p>Nothing was written. Make a new one, which sees both sides as they are now.</p></${Notice}>`}
    ${applying.failure && html`<${FailureNotice} failure=${applying.failure}
      title=${applying.failure.code === 'stale' ? 'Something has changed since. Nothing was written.' : 'It was not applied'} />`}
    ${discarding.failure && html`<${FailureNotice} failure=${discarding.failure} />`}
    ${again.failure && html`<${FailureNotice} failure=${again.failure} title="No new plan could be made" />`}
    <div class="bar sticky">
      ${!stale && written && (may('write')
        ? html`<${Button} kind="primary" busy=${applying.busy} busyWord="Applying…"
          onClick=${() => applying.run()}>Apply this plan</${Button}>`
        : html`<span class="quiet">To apply it, a token of scope write is needed.</span>`)}
      ${(stale || !written) && may('plan') && html`<${Button} kind=${stale ? 'primary' : ''} busy=${again.busy} busyWord="Comparing…"
        onClick=${() => again.run()}>Make a new plan</${Button}>`}
      ${may('plan') && html`<label class="field inline">Note <input value=${note} maxlength="200"
        onInput=${(event) => setNote(event.target.value)} /></label>
        <${Button} busy=${discarding.busy} disabled=${applying.busy} onClick=${() => discarding.run()}>Discard</${Button}>`}</div>`;
}

/// What it was made with, for another one like it.
function optionsOf(plan) {
  const { options = {}, syncs } = plan.plan;
  const more = {};
  for (const name of ['existing_only', 'allow_mass_change', 'allow_account_change']) if (options[name]) more[name] = true;
  if (options.ids?.length > 0) more.ids = options.ids;
  if (options.owner) more.owner = options.owner;
  const given = syncs.find((sync) => sync.policy?.given)?.policy;
  if (given) more.on_conflict = given.on_conflict;
  return more;
}

function PlanBody({ plan, etag, reload }) {
  const over = {
    applied: html`It was applied. ${plan.run && html`<${RunLink} id=${plan.run}>Look at the run</${RunLink}>`}`,
    stopped: html`It was stopped before its end; what was written by then stays. ${plan.run && html`<${RunLink} id=${plan.run}>Look at the run</${RunLink}>`}`,
    discarded: html`It was discarded.${plan.note && html` “<${Foreign} text=${plan.note} />”`} It will not be carried out.`,
    expired: 'It has expired: what it saw may not be so any more. Nothing was written.',
  }[plan.state];
  return html`<p class="answer">
    <${StateWord} state=${kPlanStates[plan.state]} /> ${plan.plan && html`<${Foreign} text=${`would be: ${resultOf(asRun(plan))}`} />`}</p>
    <p class="quiet">Made <${Time} at=${plan.made_at} /> by <${Foreign} text=${plan.by} />
      ${plan.state === 'open' && html`; it expires <${Time} at=${plan.expires_at} />`}. Looking at it writes nothing.</p>
    ${over && html`<${Empty} title=${over}><p><a href="/">Make a new one from the overview</a></p></${Empty}>`}
    ${plan.plan && html`<${Actions} plan=${plan} etag=${etag} reload=${reload} />
      ${plan.plan.syncs.map((sync) => html`<${Planned} key=${sync.name} sync=${sync} />`)}`}`;
}

export function Plan({ argument }) {
  const load = useLoad(`/api/v1/plans/${encodeURIComponent(argument)}`);
  return html`<${Heading} title=${load.data ? `Plan: ${planTitle(load.data)}` : 'Plan'} />
    <${Loaded} load=${load}>${(plan) => html`<${PlanBody} plan=${plan} etag=${load.etag} reload=${load.reload} />`}</${Loaded}>`;
}
