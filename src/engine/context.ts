import {FLAG, PRIORITY, type Check} from '../core/checks.ts';
import {wrong} from '../core/wrong.ts';
import type {CallContext} from './call.ts';

export {wrong};

const TEXT: Check = ['a text that is not empty', value => typeof value === 'string' && value !== ''];
const DURATION: Check = [
  'a number of milliseconds from 0 up',
  value => typeof value === 'number' && value >= 0,
];

const CHECKS: {readonly [K in keyof Required<CallContext>]: Check} = {
  user: TEXT,
  vehicle: TEXT,
  operation: TEXT,
  idempotent: FLAG,
  make: TEXT,
  priority: PRIORITY,
  signal: ['an AbortSignal', value => typeof (value as AbortSignal | null)?.addEventListener === 'function'],
  maxWaitMs: DURATION,
  deadlineMs: DURATION,
  waitForReauthMs: DURATION,
  coalesce: FLAG,
  settle: FLAG,
  locale: TEXT,
};

/**
 * The context of one call, checked. A member that is `undefined` is as good as absent.
 * @throws `PolicyError` with code `CONFIGURATION` naming the member, what was expected and what came.
 */
export function checkedContext(context: CallContext): CallContext {
  if (typeof context !== 'object' || context === null)
    throw wrong('The context of a call', 'an object', context);
  for (const key in context) {
    const value = (context as Record<string, unknown>)[key];
    if (value === undefined) continue;
    const check = Object.hasOwn(CHECKS, key) ? CHECKS[key as keyof CallContext] : undefined;
    if (!check) throw wrong(`The context of a call`, `only ${Object.keys(CHECKS).join(', ')}`, key);
    if (!check[1](value)) throw wrong(`\`${key}\` of a call`, check[0], value);
  }
  return context;
}

/** One context over another; a member that is `undefined` covers nothing. */
export function laidOver(under: CallContext, over: CallContext): CallContext {
  const merged: Record<string, unknown> = {...under};
  for (const [key, value] of Object.entries(over)) if (value !== undefined) merged[key] = value;
  return merged;
}

const FITS_A_HEADER = /^[\x21-\x7e\x80-\xff]+$/;

/** v3's users go out as a header: nothing else may come in with them. */
export function checkUserHeader(user: string): void {
  if (FITS_A_HEADER.test(user)) return;
  throw wrong('`user` of the call', 'an id of Smartcar, which goes out as the header sc-user-id', user);
}
