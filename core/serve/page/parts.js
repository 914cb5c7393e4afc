// The parts that views are made of.
import { createContext, html, useContext, useEffect, useRef } from './preact.js';
import { useLoad, useTick } from './hooks.js';
import { setQuery } from './router.js';
import { absolute, Foreign, relative, visible } from './text.js';

/// {name, scope, syncs}: who has signed in.
export const Me = createContext(null);

const kScopes = ['read', 'plan', 'write', 'admin'];

/// Whether who has signed in may do what needs `scope`.
export function useMay() {
  const me = useContext(Me);
  return (scope) => kScopes.indexOf(me?.scope) >= kScopes.indexOf(scope);
}

/// The only <h1> of a view, and the title of its tab.
export function Heading({ title, children }) {
  useEffect(() => {
    document.title = `${visible(title)} · Lockstep`;
  }, [title]);
  return html`<div class="heading"><h1 tabindex="-1"><${Foreign} text=${title} /></h1>${children}</div>`;
}

export function Time({ at, now = 'never' }) {
  useTick();
  if (!at) return html`<span>${now}</span>`;
  return html`<time datetime=${at} title=${absolute(at)}>${relative(at)}</time>`;
}

/// A state as a word, an icon and a colour. `tone`: good, warn, bad, busy, quiet.
export function StateWord({ state: { word, icon, tone } }) {
  return html`<span class="state ${tone}"><span class="icon" aria-hidden="true">${icon}</span>${word}</span>`;
}

export function Button({ busy = false, busyWord = 'Working…', kind = '', disabled = false, type = 'button', children, ...rest }) {
  // Not `disabled` while at work: the focus would be lost.
  return html`<button type=${type} class=${kind} disabled=${disabled} aria-disabled=${busy ? 'true' : null}
    aria-busy=${busy ? 'true' : null} ...${rest}>
    ${busy ? html`<span class="spinner" aria-hidden="true"></span>${busyWord}` : children}</button>`;
}

export function Notice({ tone = 'quiet', title, children, role }) {
  const icons = { good: '✓', warn: '⚠', bad: '✕', quiet: 'ℹ', busy: '↻' };
  return html`<div class="notice ${tone}" role=${role}>
    <span class="icon" aria-hidden="true">${icons[tone]}</span>
    <div>${title && html`<p class="title">${title}</p>`}${children}</div></div>`;
}

/// Why something failed, what can be done, and a way to try again.
export function FailureNotice({ failure, retry, title = 'That did not work' }) {
  return html`<${Notice} tone="bad" title=${title} role="alert">
    <p><${Foreign} text=${failure.message} /></p>
    ${failure.errors?.length > 0 && html`<ul>${failure.errors.map((each) => html`<li><${Foreign} text=${each.detail} /></li>`)}</ul>`}
    ${failure.hint && html`<p class="hint"><${Foreign} text=${failure.hint} /></p>`}
    ${failure.run && html`<p><a href=${`/runs/${failure.run}`}>Look at the run</a></p>`}
    ${retry && html`<p><${Button} onClick=${retry}>Retry</${Button}></p>`}
  </${Notice}>`;
}

/// What useLoad brought, or what stands for it meanwhile. `children`: a function of the data.
export function Loaded({ load, children }) {
  if (load.data === null) {
    if (load.failure) return html`<${FailureNotice} failure=${load.failure} retry=${load.reload} title="This could not be loaded" />`;
    return load.slow ? html`<div class="skeleton" role="status"><span class="sr">Loading…</span></div>` : null;
  }
  return html`
    ${load.failure && html`<${FailureNotice} failure=${load.failure}
      retry=${load.reload} title="This is not fresh: it could not be loaded anew" />`}
    ${load.waiting && html`<p class="waiting" role="status">Something has changed meanwhile. <${Button} kind="small"
      onClick=${load.show}>Show</${Button}></p>`}
    ${children(load.data)}`;
}

export function Empty({ title, children }) {
  return html`<div class="empty"><p class="title">${title}</p>${children}</div>`;
}

/// A modal dialog; the browser keeps the focus inside and gives it back. `close` is called once, also by Escape.
export function Dialog({ title, close, children }) {
  const ref = useRef(null);
  useEffect(() => {
    const dialog = ref.current;
    const opener = document.activeElement;
    dialog.showModal();
    return () => {
      dialog.close();
      if (opener?.isConnected) opener.focus();
    };
  }, []);
  return html`<dialog ref=${ref} aria-labelledby="dialog-title" onCancel=${(event) => { event.preventDefault(); close(); }}>
    <h2 id="dialog-title"><${Foreign} text=${title} /></h2>${children}</dialog>`;
}

/// A labelled choice whose value stands in the address.
export function Choice({ label, value, options, onChange }) {
  return html`<label class="field">${label}
    <select value=${value} onChange=${(event) => onChange(event.target.value)}>
      ${options.map(([key, word]) => html`<option value=${key} selected=${key === value}>${word}</option>`)}
    </select></label>`;
}

/// The choice of a sync, whose name stands in the address.
export function SyncChoice({ sync }) {
  const syncs = useLoad('/api/v1/syncs');
  const names = (syncs.data?.items ?? []).map((each) => [each.name, each.name]);
  return html`<${Choice} label="Sync" value=${sync} options=${[['', 'All'], ...names]} onChange=${(value) => setQuery({ sync: value })} />`;
}

export function RunLink({ id, children }) {
  return html`<a href=${`/runs/${encodeURIComponent(id)}`}>${children ?? html`<code>${shortId(id)}</code>`}</a>`;
}

/// The end of a ULID: its beginning is the time.
function shortId(id) {
  return id.length > 10 ? `…${id.slice(-6)}` : id;
}
