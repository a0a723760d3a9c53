import * as v from 'valibot';
import {isObject} from '../json.ts';

type Members<Entries extends v.ObjectEntries> = v.InferOutput<v.StrictObjectSchema<Entries, undefined>>;

/** An object with these members and no others: a misspelt one must not pass for one left out. */
export function strictly<Entries extends v.ObjectEntries>(
  entries: Entries,
): v.GenericSchema<Members<Entries>> {
  const known = Object.keys(entries).join(', ');
  const members = v.strictObject(entries, ({expected}) =>
    expected === 'never' ? `absent (what can be given is ${known})` : 'given',
  );
  // valibot takes a list for an object.
  return v.pipe(v.custom<Members<Entries>>(isObject, `an object with ${known}`), members);
}

/** Returns the value as the schema has it, or throws, saying what was expected where, and what came. */
export function checked<Value>(schema: v.GenericSchema<Value>, value: unknown, name: string): Value {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  throw new TypeError(expectation(result.issues[0], name));
}

/** The messages of our schemas are what follows `Expected … to be`. */
function expectation(issue: v.BaseIssue<unknown>, name: string): string {
  const path = v.getDotPath(issue);
  return `Expected \`${path === null ? name : `${name}.${path}`}\` to be ${issue.message}, got ${shown(issue.input)}`;
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return '`null`';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return value instanceof RegExp ? `\`${String(value)}\`` : 'an object';
  if (typeof value === 'function' || typeof value === 'symbol') return `a ${typeof value}`;
  const text = typeof value === 'string' ? JSON.stringify(value) : `${value as number | bigint | boolean}`;
  return `\`${text.length > 80 ? `${text.slice(0, 80)}…` : text}\``;
}
