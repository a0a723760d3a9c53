import {describe, expect, test} from 'vitest';
import {follow, named, openLink, REDIRECT_URI, rejection, world} from './support/owners.ts';

const why = (reason: string): object => ({code: 'CALLBACK', callback: {why: reason}});

describe('an owner who comes back', () => {
  test('with a code has a grant again: it is stored before the episode ends, and parked work goes on', async () => {
    const on = await world();
    const made = on.policyOf();
    await made.policy.tokens.save('ada', on.simulator.grant('ada'));
    on.simulator.revoke({owner: 'ada', how: 'grant'});
    on.simulator.expireAccessTokens();
    expect(await made.read()).toBe(401);
    const parked = made.read({waitForReauthMs: 3_600_000});
    let stored: unknown;
    made.policy.on('reauth-resolved', () => {
      stored = made.policy.tokens.get('ada');
    });
    const back = await made.policy.connect.handleCallback(await follow(await openLink(made)));

    expect(back).toEqual({user: 'ada'});
    expect(await stored).toMatchObject({refreshToken: expect.any(String)});
    expect(await on.clock.run(parked)).toBe(200);
    expect(named(made, 'reauth-resolved')).toMatchObject([{user: 'ada', scope: 'user', by: 'callback'}]);
    expect(await made.policy.reauth.list()).toEqual([]);
  });

  test('with nothing but the car has logged in to its maker again: the tokens stay', async () => {
    const on = await world();
    const made = on.policyOf();
    const pair = on.simulator.grant('ada');
    await made.policy.tokens.save('ada', pair);
    on.simulator.revoke({owner: 'ada', how: 'login', vehicle: on.cars[0]});
    expect(await made.read()).toBe(400);
    const link = new URL((await openLink(made)) ?? '');
    expect(link.pathname).toBe('/oauth/reauthenticate');
    expect(link.searchParams.get('redirect_uri')).toBe(REDIRECT_URI);
    const back = await made.policy.connect.handleCallback(await follow(link.href));

    expect(back).toEqual({user: 'ada', vehicle: on.cars[0]});
    expect(await made.policy.tokens.get('ada')).toMatchObject({refreshToken: pair.refreshToken});
    expect(named(made, 'reauth-resolved')).toMatchObject([{vehicle: on.cars[0], by: 'callback'}]);
    expect(await made.read()).toBe(200);
  });

  test('for the first time is connected by the link that the product shows', async () => {
    const on = await world();
    const made = on.policyOf({connect: {scope: ['read_odometer']}});
    const link = made.policy.connect.url('ada', {session: 'cookie 1'});
    const back = await made.policy.connect.handleCallback(await follow(link), {session: 'cookie 1'});

    expect(back).toEqual({user: 'ada'});
    expect(await made.read()).toBe(200);
    expect(made.events).toEqual([]);
  });

  test('on v3 brings no code, but the id that calls have to name', async () => {
    const on = await world('v3');
    const made = on.policyOf({connect: {scope: ['read_odometer']}});
    const link = new URL(made.policy.connect.url('ada'));
    expect(link.searchParams.get('application_id')).toBe('simulator-application');
    expect(link.searchParams.get('external_id')).toBe('ada');
    expect(link.searchParams.get('response_type')).toBe('none');

    const back = await made.policy.connect.handleCallback(await follow(link.href));
    expect(back).toEqual({user: 'ada', unverifiedSmartcarUser: 'ada'});
  });
});

