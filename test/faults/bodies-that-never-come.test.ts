import {createServer, type Server} from 'node:http';
import type {AddressInfo} from 'node:net';
import {describe, expect, onTestFinished, test} from 'vitest';
import {eventually, stateOf} from '../engine/support/bench.ts';
import {createPolicy, explain, manualClock, PolicyError} from './support/front-door.ts';

const TIMEOUT_MS = 310_000;
const HEADERS = {'retry-after': '30', 'sc-request-id': 'request-1'};
const TOLD = '{"type":"VEHICLE_STATE","code":"ASLEEP","statusCode":409,"description":"words"}';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** What is there at once; the rest never comes. */
function unfinished(begin: string): Response {
  const stream = new ReadableStream({
    start: controller => controller.enqueue(bytes(begin)),
    pull: () => new Promise(() => undefined),
  });
  return new Response(stream, {status: 429, headers: HEADERS});
}

describe('a response that nobody has handled, and whose body never ends', () => {
  test.each([
    ['', TIMEOUT_MS],
    ['{"type":"VEHICLE_ST', TIMEOUT_MS],
    ['<html>', 5_000],
  ])('begins with %j: status and headers decide after %i ms, as in an attempt', async (begin, timeoutMs) => {
    const clock = manualClock();
    const options = timeoutMs === TIMEOUT_MS ? {} : {attemptTimeoutMs: timeoutMs};
    const policy = createPolicy({clock, random: () => 0, ...options});
    const response = unfinished(begin);
    const context = {vehicle: 'car', user: 'ada'};
    const both = Promise.all([policy.decide(response, context), policy.explain(response, context)]);

    await clock.advance(timeoutMs - 1);
    expect(await stateOf(both)).toBe('pending');
    await clock.advance(1);
    const [decision, explanation] = await both;
    const failure = {status: 429, retryAfterMs: 30_000, requestId: 'request-1'};
    expect(decision).toMatchObject({action: 'retry', failure, gate: {scope: 'vehicle'}});
    expect(explanation).toMatchObject({action: 'retry', failure});
    expect(explanation.failure).not.toHaveProperty('type');
    expect(response.bodyUsed).toBe(false);
    await response.body?.cancel();
    expect(clock.waiting).toBe(0);
    await policy.close();
  });

  test('leaves no timer behind where the body comes or breaks', async () => {
    const clock = manualClock();
    const policy = createPolicy({clock});
    const broken = new ReadableStream({pull: controller => controller.error(new Error('reset'))});
    for (const body of [TOLD, null, broken]) await policy.explain(new Response(body, {status: 409}));
    expect(clock.waiting).toBe(0);
    await policy.close();
  });
});

/** Sends head and beginning, then a blank every few milliseconds, so that fetch itself never gives up. */
async function dripping(status: number, begin: string): Promise<string> {
  const server: Server = createServer((_, response) => {
    response.writeHead(status, {'content-type': 'application/json'}).write(begin);
    const drips = setInterval(() => response.write(' '), 10);
    response.on('close', () => clearInterval(drips));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** How a call ends whose answer drips, once its attempt is over. */
async function asked(status: number, begin: string, path: string, init: RequestInit = {}): Promise<unknown> {
  const origin = await dripping(status, begin);
  const clock = manualClock();
  const policy = createPolicy({clock, origins: {api: origin, apiV3: origin}, maxWaitMs: 0});
  onTestFinished(() => policy.close());
  const headers = {authorization: 'Bearer of-the-caller', 'sc-user-id': 'ada'};
  const call = policy
    .fetch()(`${origin}${path}`, {...init, headers})
    .catch((error: unknown) => error);
  await eventually(() => clock.waiting > 0);
  await clock.advance(TIMEOUT_MS - 1);
  expect(await stateOf(call)).toBe('pending');
  await clock.advance(1);
  const end = await call;
  expect(clock.waiting).toBe(0);
  if (end instanceof Response) await end.body?.cancel();
  return end;
}

describe('through Node’s own fetch, which waits as long as something comes', () => {
  test('a failure whose body drips for ever ends with its attempt', async () => {
    const end = await asked(409, '{"type":', '/v2.0/vehicles/car/odometer');
    expect(end).toMatchObject({status: 409});
    expect(explain(end)).toMatchObject({failure: {status: 409}, attempts: 1});
  });

  test('so does a batch, whose success is looked through', async () => {
    const end = await asked(200, '{"responses":[', '/v2.0/vehicles/car/batch', {method: 'POST', body: '{}'});
    expect(end).toMatchObject({status: 200});
  });

  test('so does a command whose outcome is waited for, and nobody knows it', async () => {
    const end = await asked(202, '', '/v3/vehicles/car/commands/lock', {method: 'POST', body: '{}'});
    expect(end).toMatchObject({name: 'TimeoutError'});
    expect(PolicyError.is(end)).toBe(false);
    expect(explain(end)).toMatchObject({action: 'fail', reason: 'outcome-unknown'});
  });
});
