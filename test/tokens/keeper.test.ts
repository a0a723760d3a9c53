import {describe, expect, test} from 'vitest';
import {memoryStore} from '../../src/stores/memory-store.ts';
import {rejection} from './support/bench.ts';
import {AHEAD, DOWN, GONE, HOUR, keeperBench, never} from './support/keeper.ts';

const SKEW = 5_000;

describe('a token that is warm', () => {
  test('is handed out without waiting, with its generation and its end', async () => {
    const {keeper, store, pair} = keeperBench();
    expect(keeper.warm('ada')).toBeUndefined();
    expect(keeper.expiresAt('ada')).toBeUndefined();
    const saved = pair('a', HOUR);
    await keeper.save('ada', saved);
    const generation = (await store.get('user:ada'))?.generation;
    expect(keeper.warm('ada')).toEqual({accessToken: 'access-a', generation});
    expect(keeper.expiresAt('ada')).toBe(saved.accessExpiresAt);
  });

  test.each([
    [SKEW + 1, 'access-a'],
    [SKEW, undefined],
  ])('goes out while it lasts longer than the way: %s ms', async (leftMs, sent) => {
    const {keeper, pair} = keeperBench();
    await keeper.save('ada', pair('a', leftMs));
    expect(keeper.warm('ada')?.accessToken).toBe(sent);
  });

  test.each([
    [AHEAD + 1, 0],
    [AHEAD, 1],
  ])('with %s ms left is renewed %s times, ahead of its end', async (leftMs, times) => {
    const {keeper, clock, asked, pair} = keeperBench();
    await keeper.save('ada', pair('a', leftMs));
    expect(keeper.warm('ada')?.accessToken).toBe('access-a');
    keeper.warm('ada');
    await clock.advance(0);
    expect(asked).toHaveLength(times);
    expect(keeper.warm('ada')?.accessToken).toBe(times === 0 ? 'access-a' : 'access-1');
  });

  test('is not renewed ahead where it has no refresh token, unless one token serves all', async () => {
    const owner = keeperBench();
    const {refreshToken: _none, ...bare} = owner.pair('a', AHEAD);
    await owner.keeper.save('ada', bare);
    owner.keeper.warm('ada');
    const all = keeperBench({perUser: false});
    await all.keeper.save('', all.pair('a', AHEAD));
    all.keeper.warm(undefined);
    await owner.clock.advance(0);
    await all.clock.advance(0);
    expect([owner.asked, all.asked]).toEqual([[], ['access-a']]);
  });

  test('is not renewed ahead while a gate is shut', async () => {
    const bench = keeperBench();
    bench.open = false;
    await bench.keeper.save('ada', bench.pair('a', AHEAD));
    bench.keeper.warm('ada');
    await bench.clock.advance(0);
    expect(bench.asked).toEqual([]);
  });

  test('goes on while its renewal ahead fails, which is tried again after half a minute', async () => {
    const bench = keeperBench();
    bench.answer = () => Promise.reject(DOWN);
    await bench.keeper.save('ada', bench.pair('a', AHEAD));
    for (const waitMs of [0, 29_999, 1]) {
      await bench.clock.advance(waitMs);
      expect(bench.keeper.warm('ada')?.accessToken).toBe('access-a');
      await bench.clock.advance(0);
    }
    expect(bench.asked).toHaveLength(2);
    expect(bench.unheard).toMatchObject([
      ['user:ada', {passing: true}],
      ['user:ada', {passing: true}],
    ]);
  });

  test('is not renewed with every call where a new one lives no longer than the window', async () => {
    const bench = keeperBench();
    bench.answer = async () => bench.pair(String(bench.asked.length), AHEAD);
    await bench.keeper.save('ada', bench.pair('a', AHEAD));
    const use = async (waitMs: number): Promise<void> => {
      await bench.clock.advance(waitMs);
      bench.keeper.warm('ada');
      await bench.clock.advance(0);
    };
    for (const waitMs of [0, 0, 100_000, AHEAD - 100_000 - SKEW - 1]) await use(waitMs);
    expect(bench.asked).toHaveLength(1);
  });

  test('is renewed ahead again at once after a new one that lasts', async () => {
    const bench = keeperBench();
    bench.answer = async () => bench.pair(String(bench.asked.length), AHEAD + 1);
    await bench.keeper.save('ada', bench.pair('a', AHEAD));
    for (const waitMs of [0, 0, 1]) {
      await bench.clock.advance(waitMs);
      bench.keeper.warm('ada');
      await bench.clock.advance(0);
    }
    expect(bench.asked).toEqual(['access-a', 'access-1']);
  });

  test('is no longer sent by anybody once it was refused and its renewal is under way', async () => {
    const bench = keeperBench();
    const end = Promise.withResolvers<void>();
    bench.answer = async () => (await end.promise, bench.pair('new', HOUR));
    await bench.keeper.save('ada', bench.pair('a', HOUR));
    await bench.keeper.save('bob', bench.pair('b', HOUR));
    const renewed = bench.keeper.obtain('ada', 'access-a', never);
    await bench.clock.advance(0);
    expect(bench.keeper.warm('ada')).toBeUndefined();
    expect(bench.keeper.warm('bob')?.accessToken).toBe('access-b');
    const another = bench.keeper.obtain('ada', undefined, never);
    await bench.clock.advance(0);
    end.resolve();
    expect([(await renewed).accessToken, (await another).accessToken]).toEqual(['access-new', 'access-new']);
    expect(bench.asked).toHaveLength(1);
  });

  test('is sent while it is renewed ahead of its end', async () => {
    const bench = keeperBench();
    bench.answer = () => new Promise(() => undefined);
    await bench.keeper.save('ada', bench.pair('a', AHEAD));
    bench.keeper.warm('ada');
    await bench.clock.advance(0);
    expect(bench.keeper.warm('ada')?.accessToken).toBe('access-a');
    expect((await bench.keeper.obtain('ada', undefined, never)).accessToken).toBe('access-a');
    expect(bench.asked).toHaveLength(1);
  });
});

