/* oxlint-disable unicorn/no-thenable -- a reply’s member; never a function */
import {describe, expect, test} from 'vitest';
import type {Reply} from '../../src/simulator/index.ts';
import {applicationToken, refresh, start, v2Owner, v3Owner} from './harness.ts';

describe('which request a line is for', () => {
  test('the first that fits and has times left wins', async () => {
    const simulator = await start();
    const {vehicle, send} = v2Owner(simulator);
    simulator.next({path: '/odometer', times: 2}, {error: 'UPSTREAM:NO_RESPONSE'});
    simulator.next({vehicle}, {error: 'VEHICLE_STATE:ASLEEP'});
    const code = async (path: string) => (await send('GET', `/v2.0/vehicles/${vehicle}${path}`)).body.code;
    expect(await code('/odometer')).toBe('NO_RESPONSE');
    expect(await code('/vin')).toBe('ASLEEP');
    expect(await code('/odometer')).toBe('NO_RESPONSE');
    expect(await code('/odometer')).toBeUndefined();
  });

  test('method, path, vehicle and user all have to fit', async () => {
    const simulator = await start();
    const {vehicle, owner, send} = v2Owner(simulator);
    simulator.next({method: 'post'}, {error: 'SERVER:INTERNAL'});
    simulator.next({path: /\/vin$/g, times: 2}, {error: 'SERVER:INTERNAL'});
    simulator.next({user: 'nobody'}, {error: 'SERVER:INTERNAL'});
    const status = async (method: string, path: string) =>
      (await send(method, `/v2.0/vehicles/${vehicle}${path}`)).status;
    expect(await status('GET', '/odometer')).toBe(200);
    expect([await status('GET', '/vin'), await status('GET', '/vin'), await status('GET', '/vin')]).toEqual([
      500, 500, 200,
    ]);
    expect(await status('POST', '/security')).toBe(500);
    simulator.next({user: owner.id}, {error: 'SERVER:INTERNAL'});
    expect(await status('GET', '/odometer')).toBe(500);
  });

  test('a line without a path leaves token requests and Connect alone', async () => {
    const simulator = await start();
    const {owner, tokens, send} = v2Owner(simulator);
    simulator.next({}, {error: 'SERVER:INTERNAL'});
    expect((await refresh(simulator, tokens.refreshToken)).status).toBe(200);
    expect((await send('GET', '/v2.0/user')).status).toBe(500);
    simulator.next({endpoint: 'token', user: owner.id}, {error: 'invalid_grant', description: 'gone'});
    expect((await send('GET', '/v2.0/user')).status).toBe(200);
    expect(await refresh(simulator, tokens.refreshToken)).toMatchObject({
      status: 400,
      body: {error: 'invalid_grant', error_description: 'gone'},
    });
    simulator.next({endpoint: 'token'}, {error: 'SERVER:INTERNAL'});
    expect(await refresh(simulator, tokens.refreshToken)).toMatchObject({
      status: 500,
      body: {error: 'server'},
    });
  });

  test('done names each line that is left', async () => {
    const simulator = await start();
    const {send} = v2Owner(simulator);
    expect(() => simulator.done()).not.toThrow();
    simulator.next({path: '/odometer', times: 3}, {error: 'UPSTREAM:NO_RESPONSE'});
    simulator.next({endpoint: 'token', user: 'ada'}, {html: 502});
    simulator.next({path: '/user', times: Number.POSITIVE_INFINITY}, {error: 'SERVER:INTERNAL'});
    await send('GET', '/v2.0/vehicles/none/odometer');
    expect(simulator.unused()).toEqual([
      {path: '/odometer', times: 3},
      {endpoint: 'token', user: 'ada'},
    ]);
    expect(() => simulator.done()).toThrow(
      'Scripted replies that were not used:\n' +
        '  2 × any method /odometer → {"error":"UPSTREAM:NO_RESPONSE"}\n' +
        '  1 × any method at the token endpoint for user ada → {"html":502}',
    );
  });

  test('what was not used is named without bodies and headers, which may hold secrets', async () => {
    const simulator = await start();
    simulator.next({share: 0.5, times: 2}, {status: 200, headers: {cookie: 'x'}, body: {access_token: 'x'}});
    expect(() => simulator.done()).toThrow(
      '  2 × any method any path with a share of 0.5 → {"status":200,"headers":"…","body":"…"}',
    );
  });

  test('add returns what takes the line back, and that can be done twice', async () => {
    const simulator = await start();
    const {send} = v2Owner(simulator);
    const back = simulator.next({times: Number.POSITIVE_INFINITY}, {error: 'SERVER:INTERNAL'});
    const other = simulator.next({times: 2}, {error: 'UPSTREAM:NO_RESPONSE'});
    expect((await send('GET', '/v2.0/user')).status).toBe(500);
    back();
    back();
    expect((await send('GET', '/v2.0/user')).status).toBe(502);
    other();
    expect((await send('GET', '/v2.0/user')).status).toBe(200);
    simulator.done();
  });
});

