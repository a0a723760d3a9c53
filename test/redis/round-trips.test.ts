import type {Redis} from 'ioredis';
import {describe, expect, test} from 'vitest';
import {noRedis, ownRedis, redisClient} from './support/redis.ts';
import {world} from './support/world.ts';

/** How often Redis was asked to run a script, or to read a pair: all that a call could ask it for. */
async function asked(client: Redis, names: string = 'evalsha|eval|hmget'): Promise<number> {
  const stats = await client.info('commandstats');
  const calls = stats.matchAll(new RegExp(`cmdstat_(?:${names}):calls=(\\d+)`, 'g'));
  return [...calls].reduce((sum, one) => sum + Number(one[1]), 0);
}

describe.skipIf(noRedis)('a happy call', () => {
  test('with a warm token asks Redis nothing, read or command', async () => {
    const server = await ownRedis();
    const {policy, cars, url} = await world(server);
    const [car = ''] = cars;
    const smartcar = policy().fetch({user: 'ada'});
    await smartcar(url(car));
    const client = redisClient(server);
    const before = await asked(client);
    for (let round = 0; round < 100; round++) await smartcar(url(car), {headers: {'x-round': `${round}`}});
    await smartcar(url(car, 'security'), {method: 'POST', body: JSON.stringify({action: 'LOCK'})});
    expect(await asked(client)).toBe(before);
  });

  test('with a rate that all share asks once', async () => {
    const server = await ownRedis();
    const {policy, cars, url} = await world(server);
    const [car = ''] = cars;
    const smartcar = policy({limits: {application: {bucket: 1_000, perMinute: 60}}}).fetch({user: 'ada'});
    await smartcar(url(car));
    const client = redisClient(server);
    const before = await asked(client, 'evalsha|eval');
    for (let round = 0; round < 50; round++) await smartcar(url(car), {headers: {'x-round': `${round}`}});
    const sent = (await asked(client, 'evalsha|eval')) - before;
    expect(sent).toBeGreaterThanOrEqual(50);
    // A heartbeat of the limiter may come in between.
    expect(sent).toBeLessThanOrEqual(51);
  });
});
