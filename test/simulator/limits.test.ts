import {describe, expect, test} from 'vitest';
import type {LimitOptions} from '../../src/simulator/index.ts';
import {createBucket, createBuckets} from '../../src/simulator/limits/bucket.ts';
import {createLimits} from '../../src/simulator/limits/limits.ts';
import {createMonthlyCount} from '../../src/simulator/limits/monthly.ts';
import {type Send, noon, start, v2Owner, v3Owner} from './harness.ts';

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

describe('setLimits', () => {
  test('starts anew what it names, and leaves the rest as it was', async () => {
    const simulator = await start({
      limits: {application: {size: 2, perMinute: 1}, vehicle: {size: 1, everyMs: minute}},
    });
    const {vehicle, send} = v2Owner(simulator);
    const get = async () => {
      const {status, body} = await send('GET', `/v2.0/vehicles/${vehicle}/vin`);
      return status === 200 ? 'ok' : body.code;
    };
    expect([await get(), await get()]).toEqual(['ok', 'VEHICLE']);
    simulator.setLimits({vehicle: {size: 1, everyMs: minute}});
    expect(await get()).toBe('SMARTCAR_API');
    simulator.setLimits({application: false});
    expect([await get(), await get()]).toEqual(['ok', 'VEHICLE']);
    simulator.setLimits({retryAfter: 'garbage'});
    const refused = await send('GET', `/v2.0/vehicles/${vehicle}/vin`);
    expect(refused.headers.get('retry-after')).toBe('in a little while');
    simulator.setLimits({vehicle: false, monthly: {calls: 1}, maker: {size: 1, everyMs: 1}});
    expect([await get(), await get()]).toEqual(['ok', 'VEHICLE_REQUEST_LIMIT']);
    simulator.setLimits({});
    expect(await get()).toBe('VEHICLE_REQUEST_LIMIT');
    simulator.setLimits({monthly: false});
    expect(await get()).toBe('ok');
  });

  test('changes nothing at all when one of its limits makes no sense', async () => {
    const simulator = await start({limits: {application: {size: 1, perMinute: 1}}});
    const {send} = v2Owner(simulator);
    await send('GET', '/v2.0/user');
    expect(() => simulator.setLimits({application: false, maker: {size: 0, everyMs: 1}})).toThrow(
      '`limits.maker.size`',
    );
    expect((await send('GET', '/v2.0/user')).status).toBe(429);
  });
});

describe('limits that make no sense are refused by name', () => {
  test.each([
    [
      {application: {size: 0, perMinute: 1}},
      '`limits.application.size` to be a whole number from 1 up, got `0`',
    ],
    [
      {application: {size: 1, perMinute: 0}},
      '`limits.application.perMinute` to be a number above 0, got `0`',
    ],
    [{application: {size: 1}}, '`limits.application.perMinute` to be given, got nothing'],
    [
      {application: true},
      '`limits.application` to be an object with size, perMinute, retryAfter, got `true`',
    ],
    [
      {application: {size: 1, perMinute: 1, retryAfter: 'no'}},
      '`limits.application.retryAfter` to be true or false',
    ],
    [{vehicle: {size: 1, everyMs: Number.NaN}}, '`limits.vehicle.everyMs` to be a number above 0, got `NaN`'],
    [{vehicle: {size: 1.5, everyMs: 1}}, '`limits.vehicle.size` to be a whole number from 1 up, got `1.5`'],
    [{maker: {size: 1, everyMs: Infinity}}, '`limits.maker.everyMs` to be a number above 0, got `Infinity`'],
    [{monthly: {calls: -1}}, '`limits.monthly.calls` to be a whole number from 0 up, got `-1`'],
    [{monthly: 500}, '`limits.monthly` to be an object with calls, got `500`'],
    [{retryAfter: 'minutes'}, '`limits.retryAfter` to be one of seconds, http-date, '],
    [{aplication: false}, '`limits.aplication` to be absent (what can be given is application, vehicle, '],
    [null, '`limits` to be an object with application, '],
  ])('%j', async (limits, message) => {
    expect(() => createLimits(limits as LimitOptions)).toThrow(message);
    const simulator = await start();
    expect(() => simulator.setLimits(limits as LimitOptions)).toThrow(message);
    await expect(start({limits: limits as LimitOptions})).rejects.toThrow('`limits');
  });
});

describe('buckets', () => {
  test('never hold more than their size, and no wait is longer than a token takes, however the clock jumps', () => {
    const everyMs = 1000;
    const bucket = createBucket({size: 5, everyMs});
    let now = noon;
    // A fixed walk: forwards a little, and now and then far ahead or far back.
    for (const [round, jump] of [0, -86_400_000, 500, 86_400_000, -1, -1e12, 2e12, 0].entries()) {
      now += jump;
      const waits = Array.from({length: 20}, () => bucket.draw(now));
      expect(waits.filter(waitMs => waitMs === 0).length).toBeLessThanOrEqual(5);
      expect(Math.max(...waits)).toBeLessThanOrEqual(everyMs);
      expect(Math.min(...waits)).toBeGreaterThanOrEqual(0);
      // Whoever waits as told finds a token.
      const waitMs = bucket.draw(now);
      now += waitMs;
      expect([round, bucket.draw(now)]).toEqual([round, 0]);
    }
  });

  test('that were emptied before a jump back are as empty after it, and fill up at their pace', () => {
    const bucket = createBucket({size: 2, everyMs: 1000});
    expect([bucket.draw(noon), bucket.draw(noon), bucket.draw(noon)]).toEqual([0, 0, 1000]);
    const before = noon - 3_600_000;
    expect(bucket.draw(before)).toBe(1000);
    expect([bucket.draw(before + 1000), bucket.draw(before + 1000)]).toEqual([0, 1000]);
  });

  test('are forgotten when they are full and there are many', () => {
    const buckets = createBuckets({size: 1, everyMs: minute}, 100);
    for (let car = 0; car < 1000; car += 1) buckets.draw(`car ${car}`, noon + car * 1000);
    // One a second, full after a minute.
    expect(buckets.count).toBeLessThanOrEqual(100);
    const busy = createBuckets({size: 1, everyMs: minute}, 100);
    for (let car = 0; car < 1000; car += 1) expect(busy.draw(`car ${car}`, noon)).toBe(0);
    for (let car = 0; car < 1000; car += 1) expect(busy.draw(`car ${car}`, noon)).toBe(minute);
    expect(busy.count).toBe(1000);
    busy.draw('one more', noon + minute);
    for (let car = 0; car < 1100; car += 1) busy.draw(`late ${car}`, noon + 2 * minute);
    expect(busy.count).toBeLessThan(1200);
  });
});

function codesOf(body: {responses: {code: number}[]}): number[] {
  return body.responses.map(({code}) => code);
}
