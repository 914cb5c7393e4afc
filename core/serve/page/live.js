// What happens on the server, as it happens. One tab of a browser holds the stream of events and passes them on to the others: a browser
// keeps six connections to a host, and six tabs would use them up. Where the browser has no locks (plain HTTP beyond this machine), every
// tab asks anew every ten seconds instead.
import { get } from './api.js';

const kNames = ['run.queued', 'run.started', 'run.progress', 'run.finished', 'status', 'conflict', 'schedule', 'config', 'reset'];
const kPoll = 10_000;

const channel = new BroadcastChannel('lockstep-events');
const listeners = new Set();
const watchers = new Set();
let state = 'connecting';  // 'live', 'reconnecting', 'paused', 'polling', 'off'
let release = null;        // gives the stream up
let timer = null;
let asked = null;          // for the lock
let followed = false;      // this tab or another has listened before: a new stream begins with what was missed

export function liveState() {
  return state;
}

function setState(to, tell = false) {
  if (tell) channel.postMessage({ state: to });
  if (state === to || state === 'paused' || state === 'off') return;
  state = to;
  for (const watcher of watchers) watcher();
}

function deliver(event) {
  if (state === 'paused') return;
  for (const listener of listeners) listener(event);
}

/// `listener` hears {name, data}; name 'poll' or 'reset': anything may have changed. Returns what ends it.
export function listen(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function watchState(watcher) {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

channel.onmessage = ({ data }) => {
  if (data.event) deliver(data.event);
  else if (data.state) {
    followed = true;
    setState(data.state);
  } else if (data.signedOut) deliver({ name: 'signed-out', data: {} });
  else if (data.hello && release) channel.postMessage({ state });
};

export function tellSignedOut() {
  channel.postMessage({ signedOut: true });
}

function openStream() {
  const source = new EventSource('/api/v1/events');
  let fresh = true;
  source.onopen = () => {
    if (fresh && followed) deliver({ name: 'reset', data: {} });
    fresh = false;
    followed = true;
    setState('live', true);
  };
  source.onerror = () => {
    setState('reconnecting', true);
    if (source.readyState === EventSource.CLOSED) closedByServer();
  };
  for (const name of kNames) {
    source.addEventListener(name, (message) => {
      const event = { name, data: name === 'reset' ? {} : JSON.parse(message.data) };
      deliver(event);
      channel.postMessage({ event });
    });
  }
  return source;
}

/// Not a lost connection, but a refusal: the session may be over, which asking shows, or the server about to come back.
function closedByServer() {
  release?.();
  get('/api/v1/me').then(() => setTimeout(start, 3000), (failure) => failure.status !== 401 && setTimeout(start, 3000));
}

export function start() {
  if (state === 'paused') return;
  if (state === 'off') state = 'connecting';
  if (!navigator.locks) {
    timer ??= setInterval(() => !document.hidden && deliver({ name: 'poll', data: {} }), kPoll);
    setState('polling');
    return;
  }
  if (asked) return;
  asked = new AbortController();
  navigator.locks.request('lockstep-events', { signal: asked.signal }, () => new Promise((resolve) => {
    const source = openStream();
    release = () => {
      source.close();
      release = asked = null;
      resolve();
    };
  })).catch(() => {});
  channel.postMessage({ hello: true });
}

function stop(to) {
  if (release) release();
  else asked?.abort();
  asked = null;
  clearInterval(timer);
  timer = null;
  state = to;
  for (const watcher of watchers) watcher();
}

/// No session: nothing to listen to.
export function turnOff() {
  if (state !== 'off' && state !== 'paused') stop('off');
}

export function pause() {
  stop('paused');
}

export function resume() {
  state = 'connecting';
  start();
  deliver({ name: 'reset', data: {} });
}
