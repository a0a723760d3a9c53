import {expect, test} from 'vitest';
import {explain} from '../../src/index.ts';
import {json, redirect, startEchoServer} from './echo-server.ts';
import {wire} from './fetch-support.ts';

test('a read follows a redirect within Smartcar’s origins, with its token', async () => {
  const {server, smartcar, v3} = await wire();
  server.answer(redirect('/v3/vehicles/car-1/signals/moved'));
  const response = await smartcar(`${v3}/signals/vin`);
  expect(response.status).toBe(200);
  expect(response.redirected).toBe(true);
  expect(response.url).toBe(`${v3}/signals/moved`);
  expect(server.seen.map(({headers}) => [headers.authorization, headers['sc-user-id']])).toEqual([
    ['Bearer app-token', 'ada'],
    ['Bearer app-token', 'ada'],
  ]);
});

test.each([301, 302, 303, 307, 308])(
  'neither the token nor sc-user-id follows a %d to a foreign origin',
  async status => {
    const {server, smartcar, v3} = await wire();
    const thief = await startEchoServer();
    server.answer(redirect(`${thief.origin}/v3/vehicles/car-1/signals`, status));
    const response = await smartcar(`${v3}/signals`, {headers: {authorization: 'Bearer own'}});
    expect(response.status).toBe(status);
    expect(thief.seen).toHaveLength(0);
  },
);

test('a redirect to the token endpoint of the same origin is not followed', async () => {
  const {server, smartcar, v3} = await wire();
  server.answer(redirect('/oauth2/token'));
  expect((await smartcar(`${v3}/signals`)).status).toBe(302);
});

test.each([301, 302, 303])('a command is not turned into a read by a %d', async status => {
  const {server, smartcar, v3} = await wire();
  server.answer(redirect('/v3/elsewhere', status));
  const response = await smartcar(`${v3}/commands/security/lock`, {method: 'POST', body: '{}'});
  expect(response.status).toBe(status);
  expect(server.seen).toHaveLength(1);
});

test.each([307, 308])('a command follows a %d with its method and body', async status => {
  const {server, smartcar, v3} = await wire();
  server.answer(redirect('/v3/vehicles/car-1/commands/security/lock/', status));
  await smartcar(`${v3}/commands/security/lock`, {method: 'POST', body: '{"a":1}'});
  expect(server.seen.map(({method, body}) => [method, body.toString()])).toEqual([
    ['POST', '{"a":1}'],
    ['POST', '{"a":1}'],
  ]);
});

test('a streamed body is not sent to two places: the 307 is handed out', async () => {
  const {server, smartcar, v3} = await wire();
  server.answer(redirect('/v3/elsewhere', 307));
  const body = new Blob(['{}']).stream();
  const init = {method: 'POST', body, duplex: 'half'} as const;
  expect((await smartcar(`${v3}/commands/security/lock`, init)).status).toBe(307);
  expect(server.seen).toHaveLength(1);
});

test('redirect: "manual" hands out the redirect', async () => {
  const {server, smartcar, v3} = await wire();
  server.answer(redirect('/v3/elsewhere'));
  const response = await smartcar(`${v3}/signals`, {redirect: 'manual'});
  expect([response.status, response.redirected]).toEqual([302, false]);
  expect(server.seen).toHaveLength(1);
});

test.each([
  ['to an origin of Smartcar', '/v3/elsewhere'],
  ['to a foreign origin', 'https://example.com/'],
])(
  'redirect: "error" rejects a redirect %s at once, however often it could be repeated',
  async (_name, to) => {
    const {server, smartcar, v3} = await wire();
    server.answer(redirect(to), redirect(to), redirect(to));
    const error = await smartcar(new Request(`${v3}/signals`, {redirect: 'error'})).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(TypeError);
    expect(server.seen).toHaveLength(1);
    expect(explain(error)).toMatchObject({action: 'fail', attempts: 1});
  },
);

test('a loop of redirects ends after the twenty hops of fetch, once', async () => {
  const {server, smartcar, v3} = await wire();
  server.answer(...Array.from({length: 100}, () => redirect('/v3/vehicles/car-1/signals')));
  await expect(smartcar(`${v3}/signals`)).rejects.toBeInstanceOf(TypeError);
  expect(server.seen).toHaveLength(21);
});

test('a redirect without a place to go is handed out', async () => {
  const {server, smartcar, v3} = await wire();
  server.answer(redirect('http://['), (_seen, response) => void response.writeHead(302).end());
  expect((await smartcar(`${v3}/signals`)).status).toBe(302);
  expect((await smartcar(`${v3}/signals`)).status).toBe(302);
});

test('a redirect that leads to a failure is repeated from where it began', async () => {
  const {server, smartcar, v3} = await wire();
  server.answer(redirect('/v3/vehicles/car-1/b'), json(502, {}), redirect('/v3/vehicles/car-1/b'));
  expect((await smartcar(`${v3}/a`)).status).toBe(200);
  expect(server.seen.map(({path}) => path.split('/').at(-1))).toEqual(['a', 'b', 'a', 'b']);
});
