/** Reads that cannot throw: errors of strangers have throwing getters, proxies and cycles. */

export type Bag = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Bag {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

export function get(from: unknown, key: string): unknown {
  if (!isObject(from)) return undefined;
  try {
    return from[key];
  } catch {
    return undefined;
  }
}

/** Longer texts are cut: an HTML page or a 10 MB string is no description. */
const LONGEST_TEXT = 500;

export function text(from: unknown, key: string): string | undefined {
  const value = get(from, key);
  return typeof value === 'string' && value !== '' ? cut(value, LONGEST_TEXT) : undefined;
}

/** The start of a text. A mere slice holds on to the whole for as long as anybody keeps it: this is a copy. */
export function cut(value: string, most: number): string {
  return value.length <= most ? value : (JSON.parse(JSON.stringify(value.slice(0, most))) as string);
}

/** A short word that a table can be keyed by: error types, codes, network codes. */
export function word(from: unknown, key: string): string | undefined {
  const value = get(from, key);
  return typeof value === 'string' && value !== '' && value.length <= 100 ? value : undefined;
}

/** An HTTP status, as a number or, as v3 writes it, as a string. */
export function status(from: unknown, key: string): number | undefined {
  const value = get(from, key);
  const number = typeof value === 'string' && /^\d{3}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isInteger(number) && number >= 100 && number <= 599
    ? number
    : undefined;
}

/** At most a few entries: nobody learns more from the thousandth error of a list. */
const MOST_ENTRIES = 100;

export function list(from: unknown, key: string): readonly unknown[] | undefined {
  const value = get(from, key);
  try {
    if (!Array.isArray(value)) return undefined;
    // Not `slice`: a stranger's list may bring its own.
    const most = Math.min(value.length, MOST_ENTRIES);
    const entries: unknown[] = [];
    for (let index = 0; index < most; index++) entries.push(value[index]);
    return entries;
  } catch {
    return undefined;
  }
}

/** A body longer than this is not parsed: no error of Smartcar's comes near it. */
const LONGEST_JSON = 1_000_000;

/** What a JSON text holds; any other text is nothing, and what is no text stays as it is. */
export function parsed(body: unknown): unknown {
  if (typeof body !== 'string') return body;
  if (body.length > LONGEST_JSON || !/^\s*[[{]/.test(body.slice(0, 100))) return undefined;
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
}

/** A header by its lower-case name, from `Headers`, a `Map`-like, or a plain object in any letter case. */
export function header(headers: unknown, name: string): unknown {
  if (!isObject(headers)) return undefined;
  try {
    const getter = headers['get'];
    if (typeof getter === 'function') return (getter.call(headers, name) as unknown) ?? undefined;
    for (const key of Object.keys(headers)) if (key.toLowerCase() === name) return headers[key];
  } catch {
    // A header that cannot be read is absent.
  }
  return undefined;
}

/** Drops members that are `undefined`, so that absent stays absent. */
export function compact<T extends object>(value: {readonly [K in keyof T]: T[K] | undefined}): T {
  const result: Record<string, unknown> = {};
  for (const key in value) {
    const member = value[key];
    if (member !== undefined) result[key] = member;
  }
  return result as T;
}
