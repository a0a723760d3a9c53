import {describe, expect, test} from 'vitest';
import type {RefreshOutcome, TokenStore} from '../../src/ports.ts';
import {memoryStore} from '../../src/stores/memory-store.ts';
import {rejection} from './support/bench.ts';
import {DOWN, GONE, HOUR, keeperBench, never} from './support/keeper.ts';

const SKEW = 5_000;
const away = (): Promise<never> => Promise.reject(new Error('away'));

describe('a token that is obtained', () => {
  test('is the stored one while it is good, and is warm from then on', async () => {
    const {keeper, store, asked, pair, refreshes} = keeperBench();
    await store.put('user:ada', pair('a', SKEW + 1));
    expect(await keeper.obtain('ada', undefined, never)).toEqual({accessToken: 'access-a', generation: '1'});
    expect(keeper.warm('ada')?.accessToken).toBe('access-a');
    expect([asked, refreshes]).toEqual([[], []]);
  });

  test.each([
    ['has no time left for the way', SKEW, undefined],
    ['was refused', HOUR, 'access-a'],
  ])('is a new one where the stored one %s', async (_, leftMs, stale) => {
    const {keeper, store, asked, pair, refreshes} = keeperBench();
    await store.put('user:ada', pair('a', leftMs));
    expect(await keeper.obtain('ada', stale, never)).toEqual({accessToken: 'access-1', generation: '2'});
    expect((await store.get('user:ada'))?.tokens.accessToken).toBe('access-1');
    expect(asked).toEqual(['access-a']);
    expect(refreshes).toEqual([{user: 'ada', outcome: 'renewed', durationMs: 0}]);
    expect(keeper.warm('ada')?.accessToken).toBe('access-1');
  });

  test('is the one that took the place of a refused one', async () => {
    const {keeper, store, asked, pair} = keeperBench();
    await store.put('user:ada', pair('b', HOUR));
    expect((await keeper.obtain('ada', 'access-a', never)).accessToken).toBe('access-b');
    expect(asked).toEqual([]);
  });

  test('is renewed for the token that was refused, after a flight for an older one', async () => {
    const bench = keeperBench();
    const first = Promise.withResolvers<void>();
    bench.answer = async () => {
      const name = String(bench.asked.length);
      if (name === '1') await first.promise;
      return bench.pair(name, HOUR);
    };
    await bench.store.put('user:ada', bench.pair('a', 0));
    const older = bench.keeper.obtain('ada', undefined, never);
    await bench.clock.advance(0);
    const newer = bench.keeper.obtain('ada', 'access-1', never);
    await bench.clock.advance(0);
    first.resolve();
    expect((await older).accessToken).toBe('access-1');
    expect((await newer).accessToken).toBe('access-2');
  });

  test('names no user where one token serves all', async () => {
    const {keeper, refreshes} = keeperBench({perUser: false});
    expect((await keeper.obtain('ada', undefined, never)).accessToken).toBe('access-1');
    expect(refreshes).toEqual([{outcome: 'renewed', durationMs: 0}]);
  });

  test('is told with how long it took, to whoever listens', async () => {
    const bench = keeperBench();
    bench.answer = async () => (await bench.clock.sleep(70), bench.pair('new', HOUR));
    await bench.store.put('user:a:b', bench.pair('a', 0));
    await bench.clock.run(bench.keeper.obtain('a:b', undefined, never));
    expect(bench.refreshes).toEqual([{user: 'a:b', outcome: 'renewed', durationMs: 70}]);
    const deaf = keeperBench({deaf: true});
    await deaf.store.put('user:ada', deaf.pair('a', 0));
    expect((await deaf.keeper.obtain('ada', undefined, never)).accessToken).toBe('access-1');
  });

  test('is told to whoever follows, with what came of it', async () => {
    const bench = keeperBench();
    const told: RefreshOutcome[] = [];
    bench.followed.by = {call: (_, run) => run({} as never), refresh: run => run(one => void told.push(one))};
    await bench.store.put('user:ada', bench.pair('a', HOUR));
    await bench.keeper.obtain('ada', 'access-a', never);
    bench.answer = () => Promise.reject(GONE);
    await rejection(bench.keeper.obtain('ada', 'access-1', never));
    expect(told).toEqual(['renewed', 'dead']);
  });

  test('is waited for no longer than its caller wants, while the renewal goes on for others', async () => {
    const bench = keeperBench();
    const end = Promise.withResolvers<void>();
    bench.answer = async () => (await end.promise, bench.pair('new', HOUR));
    await bench.store.put('user:ada', bench.pair('a', 0));
    const gone = new AbortController();
    const [one, other] = [gone.signal, never].map(signal => bench.keeper.obtain('ada', undefined, signal));
    await bench.clock.advance(0);
    gone.abort('enough');
    expect(await rejection(one!)).toBe('enough');
    end.resolve();
    expect((await other!).accessToken).toBe('access-new');
  });
});

