// The keyboard: moves between places and along lists. No key alone writes anything, none fires while somebody types, and all can be
// turned off (WCAG 2.1.4).
import { html, useEffect, useState } from './preact.js';
import { Dialog } from './parts.js';
import { navigate } from './router.js';

const kKey = 'lockstep-keys';
const kGo = { o: '/', r: '/runs', c: '/conflicts', v: '/vapi-sync', p: '/plans', s: '/settings' };

const kHelp = [
  ['/', 'search for a record'], ['g o', 'overview'], ['g v', 'Vapi Sync'], ['g r', 'runs'], ['g c', 'conflicts'], ['g p', 'plans'],
  ['g s', 'settings'], ['j, k', 'next and previous row of a list'], ['Enter', 'open the row'],
  ['1, 2, 3', 'of a conflict: database, Vapi, your own'], ['?', 'this help'],
];

export function keysAreOn() {
  try {
    return localStorage.getItem(kKey) !== 'off';
  } catch {
    return true;
  }
}

function turnKeys(on) {
  try {
    localStorage.setItem(kKey, on ? 'on' : 'off');
  } catch {
    // It holds until the page is loaded anew.
  }
}

/// Whether a key is somebody's typing, or a command of the browser.
export function isTyping(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return true;
  const at = event.target;
  return at.isContentEditable || at.closest?.('textarea, select, dialog') !== null ||
         (at.tagName === 'INPUT' && !['radio', 'checkbox', 'button'].includes(at.type));
}

function moveAlong(step) {
  const rows = [...document.querySelectorAll('main [data-row]')];
  if (rows.length === 0) return;
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const row = rows[Math.min(rows.length - 1, Math.max(0, at === -1 ? 0 : at + step))];
  const target = row.matches('a, summary, button') ? row : row.querySelector('a, summary, button');
  target?.focus();
}

/// Listens as long as the frame is there; `help` opens the dialog.
export function useKeys(help) {
  useEffect(() => {
    let wentAt = 0;
    const listener = (event) => {
      if (isTyping(event) || event.defaultPrevented) return;
      if (event.key === '?') help(true);
      if (!keysAreOn()) return;
      if (Date.now() - wentAt < 1500 && kGo[event.key]) {
        wentAt = 0;
        navigate(kGo[event.key]);
      } else if (event.key === 'g') {
        wentAt = Date.now();
      } else if (event.key === '/') {
        event.preventDefault();
        document.querySelector('header input[type=search]')?.focus();
      } else if (event.key === 'j' || event.key === 'k') {
        moveAlong(event.key === 'j' ? 1 : -1);
      }
    };
    document.addEventListener('keydown', listener);
    return () => document.removeEventListener('keydown', listener);
  }, []);
}

export function KeyHelp({ close }) {
  const [on, setOn] = useState(keysAreOn());
  return html`<${Dialog} title="Keyboard" close=${close}>
    <table><tbody>${kHelp.map(([key, what]) => html`<tr key=${key}><th scope="row"><kbd>${key}</kbd></th><td>${what}</td></tr>`)}</tbody>
      </table>
    <p><label class="check">
      <input type="checkbox" checked=${on} onChange=${(event) => { turnKeys(event.target.checked); setOn(event.target.checked); }} />
      Single keys move about (<kbd>?</kbd> works always)</label></p>
    <p class="bar"><button type="button" class="primary" onClick=${close}>Close</button></p></${Dialog}>`;
}
