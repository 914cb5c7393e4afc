// One sync: how its sides compare, what it does where both changed, its last runs.
import { html, useEffect } from './preact.js';
import { useAction, useLoad } from './hooks.js';
import { ask } from './api.js';
import { Button, Empty, FailureNotice, Heading, Loaded, Notice, StateWord, Time } from './parts.js';
import { SyncButtons } from './running.js';
import { syncState } from './runs.js';
import { Foreign } from './text.js';
import { Counts, Differences } from './view_overview.js';
import { RunList } from './view_runs.js';

function Settings({ sync }) {
  const rows = [
    ['Provider', sync.provider], ['Resource', sync.resource], ['Database', sync.store], ['Where both sides changed', sync.on_conflict],
    ['Edits of the database, on import', sync.local_edits], ['Group', sync.group],
    ['Taken without being named', sync.default ? 'yes' : 'no'],
  ];
  return html`<section><h2>Settings</h2><dl class="facts">${rows.filter(([, value]) => value).map(([name, value]) => html`<div key=${name}>
    <dt>${name}</dt><dd>${value}</dd></div>`)}</dl></section>`;
}

function Status({ sync }) {
  const status = sync.status;
  const errors = [...new Set(status?.errors ?? [])];
  if (status?.problem) return html`<${Notice} tone="bad" title="The sides could not be compared"><p><${Foreign} text=${status.problem} />
    </p></${Notice}>`;
  return html`<${Counts} sync=${sync} /><${Differences} sync=${sync} />
    ${errors.length > 0 && html`<${Notice} tone="warn" title="Problems"><ul>${errors.slice(0, 10).map((text) => html`<li key=${text}>
      <${Foreign} text=${text} /></li>`)}</ul></${Notice}>`}
    <p class="quiet">Compared <${Time} at=${status?.checked_at} />${status?.stale && ' · comparing anew…'}</p>`;
}

export function SyncView({ argument }) {
  const name = encodeURIComponent(argument);
  const load = useLoad(`/api/v1/syncs/${name}`, (event) => ['status', 'run.started', 'run.finished', 'schedule'].includes(event.name));
  const runs = useLoad(load.data ? `/api/v1/runs?limit=10&sync=${name}` : null,
                       (event) => ['run.started', 'run.finished'].includes(event.name));
  const comparing = useAction(async (refresh) => {
    await ask('GET', `/api/v1/syncs/${name}/status${refresh ? '?refresh=1' : ''}`);
    load.reload();
  });
  const missing = load.failure?.status === 404 && load.data === null;
  useEffect(() => { if (load.data) comparing.run(false); }, [load.data !== null]);
  return html`<${Heading} title=${`Sync: ${argument}`} />
    ${missing ? html`<${Empty} title="There is no such sync."><p><a href="/">Overview</a></p></${Empty}>` : html`<${Loaded} load=${load}>
      ${(sync) => {
      const state = syncState(sync, (runs.data?.items ?? []).some((run) => run.state === 'running'));
      return html`<p class="answer"><${StateWord} state=${state} />
          <${Button} kind="small" busy=${comparing.busy} busyWord="Comparing…" onClick=${() => comparing.run(true)}>Compare anew</${Button}>
            </p>
        ${comparing.failure && html`<${FailureNotice} failure=${comparing.failure} title="The sides could not be compared" />`}
        <${Status} sync=${sync} />
        ${state.key !== 'unset' && html`<${SyncButtons} sync=${sync} changed=${load.reload} />`}
        <${Settings} sync=${sync} />`;
    }}</${Loaded}>
    <section><h2>Last runs</h2><${Loaded} load=${runs}>${({ items }) => html`<${RunList} runs=${items} />`}</${Loaded}><p>
      <a href=${`/runs?sync=${name}`}>All of its runs</a></p></section>`}`;
}
