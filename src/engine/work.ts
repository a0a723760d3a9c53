import type {Call} from './call.ts';
import type {Engine} from './engine.ts';
import {unlessAborted} from './unless-aborted.ts';
import {waiting} from './waiting.ts';

/** Waits for what is work and no waiting (a token, an answer of the store): it ends with the call, and is not counted. */
export async function asWork<T>(
  engine: Engine,
  call: Call,
  what: 'token' | 'peers' | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const waitedBefore = call.waitedMs;
  try {
    return await waiting(engine, call, what && {for: what}, Infinity, work);
  } finally {
    call.waitedMs = waitedBefore;
  }
}

/** Waits for what the store has to do for the call, which does it all the same when the call has ended meanwhile. */
export function stored<T>(engine: Engine, call: Call, doing: Promise<T>): Promise<T> {
  return asWork(engine, call, undefined, signal => unlessAborted(doing, signal));
}
