import {describe, expect, test} from 'vitest';
import {createMonthlyCount} from '../../src/simulator/limits/monthly.ts';
import {type Send, noon, start, v2Owner, v3Owner} from './harness.ts';

const minute = 60_000;

describe('the maker’s bucket', () => {
  const maker = {size: 1, everyMs: minute};
  const limited = {
    status: 502,
    body: {type: 'UPSTREAM', code: 'RATE_LIMIT', resolution: {type: 'RETRY_LATER'}},
  };

  test('is drawn by what asks the car, and tells no wait', async () => {
    const simulator = await start({limits: {maker}});
    const {vehicle, send} = v2Owner(simulator);
    const path = `/v2.0/vehicles/${vehicle}`;
    expect((await send('GET', `${path}/odometer`)).status).toBe(200);
    const refused = await send('POST', `${path}/security`, {action: 'LOCK'});
    expect(refused).toMatchObject(limited);
    expect(refused.headers.has('retry-after')).toBe(false);
    expect(simulator.commandCount(vehicle)).toBe(0);
    expect(await send('GET', `${path}/battery`)).toMatchObject(limited);
    simulator.advance(minute);
    expect((await send('POST', `${path}/security`, {action: 'LOCK'})).status).toBe(200);
  });

  test('leaves alone what Smartcar knows by itself, other cars, and v3 signals', async () => {
    const simulator = await start({limits: {maker}});
    const {owner, vehicle, send} = v2Owner(simulator, {vehicles: [{}, {}]});
    const path = `/v2.0/vehicles/${vehicle}`;
    await send('GET', `${path}/odometer`);
    for (const stored of ['', '/vin', '/permissions'])
      expect((await send('GET', path + stored)).status).toBe(200);
    expect((await send('GET', `/v2.0/vehicles/${owner.vehicles[1]?.id}/odometer`)).status).toBe(200);
    const v3 = await v3Owner(simulator);
    for (let read = 0; read < 3; read += 1) {
      expect((await v3.send('GET', `/v3/vehicles/${v3.vehicle}/signals`)).status).toBe(200);
    }
  });

  test('is drawn by each path of a batch', async () => {
    const simulator = await start({limits: {maker: {size: 2, everyMs: minute}}});
    const {vehicle, send} = v2Owner(simulator);
    const requests = ['/odometer', '/vin', '/battery', '/location'].map(path => ({path}));
    const {body} = await send('POST', `/v2.0/vehicles/${vehicle}/batch`, {requests});
    expect(codesOf(body)).toEqual([200, 200, 200, 502]);
    expect(body.responses[3].body).toMatchObject({type: 'UPSTREAM', code: 'RATE_LIMIT'});
  });

  test('is not drawn where a permission, an ability, or a login is missing', async () => {
    const simulator = await start({limits: {maker}});
    const {owner, vehicle, send} = v2Owner(simulator);
    const get = async (path: string) => (await send('GET', `/v2.0/vehicles/${vehicle}${path}`)).status;
    const location = {owner: owner.id, how: 'permission', permission: 'read_location'} as const;
    const login = {owner: owner.id, how: 'login', vehicle} as const;
    simulator.revoke(location);
    expect([await get('/location'), await get('/fuel'), await get('/toyota/charge')]).toEqual([
      403, 501, 404,
    ]);
    simulator.revoke(login);
    expect(await get('/odometer')).toBe(400);
    simulator.restore(login);
    expect([await get('/odometer'), await get('/odometer')]).toEqual([200, 502]);
  });

  test('is drawn by commands of v3, behind what else is in their way', async () => {
    const simulator = await start({limits: {maker}});
    const {vehicle, send} = await v3Owner(simulator);
    const lock = () => send('POST', `/v3/vehicles/${vehicle}/commands/security/lock`);
    simulator.vehicle(vehicle).fault = 'VEHICLE_STATE:ASLEEP';
    expect((await lock()).status).toBe(409);
    simulator.vehicle(vehicle).fault = undefined;
    expect((await lock()).status).toBe(200);
    expect(await lock()).toMatchObject({
      status: 502,
      body: {errors: [{type: 'UPSTREAM', code: 'RATE_LIMIT', resolution: {type: 'RETRY_LATER'}}]},
    });
    expect(simulator.commandCount(vehicle, 'lock')).toBe(1);
  });
});

