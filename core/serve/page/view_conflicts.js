// The fields that were edited on both sides, and wait for somebody to decide.
import { html } from './preact.js';
import { readable } from './json.js';
import { useLoad } from './hooks.js';
import { Empty, Heading, Loaded, SyncChoice, Time } from './parts.js';
import { Foreign, shortened } from './text.js';

const kCut = 100;

export function conflictsPath(sync) {
  return `/api/v1/conflicts${sync ? `?sync=${encodeURIComponent(sync)}` : ''}`;
}

function Cut({ value }) {
  return value === null ? html`<span class="none">nothing</span>` : html`<${Foreign} text=${shortened(readable(value), kCut)} />`;
}

export function Conflicts({ query }) {
  const sync = query.get('sync') ?? '';
  const load = useLoad(conflictsPath(sync), (event) => event.name === 'run.finished' || event.name === 'conflict');
  const link = (id) => `/conflicts/${encodeURIComponent(id)}${sync && `?sync=${encodeURIComponent(sync)}`}`;
  return html`<${Heading} title="Conflicts" />
    <p class="quiet">Both sides changed the same field. Until somebody decides, neither is overwritten.</p>
    <form class="filters" aria-label="Filters" onSubmit=${(event) => event.preventDefault()}>
      <${SyncChoice} sync=${sync} /></form>
    <${Loaded} load=${load}>${({ items }) => items.length === 0
      ? html`<${Empty} title="No conflict waits.">
        <p>Where a sync has <code>on_conflict: manual</code>, a field that both sides edit comes here.</p></${Empty}>`
      : html`<div class="table" data-hold role="region" aria-label="Conflicts"><table class="list"><thead><tr><th scope="col">Record</th>
        <th scope="col">Field</th><th scope="col">Database</th><th scope="col">Remote</th><th scope="col">Since</th></tr></thead>
        <tbody>${items.map((each) => html`<tr key=${each.id} data-row>
          <td data-label="Record"><span><a href=${link(each.id)}>
            <${Foreign} text=${shortened(each.label || each.remote_id || each.record, 60)} /></a> <span class="quiet">${each.sync}</span>
            </span></td>
          <td data-label="Field">${each.field ? html`<code><${Foreign} text=${each.field} /></code>` : 'whether it was created'}</td>
          <td data-label="Database"><${Cut} value=${each.here} /></td><td data-label="Remote"><${Cut} value=${each.there} /></td>
          <td data-label="Since"><${Time} at=${each.since} /></td></tr>`)}</tbody></table></div>`}</${Loaded}>`;
}
