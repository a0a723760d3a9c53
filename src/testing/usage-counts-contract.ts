import assert from 'node:assert/strict';
import type {TokenStore, UsageCounts} from '../ports.ts';
import type {TokenStoreCase} from './token-store-contract.ts';

/**
 * What the policy relies on in the `usage` of a token store, for the option `quota`: run these beside
 * `tokenStoreContract`, and no call goes uncounted.
 *
 * @example
 * for (const {name, run} of usageCountsContract()) test(name, () => run(() => myStore()));
 */
export function usageCountsContract(): readonly TokenStoreCase[] {
  return [...counting, ...adding, ...forgetting].map(([name, check]) => ({
    name,
    async run(open) {
      const store = await open();
      try {
        assert.ok(store.usage, 'The store has no `usage`.');
        await check(store.usage, store);
      } finally {
        await store.close();
      }
    },
  }));
}

type Case = readonly [name: string, check: (usage: UsageCounts, store: TokenStore) => Promise<void>];

const MAY = '2026-05-01';
const JUNE = '2026-06-01';
const JULY = '2026-07-01';
const MANY = Array.from({length: 20}, (_, index) => index);
const ODD_VEHICLES = [
  'car',
  'car ',
  'Car',
  '',
  "'; DROP TABLE usage; --",
  'car%',
  'car\u0000a',
  'é',
  'e\u0301',
  '🚗',
  '__proto__',
  'constructor',
];

const calls = (counts: Readonly<Record<string, number>>): Map<string, number> =>
  new Map(Object.entries(counts));

const counting: readonly Case[] = [
  [
    'counts 0 calls of a vehicle that was never added',
    async usage => assert.equal(await usage.count(MAY, 'car'), 0),
  ],
  [
    'adds up, and resolves with the new totals of the vehicles that were named, and no others',
    async usage => {
      assert.deepEqual(await usage.add(MAY, calls({car: 2, van: 5})), calls({car: 2, van: 5}));
      assert.deepEqual(await usage.add(MAY, calls({car: 3, bus: 1})), calls({car: 5, bus: 1}));
      assert.deepEqual(await usage.add(MAY, calls({})), calls({}));
      for (const [vehicle, total] of [
        ['car', 5],
        ['van', 5],
        ['bus', 1],
      ] as const) {
        assert.equal(await usage.count(MAY, vehicle), total);
      }
    },
  ],
  [
    'counts each period for itself',
    async usage => {
      await usage.add(JUNE, calls({car: 4}));
      assert.deepEqual(await usage.add(MAY, calls({car: 2})), calls({car: 2}));
      assert.equal(await usage.count(JUNE, 'car'), 4);
      assert.equal(await usage.count(JULY, 'car'), 0);
    },
  ],
  [
    'keeps apart vehicles that differ in any character',
    async usage => {
      const odd = new Map(ODD_VEHICLES.map((vehicle, index) => [vehicle, index + 1]));
      assert.deepEqual(await usage.add(MAY, odd), odd);
      for (const [vehicle, total] of odd) assert.equal(await usage.count(MAY, vehicle), total);
    },
  ],
  [
    'counts further than 32 bits',
    async usage => {
      await usage.add(MAY, calls({car: 2 ** 40}));
      assert.deepEqual(await usage.add(MAY, calls({car: 1})), calls({car: 2 ** 40 + 1}));
    },
  ],
  [
    'keeps calls and tokens of one name apart',
    async (usage, store) => {
      await store.put('car', {accessToken: 'access', accessExpiresAt: 5});
      await usage.add(MAY, calls({car: 2}));
      await store.delete('car');
      assert.equal(await usage.count(MAY, 'car'), 2);
    },
  ],
];

const adding: readonly Case[] = [
  [
    'loses nothing when many add at once, and gives each a total of its own',
    async usage => {
      const totals = await Promise.all(MANY.map(() => usage.add(MAY, calls({car: 1}))));
      const seen = totals.map(total => total.get('car') ?? 0).toSorted((a, b) => a - b);
      assert.deepEqual(
        seen,
        MANY.map(index => index + 1),
      );
      assert.equal(await usage.count(MAY, 'car'), MANY.length);
    },
  ],
  [
    'adds for all vehicles in one step, in whatever order they are named',
    async usage => {
      const totals = await Promise.all(
        MANY.map(index => usage.add(MAY, calls(index % 2 ? {car: 1, van: 1} : {van: 1, car: 1}))),
      );
      for (const total of totals) assert.equal(total.get('car'), total.get('van'));
    },
  ],
  [
    'keeps what it counted when the map that was given, or got, is changed',
    async usage => {
      const given = calls({car: 2});
      const pending = usage.add(MAY, given);
      given.set('car', 100);
      const got = await pending;
      assert.deepEqual(got, calls({car: 2}));
      if (got instanceof Map) got.set('car', 100);
      assert.equal(await usage.count(MAY, 'car'), 2);
    },
  ],
];

const forgetting: readonly Case[] = [
  [
    'forgets the periods that began before a day, and neither that one nor later ones',
    async usage => {
      for (const period of ['2025-12-28', MAY, JUNE, JULY]) await usage.add(period, calls({car: 2, van: 1}));
      await usage.forget(JUNE);
      const left = [];
      for (const period of ['2025-12-28', MAY, JUNE, JULY]) left.push(await usage.count(period, 'car'));
      assert.deepEqual(left, [0, 0, 2, 2]);
    },
  ],
  [
    'begins at 0 again in a period that was forgotten, and forgets twice without harm',
    async usage => {
      await usage.add(MAY, calls({car: 2}));
      await usage.forget(JUNE);
      await usage.forget(JUNE);
      assert.deepEqual(await usage.add(MAY, calls({car: 1})), calls({car: 1}));
    },
  ],
];
