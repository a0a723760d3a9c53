import {describe, expect, test} from 'vitest';
import {refresh, start, v2Owner} from './harness.ts';

describe('which request a line is for', () => {
  test('the first that fits and has times left wins', async () => {
    const simulator = await start();
    const {vehicle, send} = v2Owner(simulator);
    simulator.next({path: '/odometer', times: 2}, {error: 'UPSTREAM:NO_RESPONSE'});
    simulator.next({vehicle}, {error: 'VEHICLE_STATE:ASLEEP'});
    const code = async (path: string) => (await send('GET', `/v2.0/vehicles/${vehicle}${path}`)).body.code;
    expect(await code('/odometer')).toBe('NO_RESPONSE');
    expect(await code('/vin')).toBe('ASLEEP');
    expect(await code('/odometer')).toBe('NO_RESPONSE');
    expect(await code('/odometer')).toBeUndefined();
  });

  test('method, path, vehicle and user all have to fit', async () => {
    const simulator = await start();
    const {vehicle, owner, send} = v2Owner(simulator);
    simulator.next({method: 'post'}, {error: 'SERVER:INTERNAL'});
    simulator.next({path: /\/vin$/g, times: 2}, {error: 'SERVER:INTERNAL'});
    simulator.next({user: 'nobody'}, {error: 'SERVER:INTERNAL'});
    const status = async (method: string, path: string) =>
      (await send(method, `/v2.0/vehicles/${vehicle}${path}`)).status;
    expect(await status('GET', '/odometer')).toBe(200);
    expect([await status('GET', '/vin'), await status('GET', '/vin'), await status('GET', '/vin')]).toEqual([
      500, 500, 200,
    ]);
    expect(await status('POST', '/security')).toBe(500);
    simulator.next({user: owner.id}, {error: 'SERVER:INTERNAL'});
    expect(await status('GET', '/odometer')).toBe(500);
  });

  test('a line without a path leaves token requests and Connect alone', async () => {
    const simulator = await start();
    const {owner, tokens, send} = v2Owner(simulator);
    simulator.next({}, {error: 'SERVER:INTERNAL'});
    expect((await refresh(simulator, tokens.refreshToken)).status).toBe(200);
    expect((await send('GET', '/v2.0/user')).status).toBe(500);
    simulator.next({endpoint: 'token', user: owner.id}, {error: 'invalid_grant', description: 'gone'});
    expect((await send('GET', '/v2.0/user')).status).toBe(200);
    expect(await refresh(simulator, tokens.refreshToken)).toMatchObject({
      status: 400,
      body: {error: 'invalid_grant', error_description: 'gone'},
    });
    simulator.next({endpoint: 'token'}, {error: 'SERVER:INTERNAL'});
    expect(await refresh(simulator, tokens.refreshToken)).toMatchObject({
      status: 500,
      body: {error: 'server'},
    });
  });

  test('done names each line that is left', async () => {
    const simulator = await start();
    const {send} = v2Owner(simulator);
    expect(() => simulator.done()).not.toThrow();
    simulator.next({path: '/odometer', times: 3}, {error: 'UPSTREAM:NO_RESPONSE'});
    simulator.next({endpoint: 'token', user: 'ada'}, {html: 502});
    simulator.next({path: '/user', times: Number.POSITIVE_INFINITY}, {error: 'SERVER:INTERNAL'});
    await send('GET', '/v2.0/vehicles/none/odometer');
    expect(simulator.unused()).toEqual([
      {path: '/odometer', times: 3},
      {endpoint: 'token', user: 'ada'},
    ]);
    expect(() => simulator.done()).toThrow(
      'Scripted replies that were not used:\n' +
        '  2 × any method /odometer → {"error":"UPSTREAM:NO_RESPONSE"}\n' +
        '  1 × any method at the token endpoint for user ada → {"html":502}',
    );
  });

  test('what was not used is named without bodies and headers, which may hold secrets', async () => {
    const simulator = await start();
    simulator.next({share: 0.5, times: 2}, {status: 200, headers: {cookie: 'x'}, body: {access_token: 'x'}});
    expect(() => simulator.done()).toThrow(
      '  2 × any method any path with a share of 0.5 → {"status":200,"headers":"…","body":"…"}',
    );
  });

  test('add returns what takes the line back, and that can be done twice', async () => {
    const simulator = await start();
    const {send} = v2Owner(simulator);
    const back = simulator.next({times: Number.POSITIVE_INFINITY}, {error: 'SERVER:INTERNAL'});
    const other = simulator.next({times: 2}, {error: 'UPSTREAM:NO_RESPONSE'});
    expect((await send('GET', '/v2.0/user')).status).toBe(500);
    back();
    back();
    expect((await send('GET', '/v2.0/user')).status).toBe(502);
    other();
    expect((await send('GET', '/v2.0/user')).status).toBe(200);
    simulator.done();
  });
});
