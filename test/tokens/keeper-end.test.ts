import {describe, expect, test} from 'vitest';
import type {TokenStore} from '../../src/ports.ts';
import {memoryStore} from '../../src/stores/memory-store.ts';
import {rejection} from './support/bench.ts';
import {GONE, HOUR, keeperBench, never} from './support/keeper.ts';

describe('a pair saved while the endpoint says that the grant is gone', () => {
  test('is no part of the verdict, and goes out', async () => {
    const bench = keeperBench();
    await bench.store.put('user:ada', bench.pair('a', 0));
    bench.answer = async () => {
      // After the endpoint has looked, and before its answer is here; the lock's own look comes before it.
      const get = bench.store.get.bind(bench.store);
      bench.store.get = async key => {
        const found = await get(key);
        bench.store.get = get;
        await bench.keeper.save('ada', bench.pair('b', HOUR));
        return found;
      };
      throw GONE;
    };
    expect((await bench.keeper.obtain('ada', undefined, never)).accessToken).toBe('access-b');
    expect(bench.keeper.warm('ada')?.accessToken).toBe('access-b');
    expect(bench.refreshes).toEqual([]);
  });

  test('is none where the one that is stored is the dead one', async () => {
    const bench = keeperBench();
    await bench.store.put('user:ada', bench.pair('a', 0));
    bench.answer = async () => {
      bench.keeper.changed('user:ada', 'another that never came');
      throw GONE;
    };
    expect(await rejection(bench.keeper.obtain('ada', undefined, never))).toMatchObject({dead: true});
    expect(bench.refreshes).toMatchObject([{outcome: 'dead'}]);
  });
});

test('a pair read before a save does not replace the saved one at hand', async () => {
  const bench = keeperBench({store: {...memoryStore()}});
  await bench.store.put('user:ada', bench.pair('a', HOUR));
  const read = await bench.store.get('user:ada');
  const first = Promise.withResolvers<typeof read>();
  const store = bench.store as {get: TokenStore['get']};
  store.get = () => first.promise;
  const obtained = bench.keeper.obtain('ada', undefined, never);
  await bench.keeper.save('ada', bench.pair('b', HOUR));
  first.resolve(read);
  expect((await obtained).accessToken).toBe('access-a');
  expect(bench.keeper.warm('ada')?.accessToken).toBe('access-b');
});

describe('the end', () => {
  test('waits for a renewal that is under way, and for its pair to be stored', async () => {
    const bench = keeperBench();
    const end = Promise.withResolvers<void>();
    bench.answer = async () => (await end.promise, bench.pair('new', HOUR));
    await bench.store.put('user:ada', bench.pair('a', 0));
    const obtained = bench.keeper.obtain('ada', undefined, never);
    await bench.clock.advance(0);
    let over = false;
    const idle = bench.keeper.idle().then(() => (over = true));
    await bench.clock.advance(0);
    expect(over).toBe(false);
    end.resolve();
    await idle;
    expect((await bench.store.get('user:ada'))?.tokens.accessToken).toBe('access-new');
    await obtained;
  });

  test('waits for no lock that another process holds', async () => {
    const bench = keeperBench();
    await bench.store.acquire('refresh:user:ada', 1);
    await bench.store.put('user:ada', bench.pair('a', 0));
    const obtained = rejection(bench.keeper.obtain('ada', undefined, never));
    await bench.clock.advance(0);
    await bench.keeper.idle();
    expect(await obtained).toMatchObject({code: 'CLOSED', message: 'The policy was closed.'});
  });

  test('stores what waits to be stored, and says so where it cannot', async () => {
    const inner = memoryStore();
    const store: TokenStore = {...inner};
    const bench = keeperBench({store});
    await bench.keeper.save('ada', bench.pair('a', HOUR));
    store.put = () => Promise.reject(new Error('full'));
    await rejection(bench.keeper.obtain('ada', 'access-a', never));
    expect(await rejection(bench.keeper.idle())).toMatchObject({code: 'CONFIGURATION'});
    store.put = inner.put.bind(inner);
    await bench.keeper.idle();
    expect((await inner.get('user:ada'))?.tokens.accessToken).toBe('access-1');
  });
});
