import {describe, expect, test} from 'vitest';
import {explain} from '../../src/index.ts';
import type {Reply} from '../../src/simulator/index.ts';
import {
  all,
  bench,
  isTokenRequest,
  rejection,
  STRICT,
  type BenchOptions,
  type Bench,
} from './support/bench.ts';

async function expired(options: BenchOptions = {}): Promise<Bench> {
  const made = await bench(options);
  await made.clock.advance(2 * 3_600_000);
  return made;
}

/** Smartcar's token endpoint in bad shape. The refresh token may, or may not, have been used. */
const DOWN: readonly (readonly [name: string, reply: Reply])[] = [
  ['500 in JSON', {status: 500, body: {error: 'server_error'}}],
  ['500 that says invalid_grant', {status: 500, body: {error: 'invalid_grant'}}],
  ['502 in HTML', {html: 502}],
  ['503 in HTML', {html: 503}],
  ['504 in HTML', {html: 504}],
  ['408', {status: 408}],
  ['200 in HTML', {status: 200, headers: {'content-type': 'text/html'}, body: '<h1>Welcome</h1>'}],
  ['200 without a body', {status: 200}],
  ['200 without an access token', {status: 200, body: {token_type: 'Bearer'}}],
  ['200 with an error in it', {status: 200, body: {error: 'invalid_grant'}}],
  ['204', {status: 204}],
  ['a redirect', {redirect: 'https://example.com/elsewhere', status: 307}],
  ['429 without a time', {status: 429, body: {error: 'too_many_requests'}}],
  ['429 in HTML', {status: 429, headers: {'content-type': 'text/html'}, body: '<h1>Slow down</h1>'}],
  ['a connection cut before the refresh', {drop: 'before'}],
  ['a connection cut after the refresh', {drop: 'after'}],
  ['a connection cut in the middle of the pair', {drop: 'mid-body'}],
];

describe.each(DOWN)('%s', (_, reply) => {
  test('is met by the same refresh token again, once for all callers', async () => {
    const {simulator, readMany, tokenRequests, events} = await expired({
      policy: {backoff: {'*': {retries: 3, baseDelayMs: 1}}},
    });
    simulator.next({endpoint: 'token', times: 2}, reply);
    expect(await readMany(20)).toEqual(all(20));
    expect(tokenRequests().map(({token}) => token)).toEqual([1, 1, 1]);
    expect(events.filter(([name]) => name === 'reauth')).toEqual([]);
  });

  test('is never a reason to send the owner away, however long it lasts', async () => {
    const {simulator, policy, read, tokenRequests} = await expired({
      policy: {backoff: {'*': {retries: 3, baseDelayMs: 1}}},
    });
    simulator.next({endpoint: 'token', times: Infinity}, reply);
    const error = await rejection(read());
    expect(error).toMatchObject({name: 'PolicyError', code: 'PAUSED', retryAt: expect.any(Number)});
    expect(explain(error)).toMatchObject({action: 'fail', needs: 'support'});
    expect(new Set(tokenRequests().map(({token}) => token))).toEqual(new Set([1]));
    expect(tokenRequests().length).toBeLessThanOrEqual(4);
    expect(await policy.reauth.list()).toEqual([]);
    expect((await policy.tokens.get('ada'))?.refreshToken).toBeTypeOf('string');
  });
});

/** Stands for the 20 seconds of a token request, with a shorter fuse. */
const impatient: typeof fetch = (url, init) =>
  fetch(url, isTokenRequest(url) ? {...init, signal: AbortSignal.timeout(150)} : init);

test('an answer that never comes is given up by the request, and asked for again with the same token', async () => {
  const {simulator, readMany, tokenRequests} = await expired({policy: {fetch: impatient}});
  simulator.next({endpoint: 'token'}, {hang: true});
  expect(await readMany(20)).toEqual(all(20));
  expect(tokenRequests()).toMatchObject([
    {status: 'hung', token: 1},
    {status: 200, token: 1},
  ]);
});

test('fifty callers at once ask a broken token endpoint one after another, not fifty times', async () => {
  const {simulator, clock, readMany, tokenRequests} = await expired({
    // No timer of a caller's patience, which the clock would go on to while real bytes are under way.
    policy: {random: Math.random, maxWaitMs: Infinity},
  });
  simulator.next({endpoint: 'token', times: 3}, {html: 503});
  expect(await clock.run(readMany(50))).toEqual(all(50));
  expect(tokenRequests()).toHaveLength(4);
});

test('a time that the token endpoint tells is kept by all callers', async () => {
  const {simulator, clock, readMany, read, tokenRequests} = await expired();
  simulator.next(
    {endpoint: 'token'},
    {status: 429, headers: {'retry-after': '30'}, body: {error: 'slow_down'}},
  );
  const began = clock.now();
  expect(await clock.run(readMany(20))).toEqual(all(20));
  expect(tokenRequests()).toHaveLength(2);
  expect(tokenRequests()[1]?.at).toBeGreaterThanOrEqual(began + 30_000);
  expect(await read()).toBe(200);
});

test('while the token endpoint is down, owners with good tokens notice nothing', async () => {
  const {simulator, clock, another, read, readMany} = await expired();
  await another('bob');
  simulator.next({endpoint: 'token', times: Infinity}, {status: 503, headers: {'retry-after': '30'}});
  const waiting = read();
  waiting.catch(() => undefined);
  expect(await readMany(10, 'bob')).toEqual(all(10));
  await clock.run(waiting).catch(() => undefined);
});

test('a call that has a 401 in hand hands it out when the token endpoint stays down', async () => {
  const {simulator, policy, vehicle} = await bench();
  simulator.expireAccessTokens();
  simulator.next({endpoint: 'token', times: Infinity}, {html: 503});
  const response = await policy.fetch({user: 'ada'})(`${simulator.origin}/v2.0/vehicles/${vehicle}/odometer`);
  expect(response.status).toBe(401);
  expect(await response.json()).toMatchObject({type: 'AUTHENTICATION'});
  expect(explain(response)).toMatchObject({action: 'fail', needs: 'support', retryAt: expect.any(Number)});
});

test('an outage ends and nothing was lost: strict tokens, cut before each use', async () => {
  const {simulator, readMany, tokenRequests} = await expired({tokens: STRICT});
  simulator.next({endpoint: 'token', times: 3}, {drop: 'before'});
  expect(await readMany(20)).toEqual(all(20));
  expect(tokenRequests().filter(({status}) => status === 200)).toHaveLength(1);
});
