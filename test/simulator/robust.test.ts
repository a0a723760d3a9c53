import {once} from 'node:events';
import {connect} from 'node:net';
import {describe, expect, test} from 'vitest';
import {startSimulator} from '../../src/simulator/index.ts';
import {createJournal} from '../../src/simulator/journal.ts';
import {applicationToken, postForm, sender, start, v2Owner, v3Owner} from './harness.ts';

/** A schedule with so many brackets inside, and some in a string, which count for nothing. */
function nested(depth: number): string {
  return `{"data":{"attributes":{"a":${'['.repeat(depth)}"[[[\\"[["${']'.repeat(depth)}}}}`;
}

describe('whatever comes in, the server goes on', () => {
  test('a body that is too large', async () => {
    const simulator = await start();
    const {vehicle, send} = v2Owner(simulator);
    const body = JSON.stringify({action: 'LOCK', padding: 'x'.repeat(1_048_576)});
    const answer = await send('POST', `/v2.0/vehicles/${vehicle}/security`, body);
    expect(answer).toMatchObject({status: 413, body: {type: 'VALIDATION'}});
    expect(simulator.commandCount(vehicle)).toBe(0);
    expect(simulator.journal.at(-1)).not.toHaveProperty('body');
  });

  test.each([
    ['with a length', `content-length: ${64 * 1_048_576}\r\n`, ''],
    ['in chunks', 'transfer-encoding: chunked\r\n', '100000\r\n'],
  ])('a body without end, %s', async (_name, header, before) => {
    const simulator = await start();
    const socket = connect(Number(new URL(simulator.origin).port), '127.0.0.1');
    let received = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => (received += chunk));
    socket.on('error', () => {});
    const end = new Promise<void>(resolve => void socket.once('close', () => resolve()));
    socket.write(`POST /v2.0/user HTTP/1.1\r\nhost: x\r\n${header}\r\n`);
    const mebibyte = `${before}${' '.repeat(1_048_576)}${before === '' ? '' : '\r\n'}`;
    for (let sent = 0; sent < 40 && !socket.destroyed; sent += 1) {
      if (!socket.write(mebibyte)) await Promise.race([once(socket, 'drain').catch(() => {}), end]);
    }
    await end;
    // Whoever is still sending may find the connection cut before the answer is read.
    expect(received).toMatch(/^$|^HTTP\/1.1 (413|400) /);
    expect(simulator.journal).toMatchObject([{path: '/v2.0/user', status: 400}]);
    expect((await v2Owner(simulator).send('GET', '/v2.0/user')).status).toBe(200);
  });

  test('names that mean something to JavaScript', async () => {
    const simulator = await start();
    const {vehicle, send} = await v3Owner(simulator);
    const base = `/v3/vehicles/${vehicle}`;
    const body =
      '{"data":{"attributes":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}}}';
    expect((await send('POST', `${base}/charge-schedules/daily`, body)).status).toBe(200);
    expect((await send('POST', `${base}/commands/charge/set-limit`, '{"__proto__":{"data":1}}')).status).toBe(
      400,
    );
    expect((await send('GET', `${base}/signals`)).status).toBe(200);
    expect({}).not.toHaveProperty('polluted');
  });

  test('a schedule that is nested without end is refused, and the signals can still be read', async () => {
    const simulator = await start();
    const {vehicle, send} = await v3Owner(simulator);
    const base = `/v3/vehicles/${vehicle}`;
    expect((await send('POST', `${base}/charge-schedules/daily`, nested(100_000))).status).toBe(400);
    expect((await send('POST', `${base}/charge-schedules/daily`, nested(100))).status).toBe(200);
    expect((await send('GET', `${base}/signals/charge-chargetimers`)).status).toBe(200);
  });

  test('quotes that never close are read once', async () => {
    const simulator = await start();
    const {send} = v2Owner(simulator);
    const before = performance.now();
    expect((await send('POST', '/v2.0/user', `"${'\\"'.repeat(500_000)}`)).status).toBe(400);
    expect(performance.now() - before).toBeLessThan(5000);
  });

  test('a token request of a hundred thousand parameters is read once', async () => {
    const simulator = await start();
    const names = Array.from({length: 100_000}, (_, index) => [`p${index.toString(36)}`, '']);
    const before = performance.now();
    const form = Object.fromEntries(names) as Record<string, string>;
    expect((await postForm(simulator, '/oauth/token', form)).status).toBe(401);
    expect(performance.now() - before).toBeLessThan(3000);
  });

  test('of schedules without end a car keeps the newest hundred', async () => {
    const simulator = await start();
    const {vehicle, send} = await v3Owner(simulator);
    for (let number = 0; number < 103; number += 1) {
      await send('POST', `/v3/vehicles/${vehicle}/charge-schedules/daily`, {data: {attributes: {number}}});
    }
    const numbers = simulator.vehicle(vehicle).schedules.map(({attributes}) => attributes);
    expect([numbers.length, numbers[0], numbers.at(-1)]).toEqual([100, {number: 3}, {number: 102}]);
  });

  test('every answer of the simulator’s own carries a request id', async () => {
    const simulator = await start();
    const {send} = v2Owner(simulator);
    const asked = [
      await send('GET', '/v2.0/user'),
      await send('GET', '/'),
      await send('PUT', '/v2.0/user'),
      await send('POST', '/oauth/token', '{'),
      await send('GET', '/v3/connections'),
      await send('GET', '/oauth/authorize'),
      await send('POST', '/v2.0/user', 'x'.repeat(1_048_577)),
      await send('HEAD', '/v2.0/user'),
    ];
    const ids = asked.map(answer => answer.headers.get('sc-request-id'));
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('what a stranger writes into names fills no journal', async () => {
    const simulator = await start();
    const {send} = await v3Owner(simulator);
    const long = 'x'.repeat(6000);
    await send('GET', `/v3/vehicles/${long}/signals`, undefined, {'sc-user-id': long, 'content-type': long});
    expect(JSON.stringify(simulator.journal.at(-1)).length).toBeLessThan(5000);
  });

  test('a body that is nested without end', async () => {
    const simulator = await start();
    const {vehicle, send} = v2Owner(simulator);
    for (const depth of [8000, 400_000]) {
      const body = '['.repeat(depth) + ']'.repeat(depth);
      expect((await send('POST', `/v2.0/vehicles/${vehicle}/security`, body)).status).toBe(400);
    }
  });

  test('a client that leaves in the middle of its request', async () => {
    const simulator = await start();
    const socket = connect(Number(new URL(simulator.origin).port), '127.0.0.1');
    socket.write('POST /v2.0/user HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{');
    await once(socket, 'connect');
    socket.resetAndDestroy();
    expect((await v2Owner(simulator).send('GET', '/v2.0/user')).status).toBe(200);
  });

  test('a client that leaves before its answer; a command takes effect all the same', async () => {
    const simulator = await start();
    const {vehicle, owner, token} = await v3Owner(simulator);
    simulator.next({vehicle}, {delayMs: 40});
    const request = fetch(`${simulator.origin}/v3/vehicles/${vehicle}/commands/security/lock`, {
      method: 'POST',
      headers: {authorization: `Bearer ${token}`, 'sc-user-id': owner.id},
      signal: AbortSignal.timeout(10),
    });
    await expect(request).rejects.toThrow('timeout');
    await expect.poll(() => simulator.commandCount(vehicle, 'lock')).toBe(1);
  });

  test('a scripted reply that fails when its turn comes', async () => {
    const simulator = await start();
    simulator.next({path: '/v2.0/user'}, {jumpMs: 9e15});
    expect((await sender(simulator, {})('GET', '/v2.0/user')).status).toBe(500);
    expect(simulator.journal).toMatchObject([{status: 500, type: 'SERVER'}]);
  });

  test('HEAD is GET without a body', async () => {
    const simulator = await start();
    const answer = await v2Owner(simulator).send('HEAD', '/v2.0/user');
    expect([answer.status, answer.body]).toEqual([200, '']);
  });

  test('a hundred requests at once', async () => {
    const simulator = await start({latencyMs: 5});
    const {send} = v2Owner(simulator);
    const answers = await Promise.all(Array.from({length: 100}, () => send('GET', '/v2.0/user')));
    expect(answers.every(answer => answer.status === 200)).toBe(true);
  });
});

describe('close', () => {
  test('ends hanging, slow, delayed and silent connections at once', async () => {
    const simulator = await startSimulator();
    const token = await applicationToken(simulator);
    const headers = {authorization: `Bearer ${token}`};
    simulator.next({}, {hang: true});
    simulator.next({}, {delayMs: 3_600_000});
    simulator.next({}, {slow: {outcome: 'success', afterMs: 3_600_000}});
    const requests = [1, 2, 3].map(async () =>
      (await fetch(`${simulator.origin}/v3/connections`, {headers})).text(),
    );
    const settled = Promise.allSettled(requests);
    const silent = connect(Number(new URL(simulator.origin).port), '127.0.0.1').on('error', () => {});
    const silentEnd = once(silent, 'close');
    await expect.poll(() => simulator.journal.length).toBe(3);
    const before = performance.now();
    await simulator.close();
    await simulator.close();
    expect(performance.now() - before).toBeLessThan(1000);
    expect((await settled).map(result => result.status)).toEqual(['rejected', 'rejected', 'rejected']);
    await silentEnd;
    await expect(fetch(simulator.origin)).rejects.toThrow('fetch failed');
  });

  test('is what leaving the block does', async () => {
    const simulator = await startSimulator();
    await simulator[Symbol.asyncDispose]();
    await expect(fetch(simulator.origin)).rejects.toThrow('fetch failed');
  });
});

test('the journal is a ring', () => {
  const journal = createJournal(2);
  for (const at of [1, 2, 3]) {
    journal.add({
      at,
      method: 'GET',
      path: '/',
      api: 'other',
      status: 404,
      scripted: false,
      headers: {hadAuthorization: false},
    });
  }
  expect(journal.entries.map(entry => entry.at)).toEqual([2, 3]);
});
