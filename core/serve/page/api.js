// What the server is asked, and what it answers. A failure is a Failure with the server's own words.
import { parse } from './json.js';
import { navigate, placeOf } from './router.js';

class Failure extends Error {
  /// `problem`: of an application/problem+json, or what stands for one.
  constructor(status, problem, retryAfter) {
    super(problem.detail ?? problem.message ?? problem.title ?? `The server answered ${status}.`);
    this.status = status;
    this.code = problem.code;
    this.hint = problem.hint;
    this.errors = problem.errors ?? [];
    this.run = problem.run;
    this.retryAfter = retryAfter;
  }
}

let signedOut = () => {};

/// Called when the server knows this browser no more.
export function onSignedOut(call) {
  signedOut = call;
}

export function toLogin() {
  if (placeOf(location.pathname)?.name === 'login') return;
  const next = location.pathname + location.search;
  navigate(next === '/' ? '/login' : `/login?next=${encodeURIComponent(next)}`);
}

const kSession = '/api/v1/session';

/// How often somebody has signed in here: what was asked before says nothing of who is signed in now.
let signIns = 0;

/// {status, body, etag}. Throws Failure; 401 leads to the login besides.
export async function ask(method, path, { body, headers = {}, signal } = {}) {
  const asked = signIns;
  const sent = { Accept: 'application/json', ...headers };
  if (body !== undefined) sent['Content-Type'] = 'application/json';
  let response;
  let text;
  try {
    response = await fetch(path, { method, headers: sent, body: body === undefined ? undefined : JSON.stringify(body), signal,
                                   credentials: 'same-origin', cache: 'no-store' });
    text = await response.text();
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new Failure(0, { detail: 'The server cannot be reached.', hint: 'Is it running, and is this machine connected?' });
  }
  if (asked !== signIns && method === 'GET') return ask(method, path, { headers, signal });
  const answer = readAnswer(response, text);
  if (response.ok && path === kSession && method === 'POST') ++signIns;
  if (response.ok) return { status: response.status, body: answer, etag: response.headers.get('ETag') };
  if (response.status === 401 && path !== kSession) {
    signedOut();
    toLogin();
  }
  throw new Failure(response.status, answer ?? {}, Number(response.headers.get('Retry-After')) || undefined);
}

function readAnswer(response, text) {
  if (text === '') return null;
  try {
    return parse(text);
  } catch {
    throw new Failure(response.status, { detail: `The server answered ${response.status} with something that is no JSON.` });
  }
}

export async function get(path, options) {
  return (await ask('GET', path, options)).body;
}

/// A key for what is to happen once, however often it is sent.
function onceKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/// The answer of the server, at the latest after `wait` seconds with what it is until then.
export async function post(path, body, { wait = 0, headers = {} } = {}) {
  const prefer = wait > 0 ? `wait=${wait}` : 'respond-async';
  const sent = { Prefer: prefer, 'Idempotency-Key': onceKey(), ...headers };
  return (await ask('POST', path, { body: body ?? {}, headers: sent })).body;
}

export const hasEnded = (run) => !['queued', 'running'].includes(run.state);

/// The run once it has ended. `look` sees it meanwhile.
export async function untilEnded(run, look = () => {}) {
  while (!hasEnded(run)) {
    look(run);
    await new Promise((resolve) => setTimeout(resolve, 700));
    run = await get(`/api/v1/runs/${encodeURIComponent(run.id)}`);
  }
  return run;
}

/// Throws Failure for a run that did nothing.
export function succeeded(run) {
  const error = run.outcome?.error;
  if (error) throw new Failure(0, { detail: error.message, code: error.code, hint: error.hint, run: run.id, errors: movedIn(run.outcome) });
  return run;
}

/// Of a stale plan: what has changed since.
export function movedIn(outcome) {
  return (outcome.moved ?? []).map((each) => ({ detail: `${each.label} has changed on the ${each.side} side` }));
}
