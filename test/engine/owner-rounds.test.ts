import {describe, expect, test} from 'vitest';
import {createPolicy, explain, memoryStore, userTokens, withPolicy, type Policy} from '../../src/index.ts';
import {manualClock} from '../../src/testing/index.ts';

const API = 'https://api.smartcar.com/v2.0/vehicles/car-1';
const LOST = {
  type: 'CONNECTED_SERVICES_ACCOUNT',
  code: 'AUTHENTICATION_FAILED',
  resolution: {type: 'REAUTHENTICATE'},
};
const auth = {clientId: 'client-id', clientSecret: 'client-secret'};

const json = (body: unknown, status = 200): Response =>
  new Response(JSON.stringify(body), {status, headers: {'content-type': 'application/json'}});

/** A policy in front of answers that come one after another; the last one stays. */
async function scripted(...answers: readonly (() => Response | Promise<Response>)[]) {
  const clock = manualClock();
  const sent: string[] = [];
  const fetch = async (url: string | URL | Request, init?: RequestInit): Promise<Response> => {
    sent.push(
      `${init?.method ?? 'GET'} ${(url instanceof Request ? url.url : url.toString()).slice(API.length)}`,
    );
    const answer = answers[Math.min(sent.length, answers.length) - 1];
    return answer ? answer() : json({});
  };
  const policy = createPolicy({auth: userTokens(auth), clock, fetch, random: () => 0.5});
  const accessExpiresAt = clock.now() + 1e9;
  await policy.tokens.save('ada', {
    accessToken: 'access-token',
    refreshToken: 'refresh-token',
    accessExpiresAt,
  });
  const smartcar = withPolicy(fetch, policy, {user: 'ada'});
  const reauths: string[] = [];
  policy.on('reauth', ({episode}) => void reauths.push(episode));
  return {clock, policy, smartcar, sent, reauths};
}

const lost = (): Response => json(LOST, 400);
const fine = (): Response => json({ok: true});
const undecided = (): Response =>
  json({type: 'UPSTREAM', code: 'NO_RESPONSE', resolution: {type: 'REAUTHENTICATE'}}, 502);
const telling = async (): Promise<Response> =>
  json({type: 'AUTHENTICATION', description: 'bad token caller-token-123'}, 401);

describe('an owner who comes back', () => {
  test('does not set off a command that may have been carried out', async () => {
    const {smartcar, sent, policy} = await scripted(undecided, fine);
    const unlock = {method: 'POST', body: '{"action":"UNLOCK"}', policy: {waitForReauthMs: 60_000}};
    const response = await smartcar(`${API}/security`, unlock);
    await policy.reauth.resolve('ada');
    expect(response.status).toBe(502);
    expect(sent).toEqual(['POST /security']);
  });

  test('is not called again by a failure that was on its way before', async () => {
    const {promise: late, resolve: answerLate} = Promise.withResolvers<Response>();
    const {clock, smartcar, policy, reauths} = await scripted(() => late, lost, fine);
    const slow = smartcar(`${API}/fuel`);
    await clock.advance(10);
    await smartcar(`${API}/odometer`);
    await clock.advance(10);
    await policy.reauth.resolve('ada');
    answerLate(lost());
    expect((await slow).status).toBe(200);
    expect(reauths).toHaveLength(1);
    expect(await policy.reauth.list()).toEqual([]);
  });

  test('whose car still says no is not waited for without end', async () => {
    const {clock, smartcar, policy, sent} = await scripted(lost);
    policy.on('reauth', () => void policy.reauth.resolve('ada'));
    const response = clock.run(smartcar(`${API}/odometer`, {policy: {waitForReauthMs: 60_000}}));
    expect((await response).status).toBe(400);
    expect(sent.length).toBeLessThanOrEqual(4);
  });
});

test('a call that waits for the owner is the one that probes after the cool-down', async () => {
  const {clock, smartcar, policy} = await scripted(lost, fine);
  await smartcar(`${API}/odometer`);
  const waiting = smartcar(`${API}/odometer`, {policy: {waitForReauthMs: 7_200_000}});
  await clock.advance(3_600_000);
  expect((await waiting).status).toBe(200);
  expect(await policy.reauth.list()).toEqual([]);
});

test('a list that is 200 around its failures ends no episode, one reading does', async () => {
  const {clock, smartcar, policy} = await scripted(lost, fine);
  await smartcar(`${API}/odometer`);
  await clock.advance(3_600_001);
  await smartcar(`${API}/batch`, {method: 'POST', body: '{"requests": []}'});
  expect(await policy.reauth.list()).toHaveLength(1);
  await clock.advance(3_600_001);
  await smartcar(`${API}/odometer`);
  expect(await policy.reauth.list()).toEqual([]);
});

test('a store that is closed under a waiting call makes no unhandled rejection', async () => {
  const unheard: unknown[] = [];
  const listen = (reason: unknown): void => void unheard.push(reason);
  process.on('unhandledRejection', listen);
  const store = {...memoryStore(), get: () => Promise.reject(new Error('the store is closed'))};
  const policy: Policy = createPolicy({auth: userTokens(auth), store});
  const call = policy
    .fetch({user: 'ada'})(`${API}/odometer`)
    .catch((error: unknown) => error);
  await policy.close();
  expect(await call).toMatchObject({name: 'PolicyError'});
  await new Promise(resolve => setImmediate(resolve));
  process.off('unhandledRejection', listen);
  expect(unheard).toEqual([]);
});

test("the caller's own bearer stands in no explanation, even where the server repeats it", async () => {
  const response = await withPolicy(telling, {})(`${API}/odometer`, {
    headers: {authorization: 'Bearer caller-token-123'},
  });
  expect(explain(response)?.failure.description).toBe('bad token [redacted]');
});
