import {Redis as Redis5} from 'ioredis5';
import {describe, expect, onTestFinished, test, vi} from 'vitest';
import {durableCalls} from '../../src/bullmq/index.ts';
import {noRedis, ownRedis, redisClient, sharedRedis} from '../redis/support/redis.ts';
import {freePort} from '../redis/support/server.ts';
import {durable, freshQueue, scene, toldOf} from './support/scene.ts';
import {workerProcess} from './support/worker.ts';

describe.skipIf(noRedis)('the end, and ends of Redis', () => {
  const redis = sharedRedis();
  const noise = [vi.spyOn(console, 'error'), vi.spyOn(console, 'warn')];

  test('close waits for the calls that run, and takes no more', async () => {
    const {policy, about} = await scene();
    const queue = freshQueue();
    const {promise: gate, resolve: open} = Promise.withResolvers<string>();
    const begun: string[] = [];
    const handlers = {wait: async (data: string) => (begun.push(data), gate)};
    const {calls, told} = durable(redis(), policy, handlers, {queue, concurrency: 1});
    const other = durable(redis(), policy, handlers, {queue, work: false});
    const {id} = await calls.add('wait', 'one', about);
    await calls.add('wait', 'two', about);
    await expect.poll(() => begun).toEqual(['one']);
    const closing = calls.close();
    await expect(calls.add('wait', 'three')).rejects.toMatchObject({name: 'PolicyError', code: 'CLOSED'});
    open('done');
    await closing;
    expect(toldOf(told, id)).toEqual(['done']);
    expect(await other.calls.counts()).toMatchObject({done: 1, waiting: 1, running: 0});
    expect(begun).toEqual(['one']);
  });

  test('a result that is waited for ends with close', async () => {
    const {policy, about} = await scene();
    const {calls} = durable(redis(), policy, {note: (_data: unknown) => 1}, {work: false});
    const {id} = await calls.add('note', 1, about);
    const result = calls.result(id);
    await Promise.all([calls.close(), expect(result).rejects.toMatchObject({code: 'CLOSED'})]);
  });

  test('a call that the closed policy refuses goes back to the others', async () => {
    const place = await scene();
    const {policy, vehicle, about, post, simulator} = place;
    const queue = freshQueue();
    const handlers = {lock: post('security', {action: 'LOCK'})};
    const {calls, told} = durable(redis(), policy, handlers, {queue});
    await policy.close();
    const {id} = await calls.add('lock', {vehicle}, about);
    await expect.poll(async () => await calls.counts()).toMatchObject({waiting: 1, running: 0, dead: 0});
    await calls.close();
    expect(told).toEqual([]);
    const next = durable(redis(), await place.anotherPolicy(), handlers, {queue});
    expect(await next.calls.result(id)).toMatchObject({status: 200});
    expect(simulator.commandCount(vehicle, 'lock')).toBe(1);
  });

  test('nothing keeps a process alive after close, and it says nothing of its own', async () => {
    const worker = await workerProcess(await scene(), redis(), freshQueue());
    expect(await worker.close()).toBe(0);
    expect(worker.complaints()).toBe('');
  });

  test('the client of the caller is neither used nor closed', async () => {
    const {policy, about} = await scene();
    const client = redisClient(redis(), {maxRetriesPerRequest: 5, keyPrefix: 'shop:', commandTimeout: 2_000});
    const before = client.listenerCount('error');
    const calls = durableCalls({policy, connection: client, handlers: {note: () => 1}, queue: 'prefixed'});
    const {id} = await calls.add('note', undefined, about);
    expect(await calls.result(id)).toBe(1);
    await calls.close();
    expect(client.listenerCount('error')).toBe(before);
    expect(await client.ping()).toBe('PONG');
    const keys = await redisClient(redis()).keys('*prefixed*');
    expect(keys).not.toEqual([]);
    for (const key of keys) expect(key).toMatch(/^shop:\{smartcar-policy\}:calls:prefixed/);
  });

  test('a client of ioredis 5, and options instead of a client, do as well', async () => {
    const {policy, about} = await scene();
    const five = new Redis5(redis().port);
    onTestFinished(() => five.disconnect());
    for (const connection of [five, {port: redis().port}]) {
      const queue = freshQueue();
      await using calls = durableCalls({policy, connection, handlers: {note: () => 1}, queue});
      const {id} = await calls.add('note', undefined, about);
      expect(await calls.result(id)).toBe(1);
    }
  });

  test('a Redis Cluster does as well', async () => {
    const server = await ownRedis(['--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1']);
    const client = redisClient(server);
    await client.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
    await expect.poll(() => client.call('CLUSTER', 'INFO'), {timeout: 10_000}).toContain('cluster_state:ok');
    const {Cluster} = await import('ioredis');
    const cluster = new Cluster([{host: '127.0.0.1', port: server.port}]);
    onTestFinished(() => cluster.disconnect());
    const {simulator, policy, vehicle, about, get} = await scene();
    simulator.revoke({owner: 'ada', how: 'login', vehicle});
    const {calls} = durable(server, policy, {odometer: get('odometer')}, {connection: cluster});
    const {id} = await calls.add('odometer', {vehicle}, {...about, idempotent: true});
    await expect.poll(async () => (await calls.counts()).parked).toBe(1);
    simulator.restore({owner: 'ada', how: 'login', vehicle});
    await policy.reauth.resolve('ada');
    expect(await calls.result(id)).toMatchObject({status: 200});
  });

  test('a Redis that stands still for a while is waited for', async () => {
    const server = await ownRedis();
    const {policy, vehicle, about, get} = await scene();
    const {promise: gate, resolve: open} = Promise.withResolvers<void>();
    const begun: unknown[] = [];
    const {calls} = durable(server, policy, {
      odometer: async (data: {vehicle: string}, attempt) => {
        begun.push(data);
        await gate;
        return get('odometer')(data, attempt);
      },
    });
    const {id} = await calls.add('odometer', {vehicle}, {...about, idempotent: true});
    await expect.poll(() => begun).toHaveLength(1);
    server.pause();
    const second = calls.add('odometer', {vehicle}, {...about, idempotent: true});
    open();
    await expect(calls.result(id, {timeoutMs: 200})).rejects.toMatchObject({code: 'TIMEOUT'});
    server.resume();
    expect(await calls.result(id)).toMatchObject({status: 200});
    expect(await calls.result((await second).id)).toMatchObject({status: 200});
  });

  test('what a command was answered while Redis was away is not lost with the lock', async () => {
    const server = await ownRedis();
    const {policy, vehicle, about, post, simulator} = await scene();
    const {promise: gate, resolve: open} = Promise.withResolvers<void>();
    const lock: ReturnType<typeof post> = async (data, attempt) => {
      const response = await post('security', {action: 'LOCK'})(data, attempt);
      await gate;
      return response;
    };
    const {calls} = durable(server, policy, {lock}, {lockDurationMs: 300});
    const {id} = await calls.add('lock', {vehicle}, about);
    await expect.poll(() => simulator.commandCount(vehicle, 'lock')).toBe(1);
    server.pause();
    // The lock runs out meanwhile, and another turn of the job begins.
    await timeout(700);
    open();
    server.resume();
    expect(await calls.result(id)).toMatchObject({status: 200});
    expect(simulator.commandCount(vehicle, 'lock')).toBe(1);
  });

  test('a Redis that starts again from its file goes on with what waits', async () => {
    const server = await ownRedis(['--appendonly', 'yes', '--appendfsync', 'always']);
    const {simulator, policy, vehicle, about, get, requests} = await scene();
    simulator.next({path: '/odometer'}, {error: 'RATE_LIMIT:VEHICLE', retryAfter: 1});
    const {calls} = durable(server, policy, {odometer: get('odometer')}, {maxWaitMs: 50});
    const {id} = await calls.add('odometer', {vehicle}, {...about, idempotent: true});
    await expect.poll(async () => (await calls.counts()).delayed).toBe(1);
    await server.stop('SIGTERM');
    await server.start();
    expect(await calls.result(id)).toMatchObject({status: 200});
    expect(requests()).toHaveLength(2);
  });

  test('close does not wait for ever for a Redis that is gone', async () => {
    const server = await ownRedis();
    const {policy, about} = await scene();
    const {calls} = durable(server, policy, {note: () => 1}, {closeTimeoutMs: 300});
    const {id} = await calls.add('note', undefined, about);
    await calls.result(id);
    const errors: unknown[] = [];
    calls.on('error', ({error}) => errors.push(error));
    await server.stop();
    await expect.poll(() => errors.length).toBeGreaterThan(0);
    const began = performance.now();
    await calls.close();
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  test('a Redis that was never there is told as such, and does not hold up the end', async () => {
    const {policy, about} = await scene();
    const connection = {port: await freePort(), connectTimeout: 200};
    const {calls} = durable(redis(), policy, {note: () => 1}, {connection, closeTimeoutMs: 500});
    const unreachable = {name: 'DurableCallError', code: 'UNREACHABLE'};
    await expect(calls.add('note', undefined, about)).rejects.toMatchObject(unreachable);
    await expect(calls.counts()).rejects.toMatchObject(unreachable);
    const began = performance.now();
    await calls.close();
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  test('nothing of all this is said on the console', () => {
    for (const spy of noise) expect(spy).not.toHaveBeenCalled();
  });
});

const timeout = (ms: number): Promise<string> => new Promise(resolve => setTimeout(resolve, ms, 'late'));
