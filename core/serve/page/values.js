// Values of records, and what differs between two of them. Everything that a record holds becomes a text node.
import { html, useMemo, useState } from './preact.js';
import { compare, isLarge } from './diff.js';
import { readable } from './json.js';
import { Foreign, count } from './text.js';

const kShort = 80;
const kLong = 4000;
const kBeginning = 2000;
const kContext = 3;  // lines around a change
const kRecordsOpen = 20;

/// The beginning of a long text, and the rest when somebody asks; never half a pair of surrogates.
function Long({ text, spaces = false }) {
  const [open, setOpen] = useState(text.length <= kLong);
  if (open) return html`<${Foreign} text=${text} spaces=${spaces} />`;
  const beginning = text.slice(0, kBeginning).replace(/[\uD800-\uDBFF]$/, '');
  return html`<${Foreign} text=${beginning} spaces=${spaces} />
    <button type="button" class="gap" onClick=${() => setOpen(true)}>… ${count(text.length - beginning.length, 'more character')} – show</button>`;
}

export function Value({ value }) {
  if (value === null || value === undefined) return html`<span class="none">nothing</span>`;
  const text = readable(value);
  return text === '' ? html`<span class="none">an empty text</span>` : html`<span class="value"><${Long} text=${text} /></span>`;
}

/// What was, and what is or would be.
export function Change({ before, after, unconfirmed = false }) {
  const old = before === null || before === undefined ? null : readable(before);
  const fresh = after === null || after === undefined ? null : readable(after);
  const mark = unconfirmed && html` <span class="none">(whether this was written is still looked for)</span>`;
  const short = [old, fresh].every((text) => text === null || (text.length <= kShort && !text.includes('\n')));
  if (old === null && fresh !== null) return html`<${Inserted}><${Value} value=${after} /></${Inserted}>${mark}`;
  if (short || old === null || fresh === null) {
    return html`<${Removed}><${Value} value=${before} /></${Removed}> <span aria-hidden="true">→</span> <${Inserted}>
      <${Value} value=${after} /></${Inserted}>${mark}`;
  }
  return html`<${Diff} before=${old} after=${fresh} />${mark}`;
}

function Removed({ children }) {
  return html`<del><span class="sign" aria-hidden="true">−</span><span class="sr">removed: </span>${children}</del>`;
}

function Inserted({ children }) {
  return html`<ins><span class="sign" aria-hidden="true">+</span><span class="sr">added: </span>${children}</ins>`;
}

/// Two texts as one, with what went and what came. Unchanged lines far from a change are folded, and the gap says how many.
export function Diff({ before, after }) {
  const [anyway, setAnyway] = useState(false);
  const large = isLarge(before, after);
  const parts = useMemo(() => (large && !anyway ? [] : compare(before, after)), [before, after, large && !anyway]);
  if (large && !anyway) {
    return html`<p class="none">These texts are long (${before.length} and ${after.length} characters).
      <button type="button" class="small" onClick=${() => setAnyway(true)}>Show anyway</button></p>`;
  }
  if (before === after) return html`<div class="diff"><${Foreign} text=${before} /></div>`;
  return html`<div class="diff">${parts.map((part, index) => {
    if (part.op === 'del') return html`<${Removed}><${Long} text=${part.text} spaces /></${Removed}>`;
    if (part.op === 'ins') return html`<${Inserted}><${Long} text=${part.text} spaces /></${Inserted}>`;
    return html`<${Same} text=${part.text} first=${index === 0} last=${index === parts.length - 1} />`;
  })}</div>`;
}

function Same({ text, first, last }) {
  const [open, setOpen] = useState(false);
  const lines = text.split('\n');
  const head = first ? 0 : kContext;
  const tail = last ? 0 : kContext;
  const hidden = lines.length - head - tail;
  if (open || hidden < 3) return html`<${Foreign} text=${text} />`;
  const before = lines.slice(0, head).join('\n');
  const after = lines.slice(lines.length - tail).join('\n');
  return html`${before && html`<${Foreign} text=${before} />`}
    <button type="button" class="gap" onClick=${() => setOpen(true)}>… ${count(hidden, 'unchanged line')} – show</button>
    ${after && html`<${Foreign} text=${after} />`}`;
}

const kActions = { create: 'create', update: 'update', recreate: 'create anew', link: 'link' };

/// Changes of a plan, a run or a record: [{label, id, sync?, action, side, fields: [{name, before, after, unconfirmed}], why, run?}]
export function Changes({ changes, level = 3, remote = 'Vapi' }) {
  const [open, setOpen] = useState(null);
  if (changes.length === 0) return null;
  const byDefault = changes.length <= kRecordsOpen;
  return html`
    ${changes.length > 1 && html`<p class="bar">
      <button type="button" class="small" onClick=${() => setOpen({ all: true })}>Open all</button>
      <button type="button" class="small" onClick=${() => setOpen({ all: false })}>Close all</button></p>`}
    <div data-hold>${changes.map((change) => html`<${ChangeOf} key=${change.key} change=${change} level=${level} remote=${remote}
      open=${open === null ? byDefault : open.all} turn=${open} />`)}</div>`;
}

function ChangeOf({ change, level, open, turn, remote }) {
  const fields = change.fields;
  const where = change.side === 'local' ? 'in the database' : `at ${remote}`;
  const [own, setOwn] = useState({ turn, open });
  const shown = own.turn === turn ? own.open : open;
  return html`<details class="change" open=${shown} onToggle=${(event) => setOwn({ turn, open: event.target.open })}>
    <summary data-row><span role="heading" aria-level=${level}><${Foreign} text=${change.label || change.id || 'a record'} /></span>
      <span class="chip">${kActions[change.action] ?? change.action} ${where}</span>
      <span class="quiet">${count(fields.length, 'field')}${change.why && ` · ${change.why}`}</span></summary>
    ${shown && html`<dl class="fields">${fields.map((field) => html`<div key=${field.name}>
      <dt><${Foreign} text=${field.name} /></dt>
      <dd><${Change} before=${field.before} after=${field.after} unconfirmed=${field.unconfirmed} /></dd></div>`)}</dl>
      ${change.id && html`<p class="quiet">${change.sync && html`${change.sync} · `}
        <a href=${change.sync ? `/syncs/${encodeURIComponent(change.sync)}/records/${encodeURIComponent(change.id)}`
          : `/history?record=${encodeURIComponent(change.id)}`}>History of <${Foreign} text=${change.id} /></a></p>`}`}
  </details>`;
}

/// Of a plan or a dry run ({"old", "new"}), of the journal or a rollback ({"before", "after"}).
export function readChanges(list, more = {}) {
  return list.map((each, index) => ({
    ...more,
    key: `${each.run ?? ''}/${each.sync ?? more.sync ?? ''}/${each.side}/${each.remote_id ?? each.id ?? ''}/${each.record ?? ''}/${index}`,
    sync: each.sync ?? more.sync,
    label: each.label,
    id: each.remote_id ?? each.id ?? each.record,
    action: each.action ?? 'update',
    side: each.side,
    why: each.why,
    run: each.run,
    at: each.at,
    fields: Object.entries(each.fields ?? {}).map(([name, field]) => ({
      name,
      before: Object.hasOwn(field, 'old') ? field.old : field.before,
      after: Object.hasOwn(field, 'new') ? field.new : field.after,
      unconfirmed: field.unconfirmed === true,
    })),
  }));
}
