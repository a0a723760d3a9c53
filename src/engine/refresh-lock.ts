import {PolicyError} from '../core/policy-error.ts';
import type {Lease, Lock} from '../ports.ts';
import {pause, type FullClock} from './clock.ts';

/** Longer than a token request may take, and short enough that a killed holder delays nobody for long. */
const LEASE_MS = 30_000;
const POLL_MS = 50;
/** How often a lock held elsewhere is asked for: a little longer than one lease. */
const TRIES = (LEASE_MS + 5_000) / POLL_MS;

/**
 * Waits for the lock on the pair under this key: whoever holds it may be renewing it in another process. The signal
 * ends the wait.
 *
 * @throws `PolicyError` with code `PAUSED` when the lock stays held for longer than its lease.
 */
export async function refreshLock(
  lock: Lock,
  clock: FullClock,
  key: string,
  signal: AbortSignal,
): Promise<Lease> {
  for (let tries = 0; tries < TRIES; tries++) {
    const lease = await lock.acquire(`refresh:${key}`, LEASE_MS);
    if (lease) return lease;
    await pause(clock, POLL_MS, signal);
  }
  throw new PolicyError(
    'PAUSED',
    `The refresh lock of "${key}" is held by another process for longer than its lease.`,
    {retryAt: clock.now() + POLL_MS},
  );
}
