import {createServer as createHttp2Server, connect as connectHttp2} from 'node:http2';
import {connect, type AddressInfo} from 'node:net';
import {Readable} from 'node:stream';
import {describe, expect, it, onTestFinished} from 'vitest';
import {send, toRequest, type NodeRequest} from '../../src/http/node.ts';
import {serve} from './server.ts';

/** A server that answers with what the Web request holds. */
const mirror = (): Promise<string> =>
  serve(async (req, res) => {
    const request = toRequest(req);
    const {method, url, headers} = request;
    await send(Response.json({method, url, sent: headers.get('x-sent'), body: await request.text()}), res);
  });

/** A request that some framework has been at; its stream is spent unless `untouched`. */
function framed(over: object, untouched = false): NodeRequest {
  const req = Object.assign(Readable.from(untouched ? [Buffer.from('streamed')] : []), {
    method: 'POST',
    url: '/webhooks',
    headers: {host: 'product.example'},
    ...over,
  });
  if (!untouched) req.resume();
  return req;
}

async function spent(over: object): Promise<NodeRequest> {
  const req = framed(over);
  if (!req.readableEnded) await new Promise(resolve => req.once('end', resolve));
  return req;
}

describe('a request of Node', () => {
  it('keeps method, URL, headers and body', async () => {
    const origin = await mirror();
    const init = {method: 'PUT', headers: {'x-sent': 'a'}, body: 'é'};
    const answer = await fetch(`${origin}/webhooks?x=%20y&x=2`, init);
    expect(await answer.json()).toEqual({
      method: 'PUT',
      url: `${origin}/webhooks?x=%20y&x=2`,
      sent: 'a',
      body: 'é',
    });
  });

  it.each(['GET', 'HEAD'])('has no body with %s', method => {
    const req = framed({method, headers: {host: 'a.example:8080', ':path': '/', 'x-list': ['1', '2']}}, true);
    const request = toRequest(req);
    expect([request.method, request.url, request.body]).toEqual([
      method,
      'http://a.example:8080/webhooks',
      null,
    ]);
    expect([...request.headers]).toEqual([
      ['host', 'a.example:8080'],
      ['x-list', '1, 2'],
    ]);
  });

  it.each([
    [
      'behind a router of Express',
      {originalUrl: '/api/webhooks?a', url: '/webhooks?a'},
      'http://a/api/webhooks?a',
    ],
    ['where a proxy is trusted', {protocol: 'https'}, 'https://a/webhooks'],
    ['where something else is', {protocol: 'javascript'}, 'http://a/webhooks'],
    ['over TLS', {socket: {encrypted: true}}, 'https://a/webhooks'],
    ['with no socket', {socket: null}, 'http://a/webhooks'],
    ['with a path that looks like a host', {url: '//evil.example/x'}, 'http://a//evil.example/x'],
    ['with a whole URL for a path', {url: 'http://evil.example/x?y'}, 'http://a/x?y'],
    ['with a whole URL without a path', {url: 'http://evil.example'}, 'http://a/'],
    ['with a path that is none', {url: '*'}, 'http://a/*'],
    ['without a path', {url: undefined}, 'http://a/'],
    ['without a host', {headers: {}}, 'http://localhost/webhooks'],
    ['with a host that is none', {headers: {host: 'a@b/c?'}}, 'http://localhost/webhooks'],
    ['with a port that is none', {headers: {host: 'a:99999'}}, 'http://localhost/webhooks'],
    ['with an address of IPv6', {headers: {host: '[::1]:80'}}, 'http://[::1]/webhooks'],
    ['of HTTP/2', {headers: {':authority': 'b.example'}}, 'http://b.example/webhooks'],
  ])('has a URL %s', (_name, over, url) => {
    expect(toRequest(framed({headers: {host: 'a'}, ...over}, true)).url).toBe(url);
  });

  it('may be one that the Web platform forbids: nobody brings a server down with it', async () => {
    const origin = await mirror();
    const {port} = new URL(origin);
    const socket = connect(Number(port), '127.0.0.1');
    socket.end('TRACE / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n');
    const answer = await new Response(Readable.toWeb(socket) as never).text();
    expect(answer).toMatch(/^HTTP\/1.1 200 .*"method":"TRACE"/s);
  });
});

