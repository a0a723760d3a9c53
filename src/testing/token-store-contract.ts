import assert from 'node:assert/strict';
import {inspect} from 'node:util';
import type {Tokens, TokenStore} from '../ports.ts';
import {endingLeases, fencedLeases, locking, type LeaseOptions} from './lock-cases.ts';

/** One promise that every token store has to keep, for any test runner: `run` rejects where it is broken. */
export interface TokenStoreCase {
  /** A sentence, to name the test by. */
  readonly name: string;
  /** `open` makes a store that holds nothing yet. It is closed at the end. */
  readonly run: (open: () => TokenStore | Promise<TokenStore>) => Promise<void>;
}

/** What a store says of itself, so that the contract asks for no more. */
export interface TokenStoreContractOptions {
  /**
   * For stores that several processes share: leases have to end by themselves. `advance` lets that much time pass,
   * really or by a clock that the store was given.
   */
  readonly leases?: LeaseOptions;
}

/**
 * What the policy relies on in a token store: write your own, run these, and no grant gets lost.
 *
 * @example
 * for (const {name, run} of tokenStoreContract()) test(name, () => run(() => myStore()));
 */
export function tokenStoreContract({leases}: TokenStoreContractOptions = {}): readonly TokenStoreCase[] {
  const shared = leases ? [...endingLeases(leases), ...(leases.fenced ? fencedLeases(leases) : [])] : [];
  const cases = [...storing, ...fencing, ...locking, ...together, ...shared];
  return cases.map(([name, check]) => ({
    name,
    async run(open) {
      const store = await open();
      try {
        await check(store);
      } finally {
        await store.close();
      }
    },
  }));
}

type Case = readonly [name: string, check: (store: TokenStore) => Promise<void>];

const MANY = Array.from({length: 20}, (_, index) => index);
const ODD_KEYS = [
  'user:ada',
  'user:ada ',
  'User:Ada',
  'user:',
  "user:'; DROP TABLE tokens; --",
  'user:a%',
  'user:a*',
  'user:a\nb',
  'user:a\u0000b',
  'user:é',
  'user:e\u0301',
  'user:🚗',
  '__proto__',
  'constructor',
  `user:${'x'.repeat(5_000)}`,
];

const pair = (name: string): Tokens => ({
  accessToken: `access-${name}`,
  refreshToken: `refresh-${name}`,
  accessExpiresAt: 1_800_000_000_000,
  refreshExpiresAt: 1_805_184_000_000.5,
});
const stored = async (store: TokenStore, key: string): Promise<Tokens | undefined> =>
  (await store.get(key))?.tokens;

const storing: readonly Case[] = [
  [
    'gets nothing for a key that was never stored',
    async store => assert.equal(await store.get('user:ada'), undefined),
  ],
  [
    'gets back what was put, with the generation that put resolved with',
    async store => {
      const generation = await store.put('user:ada', pair('1'));
      assert.equal(typeof generation, 'string');
      assert.deepEqual(await store.get('user:ada'), {tokens: pair('1'), generation});
    },
  ],
  [
    'leaves absent members absent, and takes undefined for absent',
    async store => {
      const short = {accessToken: 'access', accessExpiresAt: 5};
      await store.put('short', short);
      await store.put('undefined', {...short, refreshToken: undefined, refreshExpiresAt: undefined} as never);
      for (const key of ['short', 'undefined']) {
        const tokens = (await stored(store, key)) ?? {};
        assert.deepEqual(Object.keys(tokens).toSorted(), ['accessExpiresAt', 'accessToken']);
      }
    },
  ],
  [
    'keeps what it holds when the object that was put, or got, is changed',
    async store => {
      const given: {-readonly [K in keyof Tokens]: Tokens[K]} = pair('1');
      await store.put('user:ada', given);
      given.accessToken = 'changed';
      Reflect.set((await stored(store, 'user:ada')) ?? {}, 'refreshToken', 'changed');
      assert.deepEqual(await stored(store, 'user:ada'), pair('1'));
    },
  ],
  [
    'keeps apart keys that differ in any character',
    async store => {
      for (const key of ODD_KEYS) await store.put(key, pair(key));
      for (const key of ODD_KEYS) assert.deepEqual(await stored(store, key), pair(key));
      for (const key of ODD_KEYS) await store.delete(key);
      for (const key of ODD_KEYS) assert.equal(await store.get(key), undefined);
    },
  ],
  [
    'keeps long and foreign texts as they are',
    async store => {
      const tokens = pair(`${'"\\\u2028🔑'.repeat(10)}${'x'.repeat(100_000)}`);
      await store.put('user:ada', tokens);
      assert.deepEqual(await stored(store, 'user:ada'), tokens);
    },
  ],
  [
    'deletes one key, and does nothing for an unknown one',
    async store => {
      await store.put('user:ada', pair('ada'));
      await store.put('user:bob', pair('bob'));
      await store.delete('user:ada');
      await store.delete('user:nobody');
      assert.equal(await store.get('user:ada'), undefined);
      assert.deepEqual(await stored(store, 'user:bob'), pair('bob'));
    },
  ],
  [
    'hides tokens from inspection and JSON',
    async store => {
      await store.put('user:ada', pair('canary'));
      const shown = `${inspect(store, {depth: 10, showHidden: true})}${JSON.stringify(store)}`;
      assert.doesNotMatch(shown, /(access|refresh)-canary/);
    },
  ],
];