/** As it would come out of a JSON file. */
type Anything = never;

describe('a line that could not be sent is refused at once', () => {
  const deep = (layers: number): unknown =>
    layers === 0 ? {hang: true} : {delayMs: 1, then: deep(layers - 1)};
  const circle: Record<string, unknown> = {};
  circle['circle'] = circle;
  test.each([
    [
      {error: 'NEW_TYPE:CODE'},
      '`reply.error` to be an error with a type that the table knows, or with a `status`, got `"NEW_TYPE:CODE"`',
    ],
    [{delayMs: 1, then: {error: 'NEW_TYPE'}}, '`reply.then.error` to be an error with a type'],
    [{error: ''}, '`reply.error` to be an error such as UPSTREAM:NO_RESPONSE, got `""`'],
    [{error: '__proto__', status: 400}, '`reply.error` to be an error such as'],
    [{error: 42}, '`reply.error` to be an error such as UPSTREAM:NO_RESPONSE, got `42`'],
    [
      {error: 'SERVER:INTERNAL', statuscode: 500},
      '`reply.statuscode` to be absent (what can be given is error, status, ',
    ],
    [
      {error: 'SERVER:INTERNAL', retryAfter: {}},
      '`reply.retryAfter` to be a text or a number, got an object',
    ],
    [{error: 'SERVER:INTERNAL', headers: {'retry-after': 5}}, '`reply.headers.retry-after` to be a text'],
    [{error: 'SERVER:INTERNAL', resolution: circle}, '`reply.resolution` to be something that JSON can say'],
    [{status: 42}, '`reply.status` to be a whole number from 200 to 599, got `42`'],
    [{status: '200'}, '`reply.status` to be a whole number from 200 to 599, got `"200"`'],
    [{status: 200, body: 1n}, '`reply.body` to be something that JSON can say, got `1`'],
    [{status: 200, body: circle}, '`reply.body` to be something that JSON can say, got an object'],
    [{body: 'x'}, '`reply` to be a reply: an object with one of delayMs, jumpMs, hang, drop, slow, '],
    [{}, '`reply` to be a reply: an object with one of'],
    [null, '`reply` to be a reply: an object with one of'],
    ['hang', '`reply` to be a reply'],
    [[{hang: true}], '`reply` to be a reply'],
    [undefined, 'error, html, redirect, status, got nothing'],
    [{html: 500}, '`reply.html` to be 502, 503 or 504, got `500`'],
    [{hang: false}, '`reply.hang` to be `true`, got `false`'],
    [{drop: 'during'}, '`reply.drop` to be `before`, `after` or `mid-body`, got `"during"`'],
    [{delayMs: -1}, '`reply.delayMs` to be a number of ms from 0 up, got `-1`'],
    [{delayMs: Number.NaN}, '`reply.delayMs` to be a number of ms from 0 up, got `NaN`'],
    [{delayMs: Infinity}, '`reply.delayMs` to be a number of ms from 0 up, got `Infinity`'],
    [
      {delayMs: 1, error: 'SERVER:INTERNAL'},
      '`reply.error` to be absent (what can be given is delayMs, then)',
    ],
    [{delayMs: 1, then: 'hang'}, '`reply.then` to be a reply'],
    [deep(51), 'to be at most 50 replies deep'],
    [{jumpMs: 'back'}, '`reply.jumpMs` to be a finite number of ms, got `"back"`'],
    [{slow: true}, '`reply.slow` to be an object with acceptedAfterMs, outcome, afterMs, got `true`'],
    [{slow: []}, '`reply.slow` to be an object with acceptedAfterMs, outcome, afterMs, got a list'],
    [{slow: {outcome: 'success'}}, '`reply.slow.afterMs` to be given, got nothing'],
    [{slow: {outcome: 'lost', afterMs: 1}}, '`reply.slow.outcome` to be `success`, `cut` or an object'],
    [{slow: {outcome: {error: 'X'}, afterMs: 1}}, '`reply.slow.outcome.error` to be an error with a type'],
    [{slow: {outcome: 'cut', afterMs: -1}}, '`reply.slow.afterMs` to be a number of ms from 0 up'],
    [{truncate: 1}, '`reply.truncate` to be `true`'],
    [
      {truncate: true, then: {hang: true}},
      '`reply.then` to be a reply with an error, or with a status, got an object',
    ],
    [{trickle: {everyMs: 0}}, '`reply.trickle.everyMs` to be a number of ms above 0, got `0`'],
    [{trickle: {everyMs: 1, bytes: 0.5}}, '`reply.trickle.bytes` to be a whole number from 1 up'],
    [
      {partial: 'full'},
      '`reply.partial` to be an object of errors by path or code, or `empty`, got `"full"`',
    ],
    [{partial: {'/odometer': {error: 'X'}}}, '`reply.partial./odometer.error` to be an error with a type'],
    [{partial: {'/odometer': {hang: true}}}, 'Expected `reply.partial./odometer'],
    [{partial: null}, '`reply.partial` to be an object of errors by path or code, or `empty`, got `null`'],
    [{partial: []}, '`reply.partial` to be an object of errors by path or code, or `empty`, got a list'],
    [{partial: {}, itemHeaders: 'none'}, '`reply.itemHeaders` to be `omit` or `capitals`'],
    [{redirect: 5}, '`reply.redirect` to be a text'],
    [{redirect: '/', status: 200}, '`reply.status` to be 301, 302, 303, 307 or 308, got `200`'],
  ])('reply %#', async (reply, message) => {
    const simulator = await start();
    expect(() => simulator.next({}, reply as Anything)).toThrow(message);
    expect(() => simulator.next({}, reply as Anything)).toThrow(TypeError);
    simulator.done();
  });

  test.each([
    [{times: 0}, '`match.times` to be a whole number from 1 up, or Infinity, got `0`'],
    [{times: 1.5}, '`match.times` to be a whole number from 1 up, or Infinity, got `1.5`'],
    [{times: null}, '`match.times` to be a whole number from 1 up, or Infinity, got `null`'],
    [{share: 20}, '`match.share` to be a share from 0 to 1, got `20`'],
    [{share: -0.1}, '`match.share` to be a share from 0 to 1, got `-0.1`'],
    [{share: Number.NaN}, '`match.share` to be a share from 0 to 1, got `NaN`'],
    [{seed: 0.5}, '`match.seed` to be a whole number, got `0.5`'],
    [{vehicel: 'x'}, '`match.vehicel` to be absent (what can be given is method, path, vehicle, '],
    [{vehicle: 7}, '`match.vehicle` to be a text, got `7`'],
    [
      {path: '/signals?x=1'},
      '`match.path` to be the end of a path, without the query, or a regular expression',
    ],
    [{path: {}}, '`match.path` to be the end of a path'],
    [{method: ''}, '`match.method` to be a method such as GET, got `""`'],
    [{endpoint: 'connect'}, '`match.endpoint` to be `api` or `token`, got `"connect"`'],
    [null, '`match` to be an object with method, path, '],
    ['/odometer', '`match` to be an object with method, path, '],
    [[], '`match` to be an object with method, path, vehicle, '],
  ])('match %#', async (match, message) => {
    const simulator = await start();
    expect(() => simulator.next(match as Anything, {hang: true})).toThrow(message);
    expect(() => simulator.next(match as Anything, {hang: true})).toThrow(TypeError);
    simulator.done();
  });

  test('members that are undefined count as left out', async () => {
    const simulator = await start();
    const {send} = v2Owner(simulator);
    simulator.next(
      {path: undefined, times: undefined} as Anything,
      {error: 'SERVER:INTERNAL', status: undefined, resolution: undefined} as Anything,
    );
    expect(await send('GET', '/v2.0/user')).toMatchObject({
      status: 500,
      body: {resolution: {type: 'RETRY_LATER'}},
    });
  });

  test('fifty replies inside one another are sent', async () => {
    const simulator = await start({speed: 1000});
    const {send} = v2Owner(simulator);
    const layers = Array.from({length: 50}).reduce<Reply>(inner => ({delayMs: 1, then: inner}), {
      error: 'SERVER:INTERNAL',
    });
    simulator.next({}, layers);
    expect((await send('GET', '/v2.0/user')).status).toBe(500);
  });
});

