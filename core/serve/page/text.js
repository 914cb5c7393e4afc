// Words for people: texts with what is invisible made visible, times, counts.
import { html } from './preact.js';

/// Controls, format characters (bidi marks among them), odd spaces and halves of surrogate pairs: what can make a text look like another.
/// A joiner between two pictographs is part of the picture.
const kInvisible = new RegExp(
  '(?<!\\p{Extended_Pictographic}\\uFE0F?)\\u200D|\\u200D(?!\\p{Extended_Pictographic})|(?![\\n\\u200D])' +
  '[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}\\u00A0\\u115F\\u1160\\u1680\\u2000-\\u200A\\u202F\\u205F\\u3000\\u3164\\uFFA0]', 'gu');

function codePoint(character) {
  return 'U+' + character.codePointAt(0).toString(16).toUpperCase().padStart(4, '0');
}

/// The same for places that take text alone, such as the title of a tab.
export function visible(text) {
  return text.replace(kInvisible, codePoint);
}

/// A foreign text as text nodes, each invisible character as a mark, and apart from the direction of what is around it. `spaces`: blanks
/// and ends of lines are shown too, as where they are what differs.
export function Foreign({ text, spaces = false }) {
  const parts = [];
  let done = 0;
  for (const found of text.matchAll(kInvisible)) {
    if (found[0] === '\t' && !spaces) continue;
    parts.push(plain(text.slice(done, found.index), spaces));
    parts.push(found[0] === '\t' ? html`<span class="mark">→${'\t'}</span>` : html`<span class="mark">${codePoint(found[0])}</span>`);
    done = found.index + found[0].length;
  }
  parts.push(plain(text.slice(done), spaces));
  return html`<bdi class="foreign">${parts}</bdi>`;
}

/// At the edges of what differs, and where nothing else does.
function plain(text, spaces) {
  if (!spaces) return text;
  const shown = text.trim() === '' ? text.replace(/ /g, '·') : text.replace(/^ +| +$/g, (blanks) => '·'.repeat(blanks.length));
  return shown.replace(/\n/g, '↵\n');
}

export function shortened(text, most = 120) {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= most ? line : Array.from(line).slice(0, most).join('') + '…';
}

/// "1 record", "3 records"
export function count(number, one, many = one + 's') {
  return `${number} ${number === 1 ? one : many}`;
}

export function listed(words) {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words[words.length - 1]}`;
}

const kSpace = '\u00a0';  // a number stays with its unit
const kSteps = [['year', 31536000], ['month', 2592000], ['week', 604800], ['day', 86400], ['hour', 3600], ['minute', 60]];
const kRelative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const kAbsolute = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

export function relative(time, now = Date.now()) {
  const seconds = Math.round((Date.parse(time) - now) / 1000);
  const [unit, length] = kSteps.find(([, size]) => Math.abs(seconds) >= size) ?? ['second', 1];
  if (unit === 'second') return seconds > 0 ? `in ${seconds}${kSpace}s` : seconds > -5 ? 'just now' : `${-seconds}${kSpace}s ago`;
  return kRelative.format(Math.trunc(seconds / length), unit);
}

export function absolute(time) {
  return kAbsolute.format(new Date(time));
}

/// "240 ms", "12 s", "3 min 20 s"
function duration(ms) {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))}${kSpace}ms`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds}${kSpace}s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes}${kSpace}min ${seconds % 60}${kSpace}s` : `${Math.floor(minutes / 60)}${kSpace}h ${minutes % 60}
    ${kSpace}min`;
}

export function since(start, end) {
  return start ? duration(Date.parse(end ?? new Date().toISOString()) - Date.parse(start)) : '';
}
