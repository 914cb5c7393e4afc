// JSON without loss. A number that JavaScript would round, or spell in another way (9007199254740993, 1.0, 1e400), stays the text that the
// server sent: a Verbatim. What people decide about is shown as it is, and what they type goes back as text: no value passes through a
// JavaScript number.

class Verbatim {
  constructor(text) {
    this.text = text;
  }
  toString() {
    return this.text;
  }
}

const kStringOrNumber = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/// Throws SyntaxError.
export function parse(text) {
  const mark = `verbatim ${Math.random()}`;
  const wrapped = text.replace(kStringOrNumber, (token) =>
    token[0] === '"' || String(Number(token)) === token ? token : `{"${mark}":"${token}"}`);
  return JSON.parse(wrapped, (_name, value) =>
    value !== null && typeof value === 'object' && Object.hasOwn(value, mark) ? new Verbatim(value[mark]) : value);
}

/// A value as people read it: a text is itself, anything else its JSON, indented. Objects keep the order in which they came.
export function readable(value) {
  return typeof value === 'string' ? value : written(value, '');
}

function written(value, indent) {
  if (value instanceof Verbatim) return value.text;
  if (value === null || typeof value !== 'object') return JSON.stringify(value ?? null);
  const inner = indent + '  ';
  const items = Array.isArray(value)
    ? value.map((item) => written(item, inner))
    : Object.entries(value).map(([name, item]) => `${JSON.stringify(name)}: ${written(item, inner)}`);
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  if (items.length === 0) return open + close;
  const line = `${open}${items.join(', ')}${close}`;
  if (line.length + indent.length <= 60 && !line.includes('\n')) return line;
  return `${open}\n${items.map((item) => inner + item).join(',\n')}\n${indent}${close}`;
}
