import {PolicyError} from '../index.ts';

/** An error of one shape: what was looked at, what was expected, what came. */
export function wrong(what: string, expected: string, got: unknown): PolicyError {
  return new PolicyError('CONFIGURATION', `Expected ${what} to be ${expected}, got ${shown(got)}.`);
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'object') return Array.isArray(value) ? 'an array' : 'an object';
  if (typeof value === 'function') return 'a function';
  const said = typeof value === 'string' ? value : (value as number | boolean | bigint | symbol).toString();
  return `\`${said.slice(0, 60)}\` (${typeof value})`;
}

export type Check = readonly [expected: string, passes: (value: unknown) => boolean];

export const TEXT: Check = ['a text that is not empty', value => isText(value)];
export const FLAG: Check = ['true or false', value => typeof value === 'boolean'];
export const CALLABLE: Check = ['a function', value => typeof value === 'function'];

/** The last instant that a Date can hold. */
const LAST_DATE_MS = 8.64e15;
export const INSTANT: Check = [
  'a time in epoch ms',
  value => typeof value === 'number' && value >= 0 && value <= LAST_DATE_MS,
];
export const DURATION: Check = [
  'a number of milliseconds above 0',
  value => typeof value === 'number' && value > 0 && value <= LAST_DATE_MS,
];
export const COUNT: Check = [
  'a whole number from 1 up',
  value => Number.isSafeInteger(value) && Number(value) > 0,
];

/** Half of a pair of surrogates cannot be written into a key. */
function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && value.isWellFormed();
}

/**
 * Looks at every member that is given; one that is `undefined` is as good as absent.
 * @throws `PolicyError` with code `CONFIGURATION` naming the member, what was expected and what came.
 */
export function checkMembers(given: object, checks: Readonly<Record<string, Check>>, of: string): void {
  for (const [key, value] of Object.entries(given)) {
    if (value === undefined) continue;
    const check = Object.hasOwn(checks, key) ? checks[key] : undefined;
    if (!check) throw wrong(`the members of ${of}`, `only ${Object.keys(checks).join(', ')}`, key);
    if (!check[1](value)) throw wrong(`\`${key}\` of ${of}`, check[0], value);
  }
}
