import {describe, expect, onTestFinished, test} from 'vitest';
import {explain, type Policy} from '../../src/index.ts';
import {noRedis, redisClient, sharedRedis} from './support/redis.ts';
import {world} from './support/world.ts';

const server = sharedRedis();

const scopes = (policy: Policy): string[] => policy.limits().scopes.map(({scope}) => scope);

describe.skipIf(noRedis)('gates of many processes', () => {
  test('what one is told about a car holds for the other at once', async () => {
    const {policy, cars, url, requests, simulator} = await world(server(), {
      vehicle: {size: 1, everyMs: 60_000},
    });
    const [one, other] = [policy(), policy()];
    const [car = ''] = cars;
    expect((await other.fetch({user: 'ada'})(url(car))).status).toBe(200);
    const refused = await one.fetch({user: 'ada', maxWaitMs: 0})(url(car));
    expect(refused.status).toBe(429);
    // How long that takes is measured in `npm run bench`.
    await expect.poll(() => scopes(other), {interval: 1}).toContain(`vehicle:${car}`);

    const before = requests(car).length;
    const second = other.fetch({user: 'ada', maxWaitMs: 0})(url(car));
    await expect(second).rejects.toMatchObject({code: 'PAUSED'});
    const until = Number(explain(refused)?.retryAt);
    const {retryAt} = (await second.catch((error: unknown) => error)) as {retryAt: number};
    expect(retryAt - until).toBeGreaterThanOrEqual(-5);
    expect(retryAt - until).toBeLessThan(1_000);
    expect(requests(car)).toHaveLength(before);
    expect(simulator.journal.length).toBeGreaterThan(0);
  });

  test('one that comes later knows what the others were told', async () => {
    const {policy, cars, url, requests} = await world(server(), {vehicle: {size: 1, everyMs: 60_000}});
    const [car = ''] = cars;
    const one = policy();
    await one.fetch({user: 'ada'})(url(car));
    await one.fetch({user: 'ada', maxWaitMs: 0})(url(car));
    const late = policy();
    await expect(late.fetch({user: 'ada', maxWaitMs: 0})(url(car))).rejects.toMatchObject({code: 'PAUSED'});
    expect(requests(car)).toHaveLength(2);
    expect(scopes(late)).toContain(`vehicle:${car}`);
  });

  test('one probe goes first in the whole cluster; then all that wait', async () => {
    const {policy, cars, url, requests, simulator} = await world(server());
    const [car = ''] = cars;
    const policies = [policy(), policy(), policy(), policy()];
    for (const one of policies) await one.fetch({user: 'ada'})(url(car));
    simulator.next({vehicle: car}, {error: 'RATE_LIMIT:VEHICLE', retryAfter: 1});
    const first = policies[0]?.fetch({user: 'ada'})(url(car));
    await expect.poll(() => policies.every(one => scopes(one).includes(`vehicle:${car}`))).toBe(true);
    // The probe takes its time: meanwhile nobody else may go.
    simulator.next({vehicle: car}, {delayMs: 400});
    const others = policies.map(one => one.fetch({user: 'ada'})(url(car)));
    const answers = await Promise.all([first, ...others]);
    expect(answers.map(answer => answer?.status)).toEqual(answers.map(() => 200));
    const [probe, next] = requests(car).slice(5);
    expect(Number(next?.at) - Number(probe?.at)).toBeGreaterThanOrEqual(390);
    expect(requests(car)).toHaveLength(5 + 4);
    // The first of them waits for the same answer as another call of its process.
  });

  test('a probe whose process is gone keeps nobody waiting beyond its lease', async () => {
    const {policy, cars, url, simulator} = await world(server());
    const [car = ''] = cars;
    const [one, other] = [policy(), policy()];
    for (const each of [one, other]) await each.fetch({user: 'ada'})(url(car));
    simulator.next({vehicle: car}, {error: 'RATE_LIMIT:VEHICLE', retryAfter: 1});
    simulator.next({vehicle: car}, {hang: true});
    const hanging = one.fetch({user: 'ada', maxWaitMs: 5_000})(url(car));
    hanging.catch(() => undefined);
    await expect
      .poll(() => simulator.journal.some(({status}) => status === 'hung'), {timeout: 5_000})
      .toBe(true);
    const waiting = other.fetch({user: 'ada', maxWaitMs: 20_000})(url(car));
    // As a power cut would: nobody renews the lease, nobody gives it back.
    await one.close();
    expect((await waiting).status).toBe(200);
  });

  test('a gate that is opened by hand opens for all', async () => {
    const {policy, cars, url, simulator} = await world(server());
    const [car = ''] = cars;
    const [one, other] = [policy(), policy()];
    simulator.next({vehicle: car}, {error: 'RATE_LIMIT:VEHICLE', retryAfter: 3_600});
    await one.fetch({user: 'ada', maxWaitMs: 0})(url(car));
    await expect.poll(() => scopes(other)).toContain(`vehicle:${car}`);
    expect(other.reopen(`vehicle:${car}`)).toBe(true);
    await expect.poll(() => one.limits().scopes.some(({until}) => until !== undefined)).toBe(false);
    expect((await one.fetch({user: 'ada', maxWaitMs: 1_000})(url(car))).status).toBe(200);
  });

  test('gates are read again after a lost connection, before they are trusted', async () => {
    const {policy, cars, url, requests, simulator} = await world(server());
    const [car = ''] = cars;
    const [one, other] = [policy(), policy()];
    for (const each of [one, other]) await each.fetch({user: 'ada'})(url(car));
    const admin = redisClient(server());
    // Everybody's subscriptions are cut; what is said while they are is heard by nobody.
    simulator.next({vehicle: car}, {error: 'RATE_LIMIT:VEHICLE', retryAfter: 3_600});
    const refused = one.fetch({user: 'ada', maxWaitMs: 0})(url(car));
    await admin.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    await refused;
    await expect.poll(() => scopes(other), {timeout: 5_000}).toContain(`vehicle:${car}`);
    await expect(other.fetch({user: 'ada', maxWaitMs: 0})(url(car))).rejects.toMatchObject({code: 'PAUSED'});
    expect(requests(car)).toHaveLength(3);
    onTestFinished(() => admin.disconnect());
  });
});
