import ky, {isHTTPError, type Options} from 'ky';
import {describe, expect, test} from 'vitest';
import {bothWays, ending, face, PLACES, type Behaviour} from './both-ways.ts';

/** Its own retries without their pauses. */
const quick: Options = {retry: {limit: 2, delay: () => 1}};

const behaviours: Readonly<Record<string, Behaviour>> = {
  'reads JSON': ({at}) => ky(`${at}/ok`).json(),
  'puts a base before paths, and parameters behind them': async ({at}) => {
    const client = ky.create({baseUrl: `${at}/`, headers: {'X-Own': 'a'}});
    return client('ok', {searchParams: {a: '1 2'}}).json();
  },
  'sends JSON, forms and streams': async ({at}) => {
    const form = new FormData();
    form.set('file', new Blob(['content']), 'a.txt');
    const stream = new Blob(['streamed']).stream();
    const answers = [
      await ky.post(`${at}/ok`, {json: {a: 'ü'}}),
      await ky.put(`${at}/ok`, {body: form}),
      await ky.patch(`${at}/ok`, {body: new URLSearchParams({a: '1'})}),
    ];
    const streamed = await ky.post(`${at}/ok`, {body: stream, ...({duplex: 'half'} as object), retry: 0});
    return [...answers, streamed].map(face);
  },
  'throws an HTTPError whose response and request can be read': async ({at}) => {
    const error = await ky(`${at}/status?code=404`, {headers: {'x-own': 'a'}}).catch(
      (thrown: unknown) => thrown,
    );
    if (!isHTTPError(error)) return error;
    const {name, message, response, request, data} = error;
    return [name, message, response.status, data, request.url, request.headers.get('x-own'), request.method];
  },
  'hands a failure out where it is told not to throw': async ({at}) => {
    const response = await ky(`${at}/status?code=409`, {throwHttpErrors: false});
    return [face(response), await response.json()];
  },
  'ends after its own timeout': ({at}) => ending(ky(`${at}/hang`, {timeout: 40, retry: 0})),
  'passes the caller’s abort on': async ({at, stage}) => {
    const controller = new AbortController();
    const arrival = stage.arrival();
    const ended = ending(ky(`${at}/hang`, {signal: controller.signal}).json());
    await arrival;
    controller.abort(new Error('no more'));
    return ended;
  },
  'repeats a read by itself': async ({at}) => face(await ky(`${at}/ok?failing=2`, quick)),
  'repeats a body by itself': async ({at}) =>
    face(await ky.put(`${at}/ok?failing=1`, {...quick, json: {a: 1}})),
  'gives up after its own retries': async ({at}) => {
    const error = await ky(`${at}/ok?failing=9`, quick).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    return (error as Error).message;
  },
  'repeats nothing where it is told so': ({at}) =>
    ending(ky(`${at}/ok?failing=1`, {retry: 0, throwHttpErrors: false}).then(face)),
  'repeats a lost connection by itself': async ({at}) => ending(ky(`${at}/cut`, quick)),
  'asks its hooks': async ({at}) => {
    const seen: unknown[] = [];
    const {headers} = await ky(`${at}/ok`, {
      hooks: {
        beforeRequest: [({request}) => request.headers.set('x-hook', 'a')],
        afterResponse: [
          ({response}) => {
            seen.push(face(response));
            return new Response(response.body, {headers: {'x-seen': 'b'}});
          },
        ],
      },
    });
    return [seen, headers.get('x-seen')];
  },
  'tells the progress of a download': async ({at}) => {
    const parts: number[] = [];
    const onDownloadProgress: Options['onDownloadProgress'] = ({transferredBytes}) =>
      void parts.push(transferredBytes);
    const text = await ky(`${at}/coded?by=gzip`, {onDownloadProgress}).text();
    return [text.length, parts.at(-1)];
  },
  'takes a 204 and a HEAD': async ({at}) => [
    await ky(`${at}/status?code=204`).text(),
    face(await ky.head(`${at}/ok`)),
  ],
  'follows a redirect': async ({at}) => face(await ky(`${at}/to?at=ok`)),
  streams: async ({at, stage}) => {
    const reader = (await ky(`${at}/parts`)).body!.getReader();
    const first = await reader.read();
    stage.release();
    const second = await reader.read();
    return [first, second].map(({value}) => new TextDecoder().decode(value));
  },
};

describe.each(PLACES)('ky at %s', place => {
  test.each(Object.entries(behaviours))('%s', async (name, behaviour) => {
    const {plain, policed} = await bothWays(place, behaviour, {framing: !/stream|progress/.test(name)});
    expect(policed).toEqual(plain);
    expect(policed.sent.length).toBeGreaterThan(0);
  });
});
