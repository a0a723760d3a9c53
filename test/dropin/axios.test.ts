import {AxiosError, create as createAxios, type AxiosRequestConfig} from 'axios';
import axiosRetry from 'axios-retry';
import {describe, expect, test} from 'vitest';
import {bothWays, ending, PLACES, type Behaviour} from './both-ways.ts';

const create = (more: AxiosRequestConfig = {}) => createAxios({adapter: 'fetch', ...more});
const get = async (url: string, config: AxiosRequestConfig = {}): Promise<unknown> => {
  const {status, statusText, data, headers} = await create().get<unknown>(url, config);
  return {status, statusText, data, headers: steady(headers)};
};
const steady = (headers: object): object => ({...headers, date: undefined});

async function failure(call: Promise<unknown>): Promise<unknown> {
  const error = await call.catch((thrown: unknown) => thrown);
  if (!(error instanceof AxiosError)) return error;
  const {name, message, code, status, response} = error;
  const {data, headers} = response ?? {data: undefined, headers: {}};
  return {name, message, code, status, data: data as unknown, headers: steady(headers)};
}

const behaviours: Readonly<Record<string, Behaviour>> = {
  'reads JSON': ({at}) => get(`${at}/ok`, {params: {a: '1 2'}, headers: {'X-Own': 'a'}}),
  'reads bytes': async ({at}) => {
    const {data} = await create().get<ArrayBuffer>(`${at}/coded?by=br`, {responseType: 'arraybuffer'});
    return data.byteLength;
  },
  'reads a stream part by part': async ({at, stage}) => {
    const config = {responseType: 'stream'} as const;
    const {data} = await create().get<ReadableStream<Uint8Array>>(`${at}/parts`, config);
    const reader = data.getReader();
    const first = await reader.read();
    stage.release();
    const second = await reader.read();
    return [first, second].map(({value}) => new TextDecoder().decode(value));
  },
  'sends JSON, forms, bytes and streams': async ({at}) => {
    const form = new FormData();
    form.set('file', new Blob(['content']), 'a.txt');
    const client = create();
    const sent = [
      await client.post(`${at}/ok`, {a: 'ü'}),
      await client.put(`${at}/ok`, form),
      await client.patch(`${at}/ok`, new URLSearchParams({a: '1'})),
      await client.post(`${at}/ok`, new TextEncoder().encode('bytes')),
      await client.delete(`${at}/ok`, {data: {a: 1}}),
    ];
    return sent.map(({status}) => status);
  },
  'tells the progress of both ways': async ({at}) => {
    const parts: unknown[] = [];
    await create().post(`${at}/coded?by=gzip`, 'x'.repeat(1_000), {
      onUploadProgress: ({loaded}) => parts.push(loaded),
      onDownloadProgress: ({loaded}) => parts.push(loaded),
    });
    return parts.at(-1);
  },
  'throws an AxiosError whose response can be read': ({at}) => failure(get(`${at}/status?code=404`)),
  'hands a failure out where it is told that it is none': ({at}) =>
    get(`${at}/status?code=409`, {validateStatus: () => true}),
  'throws alike where the connection breaks': ({at}) => failure(get(`${at}/cut`)),
  'ends after its own timeout': ({at}) => failure(get(`${at}/hang`, {timeout: 40})),
  'passes the caller’s abort on': async ({at, stage}) => {
    const controller = new AbortController();
    const arrival = stage.arrival();
    const ended = failure(get(`${at}/hang`, {signal: controller.signal}));
    await arrival;
    controller.abort(new Error('no more'));
    return ended;
  },
  'refuses a body that is too long': ({at}) => failure(get(`${at}/coded?by=gzip`, {maxContentLength: 100})),
  'asks its interceptors': async ({at}) => {
    const client = create();
    client.interceptors.request.use(config => (config.headers.set('X-Hook', 'a'), config));
    client.interceptors.response.use(response => ({...response, data: 'changed'}));
    return (await client.get<unknown>(`${at}/ok`)).data;
  },
  'takes a 204 and a HEAD': async ({at}) => [
    await get(`${at}/status?code=204`),
    (await create().head(`${at}/ok`)).status,
  ],
  'follows a redirect, or is told not to': async ({at}) => [
    await get(`${at}/to?at=ok`),
    await failure(get(`${at}/to?at=ok`, {maxRedirects: 0})),
  ],
  'passes fetch’s own options on': ({at}) => get(`${at}/ok`, {fetchOptions: {cache: 'no-store'}}),
  'sends Basic authorization': ({at}) => get(`${at}/ok`, {auth: {username: 'a', password: 'b'}}),
  'is repeated by axios-retry': async ({at}) => {
    const client = create();
    axiosRetry(client, {retries: 2, retryDelay: () => 1});
    const one = await client.get<unknown>(`${at}/ok?failing=2`);
    return [one.status, await failure(client.get(`${at}/cut`))];
  },
  'repeats nothing by itself': ({at}) => failure(get(`${at}/ok?failing=1`)),
};

describe.each(PLACES)('axios at %s', place => {
  test.each(Object.entries(behaviours))('%s', async (name, behaviour) => {
    const {plain, policed} = await bothWays(place, async where => ending(behaviour(where)), {
      framing: !/stream|progress/.test(name),
    });
    expect(policed).toEqual(plain);
    expect(policed.sent.length).toBeGreaterThan(0);
  });
});
