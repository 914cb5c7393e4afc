// The catalogue of models: which end soon, what there is, what has happened.
import { html } from './preact.js';
import { useLoad } from './hooks.js';
import { readable } from './json.js';
import { Choice, Empty, FailureNotice, Heading, Loaded, Time } from './parts.js';
import { setQuery } from './router.js';
import { count, Foreign } from './text.js';

const kLimited = 403;

function plain(value) {
  return value === null || value === undefined ? '–' : readable(value);
}

function Due({ load }) {
  if (load.failure?.status === 404 && load.data === null) return null;
  return html`<section><h2>Shutdowns ahead</h2><${Loaded} load=${load}>${({ due }) => due.length === 0
    ? html`<${Empty} title="None that is known." />`
    : html`<ul class="rows">${due.map((each) => html`<li key=${`${each.provider} ${each.model_id}`} data-row>
        <span class="state ${each.days < 30 ? 'bad' : 'warn'}"><span class="icon" aria-hidden="true">⚠</span>
          ${each.past ? 'overdue' : `in ${count(each.days, 'day')}`}</span>
        <span class="grow"><code><${Foreign} text=${each.model_id} /></code> <span class="quiet">${each.provider}</span></span>
        <span><${Foreign} text=${each.shutdown_date} /></span></li>`)}</ul>`}</${Loaded}></section>`;
}

function List({ models }) {
  if (models.length === 0) return html`<${Empty} title="No models of that kind.">
    <p>They are listed with <code>lockstep ai:sync-models</code>, or by a run of the syncs of the group <em>models</em>.</p></${Empty}>`;
  return html`<div class="table" data-hold role="region" aria-label="Models"><table class="list"><thead><tr><th scope="col">Model</th>
    <th scope="col">Provider</th><th scope="col">Kind</th><th scope="col">Context</th>
      <th scope="col">USD per million in / out</th><th scope="col">Status</th><th scope="col">Shutdown</th></tr></thead>
    <tbody>${models.map((model) => html`<tr key=${`${model.provider} ${model.model_id}`} data-row>
      <td data-label="Model"><code><${Foreign} text=${plain(model.model_id)} /></code></td><td data-label="Provider">
        ${plain(model.provider)}</td>
      <td data-label="Kind"><${Foreign} text=${plain(model.kind)} /></td><td data-label="Context">${plain(model.context_window)}</td>
      <td data-label="USD per million in / out">${plain(model.input_usd_per_million)} / ${plain(model.output_usd_per_million)}</td>
      <td data-label="Status"><${Foreign} text=${plain(model.status)} /></td><td data-label="Shutdown">
        <${Foreign} text=${plain(model.shutdown_date)} /></td></tr>`)}</tbody></table></div>`;
}

function Events({ events }) {
  if (events.length === 0) return html`<${Empty} title="Nothing has happened yet." />`;
  return html`<ul class="rows">${events.map((event) => html`<li key=${plain(event.id)}>
    <span class="grow"><code><${Foreign} text=${plain(event.model_id)} /></code> <span class="quiet">${plain(event.provider)}
      </span> ${plain(event.event ?? event.kind).replaceAll('_', ' ')}</span>
    <${Time} at=${event.happened_at} /></li>`)}</ul>`;
}

export function Models({ query }) {
  const provider = query.get('provider') ?? '';
  const kind = query.get('kind') ?? '';
  const due = useLoad('/api/v1/models/due?within=365d', (event) => event.name === 'run.finished');
  const models = useLoad('/api/v1/models', (event) => event.name === 'run.finished');
  const events = useLoad('/api/v1/models/events?limit=20', (event) => event.name === 'run.finished');
  if (models.failure?.status === kLimited) return html`<${Heading} title="Models" />
    <${FailureNotice} failure=${models.failure} title="Not yours to see" />`;
  const all = models.data?.models ?? [];
  const words = (name) => {
    const known = new Set(all.map((model) => model[name]).filter(Boolean));
    return [['', 'All'], ...[...known].sort().map((word) => [word, word])];
  };
  const shown = all.filter((model) => (!provider || model.provider === provider) && (!kind || model.kind === kind));
  return html`<${Heading} title="Models" />
    <${Due} load=${due} />
    <section><h2>Listed</h2>
      <form class="filters" aria-label="Filters" onSubmit=${(event) => event.preventDefault()}>
        <${Choice} label="Provider" value=${provider} options=${words('provider')} onChange=${(value) => setQuery({ provider: value })} />
        <${Choice} label="Kind" value=${kind} options=${words('kind')} onChange=${(value) => setQuery({ kind: value })} /></form>
      <${Loaded} load=${models}>${() => html`<${List} models=${shown} />`}</${Loaded}></section>
    <section><h2>What happened</h2><${Loaded} load=${events}>${(data) => html`<${Events} events=${data.events} />`}</${Loaded}></section>`;
}
