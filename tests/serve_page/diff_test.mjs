// What the page's modules compute without a browser: differences of texts, and JSON whose numbers stay as they came.
import assert from 'node:assert/strict';
import { compare, edits, isLarge } from './page/diff.js';
import { parse, readable } from './page/json.js';

const side = (parts, op) => parts.filter((part) => part.op === 'same' || part.op === op).map((part) => part.text).join('');

// Whatever two texts are, both can be read out of their difference. A generator with a seed: a failure comes again.
let seed = 7;
const random = (below) => {
  seed = (seed * 1103515245 + 12345) % 2147483648;
  return seed % below;
};
const words = ['a', 'b', 'longer', ' ', '  ', '\n', '\t', 'ü', '𝒳', '\u202e', '.', '\r\n'];
const text = () => Array.from({ length: random(40) }, () => words[random(words.length)]).join('');
for (let i = 0; i < 5000; ++i) {
  const before = text();
  const after = text();
  const parts = compare(before, after);
  assert.equal(side(parts, 'del'), before);
  assert.equal(side(parts, 'ins'), after);
  if (before === after) assert.ok(parts.every((part) => part.op === 'same'));
}

// Words, not letters or whole lines; what is next to each other is one edit.
assert.deepEqual(compare('the quick brown fox', 'the slow red fox'), [
  { op: 'same', text: 'the ' }, { op: 'del', text: 'quick brown' }, { op: 'ins', text: 'slow red' }, { op: 'same', text: ' fox' }]);
// Lines that are equal are found again behind an insertion.
assert.deepEqual(compare('a\nb\nc\n', 'a\nx\nb\nc\n'), [{ op: 'same', text: 'a\n' }, { op: 'ins', text: 'x\n' }, { op: 'same', text: 'b\nc\n' }]);
// The fewest edits.
const shortest = edits([...'abcabba'], [...'cbabac']).filter((part) => part.op !== 'same').reduce((total, part) => total + part.items.length, 0);
assert.equal(shortest, 5);

// Beyond the bounds it is coarse, and quick.
const began = Date.now();
const long = Array.from({ length: 3000 }, (_, i) => `word${i}`).join(' ');
assert.deepEqual(compare(long, long.replaceAll('word', 'other')).map((part) => part.op), ['del', 'ins']);
const lines = Array.from({ length: 20000 }, (_, i) => `line ${i}\n`).join('');
const other = lines.replaceAll('line', 'row');
assert.equal(side(compare(lines, other), 'ins'), other);
assert.ok(Date.now() - began < 5000, `${Date.now() - began} ms`);
assert.ok(isLarge('x'.repeat(150_000), 'y'.repeat(60_000)) && !isLarge('x', 'y'));

// Numbers are the text that came.
const exact = '[9007199254740993, 1.0, 1e400, -0.10, 1234567890.12345678]';
assert.equal(readable(parse(exact)), exact);
assert.equal(parse('{"a": 3}').a, 3);
assert.equal(readable(parse('{"n": "9007199254740993 \\"quoted\\" 1.0"}').n), '9007199254740993 "quoted" 1.0');
assert.equal(readable('text'), 'text');
assert.equal(readable(parse('{"long": "' + 'x'.repeat(60) + '", "b": []}')), `{\n  "long": "${'x'.repeat(60)}",\n  "b": []\n}`);
assert.throws(() => parse('{"a": 1'), SyntaxError);
console.log('ok: differences and numbers');
