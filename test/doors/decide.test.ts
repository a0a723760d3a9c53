import {HTTPError} from 'ky';
import {describe, expect, test} from 'vitest';
import {createPolicy, type DecideContext} from '../../src/index.ts';
import {json} from './echo-server.ts';
import {wire} from './fetch-support.ts';

const clock = {now: () => 1_000_000, sleep: () => new Promise<never>(() => undefined)};
const policy = createPolicy({clock, random: () => 0.5});

const later = {type: 'UPSTREAM', code: 'NO_RESPONSE', statusCode: 502, resolution: {type: 'RETRY_LATER'}};
const lost = {
  type: 'CONNECTED_SERVICES_ACCOUNT',
  code: 'AUTHENTICATION_FAILED',
  statusCode: 400,
  resolution: {type: 'REAUTHENTICATE', url: 'https://connect.smartcar.com/x'},
};
const billing = {type: 'BILLING', code: 'INVALID_PLAN', statusCode: 430, resolution: 'RETRY_LATER'};
const cut = new TypeError('fetch failed', {cause: Object.assign(new Error(''), {code: 'UND_ERR_SOCKET'})});
const lock = {method: 'POST', url: 'https://api.smartcar.com/v2.0/vehicles/car-1/security'};

const decisions: readonly (readonly [string, unknown, DecideContext, object])[] = [
  ['a v2 body', later, {}, {action: 'retry', reason: 'server-says-retry', delayMs: 1000, retryAt: 1_001_000}],
  ['a v3 body', {errors: [{...lost, status: '400'}]}, {}, {action: 'reauthenticate', needs: 'owner'}],
  ['a body as text', JSON.stringify(later), {}, {action: 'retry'}],
  ['a billing body', billing, {}, {action: 'fail', reason: 'billing'}],
  ['an OAuth body', {error: 'invalid_grant'}, {status: 400}, {action: 'reauthenticate'}],
  ['an SDK error', Object.assign(new Error(''), lost), {}, {action: 'reauthenticate'}],
  ['an HTML page with its status', '<html>', {status: 503}, {action: 'retry', reason: 'transient-status'}],
  [
    'a body with headers',
    {type: 'RATE_LIMIT', code: 'VEHICLE'},
    {status: 429, headers: {'Retry-After': 30}, vehicle: 'car-1'},
    {action: 'retry', gate: {scope: 'vehicle', until: 1_030_500}},
  ],
  ['Headers of the Web', '', {status: 429, headers: new Headers({'retry-after': '9'})}, {delayMs: 9225}],
  ['a cut connection', cut, {}, {action: 'retry', reason: 'connection-lost'}],
  ['a cut connection of a read', cut, {request: {method: 'GET', url: lock.url}}, {action: 'retry'}],
  ['a cut connection of a command', cut, {request: lock}, {action: 'fail', reason: 'outcome-unknown'}],
  ['an idempotent command', cut, {request: lock, idempotent: true}, {action: 'retry'}],
  [
    'a command by its path alone',
    later,
    {request: {...lock, url: '/v2.0/vehicles/c/charge'}},
    {action: 'fail'},
  ],
  [
    'a limit of the call',
    later,
    {maxWaitMs: 1},
    {action: 'fail', reason: 'wait-too-long', retryAt: 1_001_000},
  ],
  ['a deadline of the call', later, {deadlineMs: 999}, {action: 'fail', reason: 'past-deadline'}],
  [
    'a make in capitals',
    {type: 'PERMISSION', resolution: {type: 'REAUTHENTICATE'}},
    {status: 403, request: {url: 'https://api.smartcar.com/v2.0/vehicles/c/TESLA/charge'}},
    {action: 'fail', reason: 'make-in-capitals'},
  ],
];

test.each(decisions)('decides about %s at once', (_name, subject, context, decision) => {
  expect(policy.decide(subject, context)).toMatchObject(decision);
});

describe('of a Response', () => {
  test('the decision is a promise, and the body stays unread', async () => {
    const response = Response.json(later, {status: 502});
    const promise = policy.decide(response);
    expect(promise).toBeInstanceOf(Promise);
    expect(await promise).toMatchObject({action: 'retry', failure: {code: 'NO_RESPONSE', status: 502}});
    expect(await response.json()).toEqual(later);
  });

  test('its own URL tells the car, and the given method a command', async () => {
    const {server, smartcar, v2} = await wire('none', {});
    server.answer(json(502, later), json(429, {}, {'retry-after': '5'}));
    const get = () => smartcar.policy.fetch({maxWaitMs: 0})(`${v2}/security`);
    const decision = await policy.decide(await get(), {request: {method: 'POST'}});
    expect(decision).toMatchObject({action: 'fail', reason: 'outcome-unknown'});
    expect(await policy.decide(await get())).toMatchObject({gate: {scope: 'vehicle'}});
  });

  test('an unread one inside .response is read too', async () => {
    const error = Object.assign(new Error('failed'), {response: Response.json(later, {status: 502})});
    expect(await policy.decide(error)).toMatchObject({action: 'retry'});
    expect(error.response.bodyUsed).toBe(false);
  });

  test('one that was read or is being read is judged by its status', async () => {
    const used = Response.json(billing, {status: 430});
    await used.text();
    expect(await policy.decide(used)).toMatchObject({reason: 'billing'});
    const locked = Response.json(later, {status: 502});
    locked.body?.getReader();
    expect(await policy.decide(locked)).toMatchObject({action: 'retry', reason: 'transient-status'});
  });

  test('ky’s HTTPError, whose body was read, is decided about at once', async () => {
    const {server, smartcar, v3} = await wire('none', {});
    server.answer(json(430, billing));
    const error: unknown = await smartcar.policy
      .ky()(`${v3}/signals`)
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(HTTPError);
    expect(policy.decide(error)).toMatchObject({reason: 'billing'});
  });
});

const hostile = new Proxy(
  {},
  {
    get() {
      throw new Error('do not touch');
    },
  },
);

test.each([
  [undefined],
  [null],
  [0],
  ['no body at all'],
  [Symbol('x')],
  [[]],
  [new Error('mine')],
  [hostile],
  [
    {
      get response(): unknown {
        throw new Error('do not touch');
      },
    },
  ],
  [{response: hostile}],
])('a stranger is no reason to repeat anything, and never to throw', subject => {
  expect(policy.decide(subject)).toMatchObject({action: 'fail', reason: 'unrecognised'});
  expect(policy.decide(subject, null as never)).toMatchObject({action: 'fail'});
});

test('deciding does nothing: no gate closes, no episode opens, no event is emitted', async () => {
  const {smartcar, v3, server} = await wire('none', {user: 'ada'});
  const events: string[] = [];
  for (const name of ['decision', 'pause', 'reauth', 'fail'] as const)
    smartcar.policy.on(name, () => events.push(name));
  await smartcar.policy.decide(lost, {user: 'ada', vehicle: 'car-1'});
  await smartcar.policy.decide({type: 'RATE_LIMIT', code: 'SMARTCAR_API'}, {status: 429});
  expect(events).toEqual([]);
  expect(await smartcar.policy.reauth.list()).toEqual([]);
  expect((await smartcar(`${v3}/signals`)).status).toBe(200);
  expect(server.seen).toHaveLength(1);
});
