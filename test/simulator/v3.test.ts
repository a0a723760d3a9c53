import {describe, expect, test} from 'vitest';
import {noon, sender, start, v2Owner, v3Owner} from './harness.ts';

describe('v3 connections', () => {
  test('list the cars with the permissions really granted, page by page', async () => {
    const simulator = await start();
    const {owner, token} = await v3Owner(simulator, {id: 'ada', vehicles: [{}, {}, {}], scope: ['read_vin']});
    simulator.addOwner({id: 'bob'});
    const send = sender(simulator, {authorization: `Bearer ${token}`});
    const all = await send('GET', '/v3/connections');
    expect(all.body.meta).toEqual({pageNumber: 1, pageSize: 10, totalCount: 4});
    expect(all.body.links.next).toBeNull();
    expect(all.body.data[0]).toMatchObject({
      type: 'connection',
      attributes: {
        permissions: ['read_vin'],
        user: {id: 'ada'},
        vehicle: {make: 'TESLA', powertrainType: 'BEV'},
      },
      relationships: {vehicle: {data: {id: owner.vehicles[0]?.id}}},
    });
    const first = await send('GET', '/v3/connections?page[size]=3');
    expect(first.body.data).toHaveLength(3);
    const second = await send('GET', first.body.links.next.slice(simulator.origin.length));
    expect(second.body.data.map((item: {attributes: {user: unknown}}) => item.attributes.user)).toEqual([
      {id: 'bob'},
    ]);
    const filtered = await send('GET', '/v3/connections', undefined, {'sc-user-id': 'bob'});
    expect(filtered.body.meta.totalCount).toBe(1);
    expect((await send('GET', '/v3/connections?page[size]=0')).status).toBe(400);
  });

  test('can be filtered, and all filters have to fit', async () => {
    const simulator = await start();
    const {vehicle, token} = await v3Owner(simulator, {id: 'ada', vehicles: [{}, {}]});
    simulator.addOwner({id: 'bob'});
    const send = sender(simulator, {authorization: `Bearer ${token}`});
    const count = async (query: string, headers = {}) =>
      (await send('GET', `/v3/connections?${query}`, undefined, headers)).body.meta.totalCount;
    expect(await count('filter[userId]=ada')).toBe(2);
    expect(await count('filter[user.externalId]=bob')).toBe(1);
    expect(await count(`filter[vehicleId]=${vehicle}`)).toBe(1);
    expect(await count(`filter[vehicleId]=${vehicle}`, {'sc-user-id': 'bob'})).toBe(0);
    expect(await count('filter[userId]=ada', {'sc-user-id': 'bob'})).toBe(0);
    expect(await count('filter[vehicle.mode]=simulated')).toBe(3);
    expect(await count('filter[vehicle.mode]=live')).toBe(0);
    expect(await count('filter[userId]=nobody')).toBe(0);
    expect(await count('filter[unheard]=of')).toBe(3);
    const beyond = (await send('GET', '/v3/connections?page[number]=9&page[size]=2&filter[userId]=ada')).body;
    expect(beyond.data).toEqual([]);
    expect(beyond.links.next).toBeNull();
    const back = await send('GET', beyond.links.prev.slice(simulator.origin.length));
    expect(back.body.data).toHaveLength(2);
  });

  test('end one by one, or with their owner', async () => {
    const simulator = await start();
    const {owner, vehicle, send} = await v3Owner(simulator, {vehicles: [{}, {}]});
    const [connection] = (await send('GET', '/v3/connections')).body.data;
    expect((await send('GET', `/v3/connections/${connection.id}`)).body.data).toEqual(connection);
    expect((await send('DELETE', `/v3/connections/${connection.id}`)).status).toBe(204);
    expect((await send('GET', `/v3/vehicles/${vehicle}/signals`)).body.errors[0]).toMatchObject({
      code: 'VEHICLE_NOT_FOUND',
    });
    expect((await send('DELETE', `/v3/users/${owner.id}`)).status).toBe(204);
    expect((await send('GET', '/v3/connections')).body.meta.totalCount).toBe(0);
  });
});

