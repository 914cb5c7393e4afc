// What is around every view: where one is, whether what is shown is live, who one is, and what has just ended.
import { html, useEffect, useState } from './preact.js';
import { ask } from './api.js';
import { useLoad } from './hooks.js';
import { KeyHelp, useKeys } from './keys.js';
import { liveState, listen, pause, resume, tellSignedOut, turnOff, watchState } from './live.js';
import { navigate } from './router.js';
import { stateOf } from './runs.js';
import { Foreign } from './text.js';
import { chooseTheme, kThemes, theme } from './theme.js';

const kNav = [
  ['/', 'Overview'], ['/vapi-sync', 'Vapi Sync'], ['/runs', 'Runs'], ['/plans', 'Plans'], ['/conflicts', 'Conflicts', 'conflicts'],
  ['/rejected', 'Rejected', 'rejected'], ['/history', 'History'], ['/automation', 'Automation'],
  ['/models', 'Models'], ['/settings', 'Settings'],
];

export function useLive() {
  const [state, setState] = useState(liveState());
  useEffect(() => watchState(() => setState(liveState())), []);
  return state;
}

const kLive = {
  live: { word: 'Live', icon: '●', tone: 'good' },
  polling: { word: 'Every 10 s', icon: '●', tone: 'good' },
  connecting: { word: 'Connecting…', icon: '○', tone: 'busy' },
  reconnecting: { word: 'Reconnecting…', icon: '◌', tone: 'warn' },
  paused: { word: 'Paused', icon: '⏸', tone: 'warn' },
  off: { word: 'Signed out', icon: '○', tone: 'quiet' },
};

function Live() {
  const state = useLive();
  const { word, icon, tone } = kLive[state];
  return html`<button type="button" class="live state ${tone}" aria-pressed=${state === 'paused' ? 'true' : 'false'}
    title=${state === 'paused' ? 'Resume live updates' : 'Pause live updates'} onClick=${() => (state === 'paused' ? resume() : pause())}>
    <span class="icon" aria-hidden="true">${icon}</span>${word}<span class="sr">, pause live updates</span></button>`;
}

function Search() {
  const search = (event) => {
    event.preventDefault();
    const text = new FormData(event.target).get('record').trim();
    if (text) navigate(`/history?record=${encodeURIComponent(text)}`);
  };
  return html`<form role="search" onSubmit=${search}><label class="sr" for="search">Find a record by its id or key</label>
    <input id="search" type="search" name="record" placeholder="Record id or key" autocomplete="off" /></form>`;
}

function ThemeChoice() {
  const [chosen, setChosen] = useState(theme());
  const choose = (event) => {
    chooseTheme(event.target.value);
    setChosen(event.target.value);
  };
  return html`<label class="field inline">Theme <select value=${chosen} onChange=${choose}>
    ${kThemes.map(([key, word]) => html`<option value=${key} selected=${key === chosen}>${word}</option>`)}</select></label>`;
}

function Nav({ path, open }) {
  const syncs = useLoad('/api/v1/syncs', (event) => event.name === 'status' || event.name === 'run.finished');
  const waiting = (what) => (syncs.data?.items ?? []).reduce((total, sync) => total + (sync.status?.[what] ?? 0), 0);
  return html`<nav aria-label="Places" id="places" class=${open ? 'open' : ''}><ul>
    ${kNav.map(([to, word, counted]) => {
      const here = to === '/' ? path === '/' : path === to || path.startsWith(to + '/');
      const number = counted ? waiting(counted) : 0;
      return html`<li key=${to}><a href=${to} aria-current=${here ? 'page' : null}>${word}${number > 0 && html` <span class="count">
        ${number}</span>`}</a></li>`;
    })}</ul></nav>`;
}

/// Says what has ended, for those who do not look at it.
function Announcements() {
  const [said, setSaid] = useState('');
  useEffect(() => listen((event) => {
    const { command, syncs } = event.data;
    if (event.name === 'run.finished') setSaid(`${command} ${syncs.join(', ')}: ${stateOf(event.data).word.toLowerCase()}`);
  }), []);
  return html`<div class="sr" role="status" id="announcements">${said}</div>`;
}

export function Frame({ me, path, left, children }) {
  const [open, setOpen] = useState(false);
  const [help, setHelp] = useState(false);
  useKeys(setHelp);
  useEffect(() => setOpen(false), [path]);
  const signOut = async () => {
    await ask('DELETE', '/api/v1/session').catch(() => {});
    tellSignedOut();
    turnOff();
    navigate('/login');
    left();
  };
  return html`
    <a class="skip" href="#main"
      onClick=${(event) => { event.preventDefault(); document.querySelector('h1')?.focus(); }}>Skip to the content</a>
    <header>
      <div class="top">
        <a class="brand" href="/">Lockstep</a>
        <button type="button" class="menu" aria-expanded=${open ? 'true' : 'false'} aria-controls="places"
          onClick=${() => setOpen(!open)}>Menu</button>
        <${Live} /><${Search} />
        <div class="me"><${ThemeChoice} />
          <span class="who"><${Foreign} text=${me.name} /> <span class="chip">${me.scope}</span></span>
          <button type="button" class="small" onClick=${() => setHelp(true)}>Help<span class="sr"> with the keyboard</span></button>
          <button type="button" class="small" onClick=${signOut}>Sign out</button></div>
      </div>
      <${Nav} path=${path} open=${open} />
    </header>
    <main id="main">${children}</main>
    <${Announcements} />
    ${help && html`<${KeyHelp} close=${() => setHelp(false)} />`}`;
}
