import {describe, expect, test} from 'vitest';
import type {PolicyEvents} from '../../src/index.ts';
import type {Reply} from '../../src/simulator/index.ts';
import {all, bench, heldFetch, rejection, STRICT, type Bench} from './support/bench.ts';

const heard = <E extends keyof PolicyEvents>({events}: Bench, name: E): PolicyEvents[E][] =>
  events.flatMap(([one, event]) => (one === name ? [event as PolicyEvents[E]] : []));

/** Expires the token by our own clock: the policy needs another before it may send anything. */
async function expired(options: Parameters<typeof bench>[0] = {}): Promise<Bench> {
  const made = await bench(options);
  await made.clock.advance(2 * 3_600_000);
  return made;
}

const DEAD: readonly (readonly [name: string, reply: Reply])[] = [
  ['invalid_grant', {error: 'invalid_grant'}],
  [
    'invalid_grant with a challenge',
    {error: 'invalid_grant', headers: {'www-authenticate': 'Bearer realm="x"'}},
  ],
  [
    'invalid_grant as plain text',
    {status: 400, headers: {'content-type': 'text/plain'}, body: '{"error":"invalid_grant"}'},
  ],
  [
    'invalid_request naming the refresh token',
    {error: 'invalid_request', description: 'Invalid refresh_token: it has expired.'},
  ],
  ['invalid_request naming the token', {error: 'invalid_request', description: 'Invalid or expired token.'}],
];

describe.each(DEAD)('%s', (_, reply) => {
  test('ends the grant once for everybody: one request, one episode, REAUTH_REQUIRED', async () => {
    const made = await expired();
    made.simulator.next({endpoint: 'token', times: Infinity}, reply);
    const errors = await Promise.all(Array.from({length: 20}, () => rejection(made.read())));
    expect(errors).toMatchObject(all(20).map(() => ({name: 'PolicyError', code: 'REAUTH_REQUIRED'})));
    expect(await rejection(made.read())).toMatchObject({code: 'REAUTH_REQUIRED'});
    expect(made.tokenRequests()).toHaveLength(1);
    expect(made.reads()).toHaveLength(0);
    expect(heard(made, 'reauth')).toMatchObject([{user: 'ada', scope: 'user'}]);
  });

  test('ends nothing when the store has another pair by then: that one is used', async () => {
    const wire = heldFetch();
    const made = await expired({tokens: STRICT, policy: {fetch: wire.fetch}});
    const {simulator, store, owner, read, tokenRequests} = made;
    simulator.next({endpoint: 'token'}, reply);
    const reading = read();
    await wire.asked;
    // Another process, one without our lock.
    const theirs = simulator.grant(owner);
    await store.put('user:ada', theirs);
    wire.letGo();
    expect(await reading).toBe(200);
    expect(tokenRequests()).toHaveLength(1);
    expect(heard(made, 'reauth')).toEqual([]);
  });

  test('ends nothing when the other pair in the store has itself expired: that one is renewed', async () => {
    const wire = heldFetch();
    const made = await expired({tokens: STRICT, policy: {fetch: wire.fetch}});
    const {simulator, store, owner, read, tokenRequests} = made;
    simulator.next({endpoint: 'token'}, reply);
    const reading = read();
    await wire.asked;
    const theirs = simulator.grant(owner);
    simulator.expireAccessTokens();
    await store.put('user:ada', {...theirs, accessExpiresAt: simulator.now()});
    wire.letGo();
    expect(await reading).toBe(200);
    expect(tokenRequests()).toHaveLength(2);
    expect(heard(made, 'reauth')).toEqual([]);
  });
});

test('a dead grant parks its own user and nobody else', async () => {
  const made = await expired();
  await made.another('bob');
  made.simulator.revoke({owner: made.owner, how: 'grant'});
  expect(await rejection(made.read('ada'))).toMatchObject({code: 'REAUTH_REQUIRED'});
  expect(await made.readMany(5, 'bob')).toEqual(all(5));
});

test('a grant that died while its token was still good is found out by the 401, which is handed out', async () => {
  const made = await bench();
  const {simulator, policy, owner, vehicle} = made;
  simulator.revoke({owner, how: 'grant'});
  const url = `${simulator.origin}/v2.0/vehicles/${vehicle}/odometer`;
  const response = await policy.fetch({user: 'ada'})(url);
  expect(response.status).toBe(401);
  expect(await response.json()).toMatchObject({type: 'AUTHENTICATION'});
  expect(heard(made, 'reauth')).toHaveLength(1);
});

