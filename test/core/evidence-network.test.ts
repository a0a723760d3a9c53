import {once} from 'node:events';
import {createServer, type AddressInfo, type Server, type Socket} from 'node:net';
import ky from 'ky';
import {afterEach, describe, expect, it} from 'vitest';
import {readEvidence} from '../../src/core/evidence/read.ts';
import {judge} from './support/call.ts';

let server: Server | undefined;
afterEach(() => server?.close());

async function listen(handle: (socket: Socket) => void): Promise<string> {
  server = createServer(socket => {
    socket.on('error', () => undefined);
    handle(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.unreachable('nothing was thrown'),
    (error: unknown) => error,
  );
}

describe('a real failure of fetch', () => {
  it('at a closed port never made a connection', async () => {
    const url = await listen(socket => socket.destroy());
    server?.close();
    const error = await failure(fetch(url));
    expect(judge(error)).toMatchObject({
      action: 'retry',
      reason: 'connection-never-made',
      failure: {effect: 'none'},
    });
  });

  it('at a server that hangs up may have been carried out', async () => {
    const url = await listen(socket => socket.once('data', () => socket.destroy()));
    const error = await failure(fetch(url, {method: 'POST', body: '{}'}));
    expect(judge(error)).toMatchObject({
      action: 'retry',
      reason: 'connection-lost',
      failure: {effect: 'possible'},
    });
  });

  it('in the middle of a body may have been carried out', async () => {
    const url = await listen(socket =>
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf', () => socket.destroy());
      }),
    );
    const error = await failure(fetch(url).then(response => response.text()));
    expect(judge(error)).toMatchObject({
      action: 'retry',
      reason: 'connection-lost',
      failure: {effect: 'possible'},
    });
  });

  it('after its time may have been carried out', async () => {
    const url = await listen(() => undefined);
    const error = await failure(fetch(url, {signal: AbortSignal.timeout(1)}));
    expect(judge(error)).toMatchObject({action: 'retry', reason: 'timed-out', failure: {effect: 'possible'}});
  });

  it('through ky is read as through fetch', async () => {
    const url = await listen(socket => socket.destroy());
    server?.close();
    expect(readEvidence(await failure(ky(url, {retry: 0})))).toMatchObject([
      {api: 'network', code: 'ECONNREFUSED'},
    ]);
  });

  it('that the caller aborted is nothing to repeat', async () => {
    const url = await listen(() => undefined);
    const error = await failure(fetch(url, {signal: AbortSignal.abort()}));
    expect(readEvidence(error)).toEqual([]);
  });
});

const coded = (code: string, more: object = {}): Error => Object.assign(new Error('words'), {code, ...more});

