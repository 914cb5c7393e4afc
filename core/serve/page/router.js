// Where the page is: the address says everything that can be shared or come back to. Only addresses of this page are followed.
import { useEffect, useState } from './preact.js';

/// The places of the page, as its server lists them.
const kPlaces = [
  ['overview', /^\/$/], ['vapi', /^\/vapi-sync$/], ['login', /^\/login$/], ['runs', /^\/runs$/], ['run', /^\/runs\/([0-9A-Za-z]+)$/],
  ['plans', /^\/plans$/], ['plan', /^\/plans\/([0-9A-Za-z]+)$/], ['conflicts', /^\/conflicts$/],
  ['conflict', /^\/conflicts\/([^/]+)$/], ['rejected', /^\/rejected$/], ['sync', /^\/syncs\/([^/]+)$/], ['history', /^\/history$/],
  ['models', /^\/models$/], ['automation', /^\/automation$/], ['settings', /^\/settings$/],
  ['activity', /^\/activity$/], ['record', /^\/syncs\/([^/]+)\/records\/([^/]+)$/],
];

/// {name, argument, second, path}; null: no place of this page.
export function placeOf(path) {
  for (const [name, pattern] of kPlaces) {
    const found = pattern.exec(path);
    if (found) return { name, argument: found[1] === undefined ? undefined : decoded(found[1]), second: found[2] && decoded(found[2]), path };
  }
  return null;
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/// Where to go after signing in: a place of this page, or the overview. "//evil", "/\evil" and "https:…" are none.
export function safeNext(next) {
  const [path, query] = (next ?? '').split(/\?(.*)/s);
  const place = /^\/[^\\\s]*$/.test(path) && !path.startsWith('//') ? placeOf(path) : null;
  return place === null || place.name === 'login' ? '/' : path + (query ? `?${query}` : '');
}

const listeners = new Set();

function tellAll() {
  for (const listener of listeners) listener();
}

addEventListener('popstate', tellAll);

export function navigate(to, { replace = false } = {}) {
  if (to === location.pathname + location.search) return;
  history[replace ? 'replaceState' : 'pushState'](null, '', to);
  tellAll();
}

/// Links are links: what a browser does with one in another tab or window stays.
export function followLinks(event) {
  const link = event.target.closest?.('a[href]');
  if (!link || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  if (link.target || link.hasAttribute('download') || link.origin !== location.origin || !placeOf(link.pathname) || link.hash) return;
  event.preventDefault();
  navigate(link.pathname + link.search);
}

/// {path, query}; renders anew when it changes.
export function useLocation() {
  const [, setTurn] = useState(0);
  useEffect(() => {
    const listener = () => setTurn((turn) => turn + 1);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, []);
  return { path: location.pathname, query: new URLSearchParams(location.search) };
}

/// Sets parameters of the address; empty ones go.
export function setQuery(changes) {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(changes)) {
    if (value) query.set(name, value);
    else query.delete(name);
  }
  const text = query.toString();
  navigate(location.pathname + (text ? `?${text}` : ''), { replace: true });
}
