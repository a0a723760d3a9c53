import {PolicyError} from '../core/policy-error.ts';
import type {Lease, Lock} from '../ports.ts';
import {pause, type FullClock} from './clock.ts';

/** Longer than a token request may take, and short enough that a killed holder delays nobody for long. */
const LEASE_MS = 30_000;
/** How often a lock is asked for that another process holds. */
const POLL_MS = 50;
/** The same where whoever gives it back says so: in case nobody does. */
const LOOK_MS = 1_000;
/** Beyond the lease of a holder that may have died. */
const GRACE_MS = 5_000;
/** A lease is renewed when this part of it is over. */
const RENEWED_AFTER = 1 / 3;

const leaseMsOf = ({leaseMs = LEASE_MS}: Pick<Lock, 'leaseMs'>): number => leaseMs;

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
  const name = `refresh:${key}`;
  const leaseMs = leaseMsOf(lock);
  const end = clock.monotonic() + leaseMs + GRACE_MS;
  while (clock.monotonic() < end) {
    const lease = await lock.acquire(name, leaseMs);
    if (lease) return lease;
    await (lock.freed ? lock.freed(name, LOOK_MS, signal) : pause(clock, POLL_MS, signal));
    signal.throwIfAborted();
  }
  throw new PolicyError(
    'PAUSED',
    `The refresh lock of "${key}" is held by another process for longer than its lease.`,
    {retryAt: clock.now() + POLL_MS},
  );
}

/** The same lease, renewed for as long as it is held: a slow token endpoint must not let a second refresh in. */
export function heldLease(lock: Pick<Lock, 'leaseMs'>, clock: FullClock, lease: Lease): Lease {
  if (!lease.renew) return lease;
  const leaseMs = leaseMsOf(lock);
  let released = false;
  let cancel: (() => void) | undefined;
  const renewLater = (): void => {
    cancel = clock.timer(leaseMs * RENEWED_AFTER, () => {
      // One that was lost, or cannot be renewed now: what is written under it is checked by its fence.
      lease.renew?.(leaseMs).then(
        held => (held && !released ? renewLater() : undefined),
        () => (released ? undefined : renewLater()),
      );
    });
  };
  renewLater();
  return {
    ...lease,
    release() {
      released = true;
      cancel?.();
      return lease.release();
    },
  };
}
