import {describe, expect, test} from 'vitest';
import type {Simulator} from '../../src/simulator/index.ts';
import {basic, postForm, sender, start, v2Owner, v3Owner} from './harness.ts';

const home = 'https://example.com/back';

/** Opens a Connect link; returns where it leads. */
async function open(simulator: Simulator, path: string, query: Record<string, string>): Promise<URL> {
  const answer = await sender(simulator, {})('GET', `${path}?${new URLSearchParams(query).toString()}`);
  expect(answer.status).toBe(302);
  return new URL(answer.headers.get('location') ?? '');
}

const authorize = {
  response_type: 'code',
  client_id: 'client_simulator',
  redirect_uri: home,
  state: 'abc',
  user: 'ada',
};

describe('/oauth/authorize', () => {
  test('comes back with a code that buys tokens once', async () => {
    const simulator = await start();
    simulator.addOwner({id: 'ada'});
    const back = await open(simulator, '/oauth/authorize', {
      ...authorize,
      scope: 'required:read_vin read_odometer',
    });
    expect(back.origin + back.pathname).toBe(home);
    expect([...back.searchParams.keys()].toSorted()).toEqual(['code', 'state']);
    expect(back.searchParams.get('state')).toBe('abc');

    const form = {
      grant_type: 'authorization_code',
      code: back.searchParams.get('code') ?? '',
      redirect_uri: home,
    };
    const tokens = await postForm(simulator, '/oauth/token', form, basic(simulator));
    expect(tokens.body).toMatchObject({
      token_type: 'Bearer',
      expires_in: 7200,
      refresh_token: expect.any(String),
    });
    const send = sender(simulator, {authorization: `Bearer ${tokens.body.access_token}`});
    expect((await send('GET', '/v2.0/user')).body).toEqual({id: 'ada'});
    const [vehicle] = (await send('GET', '/v2.0/vehicles')).body.vehicles;
    expect((await send('GET', `/v2.0/vehicles/${vehicle}/permissions`)).body.permissions).toEqual([
      'read_vin',
      'read_odometer',
    ]);
    expect((await postForm(simulator, '/oauth/token', form, basic(simulator))).body.error).toBe(
      'invalid_grant',
    );
  });

  test('a code lives ten minutes and belongs to its redirect', async () => {
    const simulator = await start();
    simulator.addOwner({id: 'ada'});
    const code = async () =>
      (await open(simulator, '/oauth/authorize', authorize)).searchParams.get('code') ?? '';
    const exchange = (value: string, redirect: string) =>
      postForm(
        simulator,
        '/oauth/token',
        {grant_type: 'authorization_code', code: value, redirect_uri: redirect},
        basic(simulator),
      );
    expect((await exchange(await code(), 'https://example.com/else')).status).toBe(400);
    const late = await code();
    simulator.advance(600_000);
    expect((await exchange(late, home)).status).toBe(400);
    expect((await exchange(await code(), home)).status).toBe(200);
  });

  test('for v3 names the owner, with or without a code', async () => {
    const simulator = await start();
    simulator.addOwner({id: 'ada'});
    const link = {redirect_uri: home, state: 's', external_id: 'ada'};
    const both = await open(simulator, '/oauth/authorize', {
      ...link,
      application_id: 'simulator-application',
      response_type: 'code',
    });
    expect(Object.fromEntries(both.searchParams)).toEqual({
      code: expect.any(String),
      user_id: 'ada',
      external_id: 'ada',
      state: 's',
    });
    const none = await open(simulator, '/oauth/authorize', {
      ...link,
      client_id: 'simulator-application',
      response_type: 'none',
    });
    expect(Object.fromEntries(none.searchParams)).toEqual({user_id: 'ada', external_id: 'ada', state: 's'});
  });

  test('settles a revoked grant, permission and login', async () => {
    const simulator = await start();
    const {vehicle, send: v2} = v2Owner(simulator, {id: 'ada'});
    const {send} = await v3Owner(simulator, {id: 'bob'});
    simulator.revoke({owner: 'ada', how: 'login', vehicle});
    simulator.revoke({owner: 'ada', how: 'permission', permission: 'read_odometer', vehicle});
    simulator.revoke({owner: 'ada', how: 'grant'});
    await open(simulator, '/oauth/authorize', authorize);
    const path = `/v3/vehicles/${vehicle}/signals/odometer-traveleddistance`;
    expect((await send('GET', path, undefined, {'sc-user-id': 'ada'})).status).toBe(200);
    // The tokens of the old family stay dead: Connect gives new ones.
    expect((await v2('GET', '/v2.0/user')).status).toBe(401);
  });

  test('a smaller scope leaves the other permissions lost', async () => {
    const simulator = await start();
    const {vehicle, send} = v2Owner(simulator, {id: 'ada'});
    simulator.revoke({owner: 'ada', how: 'permission', permission: 'read_odometer'});
    await open(simulator, '/oauth/authorize', {...authorize, scope: 'read_vin'});
    expect((await send('GET', `/v2.0/vehicles/${vehicle}/odometer`)).status).toBe(403);
    await open(simulator, '/oauth/authorize', {...authorize, scope: 'read_odometer'});
    expect((await send('GET', `/v2.0/vehicles/${vehicle}/odometer`)).status).toBe(200);
  });

  test('single select takes the one car', async () => {
    const simulator = await start();
    simulator.addOwner({id: 'ada', vehicles: [{id: 'one'}, {id: 'two', vin: 'VIN2', make: 'FORD'}]});
    const carsOf = async (query: Record<string, string>) => {
      const back = await open(simulator, '/oauth/authorize', {...authorize, ...query});
      const form = {
        grant_type: 'authorization_code',
        code: back.searchParams.get('code') ?? '',
        redirect_uri: home,
      };
      const {body} = await postForm(simulator, '/oauth/token', form, basic(simulator));
      const send = sender(simulator, {authorization: `Bearer ${body.access_token}`});
      return (await send('GET', '/v2.0/vehicles')).body.vehicles;
    };
    expect(await carsOf({single_select: 'true'})).toEqual(['one']);
    expect(await carsOf({single_select: 'true', single_select_vin: 'VIN2'})).toEqual(['two']);
    expect(await carsOf({make: 'ford'})).toEqual(['two']);
    const back = await open(simulator, '/oauth/authorize', {...authorize, make: 'BMW'});
    expect(back.searchParams.get('error')).toBe('no_vehicles');
  });

  test.each([
    ['access_denied', {}],
    ['vehicle_incompatible', {make: 'TESLA', model: 'Model 3', year: '2023', vin: expect.any(String)}],
    ['invalid_subscription', {}],
    ['no_vehicles', {}],
    ['configuration_error', {status_code: '400', error_message: expect.any(String)}],
    ['server_error', {}],
    ['user_manually_returned_to_application', {}],
    ['oem_cancelled_login', {}],
    ['user_cancelled', {}],
  ])('comes back with %s when asked to, and settles nothing', async (error, more) => {
    const simulator = await start();
    const {vehicle, send} = v2Owner(simulator, {id: 'ada'});
    simulator.revoke({owner: 'ada', how: 'login', vehicle});
    const back = await open(simulator, '/oauth/authorize', {...authorize, simulate: error});
    expect(Object.fromEntries(back.searchParams)).toEqual({
      error,
      error_description: expect.any(String),
      state: 'abc',
      ...more,
    });
    expect((await send('GET', `/v2.0/vehicles/${vehicle}/odometer`)).status).toBe(400);
  });

  test('never redirects to where it was not told to by someone it knows', async () => {
    const simulator = await start({redirectUris: [home]});
    simulator.addOwner({id: 'ada'});
    const send = sender(simulator, {});
    const refused = [
      {...authorize, client_id: 'stranger'},
      {...authorize, redirect_uri: 'https://evil.example/'},
      {...authorize, simulate: 'nonsense'},
    ];
    for (const query of refused) {
      const answer = await send('GET', `/oauth/authorize?${new URLSearchParams(query).toString()}`);
      expect(answer).toMatchObject({status: 400, body: {error: 'invalid_request'}});
    }
    const {redirect_uri: _, ...withoutRedirect} = authorize;
    const back = await open(simulator, '/oauth/authorize', withoutRedirect);
    expect(back.origin + back.pathname).toBe(home);
  });

  test('reports a link that is set up wrongly, and an owner nobody knows', async () => {
    const simulator = await start();
    simulator.addOwner({id: 'ada'});
    simulator.addOwner({id: 'bob'});
    const wrongType = await open(simulator, '/oauth/authorize', {...authorize, response_type: 'token'});
    expect(wrongType.searchParams.get('error')).toBe('configuration_error');
    const stranger = await open(simulator, '/oauth/authorize', {...authorize, user: 'carl'});
    expect(stranger.searchParams.get('error')).toBe('no_vehicles');
    const {user: _, ...nobody} = authorize;
    expect((await open(simulator, '/oauth/authorize', nobody)).searchParams.get('error')).toBe('no_vehicles');
  });
});

describe('/oauth/reauthenticate', () => {
  test('brings a login back, without a code: the tokens stay', async () => {
    const simulator = await start();
    const {owner, vehicle, send} = v2Owner(simulator);
    simulator.revoke({owner: owner.id, how: 'login', vehicle});
    const {body} = await send('GET', `/v2.0/vehicles/${vehicle}/odometer`);
    const link = new URL(body.resolution.url);
    const query = {...Object.fromEntries(link.searchParams), redirect_uri: home, state: 'xyz'};
    const back = await open(simulator, link.pathname, query);
    expect(Object.fromEntries(back.searchParams)).toEqual({vehicle_id: vehicle, state: 'xyz'});
    expect((await send('GET', `/v2.0/vehicles/${vehicle}/odometer`)).status).toBe(200);
  });

  test('knows only connected cars', async () => {
    const simulator = await start();
    const query = {
      response_type: 'vehicle_id',
      client_id: 'client_simulator',
      redirect_uri: home,
      vehicle_id: 'none',
    };
    const back = await open(simulator, '/oauth/reauthenticate', query);
    expect(back.searchParams.get('error')).toBe('configuration_error');
  });
});
