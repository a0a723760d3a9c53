import {expect, test} from 'vitest';
import {createPolicy, explain, PolicyError, withPolicy, type CallContext} from '../../src/index.ts';
import {json, later, startEchoServer} from './echo-server.ts';
import {wire} from './fetch-support.ts';
import {open} from './harness.ts';

const refused = (code: string, words: RegExp) =>
  expect.objectContaining({name: 'PolicyError', code, message: expect.stringMatching(words)});

test.each([
  ['a string', (url: string) => url],
  ['a URL', (url: string) => new URL(url)],
  ['a Request', (url: string) => new Request(url)],
])('takes %s as fetch does', async (_name, input) => {
  const {server, smartcar, v3} = await wire();
  expect((await smartcar(input(`${v3}/signals`))).status).toBe(200);
  expect(server.seen).toMatchObject([{method: 'GET', headers: {authorization: 'Bearer app-token'}}]);
});

test('resolves with the very Response of fetch, its body unread', async () => {
  const server = await startEchoServer();
  const responses: Response[] = [];
  const smartcar = withPolicy(
    async (input, init) => {
      const response = await fetch(input, init);
      responses.push(response);
      return response;
    },
    {origins: {api: server.origin}},
  );
  server.answer(json(404, {type: 'RESOURCE_NOT_FOUND', code: 'PATH'}), json(200, {a: 1}));
  const failure = await smartcar(`${server.origin}/v2.0/nothing`);
  expect(failure).toBe(responses[0]);
  expect(failure.bodyUsed).toBe(false);
  expect(await failure.json()).toEqual({type: 'RESOURCE_NOT_FOUND', code: 'PATH'});
  expect(explain(failure)).toMatchObject({action: 'fail', needs: 'developer'});
  const success = await smartcar(`${server.origin}/v2.0/vehicles`);
  expect(success).toBe(responses[1]);
  expect(await success.json()).toEqual({a: 1});
});

test('a response that is put off is let go of, and the next one has its own body', async () => {
  const {server, smartcar, v3} = await wire();
  server.answer(later, json(200, {a: 1}));
  expect(await (await smartcar(`${v3}/signals`)).json()).toEqual({a: 1});
});

test('the context of one call lies over that of the door, and undefined covers nothing', async () => {
  const {server, smartcar, v3} = await wire();
  await smartcar(`${v3}/signals`, {policy: {user: 'grace'}});
  await smartcar(`${v3}/signals`, {policy: {user: undefined}});
  await smartcar.with({user: 'edsger'})(`${v3}/signals`);
  await smartcar.with({user: undefined})(`${v3}/signals`);
  expect(server.seen.map(one => one.headers['sc-user-id'])).toEqual(['grace', 'ada', 'edsger', 'ada']);
  expect(smartcar.with({priority: 0}).policy).toBe(smartcar.policy);
});

test('accepts null for init, as fetch does', async () => {
  const {smartcar, v3} = await wire();
  expect((await smartcar(`${v3}/signals`, null as never)).status).toBe(200);
});

test('a foreign request passes through untouched: same arguments, no token, no policy', async () => {
  const calls: unknown[][] = [];
  const answer = new Response(null, {status: 503});
  const base = async (...args: unknown[]): Promise<Response> => (calls.push(args), answer);
  const smartcar = withPolicy(base, createPolicy({origins: {api: 'https://api.smartcar.com'}}), {
    user: 'ada',
  });
  const init = {method: 'POST', body: 'x', headers: {a: 'b'}};
  expect(await smartcar('https://example.com/x', init)).toBe(answer);
  expect(await smartcar('https://auth.smartcar.com/oauth/token')).toBe(answer);
  const request = new Request('https://api.smartcar.com.example.com/v2.0/vehicles');
  await smartcar(request, {policy: {user: 'grace'}});
  expect(calls[0]).toEqual(['https://example.com/x', init]);
  expect(calls[0]?.[1]).toBe(init);
  expect(calls[1]).toEqual(['https://auth.smartcar.com/oauth/token', undefined]);
  expect(calls[2]).toEqual([request, {}]);
  expect(explain(answer)).toBeUndefined();
});

test.each([['/v2.0/vehicles'], ['vehicles'], [''], [undefined], [null], [42], [{}]])(
  'a URL such as %j is left to fetch, which refuses it in its own words',
  async input => {
    const {server, smartcar} = await wire();
    await expect(smartcar(input as string)).rejects.toThrow(/^Failed to parse URL from/);
    expect(server.seen).toHaveLength(0);
  },
);

test('a v2 call without a user is refused, and a v3 call only where Smartcar needs one', async () => {
  const v2 = await wire('v2', {});
  const noUser = refused('CONFIGURATION', /`user` of the call .*got undefined/);
  await expect(v2.smartcar(`${v2.v2}/odometer`)).rejects.toEqual(noUser);
  const {server, smartcar, v3} = await wire('v3', {});
  await expect(smartcar(`${v3}/signals`)).rejects.toEqual(noUser);
  await expect(smartcar(`${v3}/signals/vin`)).rejects.toEqual(noUser);
  await expect(smartcar(`${v3}/commands/security/lock`, {method: 'POST'})).rejects.toEqual(noUser);
  await expect(smartcar(`${v3}/charge-schedules/daily`, {method: 'POST'})).rejects.toEqual(noUser);
  expect(server.seen).toHaveLength(0);
  expect((await smartcar(v3)).status).toBe(200);
  expect((await smartcar(`${server.origin}/v3/connections`)).status).toBe(200);
  expect(server.seen.map(({headers}) => [headers.authorization, headers['sc-user-id']])).toEqual([
    ['Bearer app-token', undefined],
    ['Bearer app-token', undefined],
  ]);
});

