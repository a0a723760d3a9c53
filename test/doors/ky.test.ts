import {HTTPError} from 'ky';
import {expect, test} from 'vitest';
import {explain, PolicyError, type CallContext} from '../../src/index.ts';
import {json, later} from './echo-server.ts';
import {wire} from './fetch-support.ts';
import {open} from './harness.ts';

test('ky repeats nothing by itself: the attempts are those of the policy', async () => {
  const {server, smartcar, v3} = await wire();
  server.answer(later, later, later, later, later, later);
  const http = smartcar.policy.ky({user: 'ada'});
  const error = await http.get(`${v3}/signals`).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(HTTPError);
  expect(server.seen).toHaveLength(3);
});

test('a failure of a kind that ky repeats and the policy does not costs one request', async () => {
  const {server, smartcar, v3} = await wire('v3', {}, {backoff: {'*': false}});
  server.answer(json(503, {}, {'retry-after': '0'}), json(503, {}));
  const http = smartcar.policy.ky({user: 'ada'});
  await expect(http.get(`${v3}/signals`)).rejects.toBeInstanceOf(HTTPError);
  expect(server.seen).toHaveLength(1);
});

test('ky’s timeout does not count the policy’s waiting', async () => {
  const {smartcar} = await wire();
  let options: unknown;
  const http = smartcar.policy.ky({user: 'ada'}).extend({
    hooks: {init: [given => void (options = given)]},
    fetch: async () => Response.json({}),
  });
  await http.get('https://api.smartcar.com/');
  expect(options).toMatchObject({retry: 0, timeout: false});
});

test('an HTTPError is explained, although ky has read its body', async () => {
  const {simulator, policy, url, readPath} = await open('v3');
  simulator.next({path: readPath}, {error: 'VEHICLE_STATE:DOOR_OPEN'});
  const error = await policy
    .ky({user: 'ada'})
    .get(url(readPath))
    .json()
    .catch((thrown: unknown) => thrown);
  expect((error as HTTPError).response.bodyUsed).toBe(true);
  expect(explain(error)).toEqual(explain((error as HTTPError).response));
  expect(explain(error)).toMatchObject({
    needs: 'owner',
    failure: {type: 'VEHICLE_STATE', code: 'DOOR_OPEN', status: 409},
  });
});

test('json() reads the answer, and posts go out as JSON', async () => {
  const {server, smartcar, v2} = await wire();
  server.answer(later, json(200, {responses: []}));
  const http = smartcar.policy.ky({user: 'ada'});
  const answer = await http.post(`${v2}/batch`, {json: {requests: [{path: '/vin'}]}}).json();
  expect(answer).toEqual({responses: []});
  expect(server.seen.map(({body, headers}) => [body.toString(), headers['content-type']])).toEqual([
    ['{"requests":[{"path":"/vin"}]}', 'application/json'],
    ['{"requests":[{"path":"/vin"}]}', 'application/json'],
  ]);
});

test('prefix and extend keep the policy', async () => {
  const {server, smartcar, v3} = await wire();
  const http = smartcar.policy
    .ky({user: 'ada'})
    .extend({prefix: v3, headers: {'sc-unit-system': 'imperial'}});
  server.answer(later);
  await http.get('signals', {searchParams: {page: 2}});
  expect(
    server.seen.map(({path, headers}) => [path, headers['sc-user-id'], headers['sc-unit-system']]),
  ).toEqual([
    ['/v3/vehicles/car-1/signals?page=2', 'ada', 'imperial'],
    ['/v3/vehicles/car-1/signals?page=2', 'ada', 'imperial'],
  ]);
});

test('the option policy arrives: of the call, of extend, and the one over the other', async () => {
  const {server, smartcar, v3} = await wire();
  const http = smartcar.policy.ky();
  await http.get(`${v3}/signals`, {policy: {user: 'ada'}});
  const grace = http.extend({policy: {user: 'grace', priority: 1}});
  await grace.get(`${v3}/signals`);
  await grace.get(`${v3}/signals`, {policy: {user: 'edsger'}});
  expect(server.seen.map(({headers}) => headers['sc-user-id'])).toEqual(['ada', 'grace', 'edsger']);
  const wrong = http.get(`${v3}/signals`, {policy: {usr: 'ada'} as CallContext});
  await expect(wrong).rejects.toMatchObject({code: 'CONFIGURATION'});
});

test('a signal in the option policy ends the call', async () => {
  const {server, smartcar, v3} = await wire();
  const controller = new AbortController();
  server.answer(() => controller.abort(new Error('gone')));
  const http = smartcar.policy.ky({user: 'ada'});
  await expect(http.get(`${v3}/signals`, {policy: {signal: controller.signal}})).rejects.toThrow('gone');
});

test('a refusal of the policy passes through ky unwrapped', async () => {
  const {simulator, policy, url, readPath, vehicle} = await open('v3');
  simulator.revoke({how: 'login', owner: 'ada', vehicle});
  const http = policy.ky({user: 'ada'});
  await expect(http.get(url(readPath))).rejects.toBeInstanceOf(HTTPError);
  const error = await http.get(url(readPath)).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(PolicyError);
  expect(error).toMatchObject({code: 'REAUTH_REQUIRED', connectUrl: expect.stringContaining('http')});
  expect(explain(error)?.reason).toBe('parked');
});

test('a connection that fails is explained through ky’s NetworkError', async () => {
  const {server, smartcar, v3} = await wire('v3', {}, {backoff: {'*': false}});
  server.answer((_seen, response) => void response.destroy());
  const error = await smartcar.policy
    .ky({user: 'ada'})
    .get(`${v3}/signals`)
    .catch((thrown: unknown) => thrown);
  expect(explain(error)).toMatchObject({reason: 'retries-off', failure: {effect: 'possible'}});
});

test('throwHttpErrors: false hands out the response, explained', async () => {
  const {server, smartcar, v3} = await wire();
  server.answer(json(430, {errors: [{status: '430', type: 'BILLING', code: 'VEHICLE_LIMIT'}]}));
  const http = smartcar.policy.ky({user: 'ada'});
  const response = await http.get(`${v3}/signals`, {throwHttpErrors: false});
  expect(response.status).toBe(430);
  expect(explain(response)?.reason).toBe('billing');
});
