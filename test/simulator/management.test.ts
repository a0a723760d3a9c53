import {createRequire} from 'node:module';
import {expect, onTestFinished, test, vi} from 'vitest';
import type {Simulator} from '../../src/simulator/index.ts';
import {noon, sender, start, v2Owner, v3Owner} from './harness.ts';

const sdk = createRequire(import.meta.url)('smartcar') as {
  getConnections(
    token: string,
    filter?: {userId?: string; vehicleId?: string},
    paging?: {limit?: number; cursor?: string},
  ): Promise<{connections: {vehicleId: string}[]; paging: {cursor?: string}}>;
  deleteConnections(token: string, filter: object): Promise<{connections: object[]}>;
};

const path = '/v2.0/management/connections';

function manager(simulator: Simulator, credentials?: string) {
  const text = credentials ?? `default:${simulator.applicationManagementToken}`;
  return sender(simulator, {authorization: `Basic ${Buffer.from(text).toString('base64')}`});
}

const idsOf = (answer: {body: {connections: {vehicleId: string}[]}}) =>
  answer.body.connections.map(({vehicleId}) => vehicleId);

test('connections are listed newest first, connected cars alone', async () => {
  const simulator = await start();
  const {send} = v2Owner(simulator, {id: 'ada', vehicles: [{id: 'one'}, {id: 'two'}]});
  simulator.advance(1000);
  simulator.addOwner({id: 'bob', vehicles: [{id: 'three'}]});
  simulator.addOwner({id: 'eve', connected: false});
  await send('DELETE', '/v2.0/vehicles/one/application');
  const {status, body} = await manager(simulator)('GET', path);
  expect(status).toBe(200);
  expect(body).toEqual({
    connections: [
      {connectedAt: new Date(noon + 1000).toISOString(), userId: 'bob', vehicleId: 'three'},
      {connectedAt: new Date(noon).toISOString(), userId: 'ada', vehicleId: 'two'},
    ],
    paging: {cursor: null},
  });
});

test('a list can be narrowed to a user or a vehicle', async () => {
  const simulator = await start();
  simulator.addOwner({id: 'ada', vehicles: [{id: 'one'}, {id: 'two'}]});
  simulator.addOwner({id: 'bob', vehicles: [{id: 'three'}]});
  const send = manager(simulator);
  expect(idsOf(await send('GET', `${path}?user_id=ada`))).toEqual(['one', 'two']);
  expect(idsOf(await send('GET', `${path}?vehicle_id=three`))).toEqual(['three']);
  expect(idsOf(await send('GET', `${path}?vehicle_id=three&user_id=ada`))).toEqual([]);
});

test('pages hold ten, or as many as asked, and stay right when cars leave in between', async () => {
  const simulator = await start();
  const vehicles = Array.from({length: 12}, (_, index) => ({id: `car-${index}`}));
  const {send: owned} = v2Owner(simulator, {vehicles});
  const send = manager(simulator);
  expect(idsOf(await send('GET', path))).toHaveLength(10);
  const first = await send('GET', `${path}?limit=5`);
  expect(idsOf(first)).toEqual(['car-0', 'car-1', 'car-2', 'car-3', 'car-4']);
  await owned('DELETE', '/v2.0/vehicles/car-4/application');
  await owned('DELETE', '/v2.0/vehicles/car-0/application');
  const second = await send('GET', `${path}?limit=5&cursor=${first.body.paging.cursor}`);
  expect(idsOf(second)).toEqual(['car-5', 'car-6', 'car-7', 'car-8', 'car-9']);
  const third = await send('GET', `${path}?limit=2&cursor=${second.body.paging.cursor}`);
  expect(third.body).toMatchObject({
    connections: [{vehicleId: 'car-10'}, {vehicleId: 'car-11'}],
    paging: {cursor: null},
  });
});

test.each(['limit=0', 'limit=101', 'limit=x', 'cursor=nonsense'])('%s is no page', async query => {
  const simulator = await start();
  const answer = await manager(simulator)('GET', `${path}?${query}`);
  expect(answer).toMatchObject({status: 400, body: {type: 'VALIDATION'}});
});

