import type {Call} from './call.ts';
import type {Engine} from './engine.ts';
import {waiting} from './waiting.ts';

/** Waits for what is work and no waiting (a token, an answer of the store): it ends with the call, and is not counted. */
export async function asWork<T>(
  engine: Engine,
  call: Call,
  what: 'token' | 'peers',
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const waitedBefore = call.waitedMs;
  try {
    return await waiting(engine, call, {for: what}, Infinity, work);
  } finally {
    call.waitedMs = waitedBefore;
  }
}