const fencing: readonly Case[] = [
  [
    'replaces a pair only while its generation is the stored one',
    async store => {
      const first = await store.put('user:ada', pair('1'));
      const second = await store.put('user:ada', pair('2'), first);
      assert.equal(typeof second, 'string');
      assert.equal(await store.put('user:ada', pair('late'), first), undefined);
      assert.deepEqual(await store.get('user:ada'), {tokens: pair('2'), generation: second});
    },
  ],
  [
    'writes with null only while nothing is stored',
    async store => {
      assert.equal(typeof (await store.put('user:ada', pair('1'), null)), 'string');
      assert.equal(await store.put('user:ada', pair('2'), null), undefined);
      assert.deepEqual(await stored(store, 'user:ada'), pair('1'));
    },
  ],
  [
    'does not bring a deleted pair back with a generation',
    async store => {
      const generation = await store.put('user:ada', pair('1'));
      await store.delete('user:ada');
      assert.equal(await store.put('user:ada', pair('2'), generation), undefined);
      assert.equal(await store.get('user:ada'), undefined);
    },
  ],
  [
    'never uses a generation twice, not even after a delete',
    async store => {
      const seen: (string | undefined)[] = [];
      for (const key of ['user:ada', 'user:bob', 'user:ada']) {
        seen.push(await store.put(key, pair('1')), await store.put(key, pair('1')));
        await store.delete(key);
      }
      assert.equal(new Set(seen).size, 6);
    },
  ],
  [
    'lets exactly one of many win that replace the same generation at once',
    async store => {
      const first = await store.put('user:ada', pair('first'));
      const put = await Promise.all(MANY.map(index => store.put('user:ada', pair(`${index}`), first)));
      const winners = put.flatMap((generation, index) => (generation === undefined ? [] : [index]));
      assert.equal(winners.length, 1);
      assert.deepEqual(await store.get('user:ada'), {
        tokens: pair(`${winners[0]}`),
        generation: put[winners[0] ?? 0],
      });
    },
  ],
  [
    'gives each of many puts at once a generation of its own',
    async store => {
      const put = await Promise.all(MANY.map(index => store.put('user:ada', pair(`${index}`))));
      assert.equal(new Set(put).size, MANY.length);
      const last = await store.get('user:ada');
      assert.deepEqual(last?.tokens, pair(`${put.indexOf(last?.generation)}`));
    },
  ],
];

const together: readonly Case[] = [
  [
    'keeps locks and tokens of one name apart',
    async store => {
      const lease = await store.acquire('user:ada', 30_000);
      await store.put('user:ada', pair('1'));
      assert.equal(await store.acquire('user:ada', 30_000), undefined);
      await lease?.release();
      assert.deepEqual(await stored(store, 'user:ada'), pair('1'));
    },
  ],
  [
    'closes twice without harm',
    async store => {
      await store.put('user:ada', pair('1'));
      await store.close();
      await store.close();
    },
  ],
];
