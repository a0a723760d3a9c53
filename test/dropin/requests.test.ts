import {createHash} from 'node:crypto';
import {Readable} from 'node:stream';
import {describe, expect, test} from 'vitest';
import {bothWays, ending, face, PLACES, type Behaviour} from './both-ways.ts';

const bytes = Uint8Array.from({length: 70_000}, (_, index) => (index * 7) % 256);

function form(): FormData {
  const data = new FormData();
  data.append('name', 'Ada ü');
  data.append('file', new Blob([bytes], {type: 'image/png'}), 'a "car".png');
  return data;
}

const parts = (): ReadableStream<Uint8Array> =>
  new ReadableStream({
    start(controller) {
      for (let at = 0; at < bytes.length; at += 10_000) controller.enqueue(bytes.slice(at, at + 10_000));
      controller.close();
    },
  });

async function read(call: Promise<Response>): Promise<unknown> {
  const response = await call;
  return [face(response), await response.text()];
}

const failing = (): RequestInit => ({
  method: 'POST',
  body: new ReadableStream({pull: controller => controller.error(new Error('disk'))}),
  duplex: 'half',
});

const bodies: Readonly<Record<string, () => RequestInit>> = {
  'a text': () => ({body: '{"ü":1}', headers: {'Content-Type': 'application/json'}}),
  'an empty text': () => ({body: ''}),
  'no body': () => ({}),
  URLSearchParams: () => ({body: new URLSearchParams({a: '1 2', b: 'ü&'})}),
  'a Blob': () => ({body: new Blob([bytes], {type: 'image/png'})}),
  'an ArrayBuffer': () => ({body: bytes.slice().buffer}),
  'a view of a buffer': () => ({body: bytes.subarray(1_000, 2_000)}),
  FormData: () => ({body: form()}),
  'a stream': () => ({body: parts(), duplex: 'half'}),
  'a stream of text': () => ({
    body: new Blob(['{"ü":1}'])
      .stream()
      .pipeThrough(new TextDecoderStream()) as unknown as ReadableStream<Uint8Array>,
    duplex: 'half',
  }),
  'a Node stream': () => ({body: Readable.from([Buffer.from('a'), Buffer.from('b')]), duplex: 'half'}),
};

