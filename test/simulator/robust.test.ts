import {once} from 'node:events';
import {connect} from 'node:net';
import {describe, expect, test} from 'vitest';
import {type Simulator, startSimulator} from '../../src/simulator/index.ts';
import {createJournal} from '../../src/simulator/journal.ts';
import {applicationToken, sender, start, v2Owner, v3Owner} from './harness.ts';

/** Sends bytes as they are; resolves with all that comes back. */
async function raw(simulator: Simulator, text: string): Promise<string> {
  const socket = connect(Number(new URL(simulator.origin).port), '127.0.0.1');
  let received = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => (received += chunk));
  socket.on('error', () => {});
  socket.write(text);
  await Promise.race([once(socket, 'close'), once(socket, 'end')]);
  socket.destroy();
  return received;
}

describe('whatever comes in, the server goes on', () => {
  test('bytes that are no HTTP', async () => {
    const simulator = await start();
    expect(await raw(simulator, 'hello?\r\n\r\n')).toMatch(/^HTTP\/1.1 400 /);
    expect(await raw(simulator, `GET /${'x'.repeat(100_000)} HTTP/1.1\r\nhost: x\r\n\r\n`)).toMatch(
      /^HTTP\/1.1 400 /,
    );
    expect(await raw(simulator, 'CONNECT x:1 HTTP/1.1\r\nhost: x\r\n\r\n')).toBe('');
    expect((await v2Owner(simulator).send('GET', '/v2.0/user')).status).toBe(200);
  });

  test.each([
    'http://elsewhere.example/v2.0/user',
    '/v2.0/%zz',
    '/v2.0/vehicles/%00/vin',
    '/v2.0/vehicles/../../etc/passwd',
    '//v2.0/user',
    '*',
    '/v2.0/vehicles/__proto__/vin',
    '/?%',
  ])('the path %s', async path => {
    const simulator = await start();
    const answer = await raw(simulator, `GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1.1 40[14] /);
    expect(simulator.journal).toHaveLength(1);
  });

  test('a body that is too large', async () => {
    const simulator = await start();
    const {vehicle, send} = v2Owner(simulator);
    const body = JSON.stringify({action: 'LOCK', padding: 'x'.repeat(1_048_576)});
    const answer = await send('POST', `/v2.0/vehicles/${vehicle}/security`, body);
    expect(answer).toMatchObject({status: 413, body: {type: 'VALIDATION'}});
    expect(simulator.commandCount(vehicle)).toBe(0);
    expect(simulator.journal.at(-1)).not.toHaveProperty('body');
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

  test('a scripted header that HTTP does not allow', async () => {
    const simulator = await start();
    simulator.next({path: '/v2.0/user'}, {status: 200, headers: {'x-bad': 'a\nb'}});
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
