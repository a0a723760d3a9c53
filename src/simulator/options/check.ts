import {closest, distance} from 'fastest-levenshtein';
import * as v from 'valibot';
import {isObject} from '../json.ts';

/** Something that was given and makes no sense. */
export interface Problem {
  /** `owners[0].email`; empty for the whole. */
  readonly path: string;
  readonly message: string;
}

export type Checked<Value> =
  | {readonly value: Value; readonly problems?: never}
  | {readonly problems: readonly Problem[]; readonly value?: never};

/** What is being checked, in the words of its messages. */
export interface Subject {
  /** `the options of startSimulator` */
  readonly whole: string;
  /** What one of its members is called. @default 'member' */
  readonly part?: string;
}

/** A shape that an unknown value is held against. */
export type Shape<Value> = v.GenericSchema<unknown, Value>;

/** Holds a value against a shape, and says of each member that does not fit what was expected and what came. */
export function check<Value>(shape: Shape<Value>, value: unknown, subject: Subject): Checked<Value> {
  const result = v.safeParse(shape, value);
  if (result.success) return {value: result.output};
  return {problems: result.issues.map(issue => problemOf(issue, subject))};
}

/** The same, where there is nobody to hand problems to. */
export function checked<Value>(shape: Shape<Value>, value: unknown, subject: Subject): Value {
  const result = check(shape, value, subject);
  if (result.problems === undefined) return result.value;
  throw new TypeError(messageOf(result.problems));
}

/** How many problems one message tells: who made the same mistake a thousand times learns nothing from the rest. */
const mostTold = 10;

/** All problems in one message. */
export function messageOf(problems: readonly Problem[]): string {
  const told = problems.slice(0, mostTold).map(({message}) => message);
  const more = problems.length - told.length;
  return [...told, ...(more === 0 ? [] : [`And ${more} more.`])].join(' ');
}

/** How a schema of ours, `strictly` of the faults' among them, tells a member that it does not know. */
const stranger = /^absent(?: \(what can be given is (.+)\))?$/;

/** An object with these members and no others; arrays are none. */
export function object<const Entries extends v.ObjectEntries>(
  entries: Entries,
  expected = 'an object',
): v.GenericSchema<unknown, v.InferOutput<v.StrictObjectSchema<Entries, undefined>>> {
  const names = Object.keys(entries);
  const strict = v.strictObject(entries, issue => {
    if (issue.expected === 'never') {
      return names.length === 0 ? 'absent' : `absent (what can be given is ${names.join(', ')})`;
    }
    const missing = entries[/^"(.*)"$/.exec(issue.expected ?? '')?.[1] ?? ''];
    return missing !== undefined && 'message' in missing && typeof missing.message === 'string'
      ? missing.message
      : 'given';
  });
  return v.pipe(v.custom<object>(isObject, expected), strict);
}

function problemOf(issue: v.BaseIssue<unknown>, {whole, part = 'member'}: Subject): Problem {
  const path = pathOf(issue);
  const unknown = stranger.exec(issue.message);
  if (unknown !== null) {
    const given = String(issue.path?.at(-1)?.key);
    return {
      path,
      message: `Unknown ${part} \`${path.slice(0, 200)}\`: ${instead(given, unknown[1]?.split(', ') ?? [])}`,
    };
  }
  const what = path === '' ? whole : `\`${path}\``;
  return {path, message: `Expected ${what} to be ${issue.message}, got ${gotAt(path, issue.input)}.`};
}

/** What a member that nobody knows may have meant; one that is like none of them gets to see them all. */
function instead(given: string, known: readonly string[]): string {
  if (known.length === 0) return 'nothing can be given here.';
  const nearest = closest(given, known);
  return distance(given, nearest) <= 1 + 0.4 * given.length
    ? `did you mean \`${nearest}\`?`
    : `what can be given is ${known.join(', ')}.`;
}

function pathOf(issue: v.BaseIssue<unknown>): string {
  return (issue.path ?? []).reduce((path, {key}) => {
    if (typeof key === 'number') return `${path}[${key}]`;
    return path === '' ? String(key) : `${path}.${String(key)}`;
  }, '');
}

/** What could be a secret, in its own place. */
const hidden = /(secrets?|password|managementToken)(\[\d+\])?$/i;
const url = /(url|uris?)(\[\d+\])?$/i;

function gotAt(path: string, value: unknown): string {
  if (hidden.test(path) && typeof value !== 'object' && value !== undefined) {
    return value === '' ? 'an empty text' : `another ${typeof value === 'string' ? 'text' : typeof value}`;
  }
  return shown(url.test(path) ? withoutCredentials(value) : value);
}

/** A value in a message: short, with its kind. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (typeof value === 'object') return Array.isArray(value) ? 'an array' : 'an object';
  if (typeof value === 'function') return 'a function';
  const said = typeof value === 'string' ? value : (value as number | boolean | bigint | symbol).toString();
  return `\`${said.slice(0, 60)}\` (${typeof value})`;
}

/** A URL can hold a password, and a query anything. */
function withoutCredentials(value: unknown): unknown {
  return typeof value === 'string' ? value.replace(/\/\/[^/@]*@/, '//…@').replace(/\?.*/s, '?…') : value;
}
