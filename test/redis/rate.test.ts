import {describe, expect, test} from 'vitest';
import {noRedis, ownRedis} from './support/redis.ts';
import {world} from './support/world.ts';

describe.skipIf(noRedis)('the rate of the application', () => {
  test('is one for all processes: none of the calls that they make together is refused', async () => {
    const application = {size: 10, perMinute: 600, retryAfter: true};
    const {policy, cars, url, requests} = await world(await ownRedis(), {application}, 30);
    const limits = {application: {bucket: 10, perMinute: 600}};
    const policies = [policy({limits}), policy({limits}), policy({limits})];
    const began = performance.now();
    const answers = await Promise.all(
      cars.map(async (car, index) => policies[index % 3]?.fetch({user: 'ada'})(url(car))),
    );
    const tookMs = performance.now() - began;
    expect(answers.map(answer => answer?.status)).toEqual(cars.map(() => 200));
    expect(requests().filter(({status}) => status === 429)).toEqual([]);
    // Ten at once, and one each 100 ms.
    expect(tookMs).toBeGreaterThanOrEqual(1_990);
    expect(tookMs).toBeLessThan(6_000);
  });

  test('that leaves no place in time refuses at once, and says when', async () => {
    const {policy, cars, url} = await world(await ownRedis(), {}, 3);
    const limits = {application: {bucket: 1, perMinute: 1}};
    const [one, other] = [policy({limits}), policy({limits})];
    expect((await one.fetch({user: 'ada'})(url(cars[0] ?? ''))).status).toBe(200);
    const began = performance.now();
    const late = other.fetch({user: 'ada', maxWaitMs: 5_000})(url(cars[1] ?? ''));
    await expect(late).rejects.toMatchObject({code: 'PAUSED'});
    expect(performance.now() - began).toBeLessThan(1_000);
    const {retryAt} = (await late.catch((error: {retryAt: number}) => error)) as {retryAt: number};
    expect(retryAt - Date.now()).toBeGreaterThan(50_000);
    expect(retryAt - Date.now()).toBeLessThan(61_000);
  });
});
