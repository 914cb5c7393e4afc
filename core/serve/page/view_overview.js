// The overview: whether all is well, in one line; what needs a person; each sync; what ran last.
import { html, useEffect } from './preact.js';
import { get } from './api.js';
import { useEvery, useLoad } from './hooks.js';
import { useLive } from './frame.js';
import { Empty, Heading, Loaded, StateWord, Time } from './parts.js';
import { SyncButtons } from './running.js';
import { differencesOf, remoteName, resultOf, stateKey, syncNames, syncState } from './runs.js';
import { count, Foreign } from './text.js';
import { RunList } from './view_runs.js';

const kRefresh = 30_000;

/// Asks for comparisons, each no more often than the server makes them. What they say arrives as events.
function useComparisons(syncs, paused, changed) {
  const names = (syncs ?? []).filter((sync) => sync.default).map((sync) => sync.name).join(' ');
  const compare = () => {
    for (const name of names.split(' ').filter(Boolean)) get(`/api/v1/syncs/${encodeURIComponent(name)}/status`).then(changed, () => {});
  };
  useEffect(compare, [names]);
  useEvery(kRefresh, compare, paused);
}

/// What waits for a person: [{key, text, to, word}], the worst first.
function needsOf(states, runs) {
  const needs = [];
  for (const { sync, state } of states) {
    const status = sync.status ?? {};
    const add = (rank, text, to, word) => needs.push({ rank, key: `${sync.name} ${word} ${to}`, text: `${sync.name}: ${text}`, to, word });
    const name = encodeURIComponent(sync.name);
    if (state.key === 'unknown') add(0, status.problem ?? 'its sides could not be compared', `/syncs/${name}`, 'Look');
    if (status.conflicts > 0) {
      add(1, `${count(status.conflicts, 'conflict waits', 'conflicts wait')} for a decision`, `/conflicts?sync=${name}`, 'Decide');
    }
    const last = runs.find((run) => syncNames(run).includes(sync.name));
    if (last && stateKey(last) === 'failed') add(1, `the last run failed: ${resultOf(last)}`, `/runs/${last.id}`, 'Look');
    if (status.rejected > 0) add(2, `${count(status.rejected, 'record')} rejected`, `/rejected?sync=${name}`, 'Show');
  }
  return needs.sort((a, b) => a.rank - b.rank);
}

function Answer({ states, needs }) {
  const counted = states.filter(({ sync, state }) => sync.default && state.key !== 'unset');
  const off = counted.filter(({ state }) => !['in', 'syncing', 'comparing'].includes(state.key)).length;
  const comparing = counted.some(({ state }) => state.key === 'comparing');
  const words = off > 0 ? `${off} of ${count(counted.length, 'sync')} ${off === 1 ? 'is' : 'are'} not in sync`
    : comparing ? 'Comparing both sides…' : counted.length === 1 ? 'The sync is in sync' : `All ${counted.length} syncs are in sync`;
  const tone = off > 0 || needs.length > 0 ? 'warn' : comparing ? 'busy' : 'good';
  return html`<p class="answer ${tone}"><span class="icon" aria-hidden="true">${{ warn: '⚠', busy: '…', good: '✓' }[tone]}</span>${words}
    </p>`;
}

export function Differences({ sync }) {
  const parts = differencesOf(sync, remoteName(sync));
  if (parts.length === 0) return null;
  return html`<ul class="parts">${parts.map(({ text, link }) => html`<li key=${text}>${link ? html`<a href=${link}>${text}</a>` : text}
    </li>`)}</ul>`;
}

export function Counts({ sync }) {
  const shown = (number) => number ?? '–';
  return html`<dl class="counts"><div><dt>Database</dt><dd>${shown(sync.status?.local)}</dd></div>
    <div><dt>${remoteName(sync)}</dt><dd>${shown(sync.status?.remote)}</dd></div></dl>`;
}

function Card({ sync, state, changed }) {
  const status = sync.status;
  return html`<section class="card" aria-label=${sync.name}>
    <div class="heading"><h3><a href=${`/syncs/${encodeURIComponent(sync.name)}`}>${sync.name}</a></h3><${StateWord} state=${state} /></div>
    ${status?.problem ? html`<p class="hint"><${Foreign} text=${status.problem} /></p>` : html`<${Counts} sync=${sync} />
      <${Differences} sync=${sync} />`}
    <p class="quiet">Last run <${Time} at=${status?.last_run} />
      ${status?.checked_at && html` · compared <${Time} at=${status.checked_at} />`}${status?.stale && ' · comparing anew…'}</p>
    ${state.key !== 'unset' && html`<${SyncButtons} sync=${sync} changed=${changed} />`}</section>`;
}

export function Overview() {
  const paused = useLive() === 'paused';
  const syncs = useLoad('/api/v1/syncs', (event) => ['status', 'run.started', 'run.finished', 'schedule', 'config'].includes(event.name));
  const runs = useLoad('/api/v1/runs?limit=10', (event) => event.name.startsWith('run.') && event.name !== 'run.progress');
  useComparisons(syncs.data?.items, paused, syncs.reload);
  return html`<${Heading} title="Overview" />
    <${Loaded} load=${syncs}>${({ items }) => {
      if (items.length === 0) return html`<${Empty} title="No syncs yet.">
        <p>Add one to <code>lockstep.yaml</code>, then run <code>lockstep check</code>.</p></${Empty}>`;
      const working = (runs.data?.items ?? []).filter((run) => run.state === 'running').flatMap(syncNames);
      const states = items.map((sync) => ({ sync, state: syncState(sync, working.includes(sync.name)) }));
      const needs = needsOf(states.filter(({ sync, state }) => sync.default && state.key !== 'unset'), runs.data?.items ?? []);
      const main = states.filter(({ sync, state }) => sync.default && state.key !== 'unset');
      const others = states.filter(({ sync, state }) => !sync.default || state.key === 'unset');
      return html`<${Answer} states=${states} needs=${needs} />
        ${needs.length > 0 && html`<section><h2>Needs you</h2><ul class="rows">${needs.map((need) => html`<li key=${need.key} data-row>
          <span><${Foreign} text=${need.text} /></span><a href=${need.to}>${need.word}<span class="sr">: ${need.text}</span></a></li>`)}
            </ul></section>`}
        <section><h2>Syncs</h2><div class="cards">
          ${main.map(({ sync, state }) => html`<${Card} key=${sync.name} sync=${sync} state=${state} changed=${syncs.reload} />`)}</div>
          </section>
        ${others.length > 0 && html`<section><h2>Others</h2><p class="quiet">Run only when they are named, or not set up yet.</p>
          <ul class="rows">${others.map(({ sync, state }) => html`<li key=${sync.name} data-row>
            <a href=${`/syncs/${encodeURIComponent(sync.name)}`}>${sync.name}</a>
            ${sync.status ? html`<${StateWord} state=${state} />` : html`<span class="quiet">Not compared</span>`}</li>`)}</ul>
              </section>`}`;
    }}</${Loaded}>
    <section><h2>Last runs</h2><${Loaded} load=${runs}>${({ items }) => html`<${RunList} runs=${items} />`}</${Loaded}>
      <p><a href="/runs">All runs</a></p></section>`;
}
