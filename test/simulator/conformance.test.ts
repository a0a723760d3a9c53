import {readFile} from 'node:fs/promises';
import {get} from 'node:http';
import {describe, expect, test} from 'vitest';
import type {ErrorReply, Simulator} from '../../src/simulator/index.ts';
import {errorKeys} from '../../src/simulator/errors/table.ts';
import {type Answer, type Send, postForm, sender, start, v2Owner, v3Owner} from './harness.ts';

interface Row {
  readonly api: string;
  readonly type: string | null;
  readonly code: string | null;
  readonly status: number | null;
  readonly resolution: string | null;
}

/** The simulator has its own table; here it is held against the one the engine is built on, over HTTP. */
const all = JSON.parse(
  await readFile(new URL('../data/smartcar-errors.json', import.meta.url), 'utf8'),
) as readonly Row[];
const rowsOf = (api: string) => all.filter(row => row.api === api);
const typed = (api: string) => rowsOf(api).filter(row => row.type !== null);
const keyOf = ({type, code}: Row) => (code === null ? String(type) : `${type}:${code}`);
const named = (rows: readonly Row[]) =>
  rows.map((row): [string, Row] => [`${keyOf(row)} ${row.status}`, row]);

const json = 'application/json; charset=utf-8';
type Json = Answer['body'];
const anyText = (): unknown => expect.any(String);
const link = (): unknown => expect.stringMatching(/^https?:\/\//);
const linked = new Set([
  'CONNECTED_SERVICES_ACCOUNT:AUTHENTICATION_FAILED',
  'CONNECTED_SERVICES_ACCOUNT:VIRTUAL_KEY_REQUIRED',
]);
const withMessage = new Set([
  'COMPATIBILITY',
  'CONNECTED_SERVICES_ACCOUNT',
  'PERMISSION',
  'UPSTREAM',
  'VEHICLE_STATE',
]);

test('the data is all there, and nothing in it goes unlooked at', () => {
  const counts: Record<string, number> = {};
  for (const {api} of all) counts[api] = (counts[api] ?? 0) + 1;
  expect(counts).toEqual({
    '2.0': 48,
    '3': 50,
    '3-openapi': 5,
    '3-signal': 6,
    'oauth-v2': 5,
    'oauth-v3': 3,
    connect: 9,
    '1.0': 14,
    any: 25,
    network: 13,
    // Not answers but events, which the tests of webhooks look at.
    'webhook-4.0': 12,
  });
  expect([typed('2.0').length, typed('3').length]).toEqual([48, 49]);
});

test('the simulator’s table holds no error that the data does not know', () => {
  const known = new Set(all.map(keyOf));
  // Words of OAuth that Smartcar has not been seen to say.
  const others = [
    'unauthorized_client',
    'unsupported_grant_type',
    'invalid_scope',
    'temporarily_unavailable',
  ];
  expect(errorKeys.filter(key => !known.has(key))).toEqual(others);
  expect(errorKeys.length).toBeGreaterThan(60);
});

/** A request that the error would be an answer to. */
function v2Request({type, code}: Row, vehicle: string): Parameters<Send> {
  const car = `/v2.0/vehicles/${vehicle}`;
  if (code === 'VERSION') return ['GET', '/v1.0/vehicles'];
  if (code === 'PATH') return ['GET', '/v2.0/nothing'];
  if (code === 'SMARTCAR_API' || type === 'VALIDATION') return ['GET', '/v2.0/vehicles'];
  if (type === 'SERVER') return ['GET', `${car}/battery/nominal_capacity`];
  if (type === 'COMPATIBILITY') return ['GET', `${car}/fuel`];
  if (type === 'VEHICLE_STATE') return ['POST', `${car}/charge`, {action: 'START'}];
  if (code === 'VIRTUAL_KEY_REQUIRED') return ['POST', `${car}/security`, {action: 'LOCK'}];
  return ['GET', `${car}/odometer`];
}

function expectV2Body(body: Json, row: Row, requestId: string | null): void {
  const {type, code, status} = row;
  expect(body).toEqual({
    type,
    code,
    statusCode: status,
    requestId,
    description: expect.stringMatching(/\w+ \w+/),
    docURL: expect.stringMatching(/^https:\/\/smartcar\.com\/docs\//),
    resolution: resolutionOf(row),
    ...(withMessage.has(String(type)) ? {suggestedUserMessage: anyText()} : {}),
  });
}

function resolutionOf(row: Row): unknown {
  return {
    type: row.resolution,
    ...(linked.has(keyOf(row)) ? {url: link()} : {}),
  };
}

describe('v2 says', () => {
  test.each(named(typed('2.0')))('%s', async (_name, row) => {
    const simulator = await start();
    const {vehicle, send} = v2Owner(simulator);
    const [method, path, body] = v2Request(row, vehicle);
    simulator.next({path}, {error: keyOf(row)});
    const answer = await send(method, path, body);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([row.status, json]);
    expect(answer.headers.get('retry-after')).toBeNull();
    expectV2Body(answer.body, row, answer.headers.get('sc-request-id'));
    expect(simulator.journal.at(-1)).toMatchObject({status: row.status, type: row.type, scripted: true});
    expect(simulator.commandCount(vehicle)).toBe(0);
    simulator.done();
  });
});

describe('an item of a batch says', () => {
  test.each(named(typed('2.0')))('%s', async (_name, row) => {
    const simulator = await start();
    const {vehicle, send} = v2Owner(simulator);
    simulator.next({path: '/batch'}, {partial: {'/odometer': {error: keyOf(row)}}});
    const requests = [{path: '/odometer'}, {path: '/vin'}];
    const {status, headers, body} = await send('POST', `/v2.0/vehicles/${vehicle}/batch`, {requests});
    const [item, other] = body.responses;
    expect([status, item.code, other.code]).toEqual([200, row.status, 200]);
    expectV2Body(item.body, row, headers.get('sc-request-id'));
    simulator.done();
  });
});

function v3Request({type, code}: Row, vehicle: string): Parameters<Send> {
  const car = `/v3/vehicles/${vehicle}`;
  if (code === 'VERSION') return ['GET', '/v4/vehicles'];
  if (code === 'PATH' || code === 'INVALID_PATH') return ['GET', '/v3/nothing'];
  if (code === 'SIGNAL_NOT_FOUND') return ['GET', `${car}/signals/nothing`];
  if (code === 'SMARTCAR_API' || type === 'VALIDATION') return ['GET', '/v3/connections'];
  if (type === 'VEHICLE_STATE' || type === 'UPSTREAM') return ['POST', `${car}/commands/charge/start`];
  if (code === 'VIRTUAL_KEY_REQUIRED') return ['POST', `${car}/commands/security/lock`];
  return ['GET', `${car}/signals`];
}

describe('v3 says', () => {
  test.each(named(typed('3')))('%s', async (_name, row) => {
    const {type, code, status} = row;
    const simulator = await start();
    const {vehicle, send} = await v3Owner(simulator);
    const [method, path] = v3Request(row, vehicle);
    simulator.next({path}, {error: keyOf(row)});
    const answer = await send(method, path);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([status, json]);
    expect(answer.body).toEqual({
      errors: [
        {
          status: String(status),
          type,
          code,
          title: expect.stringMatching(/^[A-Z]/),
          detail: expect.stringMatching(/\w+ \w+/),
          links: {about: expect.stringMatching(/^https:\/\/smartcar\.com\/docs\//)},
          meta: {debug: {requestId: answer.headers.get('sc-request-id')}},
          ...(type === 'AUTHENTICATION' ? {} : {resolution: resolutionOf(row)}),
          ...(withMessage.has(String(type)) ? {suggestedUserMessage: anyText()} : {}),
        },
      ],
    });
    expect(simulator.commandCount(vehicle)).toBe(0);
    simulator.done();
  });

  test.each(rowsOf('3').filter(({type}) => type === null))(
    'a $status without a type, from a proxy',
    async ({status}) => {
      const simulator = await start();
      const {vehicle, send} = await v3Owner(simulator);
      expect(status).toBe(504);
      simulator.next({vehicle}, {html: 504});
      const page = await pageOf(send('POST', `/v3/vehicles/${vehicle}/commands/security/lock`));
      expect(page).toEqual(proxyPage(504));
      expect(simulator.commandCount(vehicle)).toBe(0);
    },
  );

  test.each(named(rowsOf('3-openapi')))(
    'as its signal pages describe it, %s',
    async (_name, {status, code}) => {
      const simulator = await start();
      const {vehicle, send} = await v3Owner(simulator);
      const body = {
        errors: [{links: {}, status: String(status), code, title: 'A title', detail: 'A detail'}],
      };
      const headers = {'content-type': 'application/vnd.api+json'};
      simulator.next({path: '/signals'}, {status: status ?? 0, headers, body});
      const answer = await send('GET', `/v3/vehicles/${vehicle}/signals`);
      expect(answer).toMatchObject({status, body});
      expect(answer.headers.get('content-type')).toBe('application/vnd.api+json');
    },
  );
});

describe('a v3 signal says', () => {
  const signal = 'odometer-traveleddistance';

  async function signalWith(reply: ErrorReply): Promise<{answer: Answer; failed: Json; others: Json[]}> {
    const simulator = await start();
    const {vehicle, send} = await v3Owner(simulator);
    simulator.next({path: '/signals'}, {partial: {[signal]: reply}});
    const answer = await send('GET', `/v3/vehicles/${vehicle}/signals`);
    simulator.done();
    const failed = answer.body.data.find((item: Json) => item.attributes.code === signal);
    return {answer, failed, others: answer.body.data.filter((item: Json) => item !== failed)};
  }

  test.each(named(typed('3')))('%s', async (_name, row) => {
    const {answer, failed, others} = await signalWith({error: keyOf(row)});
    expect(answer.status).toBe(200);
    expect(failed.attributes).toMatchObject({body: null, status: {value: 'ERROR'}});
    expect(failed.attributes.status.error).toEqual({
      type: row.type,
      code: row.code,
      title: expect.any(String),
      detail: expect.any(String),
      description: expect.any(String),
      resolution: resolutionOf(row),
    });
    expect(others.some(item => item.attributes.status.value === 'SUCCESS')).toBe(true);
  });

  /** Rows that only signals have, where the table can't know what was seen. */
  const seen: Readonly<Record<string, Partial<ErrorReply>>> = {
    'PERMISSION:UNKNOWN': {resolution: 'omit'},
    'SignalError:SIGNAL_NOT_FOUND': {status: 404, resolution: {type: 'REAUTHENTICATE'}},
  };

  test.each(named(rowsOf('3-signal')))('as it has been seen, %s', async (_name, row) => {
    const {answer, failed} = await signalWith({error: keyOf(row), ...seen[keyOf(row)]});
    expect(answer.status).toBe(row.status);
    const {type, code, resolution} = failed.attributes.status.error;
    expect({type, code, resolution: resolution?.type ?? null}).toEqual({
      type: row.type,
      code: row.code,
      resolution: row.resolution,
    });
  });
});

describe.each([
  ['oauth-v2', '/oauth/token'],
  ['oauth-v3', '/oauth2/token'],
])('the token endpoint of %s says', (api, path) => {
  test.each(named(typed(api)))('%s', async (_name, {type, status}) => {
    const simulator = await start();
    simulator.next({endpoint: 'token'}, {error: String(type)});
    const answer = await postForm(simulator, path, {});
    expect([answer.status, answer.headers.get('content-type')]).toEqual([status, json]);
    expect(answer.body).toEqual({error: type, error_description: expect.stringMatching(/\w+ \w+/)});
    expect(answer.headers.get('sc-request-id')).toMatch(/^[\da-f-]{36}$/);
  });

  test.each(named(rowsOf(api).filter(({type}) => type === null)))(
    'nothing but a status: %s',
    async (_name, {status}) => {
      const simulator = await start();
      simulator.next({endpoint: 'token'}, {status: status ?? 0});
      expect(await postForm(simulator, path, {})).toMatchObject({status, body: ''});
    },
  );
});

describe('Connect redirects with', () => {
  test.each(named(rowsOf('connect')))('%s', async (_name, {type, status}) => {
    const simulator = await start();
    const location = `https://app.example/callback?error=${type}&error_description=told&state=s`;
    simulator.next({path: '/oauth/authorize'}, {redirect: location});
    const answer = await sender(simulator, {})('GET', '/oauth/authorize?response_type=code&state=s');
    expect([answer.status, answer.headers.get('location')]).toEqual([status, location]);
  });
});

describe('an API that is gone, v1.0, said', () => {
  test.each(named(rowsOf('1.0')))('%s', async (_name, {type, code, status}) => {
    const simulator = await start();
    const body = {error: type, message: 'A message', ...(code === null ? {} : {code})};
    // The status of two of them has been forgotten.
    simulator.next({path: '/odometer'}, {status: status ?? 400, body});
    const answer = await sender(simulator, {})('GET', '/v1.0/vehicles/x/odometer');
    expect(answer).toMatchObject({status: status ?? 400, body});
  });
});

describe('what nobody has listed', () => {
  const families = rowsOf('any').filter(({code}) => code === '*');
  const bare = rowsOf('any').filter(({type}) => type === null);

  test('is all of it one of these', () => {
    expect([families.length, bare.length]).toEqual([12, 13]);
  });

  test.each(named(families))('a code yet unheard of: %s', async (_name, {type, status}) => {
    const simulator = await start();
    const {send} = v2Owner(simulator);
    const v3 = await v3Owner(simulator);
    simulator.next({times: 2}, {error: `${type}:SOMETHING_NEW`, status: status ?? 0});
    const expected = {type, code: 'SOMETHING_NEW', resolution: {type: null}};
    expect(await send('GET', '/v2.0/user')).toMatchObject({status, body: {...expected, statusCode: status}});
    const {body} = await v3.send('GET', '/v3/connections');
    expect(body.errors).toMatchObject([{type, code: 'SOMETHING_NEW', status: String(status)}]);
    expect('resolution' in body.errors[0]).toBe(type !== 'AUTHENTICATION');
  });

  test('a new code takes the status of its type by itself', async () => {
    const simulator = await start();
    const {send} = v2Owner(simulator);
    // Two types are known under two statuses: the first is the type's own.
    const wanted = new Map(families.toReversed().map(({type, status}) => [type, status]));
    for (const [type, status] of wanted) {
      simulator.next({}, {error: `${type}:SOMETHING_NEW`});
      expect([type, (await send('GET', '/v2.0/user')).status]).toEqual([type, status]);
    }
    expect(wanted.size).toBe(11);
  });

  test.each(named(bare))('a status alone: %s', async (_name, {status}) => {
    const simulator = await start();
    const {send} = v2Owner(simulator);
    simulator.next({}, {status: status ?? 0});
    expect(await send('GET', '/v2.0/user')).toMatchObject({status, body: ''});
  });

  test.each([502, 503, 504] as const)('the page of a proxy: %i', async status => {
    const simulator = await start();
    const {send} = v2Owner(simulator);
    simulator.next({}, {html: status});
    expect(await pageOf(send('GET', '/v2.0/user'))).toEqual(proxyPage(status));
  });
});

const url = (simulator: Simulator) => `${simulator.origin}/v2.0/user`;

async function codeOf(request: Promise<unknown>): Promise<unknown> {
  const error: Json = await request.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error?.cause?.code ?? error?.code ?? error?.name;
}

describe('the network says', () => {
  const provoked: Readonly<Record<string, (simulator: Simulator) => Promise<unknown>>> = {
    async ECONNREFUSED(simulator) {
      const closed = url(simulator);
      await simulator.close();
      return fetch(closed);
    },
    ECONNRESET(simulator) {
      simulator.next({path: '/user'}, {drop: 'before'});
      return new Promise((resolve, reject) => get(url(simulator), resolve).on('error', reject));
    },
    UND_ERR_SOCKET(simulator) {
      simulator.next({path: '/user'}, {drop: 'after'});
      return fetch(url(simulator));
    },
    TimeoutError(simulator) {
      simulator.next({path: '/user'}, {hang: true});
      return fetch(url(simulator), {signal: AbortSignal.timeout(20)}).catch((error: unknown) => {
        // An old number of a `DOMException` stands in its `code`.
        throw Object.assign(new Error('timeout'), {code: (error as Error).name});
      });
    },
  };
  /** What a server on this machine can't do to a client. */
  const beyond: Readonly<Record<string, string>> = {
    ENOTFOUND: 'names are looked up before there is a server',
    EAI_AGAIN: 'names are looked up before there is a server',
    EHOSTUNREACH: 'there is always a way to 127.0.0.1',
    ENETUNREACH: 'there is always a way to 127.0.0.1',
    UND_ERR_CONNECT_TIMEOUT: 'the system accepts connections to 127.0.0.1 at once',
    ETIMEDOUT: 'the system accepts connections to 127.0.0.1 at once',
    EPIPE: 'a matter of chance: loopback takes what is written, and then resets',
    UND_ERR_HEADERS_TIMEOUT: '`hang` provokes it after the five minutes of fetch',
    UND_ERR_BODY_TIMEOUT: '`trickle` provokes it after the five minutes of fetch',
  };

  test('only what is provoked below, or is known to be out of reach', () => {
    const codes = rowsOf('network').map(({code}) => String(code));
    expect([...Object.keys(provoked), ...Object.keys(beyond)].toSorted()).toEqual(codes.toSorted());
    expect(Object.keys(provoked)).toHaveLength(4);
  });

  test.each(Object.keys(provoked))('%s', async code => {
    const simulator = await start();
    expect(await codeOf(provoked[code]?.(simulator) ?? Promise.resolve())).toBe(code);
  });
});

describe('a resolution can be written as', () => {
  const there = 'https://example.com/';
  const shapes: [string, Partial<ErrorReply>, unknown][] = [
    [
      'an object with a link',
      {resolution: {type: 'REAUTHENTICATE', url: there}},
      {type: 'REAUTHENTICATE', url: there},
    ],
    ['an object with a type', {resolution: {type: 'RETRY_LATER'}}, {type: 'RETRY_LATER'}],
    ['an object whose type is null', {resolution: {type: null}}, {type: null}],
    ['a bare text', {resolution: 'RETRY_LATER'}, 'RETRY_LATER'],
    ['null', {resolution: null}, null],
    ['nothing at all', {resolution: 'omit'}, undefined],
    ['the table has it', {}, {type: 'RETRY_LATER'}],
  ];
  test.each(shapes)('%s, in every envelope', async (_name, shape, expected) => {
    const simulator = await start();
    const {vehicle, send} = v2Owner(simulator);
    const v3 = await v3Owner(simulator);
    const reply = {error: 'SERVER:INTERNAL', ...shape};
    simulator.next({times: 2}, reply);
    simulator.next({path: '/batch'}, {partial: {'/odometer': reply}});
    simulator.next({path: '/signals'}, {partial: {'odometer-traveleddistance': reply}});
    const flat = (await send('GET', '/v2.0/user')).body;
    const entry = (await v3.send('GET', '/v3/connections')).body.errors[0];
    const batch = {requests: [{path: '/odometer'}]};
    const item = (await send('POST', `/v2.0/vehicles/${vehicle}/batch`, batch)).body.responses[0].body;
    const {data} = (await v3.send('GET', `/v3/vehicles/${v3.vehicle}/signals`)).body;
    const {error} = data.find(
      (one: Json) => one.attributes.status.value === 'ERROR' && one.id === 'odometer-traveleddistance',
    ).attributes.status;
    for (const body of [flat, entry, item, error]) {
      expect(body).toMatchObject({type: 'SERVER', code: 'INTERNAL'});
      expect(body.resolution).toEqual(expected);
      expect('resolution' in body).toBe(expected !== undefined);
    }
    simulator.done();
  });
});

interface Page {
  readonly status: number;
  readonly contentType: string | null;
  readonly requestId: string | null;
  readonly title: string | undefined;
}

async function pageOf(request: Promise<Answer>): Promise<Page> {
  const {status, headers, body} = await request;
  const title = /^<html>[^]*<h1>(\d+) /.exec(String(body))?.[1];
  return {status, contentType: headers.get('content-type'), requestId: headers.get('sc-request-id'), title};
}

function proxyPage(status: number): Page {
  return {status, contentType: 'text/html', requestId: null, title: String(status)};
}
