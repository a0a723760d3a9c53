import {describe, expect, test} from 'vitest';
import type {Decision} from '../../src/core/decide.ts';
import type {Explanation} from '../../src/engine/explain.ts';
import {assess, judge, type DecideContext} from '../../src/engine/judge.ts';
import {fakeEngine} from './support/engine.ts';

const ASLEEP = {type: 'VEHICLE_STATE', code: 'ASLEEP', statusCode: 409, description: 'asleep'};
const UPSTREAM = {type: 'UPSTREAM', code: 'NO_RESPONSE', statusCode: 502, resolution: {type: 'RETRY_LATER'}};
const GONE = {error: 'invalid_grant', error_description: 'gone'};
const TOKEN_URL = 'https://auth.smartcar.com/oauth/token';
const LOCK = {method: 'POST', url: 'https://api.smartcar.com/v2.0/vehicles/c/security'};

const now = (subject: unknown, context?: DecideContext | null): Decision => {
  const decision = judge(fakeEngine(), subject, context);
  if (decision instanceof Promise) throw new Error('It had to be read first.');
  return decision;
};
const words = (subject: unknown, context?: DecideContext | null): Explanation => {
  const explanation = assess(fakeEngine(), subject, context);
  if (explanation instanceof Promise) throw new Error('It had to be read first.');
  return explanation;
};

describe('a failure is judged', () => {
  test.each([undefined, null, {}])('as that of a read where nothing is known: %j', context => {
    expect(now(UPSTREAM, context)).toMatchObject({action: 'retry'});
  });

  test.each<[what: string, context: DecideContext, action: string]>([
    ['a command', {request: LOCK}, 'fail'],
    ['a command that may be repeated', {request: LOCK, idempotent: true}, 'retry'],
    ['a command that may not', {request: LOCK, idempotent: false}, 'fail'],
    ['a read by its method', {request: {...LOCK, method: 'GET'}}, 'retry'],
    ['a read, where the method is not known', {request: {url: LOCK.url}}, 'retry'],
    ['a token request, which is none', {request: {method: 'POST', url: TOKEN_URL}}, 'retry'],
  ])('as that of %s', (_, context, action) => {
    expect(now(UPSTREAM, context).action).toBe(action);
  });

  test('by the limits that the context gives', () => {
    expect(now(ASLEEP)).toMatchObject({action: 'retry'});
    expect(now(ASLEEP, {maxWaitMs: 5})).toMatchObject({action: 'fail'});
    expect(now(ASLEEP, {deadlineMs: 5})).toMatchObject({action: 'fail'});
    expect(now(ASLEEP, {deadlineMs: 3_600_000})).toMatchObject({action: 'retry'});
  });

  test.each<[what: string, context: DecideContext, scope: string]>([
    ['the car of its URL', {request: {url: LOCK.url}}, 'vehicle'],
    ['the car of a path', {request: {url: '/v2.0/vehicles/c/odometer'}}, 'vehicle'],
    ['the car that is named', {vehicle: 'c'}, 'vehicle'],
    ['no car', {}, 'application'],
    ['no car of a URL that is none', {request: {url: 'http://['}}, 'application'],
  ])('for %s', (_, context, scope) => {
    const headers = {'retry-after': '5'};
    expect(now({}, {status: 429, headers, ...context}).failure.scope).toBe(scope);
  });

  test.each<[url: string, action: string]>([
    [TOKEN_URL, 'reauthenticate'],
    [`${TOKEN_URL}/`, 'reauthenticate'],
    [`${TOKEN_URL}?a=1`, 'reauthenticate'],
    // One token for all: no owner can do anything about it.
    ['https://iam.smartcar.com/oauth2/token', 'retry'],
    ['https://iam.smartcar.com/oauth3/token', 'reauthenticate'],
  ])('as what the token endpoint %s says', (url, action) => {
    expect(now(GONE, {request: {url, method: 'POST'}}).action).toBe(action);
  });
});

const goneAt = (url: string): Response =>
  Object.defineProperty(Response.json(GONE, {status: 400}), 'url', {value: url});