describe('what a line says', () => {
  test('an error takes status and resolution from the table, in the envelope of the API', async () => {
    const simulator = await start();
    const {send} = v2Owner(simulator);
    const v3 = await v3Owner(simulator);
    simulator.next({times: 2}, {error: 'BILLING:ACCOUNT_SUSPENDED'});
    const finance = {type: 'BILLING', code: 'ACCOUNT_SUSPENDED', resolution: {type: 'FINANCE'}};
    expect(await send('GET', '/v2.0/user')).toMatchObject({status: 430, body: finance});
    expect(await v3.send('GET', '/v3/connections')).toMatchObject({
      status: 430,
      body: {errors: [{...finance, status: '430'}]},
    });
  });

  test.each([
    ['a bare string', 'RETRY_LATER', 'RETRY_LATER'],
    ['null', null, null],
    ['an object', {type: 'SOMETHING_NEW', url: 'x'}, {type: 'SOMETHING_NEW', url: 'x'}],
    ['nothing at all', 'omit', undefined],
  ])('a resolution can be %s', async (_name, resolution, expected) => {
    const simulator = await start();
    const {send} = v2Owner(simulator);
    simulator.next({}, {error: 'SERVER:INTERNAL', resolution});
    expect((await send('GET', '/v2.0/user')).body.resolution).toEqual(expected);
  });

  test('a retry-after goes out as given, whatever it is', async () => {
    const simulator = await start();
    const {send} = v2Owner(simulator);
    for (const retryAfter of [120, '1.5', 'soon']) {
      simulator.next({}, {error: 'RATE_LIMIT:VEHICLE', retryAfter});
      expect((await send('GET', '/v2.0/user')).headers.get('retry-after')).toBe(String(retryAfter));
    }
  });

  test('a lost login comes with its link, unless the script says otherwise', async () => {
    const simulator = await start();
    const {vehicle, send} = v2Owner(simulator);
    const error = 'CONNECTED_SERVICES_ACCOUNT:AUTHENTICATION_FAILED';
    simulator.next({}, {error});
    simulator.next({}, {error, resolution: {type: 'REAUTHENTICATE'}});
    const resolution = async () => (await send('GET', `/v2.0/vehicles/${vehicle}/odometer`)).body.resolution;
    expect((await resolution()).url).toContain(`/oauth/reauthenticate?response_type=vehicle_id`);
    expect(await resolution()).toEqual({type: 'REAUTHENTICATE'});
  });

  test('an unknown code takes the status of its type', async () => {
    const simulator = await start();
    const {send} = v2Owner(simulator);
    simulator.next({}, {error: 'VEHICLE_STATE:FLYING'});
    const answer = await send('GET', '/v2.0/user');
    expect(answer).toMatchObject({status: 409, body: {code: 'FLYING', resolution: {type: null}}});
  });

  test('raw replies, proxy pages and redirects go out as written', async () => {
    const simulator = await start();
    const {send} = v2Owner(simulator);
    simulator.next({}, {status: 418, headers: {'X-Tea': 'green'}, body: {pot: true}});
    simulator.next({}, {status: 200, headers: {'Content-Type': 'application/vnd.api+json'}, body: '{}'});
    simulator.next({}, {html: 503});
    simulator.next({}, {redirect: 'https://example.com/', status: 308});
    const raw = await send('GET', '/v2.0/user');
    expect(raw).toMatchObject({status: 418, body: {pot: true}});
    expect(raw.headers.get('x-tea')).toBe('green');
    expect((await send('GET', '/v2.0/user')).headers.get('content-type')).toBe('application/vnd.api+json');
    const page = await send('GET', '/v2.0/user');
    expect(page.headers.get('content-type')).toBe('text/html');
    expect(page.body).toContain('<h1>503');
    const redirect = await send('GET', '/v2.0/user');
    expect([redirect.status, redirect.headers.get('location')]).toEqual([308, 'https://example.com/']);
    expect(simulator.journal.map(entry => [entry.status, entry.scripted])).toEqual([
      [418, true],
      [200, true],
      [503, true],
      [308, true],
    ]);
  });

  test('a delay goes on as usual, or as told', async () => {
    const simulator = await start();
    const {send} = v2Owner(simulator);
    simulator.next({}, {delayMs: 20});
    simulator.next({}, {delayMs: 1, then: {error: 'UPSTREAM:KNOWN_ISSUE'}});
    const before = performance.now();
    expect((await send('GET', '/v2.0/user')).status).toBe(200);
    expect(performance.now() - before).toBeGreaterThan(18);
    expect((await send('GET', '/v2.0/user')).status).toBe(502);
  });

  test('a scripted reply stands before token checks and limits', async () => {
    const simulator = await start({limits: {application: {size: 1, perMinute: 1}}});
    const {send} = v2Owner(simulator);
    simulator.next({}, {error: 'UPSTREAM:NO_RESPONSE'});
    simulator.expireAccessTokens();
    expect((await send('GET', '/v2.0/user')).status).toBe(502);
    expect(await applicationToken(simulator)).toBeTruthy();
  });
});

