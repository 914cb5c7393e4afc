// Vapi Sync: both kinds of records of Vapi at a glance, with a button for each direction. What a button did stays under it.
import { html } from './preact.js';
import { get, post, untilEnded } from './api.js';
import { useAction, useEvery, useLoad } from './hooks.js';
import { useLive } from './frame.js';
import { Button, FailureNotice, Heading, Loaded, Notice, StateWord, Time, useMay } from './parts.js';
import { Progress, preview, RunResult } from './running.js';
import { inSyncState } from './runs.js';
import { Foreign, absolute, count } from './text.js';

const kRefresh = 30_000;
const kStatus = '/api/vapi-sync/status';

/// The five actions. `sync`: whose plan its preview is.
const kActions = {
  full: { word: 'Full Sync', path: 'full', mode: 'full', of: ['numbers', 'assistants'] },
  importNumbers: { word: 'Import Phone Numbers', path: 'phone-numbers/from-vapi', mode: 'import', of: ['numbers'] },
  importAssistants: { word: 'Import Assistants', path: 'assistants/from-vapi', mode: 'import', of: ['assistants'] },
  exportNumbers: { word: 'Export Phone Numbers', path: 'phone-numbers/to-vapi', mode: 'export', of: ['numbers'] },
  exportAgents: { word: 'Export Agents', path: 'agents/to-vapi', mode: 'export', of: ['assistants'] },
};

function differences(part) {
  const words = [
    [part.onlyVapi, 'only in Vapi'], [part.onlyDatabase, 'only in the database'], [part.pendingImport, 'to import'],
    [part.pendingExport, 'to export'], [part.conflicts, 'in conflict', '/conflicts'], [part.rejected, 'rejected', '/rejected'],
  ];
  return words.filter(([number]) => number > 0);
}

function StatusCard({ title, part }) {
  const shown = (number) => number ?? '–';
  return html`<section class="card"><h3>${title}</h3>
    <dl class="counts"><div><dt>Database:</dt><dd>${shown(part.database)}</dd></div><div><dt>Vapi:</dt><dd>${shown(part.vapi)}</dd></div>
      <div><dt>Status:</dt><dd><${StateWord} state=${inSyncState(part.inSync)} /></dd></div></dl>
    ${part.problem && html`<p class="hint"><${Foreign} text=${part.problem} /></p>`}
    <ul class="parts">${differences(part).map(([number, word, link]) => html`<li key=${word}>${link ? html`<a href=${link}>${number} ${word}
      </a>` : `${number} ${word}`}</li>`)}</ul>
    <p class="quiet">Last run <${Time} at=${part.lastRun} />${part.stale && ' · comparing anew…'}</p></section>`;
}

function Status({ load, refreshing }) {
  return html`<section class="card wide"><div class="heading"><h2>Current Sync Status</h2>
      <${Button} kind="small" title="Refresh status" busy=${refreshing.busy} busyWord="Refreshing…"
        onClick=${() => refreshing.run()}>↻ Refresh<span class="sr"> status</span></${Button}></div>
    ${load.data === null && !load.failure && html`<p role="status"><span class="spinner" aria-hidden="true">
      </span>Loading sync status...</p>`}
    ${refreshing.failure && html`<${FailureNotice} failure=${refreshing.failure} title="The status could not be refreshed" />`}
    <${Loaded} load=${{ ...load, slow: false }}>${(status) => html`
      ${status.overallSync === null ? html`<${Notice} tone="bad" title="Not Known"><p>At least one side could not be read.</p></${Notice}>`
        : status.overallSync ? html`<${Notice} tone="good" title="Fully Synchronized"><p>All data is synchronized with Vapi</p></${Notice}>`
        : html`<${Notice} tone="warn" title="Sync Required"><p>Some data is out of sync with Vapi</p></${Notice}>`}
      <div class="cards"><${StatusCard} title="Phone Numbers" part=${status.phoneNumbers} />
        <${StatusCard} title="Agents/Assistants" part=${status.agents} /></div>
      <p class="quiet">Last checked: <time datetime=${status.timestamp}>${absolute(status.timestamp)}</time></p>`}</${Loaded}></section>`;
}

/// What a direction did: "n imported, n updated", or "n created, n synced".
function words(results) {
  const always = ['imported', 'synced'];
  const names = ['imported', 'created', 'updated', 'synced', 'skipped']
    .filter((name) => results[name] > 0 || (results[name] === 0 && always.includes(name)));
  return names.map((name) => `${results[name]} ${name}`).join(', ');
}

function lines({ results }) {
  if (!results.phoneNumbers) return [words(results)];
  return [['Phone numbers', results.phoneNumbers], ['Assistants', results.assistants]]
    .map(([title, part]) => `${title}: from Vapi ${words(part.fromVapi)}; to Vapi ${words(part.toVapi)}`);
}

function errorText(error) {
  const record = error.record ?? error.assistant ?? error.agent ?? error.number;
  return `${record ? `${record}: ` : ''}${error.error}`;
}

