import {EventEmitter} from 'node:events';
import {expect, test, vi} from 'vitest';
import {createPolicy, explain, withPolicy, type CallContext} from '../../src/index.ts';
import type {PolicyRequestInit} from '../../src/index.ts';
import {manualClock} from '../../src/testing/index.ts';
import {halfSent, json, later, type Answer} from './echo-server.ts';
import {wire, type Wire} from './fetch-support.ts';
import {leapingClock} from './harness.ts';

const reading = json(200, {distance: 7}, {'x-own': 'kept'});

/** Answers when told to. */
function gated(answer: Answer): {readonly answer: Answer; readonly open: () => void} {
  const gate = new EventEmitter();
  return {
    answer: (seen, response) => void gate.once('open', () => answer(seen, response)),
    open: () => void gate.emit('open'),
  };
}

/** Another function than `fetch`, though it does the same. */
const otherFetch: typeof fetch = (input, init) => fetch(input, init);

test('a hundred identical reads in flight cost one request, and each reads a body of its own', async () => {
  const {server, smartcar, v3} = await wire();
  server.answer(reading);
  const responses = await Promise.all(Array.from({length: 100}, () => smartcar(`${v3}/signals`)));
  expect(server.seen).toHaveLength(1);
  expect(new Set(responses).size).toBe(100);
  for (const response of responses) {
    expect([response.status, response.url, response.headers.get('x-own'), response.bodyUsed]).toEqual([
      200,
      `${v3}/signals`,
      'kept',
      false,
    ]);
    expect(await response.json()).toEqual({distance: 7});
  }
});

test('a read that begins after another has ended is sent again', async () => {
  const {server, smartcar, v3} = await wire();
  await smartcar(`${v3}/signals`);
  await smartcar(`${v3}/signals`);
  expect(server.seen).toHaveLength(2);
});

test('every copy of a failure is explained', async () => {
  const {server, smartcar, v3} = await wire();
  server.answer(later, later, later);
  const signals = [undefined, new AbortController().signal, new AbortController().signal, undefined];
  const responses = await Promise.all(
    signals.map(signal => smartcar(`${v3}/signals`, signal ? {signal} : {})),
  );
  expect(server.seen).toHaveLength(3);
  for (const response of responses) {
    expect(explain(response)).toMatchObject({reason: 'retries-spent', attempts: 3});
    expect(response.url).toBe(`${v3}/signals`);
    expect(await response.json()).toMatchObject({type: 'UPSTREAM'});
  }
});

test('a rejection is shared, with its explanation', async () => {
  const {server, smartcar, v3} = await wire('v3', {user: 'ada'}, {backoff: {'*': false}});
  server.answer((_seen, response) => void response.destroy());
  const errors = await Promise.all(
    [1, 2, 3].map(() => smartcar(`${v3}/signals`).catch((error: unknown) => error)),
  );
  expect(server.seen).toHaveLength(1);
  expect(new Set(errors).size).toBe(1);
  expect(explain(errors[0])).toMatchObject({reason: 'retries-off', attempts: 1});
});

test('one caller’s abort disturbs nobody else', async () => {
  const {server, smartcar, v3} = await wire();
  const gate = gated(reading);
  server.answer(gate.answer);
  const [first, second] = [new AbortController(), new AbortController()];
  const calls = [first, second].map(({signal}) => smartcar(`${v3}/signals`, {signal}));
  const unsignalled = smartcar(`${v3}/signals`);
  await vi.waitFor(() => expect(server.seen).toHaveLength(1));
  first.abort(new Error('gone'));
  await expect(calls[0]).rejects.toThrow('gone');
  gate.open();
  expect(await (await calls[1])?.json()).toEqual({distance: 7});
  expect(await (await unsignalled).json()).toEqual({distance: 7});
  expect(server.seen).toHaveLength(1);
});

