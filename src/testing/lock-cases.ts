import assert from 'node:assert/strict';
import type {Lock, Tokens, TokenStore} from '../ports.ts';

/** How a test gets past the end of a lease. */
export interface LeaseOptions {
  /** Of the leases that the tests take, in milliseconds. */
  readonly leaseMs: number;
  /** Lets that much time pass: really, or by the clock that the store was given. */
  readonly advance: (ms: number) => void | Promise<void>;
  /** Its leases have fences. @default false */
  readonly fenced?: boolean;
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

type StoreCase = readonly [name: string, check: (store: TokenStore) => Promise<void>];

const tokens = (name: string): Tokens => ({
  accessToken: name,
  refreshToken: name,
  accessExpiresAt: 1_800_000_000_000,
});

/** For stores whose leases have fences: who comes late overwrites nothing. */
export function fencedLeases({leaseMs, advance}: LeaseOptions): readonly StoreCase[] {
  return [
    [
      'gives each lease of a pair a higher fence, also after one that ran out',
      async store => {
        const fences: number[] = [];
        for (let turn = 0; turn < 3; turn++) {
          const lease = await store.acquire('refresh:user:ada', leaseMs);
          fences.push(lease?.fence ?? Number.NaN);
          await (turn === 1 ? advance(leaseMs + 1) : lease?.release());
        }
        assert.ok(fences[0]! < fences[1]! && fences[1]! < fences[2]!, fences.join());
      },
    ],
    [
      'refuses the pair of a holder whose lease ran out when a later one has stored, whatever it replaces',
      async store => {
        await store.put('user:ada', tokens('old'));
        const late = await store.acquire('refresh:user:ada', leaseMs);
        await advance(leaseMs + 1);
        const next = await store.acquire('refresh:user:ada', leaseMs);
        const generation = await store.put('user:ada', tokens('new'), undefined, next?.fence);
        assert.ok(generation);
        for (const replaces of [undefined, generation])
          assert.equal(await store.put('user:ada', tokens('late'), replaces, late?.fence), undefined);
        assert.equal((await store.get('user:ada'))?.tokens.accessToken, 'new');
        // Who connects anew needs no lease.
        assert.ok(await store.put('user:ada', tokens('connected')));
      },
    ],
    [
      'renews a lease for its holder, and tells one who has lost it',
      async store => {
        const lease = await store.acquire('refresh:user:ada', leaseMs);
        await advance(leaseMs / 2);
        assert.equal(await lease?.renew?.(leaseMs), true);
        await advance((leaseMs * 3) / 4);
        assert.equal(await store.acquire('refresh:user:ada', leaseMs), undefined);
        await advance(leaseMs / 2);
        assert.ok(await store.acquire('refresh:user:ada', leaseMs));
        assert.equal(await lease?.renew?.(leaseMs), false);
      },
    ],
    [
      'tells the next holder of one that began and never finished, and how long ago; not of one that did',
      async store => {
        await store.put('user:ada', tokens('old'));
        const first = await store.acquire('refresh:user:ada', leaseMs);
        assert.equal(first?.interruptedMs, undefined);
        await advance(leaseMs + 1);
        const next = await store.acquire('refresh:user:ada', leaseMs);
        assert.ok((next?.interruptedMs ?? 0) >= leaseMs, String(next?.interruptedMs));
        await next?.release();
        assert.equal((await store.acquire('refresh:user:ada', leaseMs))?.interruptedMs, undefined);
      },
    ],
  ];
}
