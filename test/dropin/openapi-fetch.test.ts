import createClient, {type Middleware} from 'openapi-fetch';
import {describe, expect, test} from 'vitest';
import {bothWays, ending, face, PLACES, type Behaviour, type Place} from './both-ways.ts';

interface Distance {
  readonly responses: {
    readonly 200: {readonly content: {readonly 'application/json': {readonly distance: number}}};
  };
}
interface Failing {
  readonly responses: {
    readonly 200: {readonly content: {readonly 'application/json': object}};
    readonly 404: {readonly content: {readonly 'application/json': {readonly type: string}}};
  };
}
interface Paths {
  readonly '/ok': {
    readonly get: Distance & {
      readonly parameters: {readonly query?: {readonly a?: string; readonly failing?: number}};
    };
    readonly head: Distance;
    readonly post: Distance & {
      readonly requestBody: {readonly content: {readonly 'application/json': object | FormData}};
    };
  };
  readonly '/status': {
    readonly get: Failing & {readonly parameters: {readonly query: {readonly code: number}}};
  };
  readonly '/hang': {readonly get: Distance};
  readonly '/cut': {readonly get: Distance};
  readonly '/parts': {readonly get: Distance};
  readonly '/to': {readonly get: Distance & {readonly parameters: {readonly query: {readonly at: string}}}};
}

/** It takes the global fetch as it is when the client is made. */
const client = ({at}: Place) => createClient<Paths>({baseUrl: at, headers: {'X-Own': 'a'}});

const told = ({data, error, response}: {data?: unknown; error?: unknown; response: Response}): unknown => ({
  data,
  error,
  face: face(response),
});

const behaviours: Readonly<Record<string, Behaviour>> = {
  'reads JSON': async place => told(await client(place).GET('/ok', {params: {query: {a: '1 2'}}})),
  'sends JSON and forms': async place => {
    const form = new FormData();
    form.set('file', new Blob(['content']), 'a.txt');
    return [
      told(await client(place).POST('/ok', {body: {a: 'ü'}})),
      told(await client(place).POST('/ok', {body: form, bodySerializer: body => body})),
    ];
  },
  'gives the error of a failure, and its response': async place =>
    told(await client(place).GET('/status', {params: {query: {code: 404}}})),
  'takes a 204 and a HEAD': async place => [
    told(await client(place).GET('/status', {params: {query: {code: 204}}})),
    told(await client(place).HEAD('/ok')),
  ],
  'hands out a stream': async place => {
    const {data, response} = await client(place).GET('/parts', {parseAs: 'stream'});
    const reader = data!.getReader();
    const first = await reader.read();
    place.stage.release();
    const second = await reader.read();
    return [response.status, [first, second].map(({value}) => new TextDecoder().decode(value as Uint8Array))];
  },
  'passes the caller’s abort on': async place => {
    const controller = new AbortController();
    const arrival = place.stage.arrival();
    const ended = ending(client(place).GET('/hang', {signal: controller.signal}));
    await arrival;
    controller.abort(new Error('no more'));
    return ended;
  },
  'ends after a timeout': place => ending(client(place).GET('/hang', {signal: AbortSignal.timeout(40)})),
  'throws alike where the connection breaks': place => ending(client(place).GET('/cut')),
  'repeats nothing by itself': async place =>
    told(await client(place).GET('/ok', {params: {query: {failing: 1}}})),
  'follows a redirect': async place => told(await client(place).GET('/to', {params: {query: {at: 'ok'}}})),
  'passes fetch’s own options on': async place => told(await client(place).GET('/ok', {cache: 'no-store'})),
  'asks its middleware': async place => {
    const seen: unknown[] = [];
    const middleware: Middleware = {
      onRequest({request}) {
        request.headers.set('x-hook', 'a');
        return new Request(request, {headers: request.headers});
      },
      onResponse({request, response}) {
        seen.push(request.url, face(response));
        return new Response('{"distance":1}', {headers: {'content-type': 'application/json'}});
      },
      onError: ({error}) => new Error('mine', {cause: (error as Error).name}),
    };
    const asking = client(place);
    asking.use(middleware);
    const {data} = await asking.POST('/ok', {body: {a: 1}});
    return [seen, data, await ending(asking.GET('/cut'))];
  },
};

describe.each(PLACES)('openapi-fetch at %s', place => {
  test.each(Object.entries(behaviours))('%s', async (_name, behaviour) => {
    const {plain, policed} = await bothWays(place, behaviour);
    expect(policed).toEqual(plain);
    expect(policed.sent.length).toBeGreaterThan(0);
  });
});