describe('what other processes do', () => {
  test.each([
    ['the same pair', (own: string) => own, true],
    ['another pair', () => 'another', false],
    ['none any more', () => undefined, false],
  ])('%s is stored under the key', async (_, generation, warm) => {
    const {keeper, store, pair} = keeperBench();
    await keeper.save('ada', pair('a', HOUR));
    keeper.changed('user:ada', generation((await store.get('user:ada'))?.generation ?? ''));
    expect(keeper.warm('ada') !== undefined).toBe(warm);
  });

  test('nobody knows what, and the pair is read anew', async () => {
    const {keeper, store, pair} = keeperBench();
    await keeper.save('ada', pair('a', HOUR));
    await store.put('user:ada', pair('b', HOUR));
    keeper.missed();
    expect(keeper.warm('ada')).toBeUndefined();
    expect((await keeper.obtain('ada', undefined, never)).accessToken).toBe('access-b');
    expect(keeper.warm('ada')?.accessToken).toBe('access-b');
  });

  test.each([
    ['another pair', 'another'],
    ['none', undefined],
  ])('a pair at hand is not put back where %s took its place', async (_, generation) => {
    const restored: string[] = [];
    const bench = keeperBench({
      store: {...memoryStore(), restore: async key => (restored.push(key), 'g')},
    });
    await bench.keeper.save('ada', bench.pair('a', HOUR));
    bench.keeper.changed('user:ada', generation);
    await bench.keeper.putBack();
    expect(restored).toEqual([]);
  });
});

describe('a store that has lost its data', () => {
  test('gets back all that is at hand, fifty at a time, whatever fails', async () => {
    const atOnce = {now: 0, most: 0};
    const restored: string[] = [];
    const store = {
      ...memoryStore(),
      async restore(key: string) {
        atOnce.most = Math.max(atOnce.most, ++atOnce.now);
        restored.push(key);
        await Promise.resolve();
        atOnce.now -= 1;
        if (key === 'user:0') throw new Error('away');
        return 'g';
      },
    };
    const {keeper, pair} = keeperBench({store});
    for (let user = 0; user < 120; user++) await keeper.save(String(user), pair(String(user), HOUR));
    await keeper.putBack();
    expect(restored).toHaveLength(120);
    expect(atOnce.most).toBe(50);
  });

  test('is given the pair by a call that finds none, which goes out with it', async () => {
    const store = memoryStore();
    const {keeper, pair, asked} = keeperBench({
      store: {...store, restore: (key, tokens) => store.put(key, tokens, null)},
    });
    await keeper.save('ada', pair('a', HOUR));
    keeper.missed();
    await store.delete('user:ada');
    expect((await keeper.obtain('ada', undefined, never)).accessToken).toBe('access-a');
    expect(asked).toEqual([]);
  });

  test('and does not take a pair back: the owner has to come', async () => {
    const store = {...memoryStore(), restore: async () => undefined};
    const {keeper, pair} = keeperBench({store});
    await keeper.save('ada', pair('a', HOUR));
    keeper.missed();
    await store.delete('user:ada');
    expect(await rejection(keeper.obtain('ada', undefined, never))).toMatchObject({missing: true});
  });
});

test('a refusal for good is told as such, and drops the pair at hand', async () => {
  const bench = keeperBench();
  bench.answer = () => Promise.reject(GONE);
  await bench.keeper.save('ada', bench.pair('a', HOUR));
  expect(await rejection(bench.keeper.obtain('ada', 'access-a', never))).toMatchObject({dead: true});
  expect(bench.refreshes).toEqual([
    {user: 'ada', outcome: 'dead', durationMs: 0, failure: 'invalid_grant gone'},
  ]);
  expect(bench.keeper.warm('ada')).toBeUndefined();
  expect(bench.unheard).toEqual([]);
});