function Result({ answer }) {
  if (answer.state) return html`<${RunResult} run=${answer} title=${{ done: 'Sync Completed' }} />`;
  const { errors } = answer.results;
  const partial = errors.length > 0;
  return html`<${Notice} tone=${partial ? 'warn' : 'good'} role="status" title=${partial ? 'Sync Completed with Errors' : answer.message}>
    ${lines(answer).map((line) => html`<p key=${line}>${line}</p>`)}
    ${partial && html`<p>${count(errors.length, 'error')} occurred:</p><ul class="problems">
      ${errors.slice(0, 20).map((error, index) => html`<li key=${index}><${Foreign} text=${errorText(error)} /></li>`)}</ul>`}
    <p><a href=${`/runs/${answer.run}`}>Look at the run</a></p></${Notice}>`;
}

/// Waits as long as a proxy does, and follows the run from there.
async function carryOut(action, look) {
  const answer = await post(`/api/vapi-sync/${action.path}`, undefined, { wait: 45 });
  return answer.results ? answer : untilEnded(await get(`/api/v1/runs/${answer.run}`), look);
}

function Action({ action, kind, names, reload }) {
  const may = useMay();
  const running = useAction(async (look) => {
    try {
      return await carryOut(action, look);
    } finally {
      reload();
    }
  });
  const planning = useAction(async () => preview(action.mode, action.of.map((each) => names[each])));
  return html`<div class="action"><div class="bar">
      ${may('write') && html`<${Button} kind=${kind} busy=${running.busy} busyWord="Syncing..." disabled=${planning.busy}
        onClick=${() => { planning.clear(); running.run(); }}>${action.word}</${Button}>`}
      <${Button} busy=${planning.busy} busyWord="Comparing…" disabled=${running.busy || !names[action.of[0]]}
        onClick=${() => planning.run()}>Preview<span class="sr"> ${action.word}</span></${Button}></div>
    <div aria-live="polite">${running.progress && running.busy && html`<${Progress} run=${running.progress} />`}
      ${running.failure && html`<${FailureNotice} failure=${running.failure} title="Sync Failed" />`}
      ${planning.failure && html`<${FailureNotice} failure=${planning.failure} title="No plan could be made" />`}
      ${running.result && html`<${Result} answer=${running.result} />`}</div></div>`;
}

/// The syncs that the buttons mean.
function namesOf(status) {
  return { numbers: status?.phoneNumbers.sync, assistants: status?.agents.sync };
}

function Buttons({ names, reload }) {
  const action = (name, kind) => html`<${Action} action=${kActions[name]} kind=${kind} names=${names} reload=${reload} />`;
  return html`<section><h2>Quick Actions</h2><div class="cards">
      <section class="card"><h3>Full Synchronization</h3><p>Brings phone numbers and assistants in step, both ways.</p>
        ${action('full', 'primary')}</section>
      <section class="card"><h3>Import from Vapi</h3><p>Takes what is new or changed in Vapi into the database.</p>
        ${action('importNumbers')}${action('importAssistants')}</section></div></section>
    <section><h2>Advanced Sync Options</h2><div class="cards">
      <section class="card"><h3>Export to Vapi</h3><p>Sends what is new or changed in the database to Vapi.</p>${action('exportNumbers')}
        ${action('exportAgents')}</section>
      <section class="card"><h3>How Sync Works</h3><ul>
        <li>Every field is compared with what both sides last had in common: only what somebody changed is written.</li>
        <li>Where both sides changed the same field, the sync’s rule decides, or you do.</li>
          <li>Every write stands in the journal, and can be rolled back.</li>
        <li>What cannot be written is named with its reason, and tried again.</li></ul></section></div></section>`;
}

function SafeMode() {
  return html`<${Notice} tone="good" title="Safe Mode Enabled"><p>Every sync is additive: it creates and updates, and will never delete.</p>
    <ul><li><strong>Import</strong> adds and updates rows of the database.</li><li>
      <strong>Export</strong> adds and updates records of Vapi.</li>
      <li><strong>Full Sync</strong> does both.</li><li><strong>Never deletes</strong>: what is missing on one side stays on the other.</li>
        </ul></${Notice}>`;
}

function NoRights() {
  return html`<${Notice} tone="quiet" title="Admin Access Required">
    <p>To sync by hand, a token of scope write is needed. Your agents sync automatically where the server has
    a schedule; ask whoever runs it for a wider token.</p></${Notice}>`;
}

export function VapiSync() {
  const may = useMay();
  const paused = useLive() === 'paused';
  const load = useLoad(kStatus, (event) => event.name === 'status');
  const refreshing = useAction(async () => {
    await get(`${kStatus}?refresh=1`);
    await load.reload();
  });
  useEvery(kRefresh, load.reload, paused);
  return html`<${Heading} title="Vapi Synchronization"><span class="chip">Bidirectional Sync</span></${Heading}>
    <p>Keep your application data synchronized with Vapi.ai</p>
    ${may('write') ? html`<${SafeMode} />` : html`<${NoRights} />`}
    <${Status} load=${load} refreshing=${refreshing} />
    ${may('plan') && html`<${Buttons} names=${namesOf(load.data)} reload=${load.reload} />`}
    <section class="card wide"><h2>Best Practices</h2><ul><li>Look at a preview before a large sync.</li>
      <li>Import first when Vapi was edited in its dashboard, so that nothing is sent that is old.</li>
      <li>Decide conflicts soon: until then that field is in step with neither side.</li>
        <li>Look at what was rejected: the reason says what to mend.</li>
      <li>After a mistake, roll back the run; edits made since are left alone.</li></ul></section>`;
}
