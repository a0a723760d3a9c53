import assert from 'node:assert/strict';
import type {Lock} from '../ports.ts';

/** How a test gets past the end of a lease. */
export interface LeaseOptions {
  readonly leaseMs: number;
  /** Lets that much time pass: really, or by the clock that the store was given. */
  readonly advance: (ms: number) => void | Promise<void>;
}

type LockCase = readonly [name: string, check: (lock: Lock) => Promise<void>];

const LEASE_MS = 30_000;

export const locking: readonly LockCase[] = [
  [
    'gives a lock to one holder at a time',
    async lock => {
      const lease = await lock.acquire('lock', LEASE_MS);
      assert.ok(lease);
      assert.equal(await lock.acquire('lock', LEASE_MS), undefined);
      assert.ok(await lock.acquire('another', LEASE_MS));
      await lease.release();
      assert.ok(await lock.acquire('lock', LEASE_MS));
    },
  ],
  [
    'gives a lock to one of many that ask at once',
    async lock => {
      const leases = await Promise.all(Array.from({length: 20}).map(() => lock.acquire('lock', LEASE_MS)));
      assert.equal(leases.filter(Boolean).length, 1);
    },
  ],
  [
    'takes nothing from the next holder when a former one releases again',
    async lock => {
      const former = await lock.acquire('lock', LEASE_MS);
      await former?.release();
      assert.ok(await lock.acquire('lock', LEASE_MS));
      await former?.release();
      assert.equal(await lock.acquire('lock', LEASE_MS), undefined);
    },
  ],
];

/** For locks that several processes share: whoever dies with one keeps it no longer than its lease. */
export function endingLeases({leaseMs, advance}: LeaseOptions): readonly LockCase[] {
  return [
    [
      'ends the lease of a holder that died, after its time and not before',
      async lock => {
        assert.ok(await lock.acquire('lock', leaseMs));
        await advance(leaseMs / 2);
        assert.equal(await lock.acquire('lock', leaseMs), undefined);
        await advance(leaseMs / 2 + 1);
        assert.ok(await lock.acquire('lock', leaseMs));
      },
    ],
    [
      'takes nothing from the next holder when one releases whose lease has ended',
      async lock => {
        const late = await lock.acquire('lock', leaseMs);
        await advance(leaseMs + 1);
        assert.ok(await lock.acquire('lock', leaseMs));
        await late?.release();
        assert.equal(await lock.acquire('lock', leaseMs), undefined);
      },
    ],
  ];
}
