import {expect, test} from 'vitest';
import {memoryStore, PolicyError, type TokenStore} from '../../src/index.ts';
import {all, bench, heldFetch, rejection, STRICT} from './support/bench.ts';

type Step = 'get' | 'put' | 'delete' | 'acquire';

/** A store in whose way things can be put, step by step. */
function store(): TokenStore & {before: Partial<Record<Step, () => unknown>>} {
  const inner = memoryStore();
  const wrapped = {
    ...inner,
    before: {} as Partial<Record<Step, () => unknown>>,
    get: async (key: string) => (await wrapped.before.get?.(), inner.get(key)),
    put: async (...put: Parameters<TokenStore['put']>) => (await wrapped.before.put?.(), inner.put(...put)),
    delete: async (key: string) => (await wrapped.before.delete?.(), inner.delete(key)),
    acquire: async (...lock: Parameters<TokenStore['acquire']>) => (
      await wrapped.before.acquire?.(),
      inner.acquire(...lock)
    ),
  };
  return wrapped;
}

const failing = (times: number, message = 'the disk is full'): (() => void) => {
  let left = times;
  return () => {
    if (left-- > 0) throw new Error(message);
  };
};

test('the new pair is stored before anyone uses it', async () => {
  const held = store();
  const {simulator, readMany, reads} = await bench({policy: {store: held}});
  let storing = 0;
  held.before.put = async () => {
    // Nobody may have been there with the new token, however long the store takes.
    await new Promise(resolve => setTimeout(resolve, 50));
    storing = reads().filter(({token}) => token === 2).length;
  };
  simulator.expireAccessTokens();
  expect(await readMany(20)).toEqual(all(20));
  expect(storing).toBe(0);
  expect(reads().filter(({token}) => token === 2)).toHaveLength(20);
});

test('a pair that the store would not take is stored by the next call, without another token request', async () => {
  const held = store();
  const {simulator, policy, read, readMany, tokenRequests} = await bench({
    tokens: STRICT,
    policy: {store: held},
  });
  simulator.expireAccessTokens();
  held.before.put = failing(1);
  expect(await readMany(20)).toEqual(all(20, 401));
  expect(tokenRequests()).toHaveLength(1);
  const kept = await policy.tokens.get('ada');
  expect(await read()).toBe(200);
  expect(await readMany(20)).toEqual(all(20));
  expect(await policy.tokens.get('ada')).toEqual(kept);
  expect((await held.get('user:ada'))?.tokens).toEqual(kept);
  expect(tokenRequests()).toHaveLength(1);
});

test('a pair that was written although the store said no is used', async () => {
  const held = store();
  const {simulator, read, tokenRequests} = await bench({tokens: STRICT, policy: {store: held}});
  simulator.expireAccessTokens();
  const put = held.put.bind(held);
  held.put = async (...args) => {
    await put(...args);
    held.put = put;
    throw new Error('the connection was lost after the write');
  };
  expect(await read()).toBe(401);
  expect(await read()).toBe(200);
  expect(tokenRequests()).toHaveLength(1);
});

test('a pair that the store would not take is tried again when the policy closes', async () => {
  const held = store();
  const {simulator, policy, read} = await bench({tokens: STRICT, policy: {store: held}});
  simulator.expireAccessTokens();
  held.before.put = failing(1);
  await read();
  const kept = await policy.tokens.get('ada');
  await policy.close();
  expect((await held.get('user:ada'))?.tokens).toEqual(kept);
});

test('closing says so when a pair is lost because the store takes nothing any more', async () => {
  const held = store();
  const {simulator, policy, read} = await bench({policy: {store: held}});
  simulator.expireAccessTokens();
  held.before.put = failing(Infinity);
  await read();
  expect(await rejection(policy.close())).toMatchObject({code: 'CONFIGURATION'});
});