describe('a redirect is refused, nothing is stored and nothing ends,', () => {
  test.each([
    ['without a state', 'state-missing', (url: URL) => url.searchParams.delete('state')],
    ['with an empty state', 'state-missing', (url: URL) => url.searchParams.set('state', '')],
    ['with a state of somebody else', 'state-forged', (url: URL) => url.searchParams.set('state', 'e30.abc')],
    ['with dots for a state', 'state-forged', (url: URL) => url.searchParams.set('state', '..')],
    [
      'with another user written into the state',
      'state-forged',
      (url: URL) => {
        const [payload = '', signature = ''] = (url.searchParams.get('state') ?? '').split('.');
        const state = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
        const other = Buffer.from(JSON.stringify({...state, user: 'eve'})).toString('base64url');
        url.searchParams.set('state', `${other}.${signature}`);
      },
    ],
    ['without a code', 'nothing-granted', (url: URL) => url.searchParams.delete('code')],
    [
      'with a code that nobody gave',
      'exchange-failed',
      (url: URL) => url.searchParams.set('code', 'made-up'),
    ],
  ])('%s', async (_, reason, change) => {
    const on = await world();
    const made = on.policyOf();
    await made.read();
    const url = new URL((await follow(await openLink(made))).url);
    change(url);
    const error = await rejection(made.policy.connect.handleCallback(new Request(url)));

    expect(error).toMatchObject(why(reason));
    expect(String(error)).not.toContain(url.searchParams.get('code') ?? 'no code');
    expect(await made.policy.tokens.get('ada')).toBeUndefined();
    expect(await made.policy.reauth.list()).toHaveLength(1);
    expect(named(made, 'reauth-resolved')).toEqual([]);
  });

  test('when the link is older than it may be', async () => {
    const on = await world();
    const made = on.policyOf({connect: {linkLifeMs: 60_000}});
    const back = await follow(made.policy.connect.url('ada'));
    await on.clock.advance(60_000);
    expect(await rejection(made.policy.connect.handleCallback(back))).toMatchObject(why('state-expired'));
  });

  test('when another browser brings it, or none that is known', async () => {
    const on = await world();
    const made = on.policyOf();
    const back = await follow(made.policy.connect.url('ada', {session: 'cookie 1'}));
    for (const given of [{session: 'cookie 2'}, {session: ''}, {}]) {
      const error = await rejection(made.policy.connect.handleCallback(back, given));
      expect(error).toMatchObject(why('another-session'));
    }
    expect(await made.policy.connect.handleCallback(back, {session: 'cookie 1'})).toEqual({user: 'ada'});
  });

  test('when the owner logs in to another car than the one that the link was for', async () => {
    const on = await world();
    const made = on.policyOf();
    const link = new URL(made.policy.connect.url('ada', {vehicle: on.cars[0]}));
    link.searchParams.set('vehicle_id', on.cars[1]);
    const back = await follow(link.href);

    expect(new URL(back.url).searchParams.get('vehicle_id')).toBe(on.cars[1]);
    expect(await rejection(made.policy.connect.handleCallback(back))).toMatchObject(why('another-vehicle'));
  });

  test('when the grant covers other cars than the one that the link was for', async () => {
    const on = await world();
    const made = on.policyOf();
    await made.policy.tokens.save('ada', on.simulator.grant('ada', {scope: ['read_vin']}));
    expect(await made.read()).toBe(403);
    const link = new URL((await openLink(made)) ?? '');
    expect(link.pathname).toBe('/oauth/authorize');
    const bob = on.simulator.addOwner({id: 'bob'});
    link.searchParams.set('user', bob.id);
    const before = await made.policy.tokens.get('ada');
    const error = await rejection(made.policy.connect.handleCallback(await follow(link.href)));

    expect(error).toMatchObject(why('another-vehicle'));
    expect(await made.policy.tokens.get('ada')).toEqual(before);
    expect(await made.policy.reauth.list()).toHaveLength(1);
  });

  test.each([
    'access_denied',
    'vehicle_incompatible',
    'invalid_subscription',
    'no_vehicles',
    'configuration_error',
    'server_error',
    'user_manually_returned_to_application',
    'oem_cancelled_login',
    'user_cancelled',
  ])('when Connect ends with %s; the same link may be followed again', async error => {
    const on = await world();
    const made = on.policyOf();
    await made.read();
    const link = await openLink(made);
    const refused = await rejection(
      made.policy.connect.handleCallback(await follow(link, {simulate: error})),
    );

    expect(refused).toMatchObject({code: 'CALLBACK', callback: {why: error, user: 'ada'}});
    expect(await made.policy.reauth.list()).toHaveLength(1);
    expect(await made.policy.connect.handleCallback(await follow(link))).toEqual({user: 'ada'});
  });

  test('when the car is not compatible, and the refusal names it', async () => {
    const on = await world();
    const made = on.policyOf();
    const back = await follow(made.policy.connect.url('ada'), {simulate: 'vehicle_incompatible'});
    expect(await rejection(made.policy.connect.handleCallback(back))).toMatchObject({
      callback: {car: {make: expect.any(String), model: expect.any(String), vin: expect.any(String)}},
    });
  });

  test('when it is no Request', async () => {
    const on = await world();
    const call = on.policyOf().policy.connect.handleCallback('https://product.example/?code=1' as never);
    expect(await rejection(call)).toMatchObject({code: 'CONFIGURATION'});
  });
});
