import {wrong} from './core/wrong.ts';

/** A key of the caller's, checked. @throws `PolicyError` with code `CONFIGURATION` for anything but a text. */
export function named(value: string, what = 'the user'): string {
  if (typeof value === 'string' && value !== '') return value;
  throw wrong(what, 'a text that is not empty', value);
}