test.each(['default:wrong', 'other:simulator-management-token', 'client_simulator:simulator-secret'])(
  'the credentials %s open nothing',
  async credentials => {
    const simulator = await start();
    simulator.addOwner({id: 'ada'});
    for (const method of ['GET', 'DELETE']) {
      const answer = await manager(simulator, credentials)(method, `${path}?user_id=ada`);
      expect(answer).toMatchObject({
        status: 401,
        body: {type: 'AUTHENTICATION', code: null, statusCode: 401},
      });
      expect(JSON.stringify(answer.body)).not.toContain(simulator.applicationManagementToken);
    }
    expect(idsOf(await manager(simulator)('GET', path))).toHaveLength(1);
  },
);

test('deleting the connections of an owner takes the cars from v2 tokens and from v3', async () => {
  const simulator = await start();
  const ada = v2Owner(simulator, {id: 'ada', vehicles: [{id: 'one'}, {id: 'two'}]});
  const v3 = await v3Owner(simulator, {id: 'bob', vehicles: [{id: 'three'}]});
  const answer = await manager(simulator)('DELETE', `${path}?user_id=ada`);
  expect(answer.status).toBe(200);
  expect(answer.body).toEqual({
    connections: [
      {userId: 'ada', vehicleId: 'one'},
      {userId: 'ada', vehicleId: 'two'},
    ],
  });
  expect((await ada.send('GET', '/v2.0/vehicles')).body.vehicles).toEqual([]);
  expect((await ada.send('GET', '/v2.0/vehicles/one/odometer')).status).toBe(401);
  expect((await v3.send('GET', '/v3/vehicles/three/signals')).status).toBe(200);
  await manager(simulator)('DELETE', `${path}?vehicle_id=three`);
  expect((await v3.send('GET', '/v3/vehicles/three/signals')).status).toBe(404);
  expect(idsOf(await manager(simulator)('GET', path))).toEqual([]);
  expect((await manager(simulator)('DELETE', `${path}?user_id=ada`)).body).toEqual({connections: []});
});

test.each(['', '?user_id=ada&vehicle_id=one'])(
  'a deletion names a user or a vehicle, so it refuses the query "%s"',
  async query => {
    const simulator = await start();
    simulator.addOwner({id: 'ada', vehicles: [{id: 'one'}]});
    const answer = await manager(simulator)('DELETE', path + query);
    expect(answer).toMatchObject({status: 400, body: {type: 'VALIDATION'}});
    expect(idsOf(await manager(simulator)('GET', path))).toEqual(['one']);
  },
);

test('a deletion that is dropped before it took effect deletes nothing', async () => {
  const simulator = await start();
  simulator.addOwner({id: 'ada', vehicles: [{id: 'one'}]});
  simulator.next({method: 'DELETE'}, {drop: 'before'});
  await expect(manager(simulator)('DELETE', `${path}?user_id=ada`)).rejects.toThrow('fetch failed');
  expect(idsOf(await manager(simulator)('GET', path))).toEqual(['one']);
  expect(simulator.journal.map(({api}) => api)).toEqual(['management', 'management']);
});

test('the official SDK lists and deletes connections, also with a host for each API', async () => {
  const simulator = await start({origins: 'several'});
  for (const [name, value] of Object.entries(simulator.env)) vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());
  simulator.addOwner({id: 'ada', vehicles: [{id: 'one'}, {id: 'two'}, {id: 'three'}]});
  const token = simulator.applicationManagementToken;
  const first = await sdk.getConnections(token, {userId: 'ada'}, {limit: 2});
  expect(first.connections.map(({vehicleId}) => vehicleId)).toEqual(['one', 'two']);
  const second = await sdk.getConnections(token, {}, {limit: 2, cursor: first.paging.cursor ?? ''});
  expect(second).toMatchObject({connections: [{vehicleId: 'three'}], paging: {cursor: null}});
  expect(await sdk.deleteConnections(token, {vehicleId: 'two'})).toMatchObject({
    connections: [{userId: 'ada', vehicleId: 'two'}],
  });
  expect((await sdk.getConnections(token)).connections).toHaveLength(2);
  await expect(sdk.getConnections('wrong')).rejects.toMatchObject({type: 'AUTHENTICATION'});
});
