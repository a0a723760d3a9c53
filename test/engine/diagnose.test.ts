import {expect, onTestFinished, test} from 'vitest';
import {applicationToken, createPolicy, userTokens, type Policy} from '../../src/index.ts';
import {startSimulator, type Simulator} from '../../src/simulator/index.ts';

interface Scene {
  readonly simulator: Simulator;
  readonly policy: Policy;
  readonly asked: () => number;
}

async function scene(version: '2' | '3'): Promise<Scene> {
  const simulator = await startSimulator();
  const {SMARTCAR_CLIENT_ID: clientId = '', SMARTCAR_CLIENT_SECRET: clientSecret = ''} = simulator.env;
  const auth =
    version === '2' ? userTokens({clientId, clientSecret}) : applicationToken({clientId, clientSecret});
  const policy = createPolicy({auth, origins: simulator.origins, backoff: {'*': false}});
  onTestFinished(async () => {
    await policy.close();
    await simulator.close();
  });
  const asked = (): number =>
    simulator.journal.filter(({path}) => path === '/v2.0/vehicles' || path === '/v3/connections').length;
  return {simulator, policy, asked};
}

test('a v2 token that does not cover the car is found out with one request, made once', async () => {
  const {simulator, policy, asked} = await scene('2');
  const bobs = simulator.addOwner({id: 'bob', vehicles: [{id: 'bobs-car'}]}).vehicles[0]?.id ?? '';
  simulator.addOwner({id: 'ada'});
  await policy.tokens.save('ada', simulator.grant('ada'));
  const response = await policy.fetch({user: 'ada'})(`${simulator.origin}/v2.0/vehicles/${bobs}/odometer`);
  expect(response.status).toBe(401);
  const found = await policy.diagnose(response);
  expect(found).toEqual([
    'The token of user "ada" covers 1 car, and bobs-car is not among them: it belongs to another user, or was disconnected.',
  ]);
  expect(await policy.diagnose(response)).toBe(found);
  expect(asked()).toBe(1);
});

test('a token that covers the car is acquitted, on the second page of a fleet too', async () => {
  const {simulator, policy, asked} = await scene('2');
  const {vehicles} = simulator.addOwner({id: 'ada', vehicles: Array.from({length: 60}, () => ({}))});
  await policy.tokens.save('ada', simulator.grant('ada'));
  const last = vehicles.at(-1)?.id ?? '';
  simulator.next({vehicle: last, times: 2}, {error: 'AUTHENTICATION'});
  const response = await policy.fetch({user: 'ada'})(`${simulator.origin}/v2.0/vehicles/${last}/odometer`);
  expect(response.status).toBe(401);
  expect(await policy.diagnose(response)).toEqual([
    `Vehicle ${last} is connected for user "ada": the token is not the cause.`,
  ]);
  expect(asked()).toBe(2);
});

test('on v3 the connections of the user are asked', async () => {
  const {simulator, policy, asked} = await scene('3');
  simulator.addOwner({id: 'ada', vehicles: [{id: 'adas-car'}]});
  simulator.addOwner({id: 'bob', vehicles: [{id: 'bobs-car'}]});
  const signals = (car: string) =>
    policy.fetch({user: 'ada'})(`${simulator.origin}/v3/vehicles/${car}/signals/odometer-traveleddistance`);
  const response = await signals('bobs-car');
  expect(response.status).toBe(403);
  expect(await policy.diagnose(response)).toEqual([
    'User "ada" has no connection to vehicle bobs-car: it belongs to another user, or was disconnected.',
  ]);
  simulator.next({vehicle: 'adas-car'}, {error: 'RESOURCE_NOT_FOUND:VEHICLE_NOT_FOUND'});
  expect(await policy.diagnose(await signals('adas-car'))).toEqual([
    'Vehicle adas-car is connected for user "ada": the token is not the cause.',
  ]);
  expect(asked()).toBe(2);
});

test('what could not be asked is said, and asked again the next time', async () => {
  const {simulator, policy} = await scene('2');
  simulator.addOwner({id: 'ada', vehicles: [{id: 'adas-car'}]});
  await policy.tokens.save('ada', simulator.grant('ada'));
  simulator.next({vehicle: 'adas-car', times: 2}, {error: 'AUTHENTICATION'});
  const response = await policy.fetch({user: 'ada'})(`${simulator.origin}/v2.0/vehicles/adas-car/odometer`);
  simulator.next({path: '/v2.0/vehicles'}, {error: 'SERVER:INTERNAL'});
  expect(await policy.diagnose(response)).toEqual([
    'Which cars user "ada" has could not be asked (retries-off).',
  ]);
  expect(await policy.diagnose(response)).toEqual([
    'Vehicle adas-car is connected for user "ada": the token is not the cause.',
  ]);
});

test('nothing is asked where the token cannot be the cause', async () => {
  const {simulator, policy, asked} = await scene('2');
  simulator.addOwner({id: 'ada', vehicles: [{id: 'adas-car'}]});
  await policy.tokens.save('ada', simulator.grant('ada'));
  simulator.next({vehicle: 'adas-car'}, {error: 'COMPATIBILITY:VEHICLE_NOT_CAPABLE'});
  const response = await policy.fetch({user: 'ada'})(`${simulator.origin}/v2.0/vehicles/adas-car/fuel`);
  expect(await policy.diagnose(response)).toEqual([]);
  expect(await policy.diagnose(new Error('a stranger'))).toEqual([]);
  expect(asked()).toBe(0);
});

test('all who shared a read can ask, and it is asked once for them', async () => {
  const {simulator, policy, asked} = await scene('2');
  const bobs = simulator.addOwner({id: 'bob', vehicles: [{id: 'bobs-car'}]}).vehicles[0]?.id ?? '';
  simulator.addOwner({id: 'ada'});
  await policy.tokens.save('ada', simulator.grant('ada'));
  const door = policy.fetch({user: 'ada'});
  const url = `${simulator.origin}/v2.0/vehicles/${bobs}/odometer`;
  const responses = await Promise.all([door(url), door(url), door(url)]);
  const found = await Promise.all(responses.map(one => policy.diagnose(one)));
  expect(found.map(lines => lines[0])).toEqual(
    Array.from({length: 3}, () => expect.stringContaining('bobs-car is not among')),
  );
  expect(asked()).toBe(1);
});