test('the request is given up when the last caller has gone, and the next caller gets a new one', async () => {
  const {server, smartcar, v3} = await wire();
  const closed = new Promise(resolve => server.answer((_seen, response) => response.on('close', resolve)));
  const controllers = [new AbortController(), new AbortController()];
  const calls = controllers.map(({signal}) => smartcar(`${v3}/signals`, {signal}));
  await vi.waitFor(() => expect(server.seen).toHaveLength(1));
  const settled = Promise.allSettled(calls);
  for (const [index, controller] of controllers.entries()) controller.abort(new Error(`gone ${index}`));
  const next = smartcar(`${v3}/signals`);
  expect(await settled).toMatchObject([{reason: {message: 'gone 0'}}, {reason: {message: 'gone 1'}}]);
  await closed;
  expect((await next).status).toBe(200);
  expect(server.seen).toHaveLength(2);
});

test('an abort after the return cuts off that caller’s body and no other', async () => {
  const {server, smartcar, v3} = await wire();
  const half = halfSent();
  server.answer(half.answer);
  const controllers = [new AbortController(), new AbortController(), new AbortController()];
  const responses = await Promise.all(controllers.map(({signal}) => smartcar(`${v3}/signals`, {signal})));
  const texts = responses.map(response => response.text());
  controllers[1]?.abort(new Error('enough'));
  await expect(texts[1]).rejects.toThrow('enough');
  half.finish();
  expect(await texts[0]).toBe('first half, second half');
  expect(await texts[2]).toBe('first half, second half');
});

type Two = readonly [PolicyRequestInit, PolicyRequestInit];
const policy = (context: CallContext): PolicyRequestInit => ({policy: context});

const different: readonly (readonly [string, Two])[] = [
  ['users', [policy({user: 'ada'}), policy({user: 'grace'})]],
  ['headers', [{headers: {'sc-unit-system': 'metric'}}, {headers: {'sc-unit-system': 'imperial'}}]],
  ['methods', [{}, {method: 'HEAD'}]],
  ['maxWaitMs', [policy({maxWaitMs: 1}), policy({maxWaitMs: 2})]],
  ['deadlineMs', [policy({deadlineMs: 10_000}), {}]],
  ['waitForReauthMs', [policy({waitForReauthMs: 5}), {}]],
  ['priorities', [policy({priority: 0}), {}]],
  ['idempotence', [policy({idempotent: true}), {}]],
  ['redirect modes', [{redirect: 'manual'}, {}]],
  ['vehicles', [policy({vehicle: 'a'}), policy({vehicle: 'b'})]],
  ['a wish not to share', [policy({coalesce: false}), {}]],
];

test.each(different)('reads that differ in %s do not share', async (_name, inits) => {
  const {server, smartcar, v3} = await wire();
  await Promise.all(inits.map(init => smartcar(`${v3}/signals`, init)));
  expect(server.seen).toHaveLength(2);
});

test.each([
  ['commands', 'commands/security/lock', {method: 'POST'}],
  ['reads with a body', 'batch', {method: 'POST', body: '{}'}],
])('%s never share', async (_name, path, init) => {
  const {server, smartcar, v3} = await wire();
  await Promise.all([1, 2].map(() => smartcar(`${v3}/${path}`, init)));
  expect(server.seen).toHaveLength(2);
});

test('other URLs do not share, other fragments do', async () => {
  const {server, smartcar, v3} = await wire();
  await Promise.all(['#a', '#b', '?c=1'].map(end => smartcar(`${v3}/signals${end}`)));
  expect(server.seen).toHaveLength(2);
});

test('coalesce: false of the policy turns it off, and a call can turn it on again', async () => {
  const {server, smartcar, v3} = await wire('v3', {user: 'ada'}, {coalesce: false});
  await Promise.all([1, 2].map(() => smartcar(`${v3}/signals`)));
  expect(server.seen).toHaveLength(2);
  await Promise.all([1, 2].map(() => smartcar(`${v3}/signals`, {policy: {coalesce: true}})));
  expect(server.seen).toHaveLength(3);
});

