import {PolicyError} from './policy-error.ts';

/** An error of one shape: what was looked at, what was expected, what came. */
export function wrong(what: string, expected: string, got: unknown): PolicyError {
  return new PolicyError('CONFIGURATION', `Expected ${what} to be ${expected}, got ${shown(got)}.`);
}

/** A value in a message: short, with its kind. */
export function shown(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'object') return Array.isArray(value) ? 'an array' : 'an object';
  if (typeof value === 'function') return 'a function';
  const said = (value as string | number | boolean | bigint | symbol).toString();
  return `\`${said.slice(0, 60)}\` (${typeof value})`;
}
