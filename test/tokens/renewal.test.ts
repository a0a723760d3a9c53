import {describe, expect, test} from 'vitest';
import {fullClock} from '../../src/engine/clock.ts';
import {createRenewal} from '../../src/engine/renewal.ts';
import type {StoredTokens, Tokens, TokenSource, TokenStore} from '../../src/ports.ts';
import {memoryStore} from '../../src/stores/memory-store.ts';
import {manualClock} from '../../src/testing/index.ts';
import {rejection} from './support/bench.ts';
import {DOWN, GONE, never} from './support/keeper.ts';

const KEY = 'user:ada';
const pair = (name: string, more: Partial<Tokens> = {}): Tokens => ({
  accessToken: `access-${name}`,
  refreshToken: `refresh-${name}`,
  accessExpiresAt: 1,
  ...more,
});

/** Renewals before an endpoint that gives `access-1`, `access-2` and so on; `before` comes ahead of its answers. */
function bench(
  more: Partial<TokenStore> & {
    before?: (store: TokenStore, times: number) => unknown;
    perUser?: boolean;
    putBack?: () => Promise<StoredTokens | undefined>;
    gives?: Partial<Tokens>;
  } = {},
) {
  const {before, perUser = true, putBack = async () => undefined, gives = {}, ...over} = more;
  const inner = memoryStore();
  const store: TokenStore = {...inner, ...over};
  const clock = manualClock();
  const asked: (Tokens | undefined)[] = [];
  const source = {
    api: 'oauth-v2',
    perUser,
    async renew(current: Tokens | undefined) {
      asked.push(current);
      await before?.(inner, asked.length);
      return {accessToken: `access-${asked.length}`, accessExpiresAt: 2, ...gives};
    },
  } as TokenSource;
  const renewal = createRenewal({
    source,
    store,
    clock: fullClock(clock),
    ending: never,
    putBack,
    good: ({tokens}, stale) => tokens.accessToken === 'access-good' && stale !== 'access-good',
  });
  return {inner, store, clock, asked, renewal};
}

