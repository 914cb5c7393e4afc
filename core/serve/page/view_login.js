// Signing in: a token becomes a cookie that no script can read.
import { html, useEffect, useRef, useState } from './preact.js';
import { ask } from './api.js';
import { Button, Heading, Notice } from './parts.js';

/// Seconds until it can be tried again, counted down.
function useWait() {
  const [until, setUntil] = useState(0);
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (until <= now) return undefined;
    const timer = setTimeout(() => setNow(Date.now()), 1000);
    return () => clearTimeout(timer);
  }, [until, now]);
  const begin = (seconds) => {
    setNow(Date.now());
    setUntil(Date.now() + seconds * 1000);
  };
  return [Math.max(0, Math.ceil((until - now) / 1000)), begin];
}

/// Of /login#token=…, which `lockstep token create` prints: no server and no proxy sees what is behind the #. It leaves the address at once.
function takeToken() {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  if (location.hash) history.replaceState(null, '', location.pathname + location.search);
  return token?.trim();
}

export function Login({ signedIn }) {
  const [failure, setFailure] = useState(null);
  const [busy, setBusy] = useState(false);
  const [wait, beginWait] = useWait();
  const field = useRef(null);
  useEffect(() => {
    field.current.focus();
    const token = takeToken();
    if (token) signIn(token);
  }, []);

  const signIn = async (token) => {
    if (busy || token === '') return;
    setBusy(true);
    setFailure(null);
    try {
      const { body } = await ask('POST', '/api/v1/session', { body: { token } });
      signedIn(body);
    } catch (why) {
      if (why.status === 429) beginWait(why.retryAfter ?? 60);
      setFailure(why);
      setBusy(false);
      field.current?.focus();
    }
  };
  const said = failure && (failure.status === 401 ? 'That token is not valid, or was revoked.'
    : failure.status === 429 ? 'Too many attempts.' : failure.message);
  return html`<main class="alone"><${Heading} title="Sign in to Lockstep" />
    <form class="card" onSubmit=${(event) => { event.preventDefault(); signIn(field.current.value.trim()); }}>
      <label class="field" for="token">Access token</label>
      <input id="token" ref=${field} type="password" autocomplete="current-password" required spellcheck="false"
        aria-invalid=${failure?.status === 401 ? 'true' : null} aria-describedby=${said ? 'login-failure' : 'login-help'} />
      <p id="login-help" class="quiet">Create one on a terminal: <code>lockstep token create NAME --scope write</code></p>
      <div id="login-failure" role="alert">${said && html`<${Notice} tone="bad"><p>${said}</p></${Notice}>`}</div>
      ${failure?.status === 429 && html`<p>${wait > 0 ? `Try again in ${wait} seconds.` : 'You can try again now.'}</p>`}
      <p class="bar"><${Button} type="submit" kind="primary" busy=${busy} busyWord="Signing in…">Sign in</${Button}></p>
    </form></main>`;
}
