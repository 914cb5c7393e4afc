// Tokens: a new one is shown once, and a revoked one keeps its row.
import { html, useRef, useState } from './preact.js';
import { ask } from './api.js';
import { useAction, useLoad } from './hooks.js';
import { Button, Dialog, FailureNotice, Loaded, StateWord, Time } from './parts.js';
import { Foreign } from './text.js';

const kScopes = [
  ['read', 'read: look'], ['plan', 'plan: and make plans'], ['write', 'write: and run, decide, retry'],
  ['admin', 'admin: and roll back, tokens, guards'],
];
const kPeriods = [['90d', 'in 90 days'], ['30d', 'in 30 days'], ['365d', 'in a year'], ['', 'never']];

function stateOf(token) {
  if (token.revoked_at) return { word: 'Revoked', icon: '✕', tone: 'quiet' };
  if (token.expires_at && Date.parse(token.expires_at) <= Date.now()) return { word: 'Expired', icon: '⧗', tone: 'quiet' };
  return { word: 'Valid', icon: '✓', tone: 'good' };
}

/// The one time that it is shown. The clipboard is not there on plain HTTP: it can be selected.
function NewToken({ made, close }) {
  const [copied, setCopied] = useState(false);
  const field = useRef(null);
  const copy = async () => {
    field.current.select();
    try {
      await navigator.clipboard.writeText(made.token);
      setCopied(true);
    } catch {
      setCopied(false);
    }
  };
  return html`<${Dialog} title=${`Token ${made.name}`} close=${close}><p>It is shown this once. Keep it where secrets are kept.</p>
    <label class="field" for="new-token">Token</label>
      <input id="new-token" ref=${field} readonly value=${made.token} spellcheck="false" autocomplete="off" />
    <p class="bar"><button type="button" class="primary" onClick=${copy}>Copy</button><button type="button" onClick=${close}>Done</button>
      <span role="status">${copied && '✓ Copied'}</span></p></${Dialog}>`;
}

function Create({ changed }) {
  const form = useRef(null);
  const creating = useAction(async () => {
    const given = new FormData(form.current);
    const body = { name: given.get('name').trim(), scope: given.get('scope') };
    if (given.get('expires_in')) body.expires_in = given.get('expires_in');
    const { body: made } = await ask('POST', '/api/v1/tokens', { body });
    form.current.reset();
    changed();
    return made;
  });
  return html`<form ref=${form} class="filters" aria-label="New token" onSubmit=${(event) => { event.preventDefault(); creating.run(); }}>
      <label class="field">Name <input name="name" required maxlength="100" autocomplete="off" /></label>
      <label class="field">May <select name="scope">${kScopes.map(([key, word]) => html`<option value=${key}>${word}</option>`)}</select>
        </label>
      <label class="field">Ends <select name="expires_in">${kPeriods.map(([key, word]) => html`<option value=${key}>${word}</option>`)}
        </select></label>
      <${Button} type="submit" kind="primary" busy=${creating.busy} busyWord="Creating…">Create token</${Button}></form>
    ${creating.failure && html`<${FailureNotice} failure=${creating.failure} title="No token was made" />`}
    ${creating.result && html`<${NewToken} made=${creating.result} close=${creating.clear} />`}`;
}

function Revoke({ token, close, changed }) {
  const revoking = useAction(async () => {
    await ask('POST', `/api/v1/tokens/${encodeURIComponent(token.id)}/revoke`, { body: {} });
    changed();
    close();
  });
  return html`<${Dialog} title="Revoke" close=${close}><p>The token <strong><${Foreign} text=${token.name} />
    </strong> is good for nothing from then on, and its sessions end. This cannot be undone.</p>
    ${revoking.failure && html`<${FailureNotice} failure=${revoking.failure} />`}
    <p class="bar"><${Button} kind="danger" busy=${revoking.busy} busyWord="Revoking…" onClick=${() => revoking.run()}>Revoke it</${Button}>
      <button type="button" onClick=${close}>Close</button></p></${Dialog}>`;
}

export function Tokens() {
  const load = useLoad('/api/v1/tokens');
  const [revoking, setRevoking] = useState(null);
  return html`<section><h2>Tokens</h2><${Create} changed=${load.reload} />
    <${Loaded} load=${load}>${({ items }) => html`<div class="table" role="region" aria-label="Tokens"><table class="list"><thead><tr>
      <th scope="col">Name</th><th scope="col">May</th><th scope="col">Syncs</th><th scope="col">Made</th>
        <th scope="col">Ends</th><th scope="col">State</th><th scope="col"><span class="sr">Revoke</span></th></tr></thead>
      <tbody>${items.map((token) => html`<tr key=${token.id} data-row><td data-label="Name"><span>
        <${Foreign} text=${token.name} /> <code class="quiet">${token.id}</code></span></td>
        <td data-label="May">${token.scope}</td><td data-label="Syncs">${token.syncs?.join(', ') ?? 'all'}</td><td data-label="Made">
          <${Time} at=${token.created_at} now="in the file" /></td>
        <td data-label="Ends"><${Time} at=${token.expires_at} /></td><td data-label="State"><${StateWord} state=${stateOf(token)} /></td>
        <td>${!token.revoked_at && !token.id.startsWith('file:') && html`<button type="button" class="small"
          onClick=${() => setRevoking(token)}>Revoke…<span class="sr"> <${Foreign} text=${token.name} /></span></button>`}</td></tr>`)}
          </tbody></table></div>`}</${Loaded}>
    ${revoking && html`<${Revoke} token=${revoking} close=${() => setRevoking(null)} changed=${load.reload} />`}</section>`;
}
