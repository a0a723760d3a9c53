import {describe, expect, test} from 'vitest';
import {type Answer, type Send, start, v2Owner, v3Owner} from './harness.ts';

async function batchOf(
  send: Send,
  vehicle: string,
  paths = ['/odometer', '/vin', '/battery'],
): Promise<Answer> {
  return send('POST', `/v2.0/vehicles/${vehicle}/batch`, {requests: paths.map(path => ({path}))});
}

describe('failures inside a batch', () => {
  test('stand where the item would have stood; the others answer as usual', async () => {
    const simulator = await start();
    const {vehicle, send} = v2Owner(simulator);
    simulator.next({path: '/batch'}, {partial: {'/vin': {error: 'VEHICLE_STATE:ASLEEP'}}});
    const {status, headers, body} = await batchOf(send, vehicle);
    expect(status).toBe(200);
    const [odometer, vin, battery] = body.responses;
    expect(vin).toEqual({
      path: '/vin',
      code: 409,
      body: {
        type: 'VEHICLE_STATE',
        code: 'ASLEEP',
        statusCode: 409,
        description: expect.any(String),
        docURL: expect.stringContaining('vehicle-state'),
        requestId: headers.get('sc-request-id'),
        resolution: {type: null},
        suggestedUserMessage: expect.any(String),
      },
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'sc-request-id': headers.get('sc-request-id'),
      },
    });
    expect(odometer).toMatchObject({path: '/odometer', code: 200, body: {distance: 37_829}});
    expect(battery).toMatchObject({path: '/battery', code: 200});
    expect(simulator.journal.at(-1)).toMatchObject({status: 200, scripted: true});
    expect((await batchOf(send, vehicle)).body.responses[1].code).toBe(200);
  });

  test.each([
    ['/odometer', 'odometer'],
    ['odometer', '/odometer'],
    ['/odometer/', '/odometer'],
  ])('the name %s is the path %s', async (name, path) => {
    const simulator = await start();
    const {vehicle, send} = v2Owner(simulator);
    simulator.next({}, {partial: {[name]: {error: 'SERVER:INTERNAL'}}});
    expect((await batchOf(send, vehicle, [path])).body.responses).toMatchObject([{path, code: 500}]);
  });

  test('carry their own headers, a number as a number', async () => {
    const simulator = await start();
    const {vehicle, send} = v2Owner(simulator);
    simulator.next(
      {},
      {
        partial: {
          '/odometer': {error: 'RATE_LIMIT:VEHICLE', retryAfter: 120},
          '/vin': {error: 'RATE_LIMIT:VEHICLE', retryAfter: '120', headers: {'x-more': 'y'}},
          '/battery': {error: 'RATE_LIMIT:VEHICLE'},
        },
      },
    );
    const [odometer, vin, battery] = (await batchOf(send, vehicle)).body.responses;
    expect(odometer).toMatchObject({code: 429, headers: {'retry-after': 120}});
    expect(vin).toMatchObject({code: 429, headers: {'retry-after': '120', 'x-more': 'y'}});
    expect(battery.headers).not.toHaveProperty('retry-after');
  });

  test('come without headers, or with names in capitals; whole items never do', async () => {
    const simulator = await start();
    const {vehicle, owner, send} = v2Owner(simulator);
    simulator.revoke({owner: owner.id, how: 'permission', permission: 'read_vin'});
    const partial = {'/odometer': {error: 'RATE_LIMIT:VEHICLE', retryAfter: 5}};
    simulator.next({}, {partial, itemHeaders: 'omit'});
    simulator.next({}, {partial, itemHeaders: 'capitals'});
    const bare = (await batchOf(send, vehicle)).body.responses;
    // The second fails of its own accord.
    expect(bare.map((item: object) => 'headers' in item)).toEqual([false, false, true]);
    const loud = (await batchOf(send, vehicle)).body.responses;
    expect(loud[0].headers).toMatchObject({'RETRY-AFTER': 5, 'CONTENT-TYPE': expect.any(String)});
    expect(Object.keys(loud[1].headers)).toEqual(['CONTENT-TYPE', 'SC-REQUEST-ID']);
    expect(loud[2].headers).toHaveProperty('sc-data-age');
  });

  test('of a lost login come with its link', async () => {
    const simulator = await start();
    const {vehicle, send} = v2Owner(simulator);
    simulator.next({}, {partial: {'/vin': {error: 'CONNECTED_SERVICES_ACCOUNT:AUTHENTICATION_FAILED'}}});
    const {resolution} = (await batchOf(send, vehicle, ['/vin'])).body.responses[0].body;
    expect(resolution).toEqual({type: 'REAUTHENTICATE', url: expect.stringContaining(vehicle)});
  });

  test('that are not asked for do nothing', async () => {
    const simulator = await start();
    const {vehicle, send} = v2Owner(simulator);
    const error = 'SERVER:INTERNAL';
    simulator.next({}, {partial: {'/fuel': {error}, toString: {error}, '': {error}}});
    const codes = (await batchOf(send, vehicle)).body.responses.map((item: {code: number}) => item.code);
    expect(codes).toEqual([200, 200, 200]);
  });
});

