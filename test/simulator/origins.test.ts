import {describe, expect, test} from 'vitest';
import type {Face, Simulator} from '../../src/simulator/index.ts';
import {applicationToken, basic, start, v2Owner} from './harness.ts';

async function ask(simulator: Simulator, face: Face, path: string, init: RequestInit = {}) {
  const response = await fetch(simulator.origins[face] + path, {redirect: 'manual', ...init});
  const text = await response.text();
  // oxlint-disable-next-line typescript/no-explicit-any -- a test asserts on what it reads
  const body: any = text.startsWith('{') ? JSON.parse(text) : text;
  return {status: response.status, headers: response.headers, body};
}

const allFaces: readonly Face[] = ['api', 'apiV3', 'auth', 'authV3', 'connect', 'management'];

describe('several origins', () => {
  test('are six, and the environment names each', async () => {
    const simulator = await start({origins: 'several'});
    expect(new Set(Object.values(simulator.origins)).size).toBe(6);
    expect(simulator.origin).toBe(simulator.origins.api);
    expect(simulator.env).toMatchObject({
      SMARTCAR_API_ORIGIN: simulator.origins.api,
      SMARTCAR_API_V3_ORIGIN: simulator.origins.apiV3,
      SMARTCAR_AUTH_ORIGIN: simulator.origins.auth,
      SMARTCAR_AUTH_V3_ORIGIN: simulator.origins.authV3,
      SMARTCAR_CONNECT_ORIGIN: simulator.origins.connect,
      SMARTCAR_MANAGEMENT_API_ORIGIN: simulator.origins.management,
    });
  });

  test('serve v2 and v3 each on its own host, with the tokens of its own endpoint', async () => {
    const simulator = await start({origins: 'several'});
    const {owner, vehicle, tokens} = v2Owner(simulator);
    const v2 = {authorization: `Bearer ${tokens.accessToken}`};
    expect((await ask(simulator, 'api', `/v2.0/vehicles/${vehicle}/vin`, {headers: v2})).status).toBe(200);
    const token = await ask(simulator, 'authV3', '/oauth2/token', {
      method: 'POST',
      headers: basic(simulator),
      body: new URLSearchParams({grant_type: 'client_credentials'}),
    });
    const v3 = {authorization: `Bearer ${token.body.access_token}`, 'sc-user-id': owner.id};
    const signals = await ask(simulator, 'apiV3', `/v3/vehicles/${vehicle}/signals`, {headers: v3});
    expect(signals.status).toBe(200);
    expect(signals.body.links.self).toMatch(`${simulator.origins.apiV3}/v3/`);
    const refreshed = await ask(simulator, 'auth', '/oauth/token', {
      method: 'POST',
      headers: basic(simulator),
      body: new URLSearchParams({grant_type: 'refresh_token', refresh_token: tokens.refreshToken}),
    });
    expect(refreshed.status).toBe(200);
  });

  test('say INVALID_PATH on v3’s host to what is v2’s, whatever the token', async () => {
    const simulator = await start({origins: 'several'});
    const {vehicle, tokens} = v2Owner(simulator);
    const headers = {authorization: `Bearer ${tokens.accessToken}`};
    for (const path of [`/v2.0/vehicles/${vehicle}/vin`, '/v2.0/user', '/', '/v4/x', '/oauth2/token']) {
      const {status, body} = await ask(simulator, 'apiV3', path, {headers});
      expect([path, status]).toEqual([path, 404]);
      expect(body.errors[0]).toMatchObject({type: 'RESOURCE_NOT_FOUND', code: 'INVALID_PATH'});
    }
  });

  test('answer flat on v2’s host about what is v3’s', async () => {
    const simulator = await start({origins: 'several'});
    for (const [path, code] of [
      ['/v3/connections', 'VERSION'],
      ['/v3', 'VERSION'],
      ['/oauth2/token', 'PATH'],
      ['/', 'PATH'],
    ] as const) {
      const {status, body} = await ask(simulator, 'api', path);
      expect([status, body.type, body.code]).toEqual([404, 'RESOURCE_NOT_FOUND', code]);
    }
  });

  test('have a token endpoint on its host and on no other', async () => {
    const simulator = await start({origins: 'several'});
    const post = (face: Face, path: string) =>
      ask(simulator, face, path, {
        method: 'POST',
        headers: basic(simulator),
        body: new URLSearchParams({grant_type: 'client_credentials'}),
      });
    for (const face of allFaces) {
      expect((await post(face, '/oauth2/token')).status).toBe(face === 'authV3' ? 200 : 404);
      // It knows the client, but not this grant type.
      expect((await post(face, '/oauth/token')).status).toBe(face === 'auth' ? 400 : 404);
    }
    const stranger = await ask(simulator, 'auth', '/v2.0/user');
    expect(stranger).toMatchObject({status: 404, body: {error: 'invalid_request'}});
  });

  test('open Connect on its host, and on v2’s, where the SDK looks for it', async () => {
    const simulator = await start({origins: 'several'});
    simulator.addOwner();
    const link =
      '/oauth/authorize?response_type=code&client_id=client_simulator&redirect_uri=https://a.example/b';
    for (const face of allFaces) {
      const {status} = await ask(simulator, face, link);
      expect([face, status]).toEqual([face, face === 'connect' || face === 'api' ? 302 : 404]);
    }
  });
});

test('with one origin every host is the same, and each path speaks its own language', async () => {
  const simulator = await start();
  expect(new Set(Object.values(simulator.origins))).toEqual(new Set([simulator.origin]));
  expect(await applicationToken(simulator)).toMatch(/.{20}/);
  expect((await ask(simulator, 'api', '/v3')).body.errors[0].code).toBe('INVALID_PATH');
  expect((await ask(simulator, 'api', '/v2.0')).body.code).toBe('PATH');
});

test('a path has one spelling, escapes or not', async () => {
  const simulator = await start();
  const {send} = v2Owner(simulator);
  expect((await send('GET', '/v%32.0/%75ser')).status).toBe(200);
  expect((await send('GET', '/%763/connections')).body.errors[0].code).toBe('UNAUTHORIZED');
  expect(simulator.journal.map(({path, api}) => [path, api])).toEqual([
    ['/v2.0/user', '2.0'],
    ['/v3/connections', '3'],
  ]);
});
