import {describe, expect, test} from 'vitest';
import {noon, start, v2Owner} from './harness.ts';

describe('v2 batch', () => {
  test('answers each path as if it had come alone', async () => {
    const simulator = await start();
    const {vehicle, send} = v2Owner(simulator, {scope: ['read_odometer', 'read_fuel', 'read_vehicle_info']});
    const requests = ['/odometer', '/', '/location', '/fuel', '/permissions', '/nowhere', '/../../user'].map(
      path => ({path}),
    );
    const {status, body} = await send(
      'POST',
      `/v2.0/vehicles/${vehicle}/batch`,
      {requests},
      {'sc-unit-system': 'imperial'},
    );
    expect(status).toBe(200);
    expect(body.responses.map((item: {path: string; code: number}) => [item.path, item.code])).toEqual([
      ['/odometer', 200],
      ['/', 200],
      ['/location', 403],
      ['/fuel', 501],
      ['/permissions', 200],
      ['/nowhere', 404],
      ['/../../user', 404],
    ]);
    expect(body.responses[0]).toMatchObject({
      body: {distance: 23505.85},
      headers: {'sc-unit-system': 'imperial', 'sc-data-age': new Date(noon).toISOString()},
    });
    expect(body.responses[2].body).toMatchObject({
      type: 'PERMISSION',
      code: null,
      resolution: {type: 'REAUTHENTICATE'},
    });
  });

  test('draws from the car once per path, and tells the item when to come back', async () => {
    const simulator = await start({limits: {vehicle: {size: 2, everyMs: 90_000}}});
    const {vehicle, send} = v2Owner(simulator);
    const requests = ['/odometer', '/vin', '/location'].map(path => ({path}));
    const {body} = await send('POST', `/v2.0/vehicles/${vehicle}/batch`, {requests});
    expect(body.responses.map((item: {code: number}) => item.code)).toEqual([200, 200, 429]);
    expect(body.responses[2]).toMatchObject({body: {code: 'VEHICLE'}, headers: {'retry-after': '90'}});
  });

  test('wants a list of paths', async () => {
    const simulator = await start();
    const {vehicle, send} = v2Owner(simulator);
    for (const body of [
      {},
      {requests: []},
      {requests: '/odometer'},
      {requests: [{path: 1}]},
      {requests: [null]},
    ]) {
      expect((await send('POST', `/v2.0/vehicles/${vehicle}/batch`, body)).status).toBe(400);
    }
  });
});
