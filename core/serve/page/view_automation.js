// What runs by itself: the schedules, when they run next, and pauses.
import { html, useState } from './preact.js';
import { ask } from './api.js';
import { useAction, useLoad } from './hooks.js';
import { Button, Dialog, Empty, FailureNotice, Heading, Loaded, Notice, StateWord, Time, useMay } from './parts.js';
import { absolute, count, Foreign } from './text.js';

const kPeriods = [['', 'Until somebody resumes it'], ['1', 'For an hour'], ['8', 'For 8 hours'], ['24', 'For a day'],
                  ['168', 'For a week']];

function Pause({ schedule, close, done }) {
  const [reason, setReason] = useState('');
  const [hours, setHours] = useState('');
  const pausing = useAction(async () => {
    const until = hours ? { until: new Date(Date.now() + Number(hours) * 3600_000).toISOString() } : {};
    await eachSync(schedule, (place) => ask('POST', `${place}/pause`, { body: { reason, ...until } }));
    done();
    close();
  });
  return html`<${Dialog} title=${`Pause ${schedule.name}`} close=${close}><form onSubmit=${(event) => { event.preventDefault(); pausing.run(); }}>
    <p>Nothing of it runs by itself until it is resumed. Runs that people start are not held up.</p>
    <label class="field">Reason <input required maxlength="200" value=${reason} onInput=${(event) => setReason(event.target.value)} />
      </label>
    <label class="field">How long <select onChange=${(event) => setHours(event.target.value)}>
      ${kPeriods.map(([key, word]) => html`<option value=${key}>${word}</option>`)}</select></label>
    ${pausing.failure && html`<${FailureNotice} failure=${pausing.failure} />`}
    <p class="bar"><${Button} type="submit" kind="primary" busy=${pausing.busy}>Pause</${Button}>
      <button type="button" onClick=${close}>Close</button></p></form></${Dialog}>`;
}

/// What one schedule runs may be several syncs: they are paused and resumed together.
const eachSync = (schedule, call) => Promise.all(schedule.syncs.map((sync) => call(`/api/v1/syncs/${encodeURIComponent(sync)}`)));

function countsOf({ runs, skipped, caught_up: caught }) {
  return [count(runs, 'run'), skipped > 0 && `${skipped} skipped`, caught > 0 && `${caught} caught up`].filter(Boolean).join(', ');
}

function Schedule({ schedule, reload }) {
  const may = useMay();
  const [asking, setAsking] = useState(false);
  const resuming = useAction(async () => {
    await eachSync(schedule, (place) => ask('POST', `${place}/resume`, { body: {} }));
    reload();
  });
  const paused = schedule.paused;
  const { next } = schedule;
  return html`<section class="card"><div class="heading"><h2><${Foreign} text=${schedule.name} /></h2>
      <${StateWord} state=${paused ? { word: 'Paused', icon: '⏸', tone: 'warn' } : { word: 'On', icon: '●', tone: 'good' }} /></div>
    <p>Runs ${schedule.run} <${Foreign} text=${schedule.text} />; last <${Time} at=${schedule.last} />; ${countsOf(schedule)} since the
      server was started.${schedule.last_skip && html` Last skipped: <${Foreign} text=${schedule.last_skip} />.`}</p>
    ${paused && html`<${Notice} tone="warn" title="Paused"><p>
      <${Foreign} text=${[paused.reason, paused.by && `by ${paused.by}`].filter(Boolean).join(', ') || 'No reason was given.'} />
      ${paused.until ? html` Until <${Time} at=${paused.until} />.` : ' Until somebody resumes it.'}</p></${Notice}>`}
    ${next.length > 0 && html`<h3>Next</h3><ul>${next.slice(0, 5).map((at) => html`<li key=${at}><${Time} at=${at} /> <span class="quiet">
      ${absolute(at)}</span></li>`)}</ul>`}
    ${resuming.failure && html`<${FailureNotice} failure=${resuming.failure} />`}
    ${may('write') && html`<p class="bar">
      ${paused ? html`<${Button} kind="primary" busy=${resuming.busy}
        onClick=${() => resuming.run()}>Resume<span class="sr"> ${schedule.name}</span></${Button}>`
      : html`<button type="button" onClick=${() => setAsking(true)}>Pause…<span class="sr"> ${schedule.name}</span></button>`}</p>`}
    ${asking && html`<${Pause} schedule=${schedule} close=${() => setAsking(false)} done=${reload} />`}</section>`;
}

