// What differs between two texts: lines first, and words inside lines that stand for each other. Everything is bounded: texts that are too
// large, or too unlike, are told line by line or block by block, never by waiting.

const kLargestText = 200 * 1024;  // of both together, without being asked
const kMostWords = 2000;                 // of a block; beyond it whole lines are told
const kMostEdits = 1000;                 // of one comparison: time and memory grow with its square

const kWord = /\n|[^\S\n]+|[\p{L}\p{N}_]+|[^\s\p{L}\p{N}_]/gu;

/// Texts of which only the lines are compared, and only when somebody asks.
export function isLarge(before, after) {
  return before.length + after.length > kLargestText;
}

/// [{op: 'same' | 'del' | 'ins', text}], whose 'same' and 'del' make up `before`, and 'same' and 'ins' `after`.
export function compare(before, after) {
  const out = [];
  let removed = [];
  let added = [];
  const close = () => {
    if (removed.length > 0 && added.length > 0) compareBlock(removed.join(''), added.join(''), out);
    else if (removed.length > 0) push(out, 'del', removed.join(''));
    else if (added.length > 0) push(out, 'ins', added.join(''));
    removed = [];
    added = [];
  };
  for (const { op, items } of edits(lines(before), lines(after))) {
    if (op === 'del') removed.push(...items);
    else if (op === 'ins') added.push(...items);
    else {
      close();
      push(out, 'same', items.join(''));
    }
  }
  close();
  return out;
}

function compareBlock(before, after, out) {
  const old = before.match(kWord) ?? [];
  const fresh = after.match(kWord) ?? [];
  if (old.length > kMostWords || fresh.length > kMostWords) {
    push(out, 'del', before);
    push(out, 'ins', after);
    return;
  }
  for (const { op, items } of bridged(edits(old, fresh))) push(out, op, items.join(''));
}

/// A blank alone between two edits is no landmark: "a b" to "c d" is one edit, not two.
function bridged(all) {
  const out = [];
  for (let i = 0; i < all.length; ++i) {
    const { op, items } = all[i];
    const blank = op === 'same' && items.every((item) => item.trim() === '' && item !== '\n');
    const between = i > 0 && i + 1 < all.length && all[i - 1].op !== 'same' && all[i + 1].op !== 'same';
    if (blank && between) out.push({ op: 'del', items }, { op: 'ins', items });
    else out.push(all[i]);
  }
  return gathered(out);
}

/// Edits that stand side by side, as one 'del' and one 'ins'.
function gathered(all) {
  const out = [];
  let removed = [];
  let added = [];
  const close = () => {
    if (removed.length > 0) out.push({ op: 'del', items: removed });
    if (added.length > 0) out.push({ op: 'ins', items: added });
    removed = [];
    added = [];
  };
  for (const { op, items } of all) {
    if (op === 'del') removed.push(...items);
    else if (op === 'ins') added.push(...items);
    else {
      close();
      out.push({ op, items });
    }
  }
  close();
  return out;
}

function push(out, op, text) {
  const last = out[out.length - 1];
  if (last?.op === op) last.text += text;
  else out.push({ op, text });
}

/// Each with its newline.
function lines(text) {
  return text.match(/[^\n]*\n|[^\n]+/g) ?? [];
}

/// Myers, An O(ND) Difference Algorithm and Its Variations, behind the common beginning and before the common end.
export function edits(before, after) {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) ++head;
  let tail = 0;
  while (tail < before.length - head && tail < after.length - head &&
         before[before.length - 1 - tail] === after[after.length - 1 - tail]) ++tail;
  const old = before.slice(head, before.length - tail);
  const fresh = after.slice(head, after.length - tail);
  const out = [];
  const add = (op, items) => items.length > 0 && out.push({ op, items });
  add('same', before.slice(0, head));
  const middle = shortest(old, fresh) ?? [{ op: 'del', items: old }, { op: 'ins', items: fresh }];
  for (const { op, items } of middle) add(op, items);
  add('same', before.slice(before.length - tail));
  return gathered(out);
}

/// null: more than kMostEdits.
function shortest(old, fresh) {
  const most = Math.min(old.length + fresh.length, kMostEdits);
  const furthest = new Int32Array(2 * most + 3);
  const trace = [];
  const at = (k) => k + most + 1;
  for (let d = 0; d <= most; ++d) {
    trace.push(furthest.slice(at(-d) - 1, at(d) + 2));
    for (let k = -d; k <= d; k += 2) {
      const down = k === -d || (k !== d && furthest[at(k - 1)] < furthest[at(k + 1)]);
      let x = down ? furthest[at(k + 1)] : furthest[at(k - 1)] + 1;
      while (x < old.length && x - k < fresh.length && old[x] === fresh[x - k]) ++x;
      furthest[at(k)] = x;
      if (x >= old.length && x - k >= fresh.length) return walkBack(trace, old, fresh);
    }
  }
  return null;
}

function walkBack(trace, old, fresh) {
  const out = [];
  let x = old.length;
  let y = fresh.length;
  const add = (op, item) => {
    if (out[out.length - 1]?.op === op) out[out.length - 1].items.push(item);
    else out.push({ op, items: [item] });
  };
  for (let d = trace.length - 1; d >= 0; --d) {
    const seen = (k) => trace[d][k + d + 1];
    const k = x - y;
    const down = k === -d || (k !== d && seen(k - 1) < seen(k + 1));
    const beforeX = d === 0 ? 0 : down ? seen(k + 1) : seen(k - 1);
    const beforeY = d === 0 ? 0 : beforeX - (down ? k + 1 : k - 1);
    for (; x > beforeX && y > beforeY; --x, --y) add('same', old[x - 1]);
    if (d === 0) break;
    if (down) add('ins', fresh[--y]);
    else add('del', old[--x]);
  }
  for (const each of out) each.items.reverse();
  return out.reverse();
}