describe('cut connections', () => {
  test('before: nothing happened', async () => {
    const simulator = await start();
    const {vehicle, send} = await v3Owner(simulator);
    simulator.next({vehicle}, {drop: 'before'});
    await expect(send('POST', `/v3/vehicles/${vehicle}/commands/security/lock`)).rejects.toThrow(
      'fetch failed',
    );
    expect(simulator.commandCount(vehicle, 'lock')).toBe(0);
    expect(simulator.vehicle(vehicle).locked).toBe(false);
    expect(simulator.journal.at(-1)).toMatchObject({
      status: 'dropped',
      effect: 'not-carried-out',
      scripted: true,
    });
  });

  test.each(['after', 'mid-body'] as const)('%s: the car has obeyed, and nobody was told', async drop => {
    const simulator = await start();
    const {vehicle, send} = await v3Owner(simulator);
    simulator.next({vehicle}, {drop});
    await expect(send('POST', `/v3/vehicles/${vehicle}/commands/security/lock`)).rejects.toThrow(TypeError);
    expect(simulator.commandCount(vehicle, 'lock')).toBe(1);
    expect(simulator.vehicle(vehicle).locked).toBe(true);
    expect(simulator.journal.at(-1)).toMatchObject({status: 'dropped', effect: 'carried-out'});
    await send('POST', `/v3/vehicles/${vehicle}/commands/security/lock`);
    expect(simulator.commandCount(vehicle, 'lock')).toBe(2);
  });

  test('after a refresh: the pair is lost, and the grace helps', async () => {
    const simulator = await start();
    const {tokens} = v2Owner(simulator);
    simulator.next({endpoint: 'token'}, {drop: 'after'});
    await expect(refresh(simulator, tokens.refreshToken)).rejects.toThrow('fetch failed');
    simulator.advance(59_999);
    expect((await refresh(simulator, tokens.refreshToken)).status).toBe(200);
    simulator.advance(1);
    expect((await refresh(simulator, tokens.refreshToken)).status).toBe(400);
  });

  test('mid-body: the status arrives, the body breaks', async () => {
    const simulator = await start();
    const {tokens} = v2Owner(simulator);
    simulator.next({}, {drop: 'mid-body'});
    const response = await fetch(`${simulator.origin}/v2.0/user`, {
      headers: {authorization: `Bearer ${tokens.accessToken}`},
    });
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow('terminated');
  });

  test('hang: no answer until the client gives up', async () => {
    const simulator = await start();
    const {tokens} = v2Owner(simulator);
    simulator.next({}, {hang: true});
    const headers = {authorization: `Bearer ${tokens.accessToken}`};
    const request = fetch(`${simulator.origin}/v2.0/user`, {headers, signal: AbortSignal.timeout(50)});
    await expect(request).rejects.toThrow('timeout');
    expect(simulator.journal).toMatchObject([{status: 'hung', scripted: true}]);
  });
});

