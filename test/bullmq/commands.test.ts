import {describe, expect, test} from 'vitest';
import type {AttemptContext} from '../../src/index.ts';
import {noRedis, sharedRedis} from '../redis/support/redis.ts';
import {durable, freshQueue, scene, toldOf} from './support/scene.ts';
import {workerProcess} from './support/worker.ts';

const LOCK = ['security', {action: 'LOCK'}] as const;

describe.skipIf(noRedis)('commands', () => {
  const redis = sharedRedis();
  const quick = {lockDurationMs: 400};

  test('a worker that is killed in the middle of a command leaves it unknown: it is not sent twice', async () => {
    const place = await scene();
    const {simulator, policy, vehicle, about, post, requests} = place;
    simulator.next({path: '/security'}, {delayMs: 60_000});
    const queue = freshQueue();
    const worker = await workerProcess(place, redis(), queue);
    const web = durable(redis(), policy, {lock: post(...LOCK)}, {queue, work: false});
    const {id} = await web.calls.add('lock', {vehicle}, about);
    expect(await worker.said()).toBe('locking');
    await expect.poll(() => simulator.unused()).toEqual([]);
    await worker.kill();
    durable(redis(), policy, {lock: post(...LOCK)}, {queue, ...quick});
    await expect(web.calls.result(id)).rejects.toMatchObject({code: 'DEAD', reason: 'outcome-unknown'});
    expect(requests()).toHaveLength(1);
    expect(simulator.commandCount(vehicle, 'lock')).toBe(1);
  });

  test('a handler that can verify settles what a killed worker has left: it had been carried out', async () => {
    const place = await scene();
    const {simulator, policy, vehicle, about, post, requests} = place;
    simulator.next({path: '/security'}, {delayMs: 60_000});
    const queue = freshQueue();
    const worker = await workerProcess(place, redis(), queue);
    const handlers = {
      lock: {
        call: post(...LOCK),
        verify: () => simulator.commandCount(vehicle, 'lock') === 1,
        verifyAfterMs: 0,
      },
    };
    const web = durable(redis(), policy, handlers, {queue, work: false});
    const {id} = await web.calls.add('lock', {vehicle}, about);
    expect(await worker.said()).toBe('locking');
    await expect.poll(() => simulator.unused()).toEqual([]);
    await worker.kill();
    const {told} = durable(redis(), policy, handlers, {queue, ...quick});
    expect(await web.calls.result(id)).toEqual({verified: true});
    expect(requests()).toHaveLength(1);
    await expect.poll(() => toldOf(told, id)).toEqual(['done']);
  });

  test('a handler that can verify sends again what a killed worker had not sent', async () => {
    const place = await scene();
    const {simulator, policy, vehicle, about, post, requests} = place;
    const queue = freshQueue();
    const worker = await workerProcess(place, redis(), queue, 'dies');
    const handlers = {
      lock: {
        call: post(...LOCK),
        verify: () => simulator.commandCount(vehicle, 'lock') === 1,
        verifyAfterMs: 0,
      },
    };
    const web = durable(redis(), policy, handlers, {queue, work: false});
    const {id} = await web.calls.add('lock', {vehicle}, about);
    expect(await worker.said()).toBe('locking');
    durable(redis(), policy, handlers, {queue, ...quick});
    expect(await web.calls.result(id)).toMatchObject({status: 200});
    expect(requests()).toHaveLength(1);
    expect(simulator.commandCount(vehicle, 'lock')).toBe(1);
  });

  test('a read that a frozen worker has begun is done by another, and once only when it wakes up', async () => {
    const place = await scene();
    const {policy, vehicle, about, get} = place;
    const queue = freshQueue();
    const worker = await workerProcess(place, redis(), queue, 'freezes');
    const web = durable(redis(), policy, {odometer: get('odometer')}, {queue, work: false});
    const {id} = await web.calls.add('odometer', {vehicle}, {...about, idempotent: true});
    expect(await worker.said()).toBe('reading');
    const {told} = durable(redis(), policy, {odometer: get('odometer')}, {queue, ...quick});
    expect(await web.calls.result(id)).toMatchObject({status: 200});
    worker.signal('SIGCONT');
    await worker.close();
    expect(await web.calls.counts()).toMatchObject({done: 1, dead: 0, waiting: 0, running: 0});
    expect(toldOf(told, id)).toEqual(['done']);
  });

  test('a command that a frozen worker was about to send is sent once at most, also when it wakes up', async () => {
    const place = await scene();
    const {simulator, policy, vehicle, about, post} = place;
    const queue = freshQueue();
    const worker = await workerProcess(place, redis(), queue, 'freezes');
    const web = durable(redis(), policy, {lock: post(...LOCK)}, {queue, work: false});
    const {id} = await web.calls.add('lock', {vehicle}, about);
    expect(await worker.said()).toBe('locking');
    durable(redis(), policy, {lock: post(...LOCK)}, {queue, ...quick});
    await expect(web.calls.result(id)).rejects.toMatchObject({reason: 'outcome-unknown'});
    worker.signal('SIGCONT');
    await worker.close();
    expect(simulator.commandCount(vehicle, 'lock')).toBe(1);
    expect(await web.calls.counts()).toMatchObject({done: 0, dead: 1});
    // What it was answered too late is known to whoever looks at the dead letter again.
    expect(await web.calls.revive(id)).toBe(true);
    expect(await web.calls.result(id)).toMatchObject({status: 200});
    expect(simulator.commandCount(vehicle, 'lock')).toBe(1);
  });

  test('a connection that breaks after the command leaves it unknown', async () => {
    const {simulator, policy, vehicle, about, post, requests} = await scene();
    simulator.next({path: '/security'}, {drop: 'after'});
    const {calls} = durable(redis(), policy, {lock: post(...LOCK)});
    const {id} = await calls.add('lock', {vehicle}, about);
    await expect(calls.result(id)).rejects.toMatchObject({
      reason: 'outcome-unknown',
      explanation: {reason: 'outcome-unknown'},
    });
    expect(requests()).toHaveLength(1);
    // Somebody has looked at the car, and wants it sent.
    expect(await calls.revive(id)).toBe(true);
    expect(await calls.result(id)).toMatchObject({status: 200});
    expect(simulator.commandCount(vehicle, 'lock')).toBe(2);
  });

  test('a car is not asked about a command before its time, and a question that fails says nothing', async () => {
    const {simulator, policy, vehicle, about, post, get} = await scene();
    simulator.next({path: '/security', method: 'POST'}, {drop: 'after'});
    simulator.next({path: '/odometer'}, {error: 'RATE_LIMIT:VEHICLE', retryAfter: 1});
    const asked: number[] = [];
    const handlers = {
      lock: {
        call: post(...LOCK),
        async verify(data: {vehicle: string}, attempt: AttemptContext) {
          asked.push(Date.now());
          const response = await get('odometer')(data, attempt);
          return response.ok ? true : response;
        },
        verifyAfterMs: 400,
      },
    };
    const {calls, told} = durable(redis(), policy, handlers, {maxWaitMs: 100});
    const began = Date.now();
    const {id} = await calls.add('lock', {vehicle}, about);
    expect(await calls.result(id)).toEqual({verified: true});
    expect(asked).toHaveLength(2);
    expect((asked[0] ?? 0) - began).toBeGreaterThanOrEqual(400);
    expect((asked[1] ?? 0) - (asked[0] ?? 0)).toBeGreaterThanOrEqual(1_000);
    expect(simulator.commandCount(vehicle, 'lock')).toBe(1);
    await expect.poll(() => toldOf(told, id)).toEqual(['deferred', 'deferred', 'done']);
  });

  test('a refusal before the command was carried out lets it be sent at its time', async () => {
    const {simulator, policy, vehicle, about, post, requests} = await scene();
    simulator.next({path: '/security'}, {error: 'RATE_LIMIT:VEHICLE', retryAfter: 1});
    const {calls, told} = durable(redis(), policy, {lock: post(...LOCK)}, {maxWaitMs: 100});
    const {id} = await calls.add('lock', {vehicle}, about);
    expect(await calls.result(id)).toMatchObject({status: 200});
    expect(requests()).toHaveLength(2);
    expect(simulator.commandCount(vehicle, 'lock')).toBe(1);
    await expect.poll(() => toldOf(told, id)).toEqual(['deferred', 'done']);
  });

  test('a command that does no harm twice is simply sent again', async () => {
    const place = await scene();
    const {policy, vehicle, about, post, requests} = place;
    const queue = freshQueue();
    const worker = await workerProcess(place, redis(), queue, 'dies');
    const web = durable(redis(), policy, {lock: post(...LOCK)}, {queue, work: false});
    const {id} = await web.calls.add('lock', {vehicle}, {...about, idempotent: true});
    expect(await worker.said()).toBe('locking');
    durable(redis(), policy, {lock: post(...LOCK)}, {queue, ...quick});
    expect(await web.calls.result(id)).toMatchObject({status: 200});
    expect(requests()).toHaveLength(1);
  });
});
