import {request} from 'node:http';
import {describe, expect, test} from 'vitest';
import type {Simulator} from '../../src/simulator/index.ts';
import {type Send, sender, start} from './harness.ts';

/** A simulator, and its control. */
async function controlled(): Promise<{simulator: Simulator; send: Send}> {
  const simulator = await start();
  return {simulator, send: sender(simulator, {})};
}

describe('control answers in JSON', () => {
  test.each([
    ['GET', '/simulator/nothing', 404, 'There is nothing at /simulator/nothing.'],
    ['GET', '/simulator/owners/eve', 404, 'There is no owner `eve`.'],
    ['POST', '/simulator/owners/eve/grant', 404, 'There is no owner `eve`.'],
    ['GET', '/simulator/vehicles/cat', 404, 'There is no vehicle `cat`.'],
    ['PATCH', '/simulator/vehicles/cat', 404, 'There is no vehicle `cat`.'],
    ['DELETE', '/simulator/script/line-9', 404, 'There is no line `line-9`.'],
    ['DELETE', '/simulator/webhooks/none', 404, 'There is no webhook `none`.'],
    ['PUT', '/simulator/owners', 405, 'Expected the method to be GET or POST, got PUT.'],
    ['OPTIONS', '/simulator/revoke', 405, 'Expected the method to be POST, got OPTIONS.'],
    [
      'POST',
      '/simulator/clock/advance',
      400,
      'Expected `ms` to be a finite number of milliseconds from 0 up, got nothing.',
    ],
  ])('%s %s: %i', async (method, path, status, message) => {
    const {send} = await controlled();
    expect(await send(method, path)).toMatchObject({status, body: {message}});
  });

  test.each([
    ['/simulator/owners', {emial: 'x'}, 'emial', 'Unknown member `emial`: did you mean `email`?'],
    [
      '/simulator/webhooks/release',
      {copies: 1e9},
      'copies',
      'Expected `copies` to be a whole number from 1 to 100, got `1000000000` (number).',
    ],
    [
      '/simulator/owners',
      {vehicles: [{}, {year: 'old'}]},
      'vehicles[1].year',
      'Expected `vehicles[1].year` to be a whole number from 1886 up, got `old` (string).',
    ],
    [
      '/simulator/owners',
      {password: 31_337},
      'password',
      'Expected `password` to be a text that is not empty, got another number.',
    ],
    [
      '/simulator/revoke',
      {owner: 'ada', how: 'login'},
      'vehicle',
      'Expected `vehicle` to be a text that is not empty, got nothing.',
    ],
    [
      '/simulator/revoke',
      {owner: 'ada', how: 'force'},
      'how',
      'Expected `how` to be "grant", "permission" or "login", got `force` (string).',
    ],
    ['/simulator/revoke', [], '', 'Expected the body to be an object, got an array.'],
    [
      '/simulator/webhooks',
      {url: 'ftp://ada:31337@example.com'},
      'url',
      'Expected `url` to be an absolute http or https URL, got `ftp://…@example.com` (string).',
    ],
  ])('%s refuses %j', async (path, body, at, message) => {
    const {send} = await controlled();
    expect(await send('POST', path, body)).toMatchObject({
      status: 400,
      body: {error: 'invalid', message, issues: [{path: at, message}]},
    });
  });

  test('what the simulator refuses comes with its words', async () => {
    const {send} = await controlled();
    await send('POST', '/simulator/owners', {id: 'ada'});
    const answer = await send('POST', '/simulator/owners', {id: 'ada'});
    expect(answer).toMatchObject({status: 400, body: {error: 'invalid', issues: []}});
    expect(answer.body.message).toContain('taken');
    const revoked = await send('POST', '/simulator/revoke', {owner: 'eve', how: 'grant'});
    expect(revoked).toMatchObject({
      status: 400,
      body: {message: 'Expected the id of an owner (ada), got `eve`'},
    });
  });

  test.each([
    ['{"id":\n}', 400, 'Expected the body to be JSON, found `}` in line 2, column 1.'],
    ['['.repeat(201) + ']'.repeat(201), 400, 'Expected the body to be nested less deep.'],
    [JSON.stringify('x'.repeat(2 ** 20)), 413, 'Expected a body of 1 MiB at most, got a larger one.'],
  ])('a body that can not be read is refused: %#', async (body, status, message) => {
    const {send} = await controlled();
    const refused = {status, body: {error: 'refused', message}};
    expect(await send('POST', '/simulator/owners', body)).toMatchObject(refused);
  });

  test.each([
    ['/simulator/owners?limit=1', 'limit', 'Unknown parameter `limit`: nothing can be given here.'],
    [
      '/simulator/journal?user=ada&user=bob',
      'user',
      'Expected `user` to be a text that is not empty, got an array.',
    ],
  ])('a query that would be lost is refused: %s', async (path, parameter, message) => {
    const {send} = await controlled();
    expect(await send('GET', path)).toMatchObject({
      status: 400,
      body: {error: 'invalid', message, issues: [{path: parameter, message}]},
    });
  });
});

describe('a page in the browser', () => {
  test('can not steer with a form', async () => {
    const {simulator, send} = await controlled();
    simulator.addOwner({id: 'ada'});
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'text/plain;application/json']) {
      const answer = await send('POST', '/simulator/owners', '{"id":"eve"}', {'content-type': type});
      expect([answer.status, answer.body.error]).toEqual([415, 'refused']);
      expect(answer.body.message).toContain(`application/json, got \`${type}\``);
    }
    const charset = {'content-type': 'application/json; charset=utf-8'};
    expect((await send('POST', '/simulator/owners', '{"id":"bob"}', charset)).status).toBe(201);
    expect(simulator.owners().map(owner => owner.id)).toEqual(['ada', 'bob']);
  });

  test('is told by its Origin, body or not', async () => {
    const {simulator} = await controlled();
    const {id} = simulator.addOwner();
    const {accessToken} = simulator.grant(id);
    const expire = (origin: string) =>
      fetch(`${simulator.origin}/simulator/tokens/expire`, {method: 'POST', headers: {origin}});
    expect((await expire('https://evil.example')).status).toBe(403);
    expect((await expire('null')).status).toBe(403);
    expect((await expire('http://localhost.evil.example')).status).toBe(403);
    const user = await fetch(`${simulator.origin}/v2.0/user`, {
      headers: {authorization: `Bearer ${accessToken}`},
    });
    expect(user.status).toBe(200);
    expect((await expire('http://localhost:3000')).status).toBe(204);
  });

  test.each([
    ['evil.example', 403],
    ['127.0.0.1.evil.example', 403],
    ['localhost:80', 200],
    ['[::1]:80', 200],
    ['smartcar.localhost', 200],
  ])('is told by the Host it believes in: %j', async (host, status) => {
    const {simulator} = await controlled();
    const got = await new Promise<number | undefined>((resolve, reject) => {
      request(`${simulator.origin}/simulator`, {headers: {host}}, response => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end();
    });
    expect(got).toBe(status);
  });
});