test('closing waits for a refresh that is under way', async () => {
  const held = store();
  const wire = heldFetch();
  const {simulator, policy, pair, read, tokenRequests} = await bench({
    policy: {store: held, fetch: wire.fetch},
  });
  simulator.expireAccessTokens();
  const reading = read().catch(() => undefined);
  await wire.asked;
  const closing = policy.close();
  await reading;
  wire.letGo();
  await closing;
  expect(tokenRequests()).toHaveLength(1);
  expect((await held.get('user:ada'))?.tokens.refreshToken).not.toBe(pair.refreshToken);
});

test('closing does not wait for a lock that another process holds', async () => {
  const held = store();
  const {simulator, clock, policy, read, reads} = await bench({policy: {store: held}});
  await held.acquire('refresh:user:ada', 30_000);
  simulator.expireAccessTokens();
  const reading = read().catch((error: PolicyError) => error.code);
  await expect.poll(() => reads().length).toBe(1);
  await expect.poll(() => clock.waiting).toBe(1);
  const closing = policy.close();
  await clock.advance(100);
  await closing;
  expect(await reading).toBe('CLOSED');
});

test.each(['get', 'acquire'] as const)(
  'a %s that throws starts no refresh, and says what is wrong',
  async step => {
    const held = store();
    const {simulator, clock, policy, read, tokenRequests} = await bench({policy: {store: held}});
    await clock.advance(7_200_000);
    held.before[step] = failing(Infinity, 'the server is away');
    const error = await rejection(read());
    expect(error).toBeInstanceOf(PolicyError);
    expect(error).toMatchObject({
      code: 'CONFIGURATION',
      message: expect.stringMatching(/token store failed to (read|lock) "user:ada": the server is away/),
    });
    expect(tokenRequests()).toHaveLength(0);
    held.before[step] = () => undefined;
    expect(await read()).toBe(200);
    await policy.close();
    expect(simulator.journal.filter(({status}) => status === 401)).toEqual([]);
  },
);

test('calls with a good token go on while the store is away', async () => {
  const held = store();
  const {readMany} = await bench({policy: {store: held}});
  held.before.get = held.before.put = held.before.acquire = failing(Infinity);
  expect(await readMany(20)).toEqual(all(20));
});

test('a pair saved while a refresh is under way wins over the one that comes back', async () => {
  const held = store();
  const wire = heldFetch();
  const {simulator, policy, owner, read, reads} = await bench({policy: {store: held, fetch: wire.fetch}});
  simulator.expireAccessTokens();
  const reading = read();
  await wire.asked;
  const saved = simulator.grant(owner);
  await policy.tokens.save('ada', saved);
  wire.letGo();
  expect(await reading).toBe(200);
  expect(await policy.tokens.get('ada')).toEqual(saved);
  await read();
  expect(reads().at(-1)?.token).toBe(2);
});

test('a pair saved while the store takes the rotated one wins over it', async () => {
  const held = store();
  const {simulator, policy, owner, read, reads} = await bench({policy: {store: held}});
  simulator.expireAccessTokens();
  const put = held.put.bind(held);
  let saved = false;
  held.put = async (...args) => {
    const generation = await put(...args);
    if (!saved) {
      saved = true;
      await policy.tokens.save('ada', simulator.grant(owner));
    }
    return generation;
  };
  expect(await read()).toBe(200);
  const now = await policy.tokens.get('ada');
  await read();
  expect((await held.get('user:ada'))?.tokens).toEqual(now);
  expect(reads().at(-1)?.token).toBe(3);
});

test('an owner deleted while a refresh is under way stays deleted', async () => {
  const held = store();
  const {simulator, policy, read} = await bench({policy: {store: held}});
  simulator.expireAccessTokens();
  const put = held.put.bind(held);
  held.put = async (...args) => {
    const generation = await put(...args);
    await policy.tokens.delete('ada');
    return generation;
  };
  await read();
  expect(await policy.tokens.get('ada')).toBeUndefined();
  expect(await rejection(read())).toMatchObject({code: 'REAUTH_REQUIRED'});
});