describe('v3 signals', () => {
  test('come as a list, each failure inside', async () => {
    const simulator = await start();
    const {vehicle, send} = await v3Owner(simulator, {scope: ['read_charge', 'read_battery', 'read_fuel']});
    const {status, body} = await send('GET', `/v3/vehicles/${vehicle}/signals`);
    expect(status).toBe(200);
    expect(body.meta.totalCount).toBe(body.data.length);
    expect(body.included.vehicle).toMatchObject({id: vehicle, attributes: {make: 'TESLA'}});
    const signal = (code: string) => body.data.find((item: {id: string}) => item.id === code);
    expect(signal('tractionbattery-stateofcharge')).toMatchObject({
      attributes: {status: {value: 'SUCCESS'}, body: {value: 62, unit: 'percent'}},
      meta: {retrievedAt: noon, oemUpdatedAt: noon},
    });
    const errorOf = (code: string) => signal(code).attributes.status.error;
    expect(errorOf('charge-voltage')).toMatchObject({type: 'VEHICLE_STATE', code: 'NOT_CHARGING'});
    expect(errorOf('odometer-traveleddistance')).toMatchObject({
      type: 'PERMISSION',
      code: null,
      resolution: {type: 'REAUTHENTICATE'},
    });
    expect(errorOf('internalcombustionengine-fuellevel')).toMatchObject({code: 'VEHICLE_NOT_CAPABLE'});
  });

  test('come one by one', async () => {
    const simulator = await start();
    const {vehicle, send} = await v3Owner(simulator);
    const vin = await send('GET', `/v3/vehicles/${vehicle}/signals/vehicleidentification-vin`);
    expect(vin.body.data.attributes).toMatchObject({
      name: 'VIN',
      group: 'VehicleIdentification',
      body: {value: simulator.vehicle(vehicle).vin},
    });
    const typo = await send('GET', `/v3/vehicles/${vehicle}/signals/vin`);
    expect(typo).toMatchObject({
      status: 404,
      body: {errors: [{type: 'RESOURCE_NOT_FOUND', code: 'SIGNAL_NOT_FOUND'}]},
    });
  });
});

describe('v3 refusals', () => {
  test('are errors[] with a string status', async () => {
    const simulator = await start();
    const {vehicle, token} = await v3Owner(simulator);
    const send = sender(simulator, {authorization: `Bearer ${token}`});
    const {status, headers, body} = await send('GET', `/v3/vehicles/${vehicle}/signals`);
    expect(status).toBe(400);
    expect(body).toEqual({
      errors: [
        {
          status: '400',
          type: 'VALIDATION',
          code: 'MISSING_PARAMETER',
          title: 'Missing Parameter',
          detail: 'missing userId',
          links: {
            about: 'https://smartcar.com/docs/errors/api-errors/v3/validation-errors#missing-parameter',
          },
          resolution: {type: null},
          meta: {debug: {requestId: headers.get('sc-request-id')}},
        },
      ],
    });
    expect((await send('POST', `/v3/vehicles/${vehicle}/commands/security/lock`)).status).toBe(400);
    expect((await send('GET', `/v3/vehicles/${vehicle}`)).status).toBe(200);
  });

  test('tell a wrong token from a wrong owner', async () => {
    const simulator = await start();
    const {vehicle, send} = await v3Owner(simulator, {id: 'ada'});
    const {tokens} = v2Owner(simulator, {id: 'bob'});
    const path = `/v3/vehicles/${vehicle}/signals`;
    const v2 = await send('GET', path, undefined, {authorization: `Bearer ${tokens.accessToken}`});
    expect(v2).toMatchObject({status: 401, body: {errors: [{type: 'AUTHENTICATION', code: 'UNAUTHORIZED'}]}});
    expect(v2.body.errors[0]).not.toHaveProperty('resolution');
    for (const user of ['bob', 'nobody']) {
      const answer = await send('GET', path, undefined, {'sc-user-id': user});
      expect(answer).toMatchObject({
        status: 403,
        body: {errors: [{type: 'AUTHENTICATION', code: 'ACCESS_DENIED'}]},
      });
    }
    const unknown = await send('GET', '/v3/vehicles/none/signals');
    expect(unknown).toMatchObject({status: 404, body: {errors: [{code: 'VEHICLE_NOT_FOUND'}]}});
    simulator.advance(3_600_000);
    expect((await send('GET', path)).status).toBe(401);
  });

  test('know no v2 paths', async () => {
    const simulator = await start();
    const {vehicle, send} = await v3Owner(simulator);
    const answer = await send('GET', `/v3/vehicles/${vehicle}/odometer`);
    expect(answer).toMatchObject({
      status: 404,
      body: {errors: [{type: 'RESOURCE_NOT_FOUND', code: 'INVALID_PATH'}]},
    });
    expect((await send('GET', '/v4/connections')).body.errors[0]).toMatchObject({code: 'VERSION'});
  });
});
