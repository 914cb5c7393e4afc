// Who asked the server to do what, and from where.
import { html } from './preact.js';
import { useLoad } from './hooks.js';
import { Empty, Heading, Loaded, Time } from './parts.js';
import { Foreign } from './text.js';

export function Activity() {
  const load = useLoad('/api/v1/activity', (event) => ['run.queued', 'schedule', 'config'].includes(event.name));
  return html`<${Heading} title="Activity" />
    <p class="quiet">What people and programs asked for. What runs wrote, field by field, is in the <a href="/history">history</a>.</p>
    <${Loaded} load=${load}>${({ items }) => items.length === 0
      ? html`<${Empty} title="Nobody has asked for anything yet."><p>Runs, decisions, pauses, tokens and sign-ins are listed here.</p></${Empty}>`
      : html`<div class="table" role="region" aria-label="Activity"><table class="list"><thead><tr><th scope="col">When</th>
        <th scope="col">Who</th><th scope="col">What</th><th scope="col">About</th><th scope="col">From</th><th scope="col">Answer</th></tr></thead>
        <tbody data-hold>${items.map((each, index) => html`<tr key=${`${each.at} ${index}`} data-row>
          <td data-label="When"><${Time} at=${each.at} /></td><td data-label="Who"><${Foreign} text=${each.who} /></td>
          <td data-label="What">${each.what}</td><td data-label="About">${each.about && html`<${Foreign} text=${each.about} />`}</td>
          <td data-label="From"><${Foreign} text=${each.from} /></td><td data-label="Answer">${each.status}</td></tr>`)}</tbody></table></div>`}
    </${Loaded}>`;
}
