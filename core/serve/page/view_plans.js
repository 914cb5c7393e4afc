// The plans of the last day.
import { html } from './preact.js';
import { useLoad } from './hooks.js';
import { Empty, Heading, Loaded, RunLink, StateWord, Time } from './parts.js';
import { kModes } from './runs.js';
import { Foreign } from './text.js';

export const kPlanStates = {
  open: { word: 'Open', icon: '○', tone: 'busy' },
  applied: { word: 'Applied', icon: '✓', tone: 'good' },
  stopped: { word: 'Stopped part-way', icon: '⚠', tone: 'warn' },
  discarded: { word: 'Discarded', icon: '■', tone: 'quiet' },
  expired: { word: 'Expired', icon: '⧗', tone: 'quiet' },
};

export function planTitle(plan) {
  return `${kModes[plan.mode] ?? plan.mode}: ${plan.syncs.join(', ')}`;
}

export function Plans() {
  const load = useLoad('/api/v1/plans', (event) => event.name === 'run.finished');
  return html`<${Heading} title="Plans" />
    <${Loaded} load=${load}>${({ items }) => items.length === 0
      ? html`<${Empty} title="No plans of the last day."><p>
        <em>Preview</em> on the <a href="/">overview</a> makes one. It writes nothing.</p></${Empty}>`
      : html`<ul class="rows" data-hold>${items.map((plan) => html`<li key=${plan.id} data-row>
          <span class="grow"><a href=${`/plans/${plan.id}`}>${planTitle(plan)}
            </a> <span class="quiet">made <${Time} at=${plan.made_at} /> by <${Foreign} text=${plan.by} /></span>
            ${plan.note && html`<br /><span class="quiet"><${Foreign} text=${plan.note} /></span>`}</span>
          ${plan.run && html`<${RunLink} id=${plan.run}>Run</${RunLink}>`}
          <${StateWord} state=${kPlanStates[plan.state]} /></li>`)}</ul>`}</${Loaded}>`;
}
