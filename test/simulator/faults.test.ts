/* oxlint-disable unicorn/no-thenable -- a reply’s member; never a function */
import {connect} from 'node:net';
import {once} from 'node:events';
import {describe, expect, test} from 'vitest';
import type {Simulator} from '../../src/simulator/index.ts';
import {lockable, noon, refresh, start, v2Owner, v3Owner} from './harness.ts';

describe('truncate', () => {
  test('sends half of the body with the length of that half, and keeps the connection', async () => {
    const simulator = await start();
    const {vehicle, tokens} = v2Owner(simulator);
    const whole = await textOf(simulator, vehicle, tokens.accessToken);
    simulator.next({}, {truncate: true});
    const path = `/v2.0/vehicles/${vehicle}/odometer`;
    const request = `GET ${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${tokens.accessToken}\r\n\r\n`;
    const socket = connect(Number(new URL(simulator.origin).port), '127.0.0.1').setEncoding('utf8');
    socket.write(request);
    const [first] = (await once(socket, 'data')) as [string];
    const [head = '', body = ''] = first.split('\r\n\r\n');
    expect(head).toMatch(/^HTTP\/1.1 200 /);
    expect(head).toContain(`content-length: ${Math.floor(whole.length / 2)}`);
    expect(body).toBe(whole.slice(0, Math.floor(whole.length / 2)));
    expect(() => JSON.parse(body) as unknown).toThrow(SyntaxError);
    socket.write(request);
    const [second] = (await once(socket, 'data')) as [string];
    expect(second).toContain(whole);
    socket.destroy();
  });

  test('a command has been carried out, once', async () => {
    const {simulator, lock, carriedOut} = await lockable();
    simulator.next({}, {truncate: true});
    const response = await lock();
    expect(response.status).toBe(200);
    await expect(response.json()).rejects.toThrow(SyntaxError);
    expect(carriedOut()).toBe(1);
    expect(simulator.journal.at(-1)).toMatchObject({status: 200, effect: 'carried-out', scripted: true});
  });

  test('cuts what it is told to, and then nothing is carried out', async () => {
    const {simulator, lock, carriedOut} = await lockable();
    simulator.next({}, {truncate: true, then: {error: 'UPSTREAM:NO_RESPONSE'}});
    simulator.next({}, {truncate: true, then: {status: 200, body: 'grüße'}});
    const failed = await lock();
    expect(failed.status).toBe(502);
    await expect(failed.json()).rejects.toThrow(SyntaxError);
    expect(simulator.journal.at(-1)).toMatchObject({code: 'NO_RESPONSE', effect: 'not-carried-out'});
    // Seven bytes; the half ends inside a letter.
    expect(Buffer.from(await (await lock()).arrayBuffer())).toEqual(Buffer.from('grüße').subarray(0, 3));
    expect(carriedOut()).toBe(0);
  });

  test('leaves an answer without a body alone', async () => {
    const simulator = await start();
    const {owner, send} = await v3Owner(simulator);
    simulator.next({}, {truncate: true});
    expect((await send('DELETE', `/v3/users/${owner.id}`)).status).toBe(204);
  });

  test('of a refresh loses the pair, and the grace helps', async () => {
    const simulator = await start();
    const {tokens} = v2Owner(simulator);
    simulator.next({endpoint: 'token'}, {truncate: true});
    const lost = await refresh(simulator, tokens.refreshToken);
    expect([lost.status, typeof lost.body]).toEqual([200, 'string']);
    expect((await refresh(simulator, tokens.refreshToken)).body.access_token).toBeTruthy();
  });
});

