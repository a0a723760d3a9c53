import {describe, expect, test, onTestFinished} from 'vitest';
import {applicationToken, createPolicy} from '../../src/index.ts';
import {startSimulator} from '../../src/simulator/index.ts';
import {noRedis, sharedRedis} from '../redis/support/redis.ts';
import {durable} from './support/scene.ts';

async function v3() {
  const simulator = await startSimulator();
  const {SMARTCAR_CLIENT_ID: clientId = '', SMARTCAR_CLIENT_SECRET: clientSecret = ''} = simulator.env;
  const policy = createPolicy({
    auth: applicationToken({clientId, clientSecret}),
    origins: simulator.origins,
  });
  onTestFinished(async () => {
    await policy.close();
    await simulator.close();
  });
  const vehicle = simulator.addOwner({id: 'ada'}).vehicles[0]?.id ?? '';
  const lock = {
    request: (data: {vehicle: string}) =>
      new Request(`${simulator.origin}/v3/vehicles/${data.vehicle}/commands/security/lock`, {
        method: 'POST',
      }),
  };
  const signals = {
    request: (data: {vehicle: string}) =>
      new Request(`${simulator.origin}/v3/vehicles/${data.vehicle}/signals`),
  };
  return {simulator, policy, vehicle, handlers: {lock, signals}};
}

describe.skipIf(noRedis)('calls that are requests', () => {
  const redis = sharedRedis();

  test('a command of v3 that takes long is done when its outcome is known', async () => {
    const {simulator, policy, vehicle, handlers} = await v3();
    simulator.next({path: '/security/lock'}, {slow: {outcome: 'success', afterMs: 50}});
    const {calls} = durable(redis(), policy, handlers);
    const {id} = await calls.add('lock', {vehicle}, {user: 'ada'});
    expect(await calls.result(id)).toMatchObject({
      status: 200,
      body: {data: {attributes: {status: {value: 'SUCCESS'}}}},
    });
    expect(simulator.commandCount(vehicle, 'lock')).toBe(1);
  });

  test('one whose outcome is cut off is unknown', async () => {
    const {simulator, policy, vehicle, handlers} = await v3();
    simulator.next({path: '/security/lock'}, {slow: {outcome: 'cut', afterMs: 10}});
    const {calls} = durable(redis(), policy, handlers);
    const {id} = await calls.add('lock', {vehicle}, {user: 'ada'});
    await expect(calls.result(id)).rejects.toMatchObject({code: 'DEAD', reason: 'outcome-unknown'});
    expect(simulator.commandCount(vehicle, 'lock')).toBe(1);
  });

  test('a read by request is no command, whatever was added, and its body may break off', async () => {
    const {simulator, policy, vehicle, handlers} = await v3();
    simulator.next({path: '/signals'}, {drop: 'mid-body'});
    const {calls} = durable(redis(), policy, handlers, {roundDelayMs: 10});
    const {id} = await calls.add('signals', {vehicle}, {user: 'ada'});
    expect(await calls.result(id)).toMatchObject({status: 200, body: {data: expect.any(Array)}});
    expect(simulator.journal.filter(({path}) => path.endsWith('/signals'))).toHaveLength(2);
  });
});