const without = ({data}: Answer['body'], code: string) =>
  data.filter((item: Answer['body']) => item.attributes.code !== code);

describe('failures inside signals', () => {
  const partial = {
    'charge-voltage': {error: 'VEHICLE_STATE:NOT_CHARGING'},
    'no-such': {error: 'SERVER:INTERNAL'},
  };

  test('stand inside their signal, which has no body; the others answer as usual', async () => {
    const simulator = await start();
    const {vehicle, send} = await v3Owner(simulator, {vehicles: [{powertrain: 'PHEV', charging: true}]});
    const path = `/v3/vehicles/${vehicle}/signals`;
    const usual = (await send('GET', path)).body;
    simulator.next({path: '/signals'}, {partial});
    const {status, body} = await send('GET', path);
    expect(status).toBe(200);
    const failed = body.data.filter((item: Answer['body']) => item.attributes.status.value === 'ERROR');
    expect(failed).toMatchObject([
      {
        type: 'signal',
        attributes: {
          code: 'charge-voltage',
          name: expect.any(String),
          body: null,
          status: {
            value: 'ERROR',
            error: {
              type: 'VEHICLE_STATE',
              code: 'NOT_CHARGING',
              resolution: {type: null},
              description: expect.any(String),
            },
          },
        },
        meta: {retrievedAt: expect.any(Number)},
      },
    ]);
    expect(without(body, 'charge-voltage')).toEqual(without(usual, 'charge-voltage'));
    expect(body.meta).toEqual(usual.meta);
  });

  test('stand inside a single signal as well', async () => {
    const simulator = await start();
    const {vehicle, send} = await v3Owner(simulator);
    simulator.next(
      {},
      {partial: {'odometer-traveleddistance': {error: 'PERMISSION:UNKNOWN', resolution: 'omit'}}},
    );
    const {status, body} = await send('GET', `/v3/vehicles/${vehicle}/signals/odometer-traveleddistance`);
    expect([status, body.data.attributes.body]).toEqual([200, null]);
    const {error} = body.data.attributes.status;
    expect(error).toMatchObject({type: 'PERMISSION', code: 'UNKNOWN'});
    expect(error).not.toHaveProperty('resolution');
  });

  test('can be an empty list, which counts nothing', async () => {
    const simulator = await start();
    const {vehicle, send} = await v3Owner(simulator);
    simulator.next({}, {partial: 'empty'});
    const {status, body} = await send('GET', `/v3/vehicles/${vehicle}/signals`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      data: [],
      meta: {totalCount: 0},
      links: {next: null},
      included: {vehicle: {}},
    });
    expect((await send('GET', `/v3/vehicles/${vehicle}/signals`)).body.data.length).toBeGreaterThan(5);
  });
});

describe('a partial reply to anything else', () => {
  const partial = {'/odometer': {error: 'SERVER:INTERNAL'}};

  test('changes nothing about another answer', async () => {
    const simulator = await start();
    const {vehicle, send} = v2Owner(simulator);
    const v3 = await v3Owner(simulator);
    for (const reply of [{partial}, {partial: 'empty'}] as const) {
      simulator.next({times: 6}, reply);
      expect((await send('GET', `/v2.0/vehicles/${vehicle}/odometer`)).body).toHaveProperty('distance');
      expect((await send('GET', '/v2.0/vehicles')).body.vehicles).toEqual([vehicle]);
      expect((await v3.send('GET', '/v3/connections')).body.data).toHaveLength(1);
      expect((await v3.send('GET', `/v3/vehicles/${v3.vehicle}`)).body.data).toHaveProperty(
        'type',
        'vehicle',
      );
      expect((await v3.send('POST', `/v3/vehicles/${v3.vehicle}/commands/security/lock`)).status).toBe(200);
      expect((await send('GET', '/v2.0/user')).body).toHaveProperty('id');
    }
    expect(simulator.commandCount(v3.vehicle, 'lock')).toBe(2);
    simulator.done();
  });

  test('lets a failure of its own accord through', async () => {
    const simulator = await start();
    const {vehicle, send} = v2Owner(simulator);
    simulator.next({}, {partial});
    simulator.expireAccessTokens();
    expect((await batchOf(send, vehicle)).status).toBe(401);
  });

  test('empty does not empty a batch, nor a single signal', async () => {
    const simulator = await start();
    const {vehicle, send} = v2Owner(simulator);
    const v3 = await v3Owner(simulator);
    simulator.next({times: 2}, {partial: 'empty'});
    expect((await batchOf(send, vehicle)).body.responses).toHaveLength(3);
    const path = `/v3/vehicles/${v3.vehicle}/signals/odometer-traveleddistance`;
    expect((await v3.send('GET', path)).body.data).toHaveProperty('type', 'signal');
  });
});