function Watched({ load }) {
  const watched = (load.data?.items ?? []).filter((sync) => sync.watch);
  if (watched.length === 0) return null;
  return html`<section><h2>Rows that the application changes</h2><ul class="rows">${watched.map(({ name, watch }) => html`<li key=${name}>
    <span class="grow"><a href=${`/syncs/${encodeURIComponent(name)}`}>${name}</a>: ${watch.pending > 0
      ? `${count(watch.pending, 'row waits', 'rows wait')} for an export` : 'nothing waits'};
      last noticed <${Time} at=${watch.noticed_at} />${watch.retry_at && html`; tried again <${Time} at=${watch.retry_at} />`}
      ${watch.problem && html`<br /><${Foreign} text=${watch.problem} />`}
      ${!watch.told && !watch.problem && html`<br /><span class="quiet">The database does not tell of changes; the rows are looked at every
        few seconds. <code>lockstep migrate --watch</code> makes it tell.</span>`}</span></li>`)}</ul></section>`;
}

function Webhooks({ load }) {
  const items = load.data?.items ?? [];
  if (items.length === 0) return null;
  return html`<section><h2>Webhooks</h2><ul class="rows">${items.map((hook) => html`<li key=${hook.name}><span class="grow">${hook.name}
    imports ${hook.syncs.join(', ')}; last delivery <${Time} at=${hook.last_at} />
    ${hook.last_result && html`: <${Foreign} text=${hook.last_result} />`}</span></li>`)}</ul></section>`;
}

function AlertTarget({ target }) {
  const may = useMay();
  const testing = useAction(async () => (await ask('POST', `/api/v1/alerts/${encodeURIComponent(target.name)}/test`, { body: {} })).body);
  return html`<li><span class="grow">${target.name} (${target.form}): ${target.standing.length > 0
    ? `${target.standing.length} told and not well yet` : 'nothing is wrong'}${target.waiting > 0 && `; ${target.waiting} on the way`};
    last sent <${Time} at=${target.last_at} />${target.last_result && html`: <${Foreign} text=${target.last_result} />`}
    ${target.standing.map((each) => html`<br key=${each.sync} /><${Foreign} text=${`${each.sync}: ${each.text}`} />`)}
    ${testing.result && html`<span role="status"> The test was delivered.</span>`}
    ${testing.failure && html`<${FailureNotice} failure=${testing.failure} title="The test was not delivered" />`}</span>
    ${may('admin') && html`<${Button} kind="small" busy=${testing.busy} busyWord="Sending…"
      onClick=${() => testing.run()}>Send a test<span class="sr"> to ${target.name}</span></${Button}>`}</li>`;
}

function Alerts({ load }) {
  const items = load.data?.items ?? [];
  return items.length > 0 && html`<section><h2>Alerts</h2><ul class="rows">
    ${items.map((target) => html`<${AlertTarget} key=${target.name} target=${target} />`)}</ul></section>`;
}

export function Automation() {
  const load = useLoad('/api/v1/schedules', (event) => ['schedule', 'run.finished', 'config'].includes(event.name));
  const syncs = useLoad('/api/v1/syncs', (event) => event.name === 'run.finished' || event.name === 'status');
  const alerts = useLoad('/api/v1/alerts', (event) => ['run.finished', 'config'].includes(event.name));
  const hooks = useLoad('/api/v1/hooks', (event) => ['run.queued', 'config'].includes(event.name));
  const none = load.data?.items.length === 0;
  return html`<${Heading} title="Automation" />
    ${none ? html`<${Empty} title="Nothing runs by itself here.">
      <p>This server has no schedules. Runs are started by people, by the API, or by a timer of the system
        that calls <code>lockstep</code>.</p></${Empty}>`
      : html`<${Loaded} load=${load}>${({ items }) => html`<div class="cards">
        ${items.map((each) => html`<${Schedule} key=${each.name} schedule=${each} reload=${load.reload} />`)}</div>`}</${Loaded}>`}
    <${Watched} load=${syncs} />
    <${Webhooks} load=${hooks} />
    <${Alerts} load=${alerts} />
    <section><h2>How each sync decides</h2><${Loaded} load=${syncs}>
      ${({ items }) => html`<div class="table" role="region" aria-label="Policies"><table class="list"><thead><tr><th scope="col">Sync</th>
      <th scope="col">Where both sides changed</th>
      <th scope="col">Edits of the database, on import</th><th scope="col">Last run</th></tr></thead>
      <tbody>${items.map((sync) => html`<tr key=${sync.name} data-row><td data-label="Sync">
        <a href=${`/syncs/${encodeURIComponent(sync.name)}`}>${sync.name}</a></td>
        <td data-label="Where both sides changed">${sync.on_conflict}</td><td data-label="Edits of the database, on import">
          ${sync.local_edits}</td>
        <td data-label="Last run"><${Time} at=${sync.status?.last_run} now=${sync.status ? 'never' : 'not looked at yet'} /></td></tr>`)}
          </tbody></table></div>`}</${Loaded}></section>`;
}
