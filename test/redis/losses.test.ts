import {describe, expect, test} from 'vitest';
import {PolicyError, type Policy} from '../../src/index.ts';
import {redisPorts} from '../../src/redis/index.ts';
import {noRedis, ownRedis, redisClient} from './support/redis.ts';
import {world, type World} from './support/world.ts';

/** A call's status, or the code of the policy's own refusal. */
async function outcome({url, cars}: World, policy: Policy): Promise<number | string> {
  try {
    const {status} = await policy.fetch({user: 'ada', coalesce: false})(url(cars[0] ?? ''));
    return status;
  } catch (error) {
    return PolicyError.is(error) ? error.code : String(error);
  }
}

/** What the policies tell owners. */
function alarms(...policies: readonly Policy[]): string[] {
  const all: string[] = [];
  for (const policy of policies) policy.on('reauth', ({reason}) => all.push(reason));
  return all;
}

describe.skipIf(noRedis)('a Redis that loses its data', () => {
  test('in the middle of a refresh leaves a pair that can be refreshed again and again', async () => {
    const server = await ownRedis();
    const there = await world(server);
    const {simulator, policy} = there;
    const [one, other] = [policy(), policy()];
    const told = alarms(one, other);
    for (let round = 0; round < 4; round++) {
      simulator.expireAccessTokens();
      expect(await outcome(there, one)).toBe(200);
    }
    simulator.expireAccessTokens();
    simulator.next({endpoint: 'token'}, {delayMs: 200});
    const refreshing = outcome(there, one);
    await expect.poll(() => simulator.journal.at(-1)?.status).toBe(401);
    await redisClient(server).flushall();
    expect(await refreshing).toBe(200);
    for (const each of [other, one, other]) {
      simulator.expireAccessTokens();
      expect(await outcome(there, each)).toBe(200);
    }
    expect(told).toEqual([]);
  });

  test('gets the newest pair back, whoever comes first', async () => {
    const server = await ownRedis();
    const there = await world(server);
    const {simulator, policy} = there;
    const [one, other] = [policy(), policy()];
    const told = alarms(one, other);
    for (const each of [one, other]) await outcome(there, each);
    simulator.expireAccessTokens();
    expect(await outcome(there, other)).toBe(200);
    const newest = (await other.tokens.get('ada'))?.accessToken;
    // The first one has heard of it, and has the old one at hand.
    await expect.poll(async () => (await one.tokens.get('ada'))?.accessToken).toBe(newest);
    await redisClient(server).flushall();
    await expect.poll(() => outcome(there, one), {timeout: 8_000}).toBe(200);
    expect(await outcome(there, other)).toBe(200);
    expect(told).toEqual([]);
    expect((await policy().tokens.get('ada'))?.accessToken).toBe(newest);
  });

  test('restarted empty, gets back what the processes have', async () => {
    const server = await ownRedis();
    const there = await world(server);
    const {simulator, policy} = there;
    const [one, other] = [policy(), policy()];
    const told = alarms(one, other);
    simulator.expireAccessTokens();
    for (const each of [one, other]) expect(await outcome(there, each)).toBe(200);
    await server.stop();
    await server.start();
    simulator.expireAccessTokens();
    await expect.poll(() => outcome(there, one), {timeout: 10_000}).toBe(200);
    await expect.poll(() => outcome(there, other), {timeout: 10_000}).toBe(200);
    expect(told).toEqual([]);
  });

  test('while a refresh waits for its lock costs nobody a grant', async () => {
    const server = await ownRedis();
    const there = await world(server);
    const {simulator, policy} = there;
    const one = policy();
    const told = alarms(one);
    await outcome(there, one);
    const pair = (await one.tokens.get('ada'))?.accessToken;
    const {store} = redisPorts(redisClient(server), {prefix: there.prefix});
    await store.acquire('refresh:user:ada', 30_000);
    simulator.expireAccessTokens();
    const waiting = outcome(there, one);
    await expect.poll(() => simulator.journal.at(-1)?.status).toBe(401);
    await redisClient(server).flushall();
    expect(await waiting).toBe(200);
    expect((await one.tokens.get('ada'))?.accessToken).not.toBe(pair);
    expect(told).toEqual([]);
    await store.close();
  });

  test('does not bring back what is deleted afterwards', async () => {
    const server = await ownRedis();
    const there = await world(server);
    const {policy} = there;
    const [one, other] = [policy(), policy()];
    for (const each of [one, other]) await outcome(there, each);
    await redisClient(server).flushall();
    await other.tokens.delete('ada');
    await expect.poll(() => outcome(there, one), {timeout: 15_000}).toBe('REAUTH_REQUIRED');
    expect(await policy().tokens.get('ada')).toBeUndefined();
  });
});