describe('the plan’s month', () => {
  const used = {type: 'BILLING', code: 'VEHICLE_REQUEST_LIMIT', resolution: {type: 'CONTACT_SUPPORT'}};

  test('ends a car’s calls with 430 until the next month, on both APIs', async () => {
    const simulator = await start({limits: {monthly: {calls: 3}}, tokens: {accessTtlMs: 90 * 86_400_000}});
    const {owner, vehicle, send} = v2Owner(simulator, {vehicles: [{}, {}]});
    const v3 = await v3Owner(simulator);
    const v3Send: Send = (method, path, body) => v3.send(method, path, body, {'sc-user-id': owner.id});
    const path = `/v2.0/vehicles/${vehicle}`;
    expect((await send('GET', `${path}/vin`)).status).toBe(200);
    expect((await v3Send('GET', `/v3/vehicles/${vehicle}/signals`)).status).toBe(200);
    expect((await v3Send('POST', `/v3/vehicles/${vehicle}/commands/security/lock`)).status).toBe(200);
    const refused = await send('GET', path);
    expect(refused).toMatchObject({status: 430, body: used});
    expect(refused.headers.has('retry-after')).toBe(false);
    expect(await v3Send('POST', `/v3/vehicles/${vehicle}/commands/security/lock`)).toMatchObject({
      status: 430,
      body: {errors: [{...used, status: '430'}]},
    });
    expect(simulator.commandCount(vehicle, 'lock')).toBe(1);
    expect((await send('GET', `/v2.0/vehicles/${owner.vehicles[1]?.id}/vin`)).status).toBe(200);
    expect((await v3.send('GET', '/v3/connections')).status).toBe(200);
    simulator.advance(Date.parse('2026-06-30T23:59:59.999Z') - noon);
    expect((await send('GET', path)).status).toBe(430);
    simulator.advance(1);
    expect((await send('GET', path)).status).toBe(200);
  });

  test('counts each path of a batch, and what fails further on', async () => {
    const simulator = await start({limits: {monthly: {calls: 3}}});
    const {vehicle, send} = v2Owner(simulator);
    const requests = ['/odometer', '/fuel', '/vin', '/battery'].map(path => ({path}));
    const {body} = await send('POST', `/v2.0/vehicles/${vehicle}/batch`, {requests});
    expect(codesOf(body)).toEqual([200, 501, 200, 430]);
    expect(body.responses[3].body).toMatchObject(used);
  });

  test('counts nothing that a bucket has refused', async () => {
    const vehicle = {size: 1, everyMs: minute};
    const simulator = await start({limits: {vehicle, monthly: {calls: 2}}});
    const {vehicle: car, send} = v2Owner(simulator);
    const get = async () => (await send('GET', `/v2.0/vehicles/${car}/vin`)).status;
    expect([await get(), await get(), await get()]).toEqual([200, 429, 429]);
    simulator.advance(minute);
    expect(await get()).toBe(200);
    simulator.advance(minute);
    expect(await get()).toBe(430);
  });

  test('can hold no call at all', async () => {
    const simulator = await start({limits: {monthly: {calls: 0}}});
    const {vehicle, send} = v2Owner(simulator);
    expect((await send('GET', `/v2.0/vehicles/${vehicle}/vin`)).status).toBe(430);
  });

  test('finds its count again on a clock set back over midnight, and forgets older months', () => {
    const month = createMonthlyCount(1);
    const july = Date.UTC(2026, 6, 1);
    expect([month.draw('a', july - 1), month.draw('a', july - 1)]).toEqual([true, false]);
    expect([month.draw('a', july), month.draw('a', july), month.draw('a', july - 1)]).toEqual([
      true,
      false,
      false,
    ]);
    expect(month.draw('a', Date.UTC(2026, 7, 1))).toBe(true);
    expect(month.draw('a', july - 1)).toBe(true);
  });
});

function codesOf(body: {responses: {code: number}[]}): number[] {
  return body.responses.map(({code}) => code);
}