describe('a pair that is renewed', () => {
  test('is stored in the place of the old one, and given back', async () => {
    const {renewal, inner, asked} = bench({gives: {refreshToken: 'refresh-1'}});
    await inner.put(KEY, pair('a'));
    const {stored, outcome, ...more} = await renewal.renew(KEY, undefined);
    expect([outcome, more]).toEqual(['renewed', {}]);
    expect(stored).toEqual({
      tokens: {accessToken: 'access-1', refreshToken: 'refresh-1', accessExpiresAt: 2},
      generation: '2',
    });
    expect(await inner.get(KEY)).toEqual(stored);
    expect(asked).toEqual([pair('a')]);
    expect(renewal.unsaved(KEY)).toBeUndefined();
  });

  test.each<[what: string, old: Partial<Tokens>, gives: Partial<Tokens>, kept: Partial<Tokens>]>([
    ['its old refresh token', {}, {}, {refreshToken: 'refresh-a'}],
    ['with its end', {refreshExpiresAt: 9}, {}, {refreshToken: 'refresh-a', refreshExpiresAt: 9}],
    ['unless a new one came', {refreshExpiresAt: 9}, {refreshToken: 'new'}, {refreshToken: 'new'}],
  ])('keeps %s', async (_, old, gives, kept) => {
    const {renewal, inner} = bench({gives});
    await inner.put(KEY, pair('a', old));
    const {stored} = await renewal.renew(KEY, undefined);
    expect(stored.tokens).toEqual({accessToken: 'access-1', accessExpiresAt: 2, ...kept});
  });

  test('is not where another has renewed it already', async () => {
    const {renewal, inner, asked} = bench();
    await inner.put(KEY, pair('good'));
    expect(await renewal.renew(KEY, 'access-a')).toMatchObject({
      outcome: 'reused',
      stored: {generation: '1'},
    });
    expect(asked).toEqual([]);
    expect(await renewal.renew(KEY, 'access-good')).toMatchObject({outcome: 'renewed'});
  });

  test('is read inside the lock, which is given back whatever comes', async () => {
    const steps: string[] = [];
    const release = async (): Promise<void> => {
      steps.push('release');
      throw new Error('away');
    };
    const {renewal} = bench({
      acquire: async name => (steps.push(`lock ${name}`), {release}),
      get: async () => (steps.push('get'), {tokens: pair('a'), generation: '1'}),
      before: () => Promise.reject(DOWN),
    });
    expect(await rejection(renewal.renew(KEY, undefined))).toMatchObject({passing: true, dead: false});
    expect(steps).toEqual([`lock refresh:${KEY}`, 'get', 'release']);
  });

  test('is written with the fence of its lease, and tells of a holder who never finished', async () => {
    const puts: unknown[][] = [];
    const {renewal, inner} = bench({
      acquire: async () => ({release: async () => undefined, fence: 7, interruptedMs: 5}),
      put: async (...put) => (puts.push(put), 'g'),
    });
    await inner.put(KEY, pair('a'));
    expect(await renewal.renew(KEY, undefined)).toMatchObject({outcome: 'renewed', interruptedMs: 5});
    expect(puts).toMatchObject([[KEY, {accessToken: 'access-1'}, '1', 7]]);
  });

  test('is the first where one token serves all, and nothing is stored yet', async () => {
    const {renewal, asked, inner} = bench({perUser: false});
    expect(await renewal.renew(KEY, undefined)).toMatchObject({outcome: 'renewed'});
    expect(asked).toEqual([undefined]);
    expect((await inner.get(KEY))?.tokens).toEqual({accessToken: 'access-1', accessExpiresAt: 2});
  });

  test.each([
    ['no pair', undefined],
    ['a pair without a refresh token', {accessToken: 'a', accessExpiresAt: 0}],
  ])('is missing where the store has %s', async (_, stored) => {
    const {renewal, asked, inner} = bench();
    if (stored) await inner.put(KEY, stored);
    expect(await rejection(renewal.renew(KEY, undefined))).toMatchObject({dead: true, missing: true});
    expect(asked).toEqual([]);
  });
});

describe('a pair that the store does not take', () => {
  test('waits, and is stored by the next renewal, with no second request', async () => {
    const {renewal, inner, store, asked} = bench();
    await inner.put(KEY, pair('a'));
    store.put = () => Promise.reject(new Error('full'));
    await rejection(renewal.renew(KEY, undefined));
    expect(renewal.unsaved(KEY)).toMatchObject({accessToken: 'access-1'});
    await inner.put(KEY, pair('good'));
    store.put = inner.put.bind(inner);
    // Another pair has taken the place of the old one meanwhile, and is good.
    expect(await renewal.renew(KEY, 'access-a')).toMatchObject({
      outcome: 'reused',
      stored: {generation: '2'},
    });
    expect(renewal.unsaved(KEY)).toBeUndefined();
    expect(asked).toHaveLength(1);
  });

  test('is given up for another that has taken its place, which is looked at three times at most', async () => {
    const {renewal, inner, asked} = bench({
      before: (store, times) => store.put(KEY, pair(`other-${times}`)),
    });
    await inner.put(KEY, pair('a'));
    expect(await rejection(renewal.renew(KEY, undefined))).toMatchObject({missing: true});
    expect(asked.map(one => one?.accessToken)).toEqual(['access-a', 'access-other-1', 'access-other-2']);
  });
});