async function slowly(outcome: 'success' | 'cut' | {error: string}) {
  const simulator = await start();
  const {vehicle, owner, token} = await v3Owner(simulator);
  simulator.next({vehicle}, {slow: {outcome, afterMs: 30}});
  const response = await fetch(`${simulator.origin}/v3/vehicles/${vehicle}/commands/security/lock`, {
    method: 'POST',
    headers: {authorization: `Bearer ${token}`, 'sc-user-id': owner.id},
  });
  return {simulator, vehicle, response};
}

describe('slow commands', () => {
  test('202 comes first, the outcome later on the same connection', async () => {
    const {simulator, vehicle, response} = await slowly('success');
    expect(response.status).toBe(202);
    expect(response.headers.has('content-length')).toBe(false);
    expect(simulator.commandCount(vehicle, 'lock')).toBe(0);
    expect(await response.json()).toMatchObject({data: {attributes: {status: {value: 'SUCCESS'}}}});
    expect(simulator.commandCount(vehicle, 'lock')).toBe(1);
    expect(simulator.journal.at(-1)).toMatchObject({status: 202, effect: 'carried-out'});
  });

  test('an error comes as a body with a status of its own', async () => {
    const {simulator, vehicle, response} = await slowly({error: 'UPSTREAM:NO_RESPONSE'});
    expect(response.status).toBe(202);
    expect(await response.json()).toMatchObject({
      errors: [{status: '502', type: 'UPSTREAM', code: 'NO_RESPONSE'}],
    });
    expect(simulator.commandCount(vehicle, 'lock')).toBe(0);
    expect(simulator.journal.at(-1)).toMatchObject({
      status: 202,
      code: 'NO_RESPONSE',
      effect: 'not-carried-out',
    });
  });

  test('a cut leaves the outcome unknown; the car has obeyed', async () => {
    const {simulator, vehicle, response} = await slowly('cut');
    expect(response.status).toBe(202);
    await expect(response.text()).rejects.toThrow('terminated');
    expect(simulator.commandCount(vehicle, 'lock')).toBe(1);
  });

  test('what would be refused is refused at once', async () => {
    const simulator = await start();
    const {vehicle, owner, send} = await v3Owner(simulator);
    simulator.revoke({owner: owner.id, how: 'login', vehicle});
    simulator.next({vehicle}, {slow: {outcome: 'success', afterMs: 10_000}});
    expect((await send('POST', `/v3/vehicles/${vehicle}/commands/security/lock`)).status).toBe(400);
  });
});