test('the header sc-user-id names the user where the context does not', async () => {
  const {server, smartcar, v3} = await wire('v3', {});
  const attempts: unknown[] = [];
  smartcar.policy.on('attempt', ({user}) => attempts.push(user));
  await smartcar(`${v3}/signals`, {headers: {'SC-User-Id': 'grace'}});
  await smartcar(`${v3}/signals`, {headers: {'sc-user-id': 'grace'}, policy: {user: 'ada'}});
  expect(server.seen.map(one => one.headers['sc-user-id'])).toEqual(['grace', 'ada']);
  expect(attempts).toEqual(['grace', 'ada']);
});

test('Basic authorization is kept, with or without a user', async () => {
  const {server, smartcar, v2} = await wire('v2', {});
  const headers = {authorization: 'Basic YTpi'};
  await smartcar(`${server.origin}/v2.0/compatibility?vin=x`, {headers});
  await smartcar(`${v2}/odometer`, {headers, policy: {user: 'ada'}});
  await smartcar(`${server.origin}/v2.0/management/connections`, {headers});
  expect(server.seen.map(one => one.headers.authorization)).toEqual(Array(3).fill('Basic YTpi'));
});

test.each(['v2', 'v3', 'none'] as const)(
  'a bearer of the caller’s own stays without a user (%s)',
  async auth => {
    const {server, smartcar} = await wire(auth, {});
    await smartcar(`${server.origin}/v3/connections`, {headers: {authorization: 'Bearer own'}});
    expect(server.seen[0]?.headers.authorization).toBe('Bearer own');
  },
);

test('with a user the policy’s token takes the place of a bearer', async () => {
  const {server, smartcar, v2} = await wire('v2');
  await smartcar(`${v2}/odometer`, {headers: {authorization: 'Bearer old'}});
  expect(server.seen[0]?.headers.authorization).toBe('Bearer ada-token');
});

test('a 401 for the caller’s own bearer is not refreshed', async () => {
  const {server, smartcar, v2} = await wire('v2', {});
  server.answer(json(401, {type: 'AUTHENTICATION', code: null, resolution: null}));
  const response = await smartcar(`${v2}/odometer`, {headers: {authorization: 'Bearer own'}});
  expect(response.status).toBe(401);
  expect(explain(response)).toMatchObject({action: 'fail', reason: 'token-rejected', attempts: 1});
});

test.each([
  [{vehicle: 42}, /`vehicle` of a call to be a text .*got `42` \(number\)/],
  [{user: ''}, /`user` of a call to be a text that is not empty, got `` \(string\)/],
  [{usr: 'ada'}, /only user, .*got `usr`/],
  [{priority: 10}, /`priority` of a call to be a whole number from 0/],
  [{maxWaitMs: -1}, /`maxWaitMs` of a call/],
  [{deadlineMs: Number.NaN}, /`deadlineMs` of a call/],
  [{waitForReauthMs: '1s'}, /`waitForReauthMs` of a call .*`1s` \(string\)/],
  [{idempotent: 1}, /`idempotent` of a call to be true or false/],
  [{coalesce: 'no'}, /`coalesce` of a call to be true or false/],
  [{settle: null}, /`settle` of a call to be true or false, got null/],
  [{signal: {}}, /`signal` of a call to be an AbortSignal/],
  [{operation: Symbol('x')}, /`operation` of a call .*symbol/],
  ['ada', /context of a call to be an object, got `ada`/],
  [null, /context of a call to be an object, got null/],
])('the context %j is refused at every door, in plain words', async (context, words) => {
  const {server, smartcar, v3} = await wire();
  const {policy} = smartcar;
  const given = context as CallContext;
  const error = refused('CONFIGURATION', words);
  await expect(smartcar(`${v3}/signals`, {policy: given})).rejects.toEqual(error);
  await expect(policy.run(async () => 1, given)).rejects.toEqual(error);
  expect(() => policy.fetch(given)).toThrow(PolicyError);
  expect(() => policy.ky(given)).toThrow(PolicyError);
  expect(() => smartcar.with(given)).toThrow(PolicyError);
  expect(() => withPolicy(fetch, policy, given)).toThrow(PolicyError);
  expect(server.seen).toHaveLength(0);
});

test('the context of the call stands above the URL: its vehicle is the one that is parked', async () => {
  const {simulator, policy, smartcar, url, vehicle, readPath} = await open('v3');
  simulator.revoke({how: 'login', owner: 'ada', vehicle});
  await smartcar(url(readPath), {policy: {vehicle: 'my-key'}});
  expect(await policy.reauth.list()).toMatchObject([{user: 'ada', vehicle: 'my-key', scope: 'vehicle'}]);
});

test.each(['ada\u2603', 'a\r\nx-evil: 1', ' '])(
  'the v3 user %j, which no header can carry, is refused',
  async user => {
    const {server, smartcar, v3} = await wire('v3', {user});
    const error = refused('CONFIGURATION', /`user` of the call to be an id of Smartcar/);
    await expect(smartcar(`${v3}/signals`)).rejects.toEqual(error);
    expect(server.seen).toHaveLength(0);
  },
);
