// What was changed, when, why and by which run: of one record, one field, or since a time.
import { html, useState } from './preact.js';
import { useLoad } from './hooks.js';
import { Choice, Empty, Heading, Loaded, RunLink, SyncChoice, Time } from './parts.js';
import { setQuery } from './router.js';
import { count, Foreign } from './text.js';
import { Change, readChanges } from './values.js';

const kPeriods = [['', 'Any time'], ['1h', 'The last hour'], ['24h', 'The last day'], ['7d', 'The last week'], ['30d', 'The last 30 days']];
const kLimits = [50, 200, 500];

function pathOf(query) {
  const asked = new URLSearchParams();
  for (const name of ['record', 'field', 'since', 'sync']) if (query.get(name)) asked.set(name, query.get(name));
  // Without any of these, the journal's changes are asked for by a time.
  if (!asked.has('record') && !asked.has('field') && !asked.has('since')) asked.set('since', '30d');
  asked.set('limit', kLimits.includes(Number(query.get('limit'))) ? query.get('limit') : '50');
  return `/api/v1/history?${asked}`;
}

function Entry({ change, by }) {
  return html`<li class="card" data-row>
    <p><strong><a href=${`/history?record=${encodeURIComponent(change.id)}`}><${Foreign} text=${change.label || change.id} /></a></strong>
      <span class="chip">${change.action} ${change.side === 'local' ? 'in the database' : 'at the remote'}</span></p>
    <p class="quiet"><${Time} at=${change.at} /> · ${change.sync} · <${RunLink} id=${change.run}>run</${RunLink}>
      ${by && html` by <${Foreign} text=${by} />`}${change.why && ` · ${change.why}`}</p>
    ${change.fields.length > 0 && html`<dl class="fields">${change.fields.map((field) => html`<div key=${field.name}><dt>
      <${Foreign} text=${field.name} /></dt>
      <dd><${Change} before=${field.before} after=${field.after} unconfirmed=${field.unconfirmed} /></dd></div>`)}</dl>`}</li>`;
}

function Filters({ query }) {
  const [record, setRecord] = useState(query.get('record') ?? '');
  const [field, setField] = useState(query.get('field') ?? '');
  const search = (event) => {
    event.preventDefault();
    setQuery({ record: record.trim(), field: field.trim() });
  };
  return html`<form class="filters" aria-label="Filters" onSubmit=${search}>
    <label class="field">Record <input value=${record} placeholder="key or id" onInput=${(event) => setRecord(event.target.value)} />
      </label>
    <label class="field">Field <input value=${field} placeholder="column" onInput=${(event) => setField(event.target.value)} /></label>
    <button type="submit">Search</button>
    <${Choice} label="Since" value=${query.get('since') ?? ''} options=${kPeriods} onChange=${(value) => setQuery({ since: value })} />
    <${SyncChoice} sync=${query.get('sync') ?? ''} /></form>`;
}

export function History({ query }) {
  const load = useLoad(pathOf(query), (event) => event.name === 'run.finished');
  const limit = Number(query.get('limit')) || kLimits[0];
  const longer = kLimits.find((each) => each > limit);
  return html`<${Heading} title="History" />
    <${Filters} key=${`${query.get('record')} ${query.get('field')}`} query=${query} />
    <${Loaded} load=${load}>${(data) => {
      const changes = readChanges(data.changes ?? []);
      const by = new Map(data.runs.map((run) => [run.run, run.by]));
      if (changes.length === 0) return html`<${Empty} title="Nothing was changed.">
        <p>A record is found by its key in the database or its id at the remote.</p></${Empty}>`;
      return html`<p class="quiet">${count(changes.length, 'change')}, the newest first</p>
        <ul class="plain" data-hold>
          ${changes.map((change) => html`<${Entry} key=${change.key} change=${change} by=${by.get(change.run)} />`)}</ul>
        ${changes.length >= limit && longer && html`<p class="bar">
          <button type="button" onClick=${() => setQuery({ limit: String(longer) })}>Load more</button></p>`}`;
    }}</${Loaded}>`;
}