describe('a grant that is gone', () => {
  test('is named by the generation of its pair', async () => {
    const {renewal, inner} = bench({before: () => Promise.reject(GONE)});
    await inner.put(KEY, pair('a'));
    expect(await rejection(renewal.renew(KEY, undefined))).toMatchObject({dead: true, generation: '1'});
  });

  test('has no generation where one token serves all and none was stored', async () => {
    const {renewal} = bench({perUser: false, before: () => Promise.reject(GONE)});
    expect(await rejection(renewal.renew(KEY, undefined))).toMatchObject({dead: true, generation: undefined});
  });

  test('is not, where somebody has replaced the pair meanwhile; that one is looked at', async () => {
    const {renewal, inner} = bench({
      before: async store => {
        await store.put(KEY, pair('good'));
        throw GONE;
      },
    });
    await inner.put(KEY, pair('a'));
    expect(await renewal.renew(KEY, undefined)).toMatchObject({
      outcome: 'reused',
      stored: {tokens: {accessToken: 'access-good'}},
    });
  });

  test('is gone at the third pair', async () => {
    const {renewal, inner, asked} = bench({
      before: async (store, times) => {
        await store.put(KEY, pair(`other-${times}`));
        throw GONE;
      },
    });
    await inner.put(KEY, pair('a'));
    expect(await rejection(renewal.renew(KEY, undefined))).toMatchObject({dead: true, generation: '3'});
    expect(asked).toHaveLength(3);
  });

  test('is gone too where the pair is no longer stored', async () => {
    const {renewal, inner, asked} = bench({
      before: async store => {
        await store.delete(KEY);
        throw GONE;
      },
    });
    await inner.put(KEY, pair('a'));
    expect(await rejection(renewal.renew(KEY, undefined))).toMatchObject({dead: true, generation: '1'});
    expect(asked).toHaveLength(1);
  });
});

const lost = async (): Promise<boolean> => true;

describe('a store that has just lost its data', () => {
  test.each([
    ['nothing is stored', undefined],
    ['the pair is refused for good', pair('a')],
  ])('sends nobody away when %s: the right pair may come back within moments', async (_, stored) => {
    const {renewal, inner, clock} = bench({lost, before: () => Promise.reject(GONE)});
    if (stored) await inner.put(KEY, stored);
    expect(await rejection(renewal.renew(KEY, undefined))).toMatchObject({
      code: 'PAUSED',
      message: expect.stringContaining(KEY),
      retryAt: clock.now() + 2_000,
    });
  });

  test('does not stand in the way of a token that serves all, nor of one without a refresh token', async () => {
    expect(await bench({lost, perUser: false}).renewal.renew(KEY, undefined)).toMatchObject({
      outcome: 'renewed',
    });
    const {renewal, inner} = bench({lost});
    await inner.put(KEY, {accessToken: 'a', accessExpiresAt: 0});
    expect(await rejection(renewal.renew(KEY, undefined))).toMatchObject({missing: true});
  });

  test('is given back what is at hand', async () => {
    const {renewal, asked} = bench({putBack: async () => ({tokens: pair('back'), generation: 'b'}), lost});
    await rejection(renewal.renew(KEY, undefined));
    expect(asked[0]).toEqual(pair('back'));
  });
});

test('all that wait are stored at the end; one that is forgotten is not', async () => {
  let away = true;
  const inner = memoryStore();
  const put: TokenStore['put'] = (...given) =>
    away ? Promise.reject(new Error('away')) : inner.put(...given);
  const {renewal} = bench({perUser: false, put, get: key => inner.get(key)});
  for (const key of ['a', 'b', 'c']) await rejection(renewal.renew(key, undefined));
  expect(await rejection(renewal.saveAll())).toMatchObject({message: 'away'});
  renewal.forget('c');
  away = false;
  await renewal.saveAll();
  await renewal.saveAll();
  const stored = await Promise.all(['a', 'b', 'c'].map(async key => (await inner.get(key))?.tokens));
  expect(stored.map(tokens => tokens?.accessToken)).toEqual(['access-1', 'access-2', undefined]);
  expect(['a', 'b', 'c'].map(key => renewal.unsaved(key))).toEqual([undefined, undefined, undefined]);
});