describe('trickle', () => {
  test('sends all of the body in pieces, under its whole length', async () => {
    const {simulator, lock, carriedOut} = await lockable();
    simulator.next({}, {trickle: {everyMs: 2, bytes: 20}});
    const before = performance.now();
    const response = await lock();
    const pieces: number[] = [];
    for await (const piece of response.body as ReadableStream<Uint8Array>) pieces.push(piece.length);
    const length = Number(response.headers.get('content-length'));
    expect(pieces.reduce((sum, bytes) => sum + bytes, 0)).toBe(length);
    expect(pieces.length).toBeGreaterThan(3);
    expect(performance.now() - before).toBeGreaterThanOrEqual(2 * (Math.ceil(length / 20) - 1));
    expect(carriedOut()).toBe(1);
    expect(simulator.journal.at(-1)).toMatchObject({status: 200, effect: 'carried-out'});
  });

  test('pauses on the simulator’s time, one byte after the other unless told', async () => {
    const simulator = await start();
    const {tokens} = v2Owner(simulator);
    simulator.next({}, {trickle: {everyMs: 60_000}, then: {status: 200, body: 'abc'}});
    const response = await fetch(`${simulator.origin}/v2.0/user`, {
      headers: {authorization: `Bearer ${tokens.accessToken}`},
    });
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    const next = async () => Buffer.from((await reader.read()).value ?? []).toString();
    expect(await next()).toBe('a');
    simulator.advance(60_000);
    expect(await next()).toBe('b');
    simulator.advance(60_000);
    expect(await next()).toBe('c');
    expect((await reader.read()).done).toBe(true);
  });

  test('of a failure trickles the failure; HEAD has no pieces', async () => {
    const simulator = await start();
    const {send} = v2Owner(simulator);
    simulator.next({}, {trickle: {everyMs: 1, bytes: 100}, then: {error: 'VEHICLE_STATE:ASLEEP'}});
    expect(await send('GET', '/v2.0/user')).toMatchObject({status: 409, body: {code: 'ASLEEP'}});
    simulator.next({}, {trickle: {everyMs: 3_600_000}});
    expect((await send('HEAD', '/v2.0/user')).status).toBe(200);
  });
});

describe('jump', () => {
  test('sets the clock, forwards or back, and goes on as usual, or as told', async () => {
    const simulator = await start();
    const {vehicle, send} = v2Owner(simulator);
    simulator.next({}, {jumpMs: 3_600_000});
    simulator.next({}, {jumpMs: -7_200_000, then: {error: 'UPSTREAM:NO_RESPONSE'}});
    const ahead = await send('GET', `/v2.0/vehicles/${vehicle}/odometer`);
    expect(ahead.headers.get('sc-fetched-at')).toBe(new Date(noon + 3_600_000).toISOString());
    expect((await send('GET', '/v2.0/user')).status).toBe(502);
    expect(simulator.now()).toBe(noon - 3_600_000);
    expect(simulator.journal.map(({at}) => at)).toEqual([noon, noon + 3_600_000]);
  });

  test('far enough ends the life of the token that it came with', async () => {
    const simulator = await start();
    const {send} = v2Owner(simulator);
    simulator.next({}, {jumpMs: 7_200_001});
    expect((await send('GET', '/v2.0/user')).status).toBe(401);
  });

  test('beyond all dates is answered with a 500, and time stays', async () => {
    const simulator = await start();
    const {send} = v2Owner(simulator);
    simulator.next({}, {jumpMs: 9e15});
    expect((await send('GET', '/v2.0/user')).status).toBe(500);
    expect(simulator.now()).toBe(noon);
    expect((await send('GET', '/v2.0/user')).status).toBe(200);
  });
});

describe('delays run on the simulator’s time', () => {
  test('advance ends a delay, a slow acceptance and a slow outcome', async () => {
    const {simulator, lock, carriedOut} = await lockable();
    simulator.next(
      {},
      {delayMs: 60_000, then: {slow: {acceptedAfterMs: 60_000, outcome: 'success', afterMs: 60_000}}},
    );
    const answer = lock();
    await waiting();
    for (const done of [0, 0]) {
      expect(carriedOut()).toBe(done);
      simulator.advance(60_000);
      await waiting();
    }
    const response = await answer;
    expect([response.status, carriedOut()]).toEqual([202, 0]);
    simulator.advance(60_000);
    expect(await response.json()).toHaveProperty('data');
    expect(carriedOut()).toBe(1);
  });
});

test('a drop cuts a request that waits behind another on its connection', async () => {
  const simulator = await start();
  simulator.next({path: '/first'}, {hang: true});
  simulator.next({path: '/second'}, {drop: 'before'});
  const socket = connect(Number(new URL(simulator.origin).port), '127.0.0.1').on('error', () => {});
  const closed = once(socket, 'close');
  socket.write(requestTo('/first') + requestTo('/second'));
  await closed;
  expect(simulator.journal.map(({status}) => status)).toEqual(['hung', 'dropped']);
});

async function textOf(simulator: Simulator, vehicle: string, token: string): Promise<string> {
  const response = await fetch(`${simulator.origin}/v2.0/vehicles/${vehicle}/odometer`, {
    headers: {authorization: `Bearer ${token}`},
  });
  return response.text();
}

/** Long enough for a request to come in over loopback. */
function waiting(): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, 15));
}

function requestTo(path: string): string {
  return `GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`;
}
