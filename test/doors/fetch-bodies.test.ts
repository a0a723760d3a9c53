import {expect, test} from 'vitest';
import {explain} from '../../src/index.ts';
import {later} from './echo-server.ts';
import {wire} from './fetch-support.ts';

const text = (body: Buffer): string => body.toString('utf8');

const bodies: readonly (readonly [
  name: string,
  make: () => NonNullable<RequestInit['body']>,
  type: string | undefined,
  sent: string,
])[] = [
  ['a text', () => '{"action":"LOCK"}', 'text/plain;charset=UTF-8', '{"action":"LOCK"}'],
  [
    'URLSearchParams',
    () => new URLSearchParams({a: '1 2', b: 'ü'}),
    'application/x-www-form-urlencoded;charset=UTF-8',
    'a=1+2&b=%C3%BC',
  ],
  ['a Blob', () => new Blob(['blob'], {type: 'image/png'}), 'image/png', 'blob'],
  ['an ArrayBuffer', () => new TextEncoder().encode('buffer').buffer, undefined, 'buffer'],
  ['a view of a buffer', () => new TextEncoder().encode('--view--').subarray(2, 6), undefined, 'view'],
  ['a DataView', () => new DataView(new TextEncoder().encode('data').buffer), undefined, 'data'],
];

test.each(bodies)(
  'the body %s is sent again as it was, with its content type',
  async (_name, make, type, sent) => {
    const {server, smartcar, v2} = await wire();
    server.answer(later);
    const context = {policy: {idempotent: true}};
    const response = await smartcar(`${v2}/security`, {method: 'POST', body: make(), ...context});
    expect(response.status).toBe(200);
    expect(server.seen.map(({body, headers}) => [text(body), headers['content-type']])).toEqual([
      [sent, type],
      [sent, type],
    ]);
  },
);

test('FormData is sent again whole, file names and all', async () => {
  const {server, smartcar, v2} = await wire();
  server.answer(later);
  const form = new FormData();
  form.append('name', 'Ada');
  form.append('file', new Blob(['content'], {type: 'text/plain'}), 'notes.txt');
  await smartcar(`${v2}/batch`, {method: 'POST', body: form});
  expect(server.seen).toHaveLength(2);
  for (const {body, headers} of server.seen) {
    const type = headers['content-type'] ?? '';
    expect(type).toMatch(/^multipart\/form-data; boundary=/);
    const parsed = await new Response(new Uint8Array(body), {headers: {'content-type': type}}).formData();
    expect(parsed.get('name')).toBe('Ada');
    expect(parsed.get('file')).toMatchObject({name: 'notes.txt', type: 'text/plain'});
  }
});

test('a content type that the caller set is kept in every attempt', async () => {
  const {server, smartcar, v2} = await wire();
  server.answer(later);
  const headers = {'Content-Type': 'application/json'};
  await smartcar(`${v2}/batch`, {method: 'POST', body: '{}', headers});
  expect(server.seen.map(one => one.headers['content-type'])).toEqual([
    'application/json',
    'application/json',
  ]);
});

test('a buffer that the caller writes to while the call waits is sent as it was at first', async () => {
  const {server, smartcar, v2} = await wire();
  const bytes = new TextEncoder().encode('first');
  const form = new FormData();
  form.set('value', 'first');
  server.answer(later, later);
  const calls = [bytes, form].map(body => smartcar(`${v2}/batch`, {method: 'POST', body}));
  bytes.fill(0x21);
  form.set('value', '!!!!!');
  await Promise.all(calls);
  expect(server.seen.length).toBeGreaterThanOrEqual(4);
  for (const {body} of server.seen) expect(text(body)).toContain('first');
});

test('a Request with a body is sent again, method, headers and all', async () => {
  const {server, smartcar, v2} = await wire();
  server.answer(later);
  const headers = {'content-type': 'application/json', 'x-own': 'kept'};
  const request = new Request(`${v2}/batch`, {method: 'POST', body: '{"requests":[]}', headers});
  expect((await smartcar(request)).status).toBe(200);
  expect(server.seen.map(one => [one.method, text(one.body), one.headers['x-own']])).toEqual([
    ['POST', '{"requests":[]}', 'kept'],
    ['POST', '{"requests":[]}', 'kept'],
  ]);
});

test('init stands above the Request that it comes with', async () => {
  const {server, smartcar, v2} = await wire();
  const request = new Request(`${v2}/batch`, {method: 'PUT', body: 'old', headers: {'x-own': 'old'}});
  await smartcar(request, {method: 'POST', body: 'new', headers: {'x-own': 'new'}});
  expect(server.seen.map(one => [one.method, text(one.body), one.headers['x-own']])).toEqual([
    ['POST', 'new', 'new'],
  ]);
});

test('a Request whose body was read already rejects as fetch does, and sends nothing', async () => {
  const {server, smartcar, v2} = await wire();
  const request = new Request(`${v2}/batch`, {method: 'POST', body: '{}'});
  await request.text();
  await expect(smartcar(request)).rejects.toBeInstanceOf(TypeError);
  expect(server.seen).toHaveLength(0);
});

test('a streamed body is sent once, and the explanation says why it was not sent again', async () => {
  const {server, smartcar, v2} = await wire();
  server.answer(later);
  const body = new Blob(['streamed']).stream();
  const response = await smartcar(`${v2}/batch`, {method: 'POST', body, duplex: 'half'});
  expect(response.status).toBe(502);
  expect(explain(response)).toMatchObject({reason: 'body-not-replayable', needs: 'developer', attempts: 1});
  expect(server.seen.map(one => text(one.body))).toEqual(['streamed']);
});

test('HEAD is a read: repeated, and its failure is explained by the status alone', async () => {
  const {server, smartcar, v2} = await wire();
  server.answer(later, later, later);
  const response = await smartcar(`${v2}/odometer`, {method: 'HEAD'});
  expect(response.status).toBe(502);
  expect(server.seen.map(({method}) => method)).toEqual(['HEAD', 'HEAD', 'HEAD']);
  expect(explain(response)).toMatchObject({reason: 'retries-spent', failure: {status: 502}});
});

test.each([
  ['a body on a GET', {body: 'x'}],
  ['a header that cannot be sent', {headers: {'x-own': 'a\nb'}}],
  ['a method that is none', {method: 'GET IT'}],
])('%s rejects as with fetch, at once', async (_name, init) => {
  const {server, smartcar, v2} = await wire();
  await expect(smartcar(`${v2}/odometer`, init)).rejects.toBeInstanceOf(TypeError);
  expect(server.seen).toHaveLength(0);
});