describe('a body that something has read before', () => {
  it.each([
    ['rawBody, as bytes', {rawBody: Buffer.from('raw'), body: {a: 1}}],
    ['rawBody, as a text', {rawBody: 'raw', body: {a: 1}}],
    ['body, after express.raw()', {body: Buffer.from('raw')}],
    ['body, after express.text()', {body: 'raw'}],
  ])('is taken from %s', async (_name, over) => {
    expect(await toRequest(await spent(over)).text()).toBe('raw');
  });

  it.each([
    ['only what it was parsed to', {body: {a: 1}}],
    ['nothing', {}],
  ])('cannot be had where it has left %s: the error says what to do', async (_name, over) => {
    const req = await spent(over);
    expect(() => toRequest(req)).toThrow(/raw body.*express\.raw.*verify/s);
    expect(() => toRequest(req)).toThrow(
      expect.objectContaining({name: 'PolicyError', code: 'CONFIGURATION'}),
    );
  });

  it('is still there where a parser of Express 4 has passed by and left an empty object', async () => {
    expect(await toRequest(framed({body: {}}, true)).text()).toBe('streamed');
  });

  it('does not matter to a redirect, which has none', async () => {
    expect(toRequest(await spent({method: 'GET', body: {}})).url).toBe('http://product.example/webhooks');
  });
});

describe('a response', () => {
  it('keeps status, headers, every cookie and the body', async () => {
    const origin = await serve(async (_req, res) => {
      const headers = new Headers([
        ['set-cookie', 'a=1'],
        ['set-cookie', 'b=2; Path=/'],
        ['x-own', 'c'],
      ]);
      await send(new Response('é', {status: 418, headers}), res);
    });
    const answer = await fetch(origin);
    expect([answer.status, await answer.text()]).toEqual([418, 'é']);
    expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2; Path=/']);
    expect([answer.headers.get('x-own'), answer.headers.get('content-length')]).toEqual(['c', '2']);
  });

  it('may have no body, and be the answer to HEAD', async () => {
    const origin = await serve((req, res) =>
      send(req.method === 'HEAD' ? new Response('x') : new Response(null, {status: 204}), res),
    );
    expect((await fetch(origin)).status).toBe(204);
    expect((await fetch(origin, {method: 'HEAD'})).status).toBe(200);
  });

  it.each(['before', 'after'])('waits for nobody who has gone %s it was sent', async when => {
    const [came, left, sent] = [0, 1, 2].map(() => Promise.withResolvers<void>());
    const origin = await serve(async (_req, res) => {
      res.once('close', () => left?.resolve());
      came?.resolve();
      if (when === 'before') await left?.promise;
      await send(new Response('x'.repeat(10_000_000)), res);
      sent?.resolve();
    });
    const socket = connect(Number(new URL(origin).port), '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
    await came?.promise;
    socket.destroy();
    await expect(sent?.promise).resolves.toBeUndefined();
  });

  it('comes once: what was answered stays', async () => {
    const origin = await serve(async (_req, res) => {
      await send(new Response('first'), res);
      await send(new Response('second', {status: 500}), res);
    });
    expect(await (await fetch(origin)).text()).toBe('first');
  });

  it('goes back while the body is still on its way, and ends the connection', async () => {
    const origin = await serve(async (req, res) => {
      const {body} = toRequest(req);
      await body?.cancel();
      await send(new Response(null, {status: 413}), res);
    });
    const socket = connect(Number(new URL(origin).port), '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(`POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1000000\r\n\r\n${'x'.repeat(10_000)}`);
    const answer = await new Response(Readable.toWeb(socket) as never).text();
    expect(answer).toMatch(/^HTTP\/1.1 413 .*connection: close/is);
  });
});

it('serves HTTP/2 as well', async () => {
  const server = createHttp2Server((req, res) => {
    const request = toRequest(req);
    void request.text().then(text => send(Response.json({url: request.url, text}), res));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = connectHttp2(origin);
  onTestFinished(() => {
    client.close();
    server.close();
  });
  const stream = client.request({':method': 'POST', ':path': '/hook'});
  stream.end('body');
  const answer = await new Response(Readable.toWeb(stream) as never).json();
  expect(answer).toEqual({url: `${origin}/hook`, text: 'body'});
});
