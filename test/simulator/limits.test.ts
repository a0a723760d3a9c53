import {describe, expect, test} from 'vitest';
import {createLimits} from '../../src/simulator/limits/limits.ts';
import {noon, start, v2Owner, v3Owner} from './harness.ts';

describe('the bucket of the application', () => {
  test('refills exactly on the clock', async () => {
    const simulator = await start({limits: {application: {size: 2, perMinute: 2}}});
    const {send} = v2Owner(simulator);
    const status = async () => (await send('GET', '/v2.0/user')).status;
    expect([await status(), await status(), await status()]).toEqual([200, 200, 429]);
    simulator.advance(29_999);
    expect(await status()).toBe(429);
    simulator.advance(1);
    expect([await status(), await status()]).toEqual([200, 429]);
    simulator.advance(3_600_000);
    expect([await status(), await status(), await status()]).toEqual([200, 200, 429]);
  });

  test('is shared by all owners and both APIs, and sends no Retry-After', async () => {
    const simulator = await start({limits: {application: {size: 1, perMinute: 1}}});
    const {send} = v2Owner(simulator);
    const v3 = await v3Owner(simulator);
    await send('GET', '/v2.0/user');
    const answer = await v3.send('GET', '/v3/connections');
    expect(answer).toMatchObject({
      status: 429,
      body: {errors: [{type: 'RATE_LIMIT', code: 'SMARTCAR_API', resolution: {type: 'RETRY_LATER'}}]},
    });
    expect(answer.headers.has('retry-after')).toBe(false);
  });
});

describe('the bucket of a car', () => {
  test('says when it has a token again, and keeps its word', async () => {
    const simulator = await start({limits: {vehicle: {size: 1, everyMs: 120_000}}});
    const {owner, send} = v2Owner(simulator, {vehicles: [{}, {}]});
    const path = `/v2.0/vehicles/${owner.vehicles[0]?.id}/odometer`;
    expect((await send('GET', path)).status).toBe(200);
    simulator.advance(500);
    const refused = await send('GET', path);
    expect(refused).toMatchObject({status: 429, body: {type: 'RATE_LIMIT', code: 'VEHICLE'}});
    expect(refused.headers.get('retry-after')).toBe('120');
    expect((await send('GET', `/v2.0/vehicles/${owner.vehicles[1]?.id}/odometer`)).status).toBe(200);
    simulator.advance(119_499);
    expect((await send('GET', path)).headers.get('retry-after')).toBe('1');
    simulator.advance(1);
    expect((await send('GET', path)).status).toBe(200);
  });

  test('counts commands, and refuses them before they take effect', async () => {
    const simulator = await start({limits: {vehicle: {size: 1, everyMs: 60_000}}});
    const {vehicle, send} = await v3Owner(simulator);
    const lock = () => send('POST', `/v3/vehicles/${vehicle}/commands/security/lock`);
    expect((await lock()).status).toBe(200);
    expect((await lock()).status).toBe(429);
    expect(simulator.commandCount(vehicle, 'lock')).toBe(1);
    expect((await send('GET', '/v3/connections')).status).toBe(200);
  });

  const opensAt = noon + 60_000;
  test.each([
    ['seconds', '60'],
    ['http-date', new Date(Math.ceil(opensAt / 1000) * 1000).toUTCString()],
    ['epoch-s', String(Math.ceil(opensAt / 1000))],
    ['epoch-ms', String(opensAt)],
    ['garbage', 'in a little while'],
    ['none', null],
  ] as const)('writes Retry-After as %s', async (retryAfter, expected) => {
    const simulator = await start({limits: {vehicle: {size: 1, everyMs: 60_000}, retryAfter}});
    const {vehicle, send} = v2Owner(simulator);
    await send('GET', `/v2.0/vehicles/${vehicle}/vin`);
    const refused = await send('GET', `/v2.0/vehicles/${vehicle}/vin`);
    expect(refused.headers.get('retry-after')).toBe(expected);
  });
});

const minute = 60_000;

describe('Retry-After from the application’s bucket', () => {
  test.each([
    ['seconds', '30'],
    ['epoch-ms', String(noon + 30_000)],
    ['none', null],
  ] as const)('is sent where the options say so, as %s', async (retryAfter, expected) => {
    const application = {size: 1, perMinute: 2, retryAfter: true};
    const simulator = await start();
    simulator.setLimits({application, retryAfter});
    const {send} = v2Owner(simulator);
    await send('GET', '/v2.0/user');
    const refused = await send('GET', '/v2.0/user');
    expect([refused.status, refused.body.code]).toEqual([429, 'SMARTCAR_API']);
    expect(refused.headers.get('retry-after')).toBe(expected);
  });
});

test('a request meets the limits from the outside in', () => {
  const one = {size: 1, everyMs: minute};
  const limits = createLimits({
    application: {size: 3, perMinute: 1},
    vehicle: {size: 2, everyMs: minute},
    monthly: {calls: 1},
    maker: one,
  });
  const request = () =>
    (limits.drawApplication(noon) ?? limits.drawVehicle('v', noon) ?? limits.drawMaker('v', noon))?.error;
  expect([request(), request(), request(), request()]).toEqual([
    undefined,
    'BILLING:VEHICLE_REQUEST_LIMIT',
    'RATE_LIMIT:VEHICLE',
    'RATE_LIMIT:SMARTCAR_API',
  ]);
});
