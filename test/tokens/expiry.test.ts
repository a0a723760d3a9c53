import {describe, expect, test} from 'vitest';
import {all, bench, heldFetch, late, STRICT} from './support/bench.ts';

const HOUR = 3_600_000;

describe.each([
  ['Smartcar-like', {}],
  ['strict', STRICT],
  ['with a refresh that leaves the refresh token as it is', {omitRefreshToken: true}],
  ['with single-use refresh tokens', {graceMs: 0}],
])('%s tokens', (_, tokens) => {
  test.each([20, 50])('%i calls with one expired token refresh once and all succeed', async calls => {
    const {simulator, readMany, tokenRequests} = await bench({tokens});
    simulator.expireAccessTokens();
    expect(await readMany(calls)).toEqual(all(calls));
    expect(tokenRequests()).toMatchObject([{status: 200, token: 1}]);
  });

  test('401s that come long after the refresh refresh nothing', async () => {
    const {simulator, read, readMany, tokenRequests} = await bench({tokens});
    simulator.expireAccessTokens();
    for (const delayMs of [40, 60, 80, 100]) {
      simulator.next({path: '/odometer', times: 5}, late(delayMs, {error: 'AUTHENTICATION'}));
    }
    expect(await readMany(20)).toEqual(all(20));
    expect(await read()).toBe(200);
    expect(tokenRequests()).toMatchObject([{status: 200, token: 1}]);
  });

  test('a token that has reached its own end is renewed before the call is sent', async () => {
    const {clock, read, readMany, reads, tokenRequests} = await bench({tokens});
    await clock.advance(2 * HOUR);
    expect(await readMany(20)).toEqual(all(20));
    expect(await read()).toBe(200);
    expect(tokenRequests()).toHaveLength(1);
    expect(reads().map(({status}) => status)).toEqual(all(21));
  });

  test('tokens follow one another for a whole day', async () => {
    const {clock, readMany, tokenRequests} = await bench({tokens});
    for (let turn = 0; turn < 12; turn++) {
      await clock.advance(2 * HOUR);
      expect(await readMany(3)).toEqual(all(3));
    }
    expect(tokenRequests()).toHaveLength(12);
  });
});

test('the two expiries of a pair are absolute times, counted from before the request', async () => {
  const wire = heldFetch();
  const {simulator, clock, policy, read} = await bench({
    tokens: {accessTtlMs: 5_400_000},
    policy: {fetch: wire.fetch},
  });
  simulator.expireAccessTokens();
  const asked = clock.now();
  const reading = read();
  await wire.asked;
  // Time spent on the way is the token's, not ours.
  await clock.advance(7_000);
  wire.letGo();
  expect(await reading).toBe(200);
  expect(await policy.tokens.get('ada')).toMatchObject({
    accessExpiresAt: asked + 5_400_000,
    refreshExpiresAt: asked + 60 * 24 * HOUR,
  });
});

test('an answer without a refresh token keeps the old one, and its end', async () => {
  const {simulator, clock, policy, pair, read} = await bench({tokens: {omitRefreshToken: true}});
  const {refreshToken, refreshExpiresAt} = pair;
  for (let turn = 0; turn < 3; turn++) {
    await clock.advance(HOUR);
    simulator.expireAccessTokens();
    expect(await read()).toBe(200);
    const now = await policy.tokens.get('ada');
    expect(now).toMatchObject({refreshToken, refreshExpiresAt});
    expect(now?.accessToken).not.toBe(pair.accessToken);
  }
});

test('owners whose tokens expire together refresh once each', async () => {
  const {simulator, readMany, another, tokenRequests} = await bench({tokens: STRICT});
  for (const user of ['bob', 'eve', 'user:ada', 'ada ']) await another(user);
  simulator.expireAccessTokens();
  const users = ['ada', 'bob', 'eve', 'user:ada', 'ada '];
  const statuses = await Promise.all(users.map(user => readMany(10, user)));
  expect(statuses.flat()).toEqual(all(50));
  expect(tokenRequests()).toHaveLength(5);
});

test('two policies on one store refresh one expired token once', async () => {
  const one = await bench({tokens: STRICT});
  const {createPolicy, userTokens} = await import('../../src/index.ts');
  const {simulator, store, clock, vehicle, readMany, tokenRequests} = one;
  const {origin, env} = simulator;
  const second = createPolicy({
    auth: userTokens({clientId: env['SMARTCAR_CLIENT_ID']!, clientSecret: env['SMARTCAR_CLIENT_SECRET']!}),
    origins: {api: origin, auth: origin},
    store,
  });
  expect(clock.waiting).toBe(0);
  simulator.expireAccessTokens();
  const smartcar = second.fetch({user: 'ada'});
  const theirs = Promise.all(
    Array.from({length: 20}, (_, index) =>
      smartcar(`${origin}/v2.0/vehicles/${vehicle}/odometer?other=${index}`),
    ),
  );
  const ours = clock.run(readMany(20));
  expect(await ours).toEqual(all(20));
  expect((await theirs).map(({status}) => status)).toEqual(all(20));
  expect(tokenRequests()).toMatchObject([{status: 200}]);
});
