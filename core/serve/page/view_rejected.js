// Records that were refused, by their reason, and a way to try them again.
import { html } from './preact.js';
import { post, untilEnded } from './api.js';
import { useAction, useLoad } from './hooks.js';
import { Button, Empty, FailureNotice, Heading, Loaded, SyncChoice, Time, useMay } from './parts.js';
import { Progress, RunResult } from './running.js';
import { count, Foreign, shortened } from './text.js';

/// The same reason once: [[reason, records]], the most frequent first.
function byReason(items) {
  const groups = new Map();
  for (const item of items) groups.set(item.reason, [...(groups.get(item.reason) ?? []), item]);
  return [...groups].sort((a, b) => b[1].length - a[1].length);
}

const named = (item) => item.label || item.remote_id || item.record;

function Group({ reason, items, retry, may }) {
  const shown = shortened(reason, 400);
  return html`<section class="card"><div class="heading"><h2><${Foreign} text=${shown} /></h2>
      ${may && items.length > 1 && html`<${Button} disabled=${retry.busy}
        onClick=${() => retry.run(items.map((item) => item.id))}>Try all ${items.length} again</${Button}>`}</div>
    <ul class="rows" data-hold>${items.map((item) => html`<li key=${`${item.sync} ${item.id}`} data-row>
      <span class="grow"><a href=${`/history?record=${encodeURIComponent(item.remote_id || item.record)}`}>
        <${Foreign} text=${shortened(named(item))} /></a>
        <span class="quiet"> ${item.sync} · since <${Time} at=${item.since} /></span></span>
      ${may && html`<${Button} kind="small" disabled=${retry.busy}
        onClick=${() => retry.run([item.id])}>Try again<span class="sr">: <${Foreign} text=${named(item)} /></span></${Button}>`}</li>`)}
        </ul></section>`;
}

export function Rejected({ query }) {
  const may = useMay()('write');
  const sync = query.get('sync') ?? '';
  const load = useLoad('/api/v1/rejected', (event) => event.name === 'run.finished');
  const retry = useAction(async (ids, look) => {
    const run = await untilEnded(await post('/api/v1/rejected/retry', { ids }, { wait: 5 }), look);
    load.reload();
    return run;
  });
  return html`<${Heading} title="Rejected" />
    <p class="quiet">Neither side was changed for these records. They are tried again with every run that meets them.</p>
    <form class="filters" aria-label="Filters" onSubmit=${(event) => event.preventDefault()}>
      <${SyncChoice} sync=${sync} /></form>
    <div aria-live="polite">${retry.busy && (retry.progress ? html`<${Progress} run=${retry.progress} />` : html`<p>
      <span class="spinner" aria-hidden="true"></span>Trying again…</p>`)}
      ${retry.failure && html`<${FailureNotice} failure=${retry.failure} title="They could not be tried again" />`}
      ${retry.result && html`<${RunResult} run=${retry.result}
        title=${{ done: 'Tried again', partial: 'Tried again; some are still refused' }} />`}</div>
    <${Loaded} load=${load}>${({ items }) => {
      const shown = items.filter((item) => !sync || item.sync === sync);
      if (shown.length === 0) return html`<${Empty} title="Nothing was rejected." />`;
      return html`<p class="bar"><span>${count(shown.length, 'record')}</span>
          ${may && html`<${Button} busy=${retry.busy} busyWord="Trying…"
            onClick=${() => retry.run(shown.map((item) => item.id))}>Try all again</${Button}>`}</p>
        ${byReason(shown).map(([reason, group]) => html`<${Group} key=${reason} reason=${reason} items=${group} retry=${retry}
          may=${may} />`)}`;
    }}</${Loaded}>`;
}
