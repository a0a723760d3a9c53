import {describe, expect, test} from 'vitest';
import {noRedis, sharedRedis} from '../redis/support/redis.ts';
import {durable, freshQueue, scene} from './support/scene.ts';

describe.skipIf(noRedis)('calls that are given up', () => {
  const redis = sharedRedis();

  test('a refusal for good becomes a dead letter with its explanation, and can be revived', async () => {
    const {simulator, policy, vehicle, about, get} = await scene();
    simulator.next({path: '/odometer'}, {error: 'COMPATIBILITY:VEHICLE_NOT_CAPABLE'});
    const {calls} = durable(redis(), policy, {odometer: get('odometer')});
    const {id} = await calls.add('odometer', {vehicle}, {...about, idempotent: true});
    await expect(calls.result(id)).rejects.toMatchObject({
      name: 'DurableCallError',
      code: 'DEAD',
      id,
      reason: 'failed',
      explanation: {action: 'fail', failure: {type: 'COMPATIBILITY'}, userMessage: expect.any(String)},
    });
    expect(await calls.deadLetters()).toEqual([
      {
        id,
        name: 'odometer',
        data: {vehicle},
        context: {...about, idempotent: true},
        reason: 'failed',
        message: expect.stringMatching(/^Smartcar answered \d+\.$/),
        explanation: expect.objectContaining({needs: expect.any(String)}),
        diedAt: expect.any(Number),
      },
    ]);
    expect(await calls.revive(id)).toBe(true);
    expect(await calls.result(id)).toMatchObject({status: 200});
    expect(await calls.deadLetters()).toEqual([]);
    expect(await calls.revive(id)).toBe(false);
    expect(await calls.revive('nobody')).toBe(false);
  });

  test('a dead letter that is discarded is gone, and so is a call that waits', async () => {
    const {simulator, policy, vehicle, about, get, requests} = await scene();
    simulator.next({path: '/odometer'}, {error: 'COMPATIBILITY:VEHICLE_NOT_CAPABLE'});
    const {calls} = durable(redis(), policy, {odometer: get('odometer')});
    const {id} = await calls.add('odometer', {vehicle}, {...about, idempotent: true});
    await expect(calls.result(id)).rejects.toThrow('given up (failed)');
    expect(await calls.discard(id)).toBe(true);
    expect(await calls.discard(id)).toBe(false);
    await expect(calls.result(id)).rejects.toMatchObject({code: 'UNKNOWN'});
    const waiting = await calls.add('odometer', {vehicle}, {...about, startAt: Date.now() + 60_000});
    const result = calls.result(waiting.id);
    expect(await calls.discard(waiting.id)).toBe(true);
    await expect(result).rejects.toMatchObject({code: 'UNKNOWN'});
    expect(requests()).toHaveLength(1);
  });

  test('what a handler throws by itself is told without the secrets in it', async () => {
    const {policy, vehicle, about} = await scene();
    const tokens: string[] = [];
    const {calls} = durable(redis(), policy, {
      broken: (_data: {vehicle: string}, {accessToken}) => {
        tokens.push(accessToken);
        throw new TypeError(`no parser for Authorization: Bearer ${accessToken}, pin=1234`);
      },
    });
    const {id} = await calls.add('broken', {vehicle}, about);
    await expect(calls.result(id)).rejects.toMatchObject({reason: 'handler-error'});
    const [letter] = await calls.deadLetters();
    expect(letter?.message).toContain('TypeError: no parser for');
    const {Redis} = await import('ioredis');
    const raw = new Redis(redis().port);
    const kept: unknown[] = [];
    for (const key of await raw.keys('*call-*')) kept.push(await raw.hgetall(key));
    raw.disconnect();
    expect(kept).not.toHaveLength(0);
    for (const secret of [...tokens, '1234', 'uthorization: Bearer e'])
      expect(JSON.stringify(kept)).not.toContain(secret);
  });

  test('a context that the policy cannot work with is a dead letter, and a bad one of the handler is refused', async () => {
    const {policy, vehicle, get} = await scene();
    const queue = freshQueue();
    const good = {odometer: get('odometer'), battery: get('battery')};
    const {calls} = durable(redis(), policy, good, {queue, work: false});
    const nobody = await calls.add('odometer', {vehicle}, {idempotent: true});
    const wrong = await calls.add('battery', {vehicle});
    const battery = {call: get('battery'), context: (_data: {vehicle: string}): object => ({usr: 'ada'})};
    const worker = durable(redis(), policy, {...good, battery}, {queue});
    await expect(calls.result(nobody.id)).rejects.toThrow(/`user` of the call/);
    await expect(calls.result(wrong.id)).rejects.toMatchObject({
      reason: 'handler-error',
      message: expect.stringContaining('usr'),
    });
    await expect(worker.calls.add('battery', {vehicle})).rejects.toThrow('the context of a handler');
  });

  test('a name that no worker knows is tried for a while, since another worker may', async () => {
    const {policy, vehicle, about, get} = await scene();
    const queue = 'roll-out';
    const web = durable(redis(), policy, {battery: get('battery')}, {queue, work: false});
    const old = durable(
      redis(),
      policy,
      {odometer: get('odometer')},
      {queue, maxRounds: 1, roundDelayMs: 30},
    );
    const {id} = await web.calls.add('battery', {vehicle}, {...about, idempotent: true});
    await expect(web.calls.result(id)).rejects.toMatchObject({reason: 'no-handler'});
    await old.calls.close();
    durable(redis(), policy, {battery: get('battery')}, {queue});
    expect(await web.calls.revive(id)).toBe(true);
    expect(await web.calls.result(id)).toMatchObject({status: 200});
  });

  test('a listener that throws breaks nothing', async () => {
    const {policy, vehicle, about, get} = await scene();
    const {calls} = durable(redis(), policy, {odometer: get('odometer')});
    const warnings: Error[] = [];
    const listen = (warning: Error): void => void warnings.push(warning);
    process.on('warning', listen);
    calls.on('done', () => {
      throw new Error('not my day');
    });
    const {id} = await calls.add('odometer', {vehicle}, {...about, idempotent: true});
    expect(await calls.result(id)).toMatchObject({status: 200});
    await expect
      .poll(() => warnings.map(({message}) => message))
      .toEqual([expect.stringContaining('not my day')]);
    process.off('warning', listen);
  });
});
