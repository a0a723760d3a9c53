/* oxlint-disable unicorn/no-thenable -- a reply’s member; never a function */
import {describe, expect, test} from 'vitest';
import {applicationToken, refresh, start, v2Owner, v3Owner} from './harness.ts';

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

  test('a 204 has neither a body nor a length, whatever was written', async () => {
    const simulator = await start();
    for (const reply of [
      {status: 204, body: 'x'},
      {truncate: true, then: {status: 204, body: 'xy'}},
    ] as const) {
      simulator.next({path: '/v2.0/user'}, reply);
      const response = await fetch(`${simulator.origin}/v2.0/user`);
      expect([response.status, await response.text()]).toEqual([204, '']);
      expect(response.headers.get('content-length')).toBeNull();
    }
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
