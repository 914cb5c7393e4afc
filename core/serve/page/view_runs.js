// The runs, newest first: what they were, who began them, what came of them.
import { html, useEffect, useState } from './preact.js';
import { get } from './api.js';
import { useAction, useLoad } from './hooks.js';
import { Button, Choice, Empty, FailureNotice, Heading, Loaded, StateWord, SyncChoice, Time } from './parts.js';
import { setQuery } from './router.js';
import { kStateWords, problemsOf, resultOf, stateKey, stateOf, syncNames } from './runs.js';
import { count, Foreign, shortened, since } from './text.js';

export function RunList({ runs }) {
  if (runs.length === 0) return html`<${Empty} title="Nothing has run yet.">
    <p>Begin with <a href="/vapi-sync">an import</a>, or a preview of one.</p></${Empty}>`;
  return html`<div class="table" data-hold role="region" aria-label="Runs"><table class="list"><thead><tr><th scope="col">State</th>
    <th scope="col">Run</th><th scope="col">By</th>
      <th scope="col">Began</th><th scope="col">Took</th><th scope="col">Result</th></tr></thead>
    <tbody>${runs.map((run) => html`<tr key=${run.id} data-row>
      <td data-label="State"><${StateWord} state=${stateOf(run)} /></td>
      <td data-label="Run"><a href=${`/runs/${run.id}`}><${Foreign} text=${shortened(titleOf(run), 60)} /></a></td>
      <td data-label="By"><${Foreign} text=${run.by ?? '–'} /></td>
      <td data-label="Began"><${Time} at=${run.started_at ?? run.submitted_at} now="not yet" /></td>
      <td data-label="Took">${run.started_at && run.finished_at ? since(run.started_at, run.finished_at) : '–'}</td>
      <td data-label="Result"><${Foreign} text=${shortened(resultOf(run)) || '–'} /></td></tr>`)}</tbody></table></div>`;
}

/// As it was typed; of one of this server its command and syncs.
export function titleOf(run) {
  const names = syncNames(run);
  return run.command.includes(' ') ? run.command : [run.command, ...names].join(' ');
}

function keep(run, query) {
  const state = query.get('state');
  const by = (query.get('by') ?? '').toLowerCase();
  if (state && stateKey(run) !== state) return false;
  if (by && !(run.by ?? '').toLowerCase().includes(by)) return false;
  return !query.get('problems') || !['done', 'running', 'queued'].includes(stateKey(run)) || problemsOf(run).length > 0;
}

/// Pages after the first, which is loaded anew when something happens.
function useMore(path, first) {
  const [pages, setPages] = useState([]);
  useEffect(() => setPages([]), [path]);
  const next = pages.length > 0 ? pages[pages.length - 1].next : first?.next ?? null;
  const more = useAction(async () => {
    const page = await get(`${path}&after=${encodeURIComponent(next)}`);
    setPages((before) => [...before, page]);
  });
  const seen = new Set();
  const items = [...(first?.items ?? []), ...pages.flatMap((page) => page.items)].filter((run) => !seen.has(run.id) && seen.add(run.id));
  return { items, next, more };
}

export function Runs({ query }) {
  const sync = query.get('sync') ?? '';
  const path = `/api/v1/runs?limit=50${sync && `&sync=${encodeURIComponent(sync)}`}`;
  const load = useLoad(path, (event) => event.name.startsWith('run.') && event.name !== 'run.progress');
  const { items, next, more } = useMore(path, load.data);
  const shown = items.filter((run) => keep(run, query));
  return html`<${Heading} title="Runs" />
    <form class="filters" aria-label="Filters" onSubmit=${(event) => event.preventDefault()}>
      <${SyncChoice} sync=${sync} />
      <${Choice} label="State" value=${query.get('state') ?? ''} options=${[['', 'All'], ...kStateWords]}
        onChange=${(value) => setQuery({ state: value })} />
      <label class="field">By <input type="search" value=${query.get('by') ?? ''}
        onInput=${(event) => setQuery({ by: event.target.value })} /></label>
      <label class="check">
        <input type="checkbox" checked=${Boolean(query.get('problems'))}
          onChange=${(event) => setQuery({ problems: event.target.checked ? '1' : '' })} /> Only with problems</label>
    </form>
    <${Loaded} load=${load}>${() => html`
      ${shown.length === 0 && items.length > 0
        ? html`<${Empty} title=${`None of the ${count(items.length, 'run')} loaded so far is like that.`}><p><a href="/runs">Show all</a>
          </p></${Empty}>`
        : html`<${RunList} runs=${shown} />`}
      ${more.failure && html`<${FailureNotice} failure=${more.failure} />`}
      ${next && html`<p class="bar"><${Button} busy=${more.busy} busyWord="Loading…" onClick=${() => more.run()}>Load more</${Button}>
        <span class="quiet">${count(items.length, 'run')} loaded</span></p>`}`}</${Loaded}>`;
}