test('doors of one policy share, those of another policy or around another fetch do not', async () => {
  const {server, smartcar, v3} = await wire('none', {});
  const count = async (calls: readonly Promise<Response>[]): Promise<number> => {
    const before = server.seen.length;
    await Promise.all(calls);
    return server.seen.length - before;
  };
  const {origin} = server;
  const stranger = withPolicy(fetch, createPolicy({origins: {api: origin, apiV3: origin}}));
  const url = `${v3}/signals`;
  expect(await count([smartcar(url), smartcar.with({})(url), smartcar.policy.fetch()(url)])).toBe(1);
  expect(await count([smartcar(url), withPolicy(otherFetch, smartcar.policy)(url), stranger(url)])).toBe(3);
});

test('the ky door shares too', async () => {
  const {server, smartcar, v3}: Wire = await wire();
  server.answer(reading);
  const http = smartcar.policy.ky({user: 'ada'});
  const readings = await Promise.all([1, 2, 3].map(() => http.get(`${v3}/signals`).json()));
  expect(readings).toEqual([{distance: 7}, {distance: 7}, {distance: 7}]);
  expect(server.seen).toHaveLength(1);
});

test('a shared call keeps its own deadline: who comes later does not ride on an earlier one', async () => {
  let now = 0;
  const clock = {...leapingClock(), monotonic: () => now};
  const {server, smartcar, v3} = await wire('v3', {user: 'ada'}, {clock});
  const first = smartcar(`${v3}/signals`, {policy: {deadlineMs: 60_000}});
  await vi.waitFor(() => expect(server.seen).toHaveLength(1));
  now += 1;
  server.answer(reading);
  await Promise.all([first, smartcar(`${v3}/signals`, {policy: {deadlineMs: 60_000}})]);
  expect(server.seen).toHaveLength(2);
});

const strange: readonly (readonly [string, () => object])[] = [
  ['one Response for every call', () => Response.json({a: 1})],
  ['a Response whose body was read', () => readOnce],
  ['an object without clone', () => ({status: 200, ok: true, headers: new Headers()})],
];
const readOnce = Response.json({});
await readOnce.text();

test.each(strange)('a fetch that answers with %s leaves nobody waiting', async (_name, make) => {
  const answer = make() as Response;
  const smartcar = withPolicy(async () => answer, {origins: {api: 'http://localhost'}});
  const {signal} = new AbortController();
  for (let round = 0; round < 3; round++) {
    const calls = [{}, {signal}, {}].map(init => smartcar('http://localhost/v2.0/vehicles', init));
    expect((await Promise.all(calls)).map(({status}) => status)).toEqual([200, 200, 200]);
  }
});

test('reads that wait for their turn share it, and one that gives up leaves the others theirs', async () => {
  const clock = manualClock();
  const sent: string[] = [];
  const smartcar = withPolicy(
    async input => {
      sent.push(new Request(input).url);
      return Response.json({distance: sent.length});
    },
    {clock, maxWaitMs: Infinity, limits: {application: {bucket: 1, perMinute: 2}}},
  );
  const url = 'https://api.smartcar.com/v2.0/vehicles/car/odometer';
  await smartcar(`${url}?first`);
  const controller = new AbortController();
  const signals = [undefined, controller.signal, undefined, undefined];
  const calls = signals.map(signal => smartcar(url, signal ? {signal} : {}));
  await clock.advance(0);
  expect(smartcar.policy.limits().application).toMatchObject({waiting: 1, inFlight: 0});
  controller.abort(new Error('gone'));
  await expect(calls[1]).rejects.toThrow('gone');
  const responses = await clock.run(Promise.all(calls.filter((_call, index) => index !== 1)));

  expect(sent).toEqual([`${url}?first`, url]);
  for (const response of responses) expect(await response.json()).toEqual({distance: 2});
  await smartcar.policy.close();
});