describe('a network code', () => {
  it.each([
    ['ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT'],
    ['ECONNRESET', 'UND_ERR_CONNECT_TIMEOUT'],
  ])('%s while connecting sent nothing', (code, seen) => {
    expect(readEvidence(coded(code, {syscall: 'connect'}))).toMatchObject([{api: 'network', code: seen}]);
    expect(readEvidence(coded(code, {syscall: 'read'}))).toMatchObject([{api: 'network', code}]);
  });

  it.each([
    'EPROTO',
    'ENETDOWN',
    'EHOSTDOWN',
    'ECONNABORTED',
    'EAI_FAIL',
    'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  ])('%s without a row counts as a lost connection, whose effect is possible', code => {
    const decision = judge(new TypeError('fetch failed', {cause: coded(code)}));
    expect(decision).toMatchObject({
      action: 'retry',
      reason: 'connection-lost',
      failure: {effect: 'possible'},
    });
  });

  it.each(['ENOENT', 'EACCES', 'EEXIST', 'EMFILE', 'ENOSPC', 'EINVAL'])(
    "%s of the caller's own files is no failure of the network",
    code => {
      expect(readEvidence(coded(code, {syscall: 'open', path: '/etc/x'}))).toEqual([]);
    },
  );

  it.each([
    'ERR_INVALID_ARG_TYPE',
    'UND_ERR_INVALID_ARG',
    'UND_ERR_ABORTED',
    'UND_ERR_NOT_SUPPORTED',
    'E',
    '11000',
    '',
  ])('"%s" is none', code => {
    expect(readEvidence(coded(code))).toEqual([]);
  });

  it('is found no deeper than five causes down', () => {
    const wrap = (depth: number): Error =>
      depth === 0 ? coded('ECONNRESET') : new Error('outer', {cause: wrap(depth - 1)});
    expect(readEvidence(wrap(5))).toHaveLength(1);
    expect(readEvidence(wrap(6))).toEqual([]);
  });

  it('is found no deeper than that in errors of errors', () => {
    const nest = (depth: number): Error =>
      depth === 0 ? coded('ECONNRESET') : new AggregateError([nest(depth - 1)]);
    expect(readEvidence(nest(5))).toHaveLength(1);
    expect(readEvidence(nest(6))).toEqual([]);
  });

  it('of several addresses is the first that is known', () => {
    const error = new AggregateError([new Error('x'), coded('ECONNREFUSED'), coded('ECONNRESET')]);
    expect(readEvidence(error)).toMatchObject([{code: 'ECONNREFUSED'}]);
  });

  it('does not hang the reader where errors hold each other', () => {
    const errors: Error[] = Array.from({length: 100}, (_, index) => new AggregateError([], String(index)));
    for (const error of errors) Object.assign(error, {errors, cause: errors[0]});
    expect(readEvidence(errors[0])).toEqual([]);
  });

  it('does not hang the reader where errors make others as they are looked at', () => {
    let looks = 0;
    const endless = (): object => ({
      get errors() {
        looks++;
        return Array.from({length: 100}, endless);
      },
    });
    expect(readEvidence(new AggregateError([endless()]))).toEqual([]);
    expect(looks).toBeLessThan(1_000);
  });
});

describe('an error without a code', () => {
  it.each([
    ['Node', 'fetch failed'],
    ['Node, in a body', 'terminated'],
    ['Chromium', 'Failed to fetch'],
    ['Firefox', 'NetworkError when attempting to fetch resource.'],
    ['Safari', 'Load failed'],
    ['Deno', 'error sending request for url (https://a.b)'],
    ['Bun', 'Unable to connect. Is the computer able to access the url?'],
  ])('is a lost connection in the words of %s', (_, message) => {
    expect(judge(new TypeError(message))).toMatchObject({action: 'retry', reason: 'connection-lost'});
  });

  it('is a lost connection by its name too', () => {
    const error = new DOMException('Network error', 'NetworkError');
    expect(judge(error)).toMatchObject({action: 'retry', reason: 'connection-lost'});
  });

  it.each([
    ['a cause in words of its own', new Error('other side closed'), 1],
    ['a cause with a code of its own', coded('SOMETHING'), 1],
    ['a cause without words', {}, 1],
    ['a rule of fetch', new Error('bad port'), 0],
    ['a request that undici refuses', coded('UND_ERR_INVALID_ARG'), 0],
    [
      'a rule of fetch in the words of a coded error',
      Object.assign(coded('SOMETHING'), {message: 'bad port'}),
      1,
    ],
  ])('is or is not a lost connection by %s', (_, cause, count) => {
    expect(readEvidence(new TypeError('fetch failed', {cause}))).toHaveLength(count);
  });

  it.each([
    new TypeError('x is not a function'),
    new TypeError('Failed to parse URL from nowhere'),
    new Error('fetch failed'),
    new RangeError('Invalid array length'),
    new DOMException('This operation was aborted', 'AbortError'),
    new TypeError(''),
    'fetch failed',
  ])('is a stranger: %s', error => {
    expect(readEvidence(error)).toEqual([]);
    expect(judge(error)).toMatchObject({action: 'fail', reason: 'unrecognised'});
  });
});
