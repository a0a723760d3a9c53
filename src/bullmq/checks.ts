import type {Check} from '../core/checks.ts';
import {wrong} from '../core/wrong.ts';

export const TEXT: Check = ['a text that is not empty', value => isText(value)];
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