test('run without an error of its own gets a PolicyError that says what to do', async () => {
  const made = await expired({policy: {connect: {redirectUri: 'https://example.com/back'}}});
  made.simulator.revoke({owner: made.owner, how: 'grant'});
  const error = await rejection(made.policy.run(() => 'never called', {user: 'ada'}));
  expect(error).toMatchObject({
    code: 'REAUTH_REQUIRED',
    message: expect.stringMatching(/The grant for user "ada" is gone: the owner has to go through Connect/),
    connectUrl: expect.stringMatching(/\/oauth\/authorize\?/),
  });
});

test('an owner who never connected is told apart from one whose grant is gone', async () => {
  const made = await bench();
  const error = await rejection(made.policy.run(() => 'never called', {user: 'nobody'}));
  expect(error).toMatchObject({
    code: 'REAUTH_REQUIRED',
    message: expect.stringMatching(/No tokens are stored for user "nobody"/),
  });
  expect(made.tokenRequests()).toHaveLength(0);
});

test('a pair without a refresh token is used to its end, and then the owner has to come back', async () => {
  const made = await bench();
  const {policy, pair, clock, read, tokenRequests} = made;
  await policy.tokens.save('ada', {accessToken: pair.accessToken, accessExpiresAt: pair.accessExpiresAt});
  expect(await read()).toBe(200);
  await clock.advance(2 * 3_600_000);
  expect(await rejection(read())).toMatchObject({code: 'REAUTH_REQUIRED'});
  expect(tokenRequests()).toHaveLength(0);
});

test('new tokens end the episode, and calls go on', async () => {
  const made = await expired();
  made.simulator.revoke({owner: made.owner, how: 'grant'});
  await rejection(made.read());
  await made.policy.tokens.save('ada', made.simulator.grant(made.owner));
  made.simulator.restore({owner: made.owner, how: 'grant'});
  expect(await made.readMany(5)).toEqual(all(5));
  expect(heard(made, 'reauth-resolved')).toMatchObject([{by: 'tokens'}]);
});

const OPERATORS: readonly (readonly [name: string, reply: Reply])[] = [
  ['invalid_client', {error: 'invalid_client'}],
  [
    'invalid_client with a challenge',
    {error: 'invalid_client', headers: {'www-authenticate': 'Basic realm="smartcar"'}},
  ],
  ['401 without a body', {status: 401}],
  ['401 in HTML', {status: 401, headers: {'content-type': 'text/html'}, body: '<h1>401</h1>'}],
  ['another invalid_request', {error: 'invalid_request', description: 'grant_type is missing.'}],
  ['unauthorized_client', {error: 'unauthorized_client', status: 400}],
  ['403 of a firewall', {status: 403, headers: {'content-type': 'text/html'}, body: '<h1>403</h1>'}],
  ['404', {status: 404, body: {type: 'RESOURCE_NOT_FOUND', description: 'no such path'}}],
];

describe.each(OPERATORS)('%s from the token endpoint', (_, reply) => {
  test("is the operator's: no owner is sent away, and nothing is repeated", async () => {
    const made = await expired();
    await made.another('bob');
    made.simulator.next({endpoint: 'token', times: Infinity}, reply);
    const errors = await Promise.all(Array.from({length: 20}, () => rejection(made.read())));
    expect(errors).toMatchObject(all(20).map(() => ({name: 'PolicyError', code: 'CONFIGURATION'})));
    expect(made.tokenRequests()).toHaveLength(1);
    expect(heard(made, 'reauth')).toEqual([]);
    expect(await made.policy.reauth.list()).toEqual([]);
    expect(heard(made, 'fail')).toMatchObject(all(20).map(() => ({action: 'fail', needs: 'developer'})));
    // Owners whose tokens are good notice nothing.
    expect(await made.readMany(5, 'bob')).toEqual(all(5));
  });

  test('after a 401 hands out the 401, and needs the developer', async () => {
    const made = await bench();
    made.simulator.expireAccessTokens();
    made.simulator.next({endpoint: 'token', times: Infinity}, reply);
    expect(await made.readMany(5)).toEqual(all(5, 401));
    expect(heard(made, 'reauth')).toEqual([]);
  });
});
