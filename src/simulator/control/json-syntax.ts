/**
 * Parses JSON; a `SyntaxError` says in which line and column the text stops being JSON. The engine's own message
 * leaves the place away for short texts and at the end.
 */
export function parseJson(given: string, what: string): unknown {
  // Some editors begin a file with a mark of its byte order.
  const text = given.replace(/^\uFEFF/, '');
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch (error) {
    const at = brokenAt(text);
    const before = text.slice(0, at).split('\n');
    const column = (before.at(-1)?.length ?? 0) + 1;
    const found = at >= text.length ? 'the end of the text' : `\`${text.slice(at, at + 1)}\``;
    throw new SyntaxError(
      `Expected ${what} to be JSON, found ${found} in line ${before.length}, column ${column}.`,
      {cause: error},
    );
  }
}

const space = /[ \t\n\r]*/y;
// oxlint-disable-next-line eslint/no-control-regex -- they end a text in JSON
const string = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"/;
const other = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.])/;
const scalar = new RegExp(`${string.source}|${other.source}`, 'y');

type Expected = 'value' | 'value or ]' | 'name' | 'name or }' | 'colon' | 'comma or end';

/** Where the first token stands that can't be there. Walks the text once, with a stack of what is open. */
function brokenAt(text: string): number {
  const open: ('{' | '[')[] = [];
  let expected: Expected = 'value';
  let at = 0;
  for (;;) {
    at += matchAt(space, text, at);
    const sign = text[at] ?? '';
    const inObject = open.at(-1) === '{';
    if (expected === 'colon') {
      if (sign !== ':') return at;
      expected = 'value';
      at += 1;
    } else if (sign === (inObject ? '}' : ']') && open.length > 0 && isEnd(expected)) {
      open.pop();
      expected = 'comma or end';
      at += 1;
    } else if (expected === 'comma or end') {
      if (sign !== ',' || open.length === 0) return at;
      expected = inObject ? 'name' : 'value';
      at += 1;
    } else if (sign === '{' || sign === '[') {
      if (expected.startsWith('name')) return at;
      open.push(sign);
      expected = sign === '{' ? 'name or }' : 'value or ]';
      at += 1;
    } else {
      const length = matchAt(scalar, text, at);
      if (length === 0 || (expected.startsWith('name') && sign !== '"')) return at;
      at += length;
      expected = expected.startsWith('name') ? 'colon' : 'comma or end';
    }
  }
}

function isEnd(expected: Expected): boolean {
  return expected === 'comma or end' || expected === 'name or }' || expected === 'value or ]';
}

function matchAt(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0].length ?? 0;
}