describe('while the token endpoint is away', () => {
  test.each([
    [1, 'access-a'],
    [0, undefined],
  ])('a token with %s ms left goes out all the same', async (leftMs, sent) => {
    const bench = keeperBench();
    bench.answer = () => Promise.reject(DOWN);
    await bench.store.put('user:ada', bench.pair('a', leftMs));
    const came = await bench.keeper.obtain('ada', undefined, never).catch(() => undefined);
    expect(came?.accessToken).toBe(sent);
    expect(bench.unheard.map(([key]) => key)).toEqual(sent === undefined ? [] : ['user:ada']);
    expect(bench.refreshes).toEqual([{user: 'ada', outcome: 'failed', durationMs: 0, failure: '503'}]);
  });

  test('a token that was refused does not go out again', async () => {
    const bench = keeperBench();
    bench.answer = () => Promise.reject(DOWN);
    await bench.store.put('user:ada', bench.pair('a', HOUR));
    expect(await rejection(bench.keeper.obtain('ada', 'access-a', never))).toMatchObject({passing: true});
    expect(bench.unheard).toEqual([]);
  });

  test('a token whose grant is gone does not go out any more', async () => {
    const bench = keeperBench();
    bench.answer = () => Promise.reject(GONE);
    await bench.store.put('user:ada', bench.pair('a', 1_000));
    expect(await rejection(bench.keeper.obtain('ada', undefined, never))).toMatchObject({dead: true});
  });

  test('a caller who has gone gets no token, and the failure is heard all the same', async () => {
    const bench = keeperBench();
    const end = Promise.withResolvers<never>();
    bench.answer = () => end.promise;
    await bench.store.put('user:ada', bench.pair('a', 1_000));
    const gone = new AbortController();
    const obtained = bench.keeper.obtain('ada', undefined, gone.signal);
    await bench.clock.advance(0);
    gone.abort('enough');
    expect(await rejection(obtained)).toBe('enough');
    end.reject(DOWN);
    await bench.clock.advance(0);
    expect(bench.unheard).toMatchObject([['user:ada', {passing: true}]]);
  });

  test('a lock that is away leaves the token that holds for a moment, and shuts no gate', async () => {
    const bench = keeperBench({store: {...memoryStore(), acquire: away}});
    await bench.store.put('user:ada', bench.pair('a', 1_000));
    expect((await bench.keeper.obtain('ada', undefined, never)).accessToken).toBe('access-a');
    expect(bench.unheard).toEqual([]);
  });
});

async function awayWith(leftMs: number) {
  const inner = memoryStore();
  const store: TokenStore = {...inner};
  const bench = keeperBench({store});
  await bench.keeper.save('ada', bench.pair('a', leftMs));
  store.get = away;
  return bench;
}

describe('while the store is away', () => {
  test('a token with a moment left is asked for renewal, and goes out when that fails', async () => {
    const {keeper} = await awayWith(1);
    expect((await keeper.obtain('ada', undefined, never)).accessToken).toBe('access-a');
  });

  test.each([
    ['has ended', 0, undefined],
    ['was refused', HOUR, 'access-a'],
  ])('a token that %s is none', async (_, leftMs, stale) => {
    const {keeper, asked} = await awayWith(leftMs);
    expect(await rejection(keeper.obtain('ada', stale, never))).toMatchObject({
      code: 'CONFIGURATION',
      message: expect.stringContaining('read "user:ada": away'),
    });
    expect(asked).toEqual([]);
  });

  test('a new pair that could not be stored is what there is, and no older one goes out', async () => {
    const inner = memoryStore();
    const store: TokenStore = {...inner};
    const bench = keeperBench({store});
    await bench.keeper.save('ada', bench.pair('a', 10_000));
    store.put = away;
    await rejection(bench.keeper.obtain('ada', 'access-a', never));
    expect((await bench.keeper.get('ada'))?.accessToken).toBe('access-1');
    // The endpoint has ended the old one with the new.
    expect(await rejection(bench.keeper.obtain('ada', undefined, never))).toMatchObject({
      code: 'CONFIGURATION',
    });
    store.put = inner.put.bind(inner);
    expect((await bench.keeper.obtain('ada', undefined, never)).accessToken).toBe('access-1');
    expect(bench.asked).toHaveLength(1);
    expect(bench.refreshes.map(({outcome}) => outcome)).toEqual(['failed', 'failed', 'reused']);
  });

  test.each(['save', 'delete'] as const)('%s forgets a pair that waited to be stored', async doing => {
    const inner = memoryStore();
    const store: TokenStore = {...inner};
    const bench = keeperBench({store});
    await bench.keeper.save('ada', bench.pair('a', HOUR));
    store.put = away;
    await rejection(bench.keeper.obtain('ada', 'access-a', never));
    store.put = inner.put.bind(inner);
    if (doing === 'save') await bench.keeper.save('ada', bench.pair('b', HOUR));
    else await bench.keeper.delete('ada');
    expect((await bench.keeper.get('ada'))?.accessToken).toBe(doing === 'save' ? 'access-b' : undefined);
    expect(bench.keeper.warm('ada')?.accessToken).toBe(doing === 'save' ? 'access-b' : undefined);
  });
});
