// One conflict: what both sides had in common in the middle, what each made of it, and the decision. Keys: 1 database, 2 remote, 3 own.
import { html, useEffect, useRef, useState } from './preact.js';
import { get, post, succeeded, untilEnded } from './api.js';
import { useAction, useLoad } from './hooks.js';
import { readable } from './json.js';
import { isTyping, keysAreOn } from './keys.js';
import { Button, Empty, FailureNotice, Heading, Loaded, Notice, RunLink, Time, useMay } from './parts.js';
import { navigate } from './router.js';
import { Foreign } from './text.js';
import { Diff, Value } from './values.js';
import { conflictsPath } from './view_conflicts.js';

const kChoices = [['local', 'Database'], ['remote', 'Remote'], ['own', 'My own']];

function Side({ title, value, base, chosen }) {
  const compared = base !== null && value !== null;
  return html`<section class="side ${chosen ? 'chosen' : ''}"><h2>${title}${chosen && html` <span class="state good">
    <span class="icon" aria-hidden="true">✓</span>chosen</span>`}</h2>
    ${compared ? html`<${Diff} before=${readable(base)} after=${readable(value)} />` : html`<${Value} value=${value} />`}</section>`;
}

/// What the next one is, after the list as it is now.
async function nextAfter(id, sync) {
  const { items } = await get(conflictsPath(sync));
  const at = items.findIndex((each) => each.id === id);
  return (items[at + 1] ?? items.find((each) => each.id !== id))?.id ?? null;
}

function useChoiceKeys(choose, save) {
  const latest = useRef({});
  latest.current = { choose, save };
  useEffect(() => {
    const listener = (event) => {
      if (!keysAreOn() || isTyping(event)) return;
      if ('123'.includes(event.key)) {
        event.preventDefault();
        latest.current.choose(kChoices[Number(event.key) - 1][0]);
      } else if (event.key === 'Enter' && !event.target.closest?.('a, button, summary')) {
        event.preventDefault();
        latest.current.save();
      }
    };
    document.addEventListener('keydown', listener);
    return () => document.removeEventListener('keydown', listener);
  }, []);
}

function Decision({ conflict, etag, sync, moved, reload }) {
  const may = useMay();
  const [take, setTake] = useState(null);
  const [own, setOwn] = useState(null);
  const editor = useRef(null);
  const typed = own ?? readable(conflict.there ?? conflict.here ?? '');
  const saving = useAction(async (andNext) => {
    const next = andNext ? await nextAfter(conflict.id, sync) : null;
    const body = take === 'own' ? { value: typed } : { take };
    const path = `/api/v1/conflicts/${encodeURIComponent(conflict.id)}/resolve`;
    const run = succeeded(await untilEnded(await post(path, body, { wait: 20, headers: { 'If-Match': etag } })));
    const back = sync ? `?sync=${encodeURIComponent(sync)}` : '';
    if (andNext) navigate(next ? `/conflicts/${encodeURIComponent(next)}${back}` : `/conflicts${back}`);
    return run;
  });
  const failure = saving.failure;
  // What was typed stays; what both sides have become is shown beside it.
  useEffect(() => { if (failure?.status === 412) reload(); }, [failure]);
  // What was chosen before a side moved was another value: it is chosen anew.
  const decidedOn = useRef(etag);
  useEffect(() => {
    if (decidedOn.current !== etag) setTake((before) => (before === 'own' ? before : null));
    decidedOn.current = etag;
  }, [etag]);
  const choose = (which) => {
    if (which === 'own' && own === null) setOwn(typed);
    setTake(which);
  };
  useEffect(() => { if (take === 'own') editor.current?.focus(); }, [take]);
  const save = (andNext) => take !== null && may('write') && saving.run(andNext);
  useChoiceKeys((which) => may('write') && choose(which), () => save(true));

  if (saving.result) {
    return html`<${Notice} tone="good" title="Decided" role="status">
      <p>Both sides hold this value now. <${RunLink} id=${saving.result.id}>Look at the run</${RunLink}>,
      or go <a href="/conflicts">back to the conflicts</a>.</p></${Notice}>`;
  }
  const said = failure?.status === 412 &&
               'One side has changed while you looked. Nothing was written; what you typed is kept. Here is how it is now.';
  return html`<${Parts} conflict=${conflict} take=${take} />
    ${(said || moved) && html`<${Notice} tone="warn" title="It has changed" role="alert"><p>
      ${said || 'One side has changed while you looked. Look again before you decide.'}</p></${Notice}>`}
    ${failure && !said && html`<${FailureNotice} failure=${failure} title="It was not decided" />`}
    ${!may('write') ? html`<p class="quiet">To decide, a token of scope write is needed.</p>` : html`
    <form data-hold onSubmit=${(event) => { event.preventDefault(); save(true); }}>
      <fieldset class="choice"><legend>Both sides shall hold</legend>
        ${kChoices.map(([key, word], index) => html`<label key=${key}>
          <input type="radio" name="take" value=${key} checked=${take === key}
            onChange=${() => choose(key)} /> ${word} <kbd aria-hidden="true">${index + 1}</kbd></label>`)}</fieldset>
      ${take === 'own' && html`<label class="field" for="own">My own value</label>
        <textarea id="own" ref=${editor} rows=${Math.min(16, Math.max(3, typed.split('\n').length + 1))}
          value=${typed} dir="auto" spellcheck="false" onInput=${(event) => setOwn(event.target.value)}></textarea>
        <p class="quiet">Stored as typed: numbers and JSON are not rounded or rewritten.</p>`}
      <p class="bar sticky">
        <${Button} type="submit" kind="primary" busy=${saving.busy} busyWord="Saving…" disabled=${take === null}>Save and next</${Button}>
        <${Button} busy=${saving.busy} disabled=${take === null} onClick=${() => save(false)}>Save</${Button}></p></form>`}`;
}