describe.each(PLACES)('to %s', place => {
  describe.each(Object.entries(bodies))('%s', (_name, init) => {
    test.each(['POST', 'PUT', 'PATCH', 'DELETE'])('goes by %s as it is, byte by byte', async method => {
      const {plain, policed} = await bothWays(place, async ({at}) =>
        face(await fetch(`${at}/ok`, {method, ...init()})),
      );
      expect(policed).toEqual(plain);
      expect(policed.sent).toHaveLength(1);
    });
  });

  test.each(Object.entries(bodies))('a Request with %s goes as it is', async (name, init) => {
    const behaviour: Behaviour = async ({at}) => {
      const request = new Request(`${at}/ok`, {method: 'POST', ...init()});
      return [face(await fetch(request)), request.bodyUsed];
    };
    const {plain, policed} = await bothWays(place, behaviour, {framing: !name.includes('stream')});
    expect(policed).toEqual(plain);
  });

  test.each([
    ['cache', {cache: 'no-store'}],
    ['cache', {cache: 'reload'}],
    ['cache', {cache: 'no-cache'}],
    ['credentials', {credentials: 'include'}],
    ['credentials', {credentials: 'omit'}],
    ['keepalive', {keepalive: true}],
    ['mode', {mode: 'cors'}],
    ['mode', {mode: 'no-cors'}],
    ['referrer', {referrer: 'http://example.com/a'}],
    ['referrer', {referrer: ''}],
    ['referrerPolicy', {referrerPolicy: 'unsafe-url'}],
    [
      'integrity',
      {integrity: `sha256-${createHash('sha256').update('{"distance":37829}').digest('base64')}`},
    ],
    ['integrity that does not match', {integrity: `sha256-${'A'.repeat(43)}=`}],
    ['duplex', {duplex: 'half'}],
    ['redirect', {redirect: 'error'}],
    [
      'headers as a list',
      {
        headers: [
          ['X-Own', 'a'],
          ['x-own', 'b'],
        ],
      },
    ],
    ['Headers', {headers: new Headers({'X-Own': 'a'})}],
    [
      'headers that fetch sets itself',
      {headers: {'user-agent': 'mine', accept: 'text/plain', 'accept-language': 'de'}},
    ],
    ['an authorization of its own', {headers: {Authorization: 'Basic YTpi'}}],
  ] satisfies [string, RequestInit][])('%s is passed on: %j', async (_name, init) => {
    const {plain, policed} = await bothWays(place, async ({at}) => {
      const direct = await ending(read(fetch(`${at}/ok`, init)));
      const request = await ending(read(fetch(new Request(`${at}/ok`, init))));
      return [direct, request, await ending(read(fetch(new Request(`${at}/ok`), init)))];
    });
    expect(policed).toEqual(plain);
  });

  test('init stands above the Request that it comes with', async () => {
    const {plain, policed} = await bothWays(place, async ({at}) => {
      const request = new Request(`${at}/ok`, {method: 'PUT', body: 'old', headers: {'x-own': 'old'}});
      const over = {method: 'POST', body: 'new', headers: {'x-new': 'new'}};
      return [face(await fetch(request, over)), request.bodyUsed];
    });
    expect(policed).toEqual(plain);
  });

  test.each([{}, {method: 'POST'}, {headers: {'x-new': 'a'}}, {redirect: 'manual'}] satisfies RequestInit[])(
    'the Request’s own members hold where init %j has none',
    async init => {
      const {plain, policed} = await bothWays(place, async ({at}) => {
        const headers = {'x-own': 'old', 'content-type': 'text/x'};
        const request = new Request(`${at}/ok`, {method: 'PATCH', body: 'old', headers, cache: 'no-store'});
        return [face(await fetch(request, init)), request.bodyUsed];
      });
      expect(policed).toEqual(plain);
    },
  );

  test('a Request in the place of init gives its method, headers and body', async () => {
    const {plain, policed} = await bothWays(place, async ({at}) => {
      const request = new Request('http://example.com/', {method: 'PUT', body: 'a', headers: {'x-own': 'b'}});
      return face(await fetch(`${at}/ok`, request));
    });
    expect(policed).toEqual(plain);
    expect(policed.sent).toMatchObject([{method: 'PUT', headers: {'x-own': 'b'}, body: 'a'}]);
  });

  test('an init that inherits its members gives them all', async () => {
    class Settings {
      readonly #headers = {'x-own': 'a'};
      get method(): string {
        return 'DELETE';
      }
      get headers(): Record<string, string> {
        return this.#headers;
      }
    }
    const {plain, policed} = await bothWays(place, async ({at}) =>
      face(await fetch(`${at}/ok`, new Settings())),
    );
    expect(policed).toEqual(plain);
  });

  test('a URL of another make is taken by its text', async () => {
    const {plain, policed} = await bothWays(place, async ({at}) => {
      const url = {toString: () => `${at}/ok`};
      return face(await fetch(url as URL));
    });
    expect(policed).toEqual(plain);
  });

  test.each([
    ['a body on a GET', {body: 'x'}],
    ['a header that cannot be sent', {headers: {'x-own': 'a\nb'}}],
    ['headers that are none', {headers: null as never}],
    ['a method that is none', {method: 'GET IT'}],
    ['a method that is forbidden', {method: 'TRACE'}],
    ['a stream without duplex', {method: 'POST', body: parts()}],
    ['a redirect that is none', {redirect: 'away' as never}],
  ])('%s is refused in the same words', async (_name, init) => {
    const {plain, policed} = await bothWays(place, async ({at}) => [
      await ending(fetch(`${at}/ok`, init)),
      'headers' in init && (await ending(fetch(new Request(`${at}/ok`), init))),
    ]);
    expect(policed).toEqual(plain);
    expect(policed.sent).toEqual([]);
  });

  test('a Request whose body was read already is refused in the same words', async () => {
    const {plain, policed} = await bothWays(place, async ({at}) => {
      const request = new Request(`${at}/ok`, {method: 'POST', body: 'a'});
      await request.text();
      return ending(fetch(request));
    });
    expect(policed).toEqual(plain);
  });

  test('a body that fails while it is read ends the call with its error', async () => {
    const {plain, policed} = await bothWays(place, async ({at, stage}) => {
      const direct = await ending(fetch(`${at}/ok`, failing()));
      const ended = [direct, await ending(fetch(new Request(`${at}/ok`, failing())))];
      stage.take();
      return ended;
    });
    expect(policed).toEqual(plain);
  });

  test('a dispatcher of the caller’s carries the request, also one of a Request', async () => {
    const {plain, policed} = await bothWays(place, async ({at}) => {
      const used: string[] = [];
      const dispatcher = {
        dispatch({path}: {readonly path: string}): boolean {
          used.push(path.split('/').at(-1) ?? '');
          throw new Error('not today');
        },
      };
      const init = {dispatcher} as object;
      await ending(fetch(`${at}/ok?n=1`, init));
      await ending(fetch(new Request(`${at}/ok?n=2`, init)));
      return used;
    });
    expect(policed).toEqual(plain);
    expect(policed.saw).toEqual(['ok?n=1', 'ok?n=2']);
  });
});
