import {once} from 'node:events';
import {connect} from 'node:net';
import {describe, expect, test} from 'vitest';
import {type Simulator} from '../../src/simulator/index.ts';
import {start, v2Owner} from './harness.ts';

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

describe('whatever bytes come in, the server goes on', () => {
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
});
