import {describe, expect, test} from 'vitest';
import {noRedis, sharedRedis} from '../redis/support/redis.ts';
import {durable, scene, toldOf} from './support/scene.ts';

describe.skipIf(noRedis)('calls that wait in Redis', () => {
  const redis = sharedRedis();

  test('a call is done under the policy, and its answer is kept', async () => {
    const {policy, vehicle, about, get} = await scene();
    const {calls, told} = durable(redis(), policy, {odometer: get('odometer')});
    const {id, added} = await calls.add('odometer', {vehicle}, {...about, idempotent: true});
    expect(added).toBe(true);
    expect(await calls.result(id)).toEqual({status: 200, body: {distance: expect.any(Number)}});
    await expect.poll(() => toldOf(told, id)).toEqual(['done']);
    expect(await calls.counts()).toMatchObject({done: 1, waiting: 0, delayed: 0, parked: 0, dead: 0});
  });

  test('a limit delays the call to the very time that the server told, and not before', async () => {
    const {simulator, policy, vehicle, about, get, requests} = await scene();
    simulator.next({path: '/odometer'}, {error: 'RATE_LIMIT:VEHICLE', retryAfter: 1});
    const {calls, told} = durable(redis(), policy, {odometer: get('odometer')}, {maxWaitMs: 100});
    let until = 0;
    calls.on('deferred', event => (until = event.until));
    const {id} = await calls.add('odometer', {vehicle}, {...about, idempotent: true});
    expect(await calls.result(id)).toMatchObject({status: 200});
    const [refused, accepted, ...more] = requests();
    expect(more).toEqual([]);
    expect(until - (refused?.at ?? 0)).toBeGreaterThanOrEqual(1_000);
    expect(accepted?.at).toBeGreaterThanOrEqual(until);
    expect((accepted?.at ?? 0) - until).toBeLessThan(500);
    await expect.poll(() => toldOf(told, id)).toEqual(['deferred', 'done']);
  });

  test('a gate that is shut already sends the call to the same time, without a request', async () => {
    const {simulator, policy, vehicle, about, get, requests} = await scene();
    simulator.next({path: '/odometer'}, {error: 'RATE_LIMIT:VEHICLE', retryAfter: 1});
    const {calls} = durable(redis(), policy, {odometer: get('odometer'), fuel: get('fuel')}, {maxWaitMs: 50});
    const first = await calls.add('odometer', {vehicle}, {...about, idempotent: true});
    await expect.poll(async () => (await calls.counts()).delayed).toBe(1);
    const second = await calls.add('odometer', {vehicle}, {...about, idempotent: true});
    await expect.poll(async () => (await calls.counts()).delayed).toBe(2);
    expect(requests()).toHaveLength(1);
    expect(await calls.result(first.id)).toMatchObject({status: 200});
    expect(await calls.result(second.id)).toMatchObject({status: 200});
    const [refused, ...accepted] = requests();
    for (const {at} of accepted) expect(at).toBeGreaterThanOrEqual((refused?.at ?? 0) + 1_000);
  });

  test('a call that somebody promotes by hand goes back to its time', async () => {
    const {policy, vehicle, about, get, requests} = await scene();
    const {calls, told} = durable(redis(), policy, {odometer: get('odometer')}, {queue: 'by-hand'});
    const startAt = Date.now() + 1_000;
    const {id} = await calls.add('odometer', {vehicle}, {...about, idempotent: true, startAt});
    const {Queue} = await import('bullmq');
    const queue = new Queue('by-hand', {
      connection: {port: redis().port},
      prefix: '{smartcar-policy}:calls',
    });
    await (await queue.getDelayed())[0]?.promote();
    await queue.close();
    expect(await calls.result(id)).toMatchObject({status: 200});
    expect(requests()[0]?.at).toBeGreaterThanOrEqual(startAt);
    await expect.poll(() => toldOf(told, id)).toEqual(['done']);
  });

  test('failures that no time was told for come again in rounds, and are given up after the last', async () => {
    const {simulator, policy, vehicle, about, get, requests} = await scene({
      backoff: {UPSTREAM: {delaysMs: [1]}},
    });
    simulator.next({path: '/odometer', times: 100}, {error: 'UPSTREAM:NO_RESPONSE'});
    const {calls, told} = durable(
      redis(),
      policy,
      {odometer: get('odometer')},
      {maxRounds: 3, roundDelayMs: 20, maxWaitMs: 100},
    );
    const {id} = await calls.add('odometer', {vehicle}, {...about, idempotent: true});
    await expect(calls.result(id)).rejects.toMatchObject({
      code: 'DEAD',
      reason: 'rounds-spent',
      explanation: {reason: 'retries-spent', failure: {type: 'UPSTREAM'}},
    });
    await expect.poll(() => toldOf(told, id)).toEqual(['deferred', 'deferred', 'deferred', 'dead']);
    expect(requests()).toHaveLength(4 * 2);
  });

  test('a call that starts later, with what it waits for, expires in its time', async () => {
    const {simulator, policy, vehicle, about, get, requests} = await scene();
    simulator.next({path: '/odometer'}, {error: 'RATE_LIMIT:VEHICLE', retryAfter: 900});
    const {calls} = durable(redis(), policy, {odometer: get('odometer')});
    const {id} = await calls.add('odometer', {vehicle}, {...about, idempotent: true, expiresInMs: 60_000});
    await expect(calls.result(id)).rejects.toMatchObject({
      code: 'DEAD',
      reason: 'expired',
      explanation: {failure: {type: 'RATE_LIMIT'}, retryAt: expect.any(Number)},
    });
    expect(requests()).toHaveLength(1);
  });

  test('a call is never started after its end', async () => {
    const {policy, vehicle, about, get, requests} = await scene();
    const queue = 'too-late';
    const web = durable(redis(), policy, {odometer: get('odometer')}, {queue, work: false});
    const {id} = await web.calls.add('odometer', {vehicle}, {...about, expiresInMs: 1});
    await expect.poll(() => Date.now()).toBeGreaterThan(Date.now() + 1);
    durable(redis(), policy, {odometer: get('odometer')}, {queue});
    await expect(web.calls.result(id)).rejects.toMatchObject({code: 'DEAD', reason: 'expired'});
    expect(requests()).toEqual([]);
  });
});
