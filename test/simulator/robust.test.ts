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

/** A schedule with so many brackets inside, and some in a string, which count for nothing. */
function nested(depth: number): string {
  return `{"data":{"attributes":{"a":${'['.repeat(depth)}"[[[\\"[["${']'.repeat(depth)}}}}`;
}

describe('whatever comes in, the server goes on', () => {
  test.each([
    ['no HTTP at all', 'hello?\r\n\r\n', '400'],
    ['HTTP/2 without negotiation', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', '400'],
    ['a TLS greeting', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', '400'],
    ['a version nobody knows', 'GET / HTTP/9.9\r\nhost: x\r\n\r\n', '400'],
    ['no host', 'GET /v2.0/user HTTP/1.1\r\n\r\n', '400'],
    ['a path of 100 kB', `GET /${'x'.repeat(100_000)} HTTP/1.1\r\nhost: x\r\n\r\n`, '431'],
    ['a header of 100 kB', `GET / HTTP/1.1\r\nhost: x\r\nx-long: ${'x'.repeat(100_000)}\r\n\r\n`, '431'],
    ['a thousand headers', `GET / HTTP/1.1\r\nhost: x\r\n${'x-many: 1\r\n'.repeat(3000)}\r\n`, '431'],
    ['a line break in a header', 'GET / HTTP/1.1\r\nhost: x\r\nx-a: b\rc\r\n\r\n', '400'],
    ['a null in a header', 'GET / HTTP/1.1\r\nhost: x\r\nx-a: b\0c\r\n\r\n', '400'],
    ['a space before the colon', 'GET / HTTP/1.1\r\nhost : x\r\n\r\n', '400'],
    [
      'two ideas of the length',
      'POST /v2.0/user HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
      '400',
    ],
    [
      'two lengths',
      'POST /v2.0/user HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\ncontent-length: 5\r\n\r\nabcd',
      '400',
    ],
    ['a length below zero', 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n', '400'],
    [
      'an encoding that hides another',
      'POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n',
      '400',
    ],
    [
      'a chunk that is none',
      'POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n\r\n',
      '400',
    ],
    [
      'letters in the path that are not ASCII',
      'GET /v2.0/vehicles/caf\u00e9/vin HTTP/1.1\r\nhost: x\r\n\r\n',
      '400',
    ],
    ['CONNECT', 'CONNECT x:1 HTTP/1.1\r\nhost: x\r\n\r\n', '405'],
  ])('%s', async (_name, bytes, expected) => {
    const simulator = await start();
    expect(await raw(simulator, bytes)).toMatch(new RegExp(`^HTTP/1.1 ${expected} `));
    expect(simulator.journal).toHaveLength(0);
    expect((await v2Owner(simulator).send('GET', '/v2.0/user')).status).toBe(200);
  });

  test.each(['OPTIONS', 'TRACE', 'PUT', 'PATCH', 'QUERY', 'DELETE', 'PROPFIND'])(
    'the method %s, which the path does not take, is named with those it does',
    async method => {
      const simulator = await start();
      const answer = await raw(
        simulator,
        `${method} /v2.0/user HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`,
      );
      expect(answer).toMatch(/^HTTP\/1.1 400 /);
      expect(answer.toLowerCase()).toContain('allow: get\r\n');
      expect(answer).toContain(`This path takes GET; got ${method}.`);
    },
  );

  test('HTTP/1.0, pipelines and upgrades', async () => {
    const simulator = await start();
    const {tokens} = v2Owner(simulator);
    const authorization = `authorization: Bearer ${tokens.accessToken}`;
    expect(await raw(simulator, `GET /v2.0/user HTTP/1.0\r\n${authorization}\r\n\r\n`)).toMatch(/ 200 OK/);
    simulator.next({path: '/v2.0/user'}, {delayMs: 20});
    const first = `GET /v2.0/user HTTP/1.1\r\nhost: x\r\n${authorization}\r\n\r\n`;
    const second = `GET /v2.0/vehicles HTTP/1.1\r\nhost: x\r\n${authorization}\r\nconnection: close\r\n\r\n`;
    const answers = await raw(simulator, first + second);
    expect(answers.match(/HTTP\/1.1 200 OK/g)).toHaveLength(2);
    expect(answers.indexOf('"id"')).toBeLessThan(answers.indexOf('"vehicles"'));
    const upgrade = `GET /v2.0/user HTTP/1.1\r\nhost: x\r\n${authorization}\r\nconnection: upgrade, close\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`;
    expect(await raw(simulator, upgrade)).toMatch(/^HTTP\/1.1 200 OK/);
  });

  test('the first of two Authorization headers counts', async () => {
    const simulator = await start();
    const {tokens} = v2Owner(simulator);
    const good = `authorization: Bearer ${tokens.accessToken}\r\n`;
    const bad = 'authorization: Bearer nonsense\r\n';
    const ask = (headers: string) =>
      raw(simulator, `GET /v2.0/user HTTP/1.1\r\nhost: x\r\nconnection: close\r\n${headers}\r\n`);
    expect(await ask(good + bad)).toMatch(/^HTTP\/1.1 200 /);
    expect(await ask(bad + good)).toMatch(/^HTTP\/1.1 401 /);
  });

  test('headers that never end hold up nobody, and are cut by close', async () => {
    const simulator = await start();
    const sockets = Array.from({length: 50}, () =>
      connect(Number(new URL(simulator.origin).port), '127.0.0.1').on('error', () => {}),
    );
    for (const socket of sockets) socket.write('GET /v2.0/user HTTP/1.1\r\nx-slow: ');
    expect((await v2Owner(simulator).send('GET', '/v2.0/user')).status).toBe(200);
    const ends = sockets.map(socket => once(socket, 'close'));
    await simulator.close();
    await Promise.all(ends);
  });

  test('a refused connection that the client keeps open does not hold up close', async () => {
    const simulator = await start();
    const options = {port: Number(new URL(simulator.origin).port), host: '127.0.0.1', allowHalfOpen: true};
    const sockets = ['hello?\r\n\r\n', 'CONNECT x:1 HTTP/1.1\r\nhost: x\r\n\r\n'].map(bytes => {
      const socket = connect(options).on('error', () => {});
      socket.write(bytes);
      return socket;
    });
    await Promise.all(sockets.map(socket => once(socket, 'data')));
    const before = performance.now();
    await simulator.close();
    expect(performance.now() - before).toBeLessThan(2000);
    for (const socket of sockets) socket.destroy();
  });

  test('garbage behind a request that is still being answered cuts that answer, and adds nothing to it', async () => {
    const simulator = await start();
    simulator.next({path: '/v2.0/user'}, {hang: true});
    const answer = await raw(simulator, 'GET /v2.0/user HTTP/1.1\r\nhost: x\r\n\r\nhello?\r\n\r\n');
    expect(answer).toBe('');
  });

  test.each([
    'http://elsewhere.example/v2.0/user',
    '/v2.0/%zz',
    '/v2.0/vehicles/%00/vin',
    '/v2.0/vehicles/../../etc/passwd',
    '/v2.0/../v3/connections',
    '/v2.0/%2e%2e/v3/connections',
    '/v2.0/vehicles/%2e%2e/vin',
    '/v2.0%2fuser',
    '/v2.0\\user',
    '/v2.0/user;a=b',
    '/v3/../v2.0/user',
    `/${'v2.0/'.repeat(1600)}`,
    `${'/'.repeat(15_000)}x`,
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