const limitAt = (url: string): Response =>
  Object.defineProperty(new Response('', {status: 429, headers: {'retry-after': '5'}}), 'url', {
    value: url,
  });

describe('the subject', () => {
  test('may be the URL that Connect sends an owner back to', () => {
    const back = 'https://product.example/callback?error=access_denied&error_description=no&state=s';
    const denied = words(back);
    expect(denied).toMatchObject({action: 'fail'});
    expect(words(new URL(back))).toEqual(denied);
    expect(denied.failure).toEqual(words(new URL(back)).failure);
    const fine = words('https://product.example/callback?code=c&state=s');
    expect(fine.failure).not.toEqual(denied.failure);
    expect(words('not a URL?error=access_denied').failure).not.toEqual(denied.failure);
  });

  test('may be anything, and nothing of it throws', () => {
    const {proxy, revoke} = Proxy.revocable({}, {});
    revoke();
    for (const subject of [proxy, null, undefined, 5, Symbol('x'), () => 1])
      expect(now(subject)).toHaveProperty('action');
  });

  test.each([
    ['itself', (response: Response) => response],
    ['carried by an error', (response: Response) => Object.assign(new Error('x'), {response})],
  ])('may be a response, %s, which is read first and stays unread', async (_, carry) => {
    const response = Response.json(ASLEEP, {status: 409});
    const decision = judge(fakeEngine(), carry(response));
    expect(decision).toBeInstanceOf(Promise);
    expect((await decision).failure).toMatchObject({type: 'VEHICLE_STATE', code: 'ASLEEP', status: 409});
    expect(response.bodyUsed).toBe(false);
  });

  test('may be a response that somebody has read: then its status has to do', async () => {
    const response = Response.json(ASLEEP, {status: 409});
    await response.text();
    expect(now(response).failure).toMatchObject({status: 409});
  });

  test('may be a response whose body never ends; then its status has to do, in the time of an attempt', async () => {
    const engine = fakeEngine({attemptTimeoutMs: 1_000});
    const response = new Response(new ReadableStream(), {status: 502});
    const decision = await engine.clock.run(Promise.resolve(judge(engine, response)));
    expect(decision.failure).toMatchObject({status: 502});
    expect([engine.clock.monotonic(), engine.clock.waiting]).toEqual([1_000, 0]);
  });

  test('a response knows its own URL, unless the context has another', async () => {
    expect(await judge(fakeEngine(), goneAt(TOKEN_URL))).toMatchObject({action: 'reauthenticate'});
    expect((await judge(fakeEngine(), limitAt(LOCK.url))).failure.scope).toBe('vehicle');
    const elsewhere = {request: {url: 'https://api.smartcar.com/v2.0/vehicles'}};
    expect((await judge(fakeEngine(), limitAt(LOCK.url), elsewhere)).failure.scope).toBe('application');
  });
});

describe('in words', () => {
  test('it says what was asked for, and shows no secret of the request', () => {
    const said = {...ASLEEP, description: 'no canary-4711-token here'};
    const request = {...LOCK, headers: {authorization: 'Bearer canary-4711-token'}};
    const explanation = words(said, {request});
    expect(explanation).toMatchObject({
      attempts: 1,
      waitedMs: 0,
      failure: {description: 'no [redacted] here'},
    });
    expect(JSON.stringify(explanation)).not.toContain('canary');
  });

  test('it names the deed by the request, or by the operation alone', () => {
    const request = {url: 'https://api.smartcar.com/v2.0/vehicles/c/odometer'};
    const byRequest = words(ASLEEP, {request}).userMessage;
    expect(byRequest).toContain('odometer');
    expect(words(ASLEEP, {operation: 'odometer'}).userMessage).toBe(byRequest);
    expect(words(ASLEEP).userMessage).not.toContain('odometer');
  });

  test('headers that are none are left out', () => {
    const request = {...LOCK, headers: {'no header\n': 'x'}};
    expect(words(ASLEEP, {request}).failure).toEqual(words(ASLEEP, {request: LOCK}).failure);
  });
});