function Parts({ conflict, take }) {
  return html`<div class="sides">
    <${Side} title="Database" value=${conflict.here} base=${conflict.base} chosen=${take === 'local'} />
    <section class="side base"><h2>Before both edits</h2>
      ${conflict.base === null ? html`<p class="none">not known, or nothing</p>` : html`<div class="diff">
      <${Value} value=${conflict.base} /></div>`}</section>
    <${Side} title="Remote" value=${conflict.there} base=${conflict.base} chosen=${take === 'remote'} /></div>`;
}

function Create({ conflict }) {
  return html`<${Notice} tone="warn" title="Whether it was created is not known">
    <p>The answer to a create was lost. Look at the remote, and decide on a terminal:
    <code>lockstep resolve <${Foreign} text=${conflict.id} /></code></p></${Notice}>`;
}

export function Conflict({ argument, query }) {
  const sync = query.get('sync') ?? '';
  const load = useLoad(`/api/v1/conflicts/${encodeURIComponent(argument)}`, (event) => event.name === 'run.finished');
  const seen = useRef(null);
  if (load.etag && seen.current === null) seen.current = load.etag;
  const decided = load.failure?.status === 404;
  const gone = decided && load.data === null;
  const title = load.data ? `Conflict: ${load.data.label || load.data.record}` : 'Conflict';
  return html`<${Heading} title=${title} />
    ${gone ? html`<${Empty} title="This conflict does not wait any more.">
      <p>It may have been decided meanwhile. <a href="/conflicts">All conflicts</a></p></${Empty}>`
      : html`<${Loaded} load=${decided ? { ...load, failure: null } : load}>${(conflict) => html`
        <p>${conflict.field && html`Field <code><${Foreign} text=${conflict.field} /></code> of `}
          ${conflict.sync}, since <${Time} at=${conflict.since} />. ${' '}
          <a href=${`/history?record=${encodeURIComponent(conflict.record)}`}>History of the record</a></p>
        ${conflict.field ? html`<${Decision} conflict=${conflict} etag=${load.etag} sync=${sync} moved=${seen.current !== load.etag}
          reload=${load.reload} />` : html`<${Create} conflict=${conflict} />`}`}</${Loaded}>`}`;
}
