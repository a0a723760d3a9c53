/* oxlint-disable unicorn/no-thenable -- a reply’s member; never a function */
import {describe, expect, test} from 'vitest';
import type {Reply} from '../../src/simulator/index.ts';
import {start, v2Owner} from './harness.ts';

/** As it would come out of a JSON file. */
type Anything = never;

describe('a line that could not be sent is refused at once', () => {
  const deep = (layers: number): unknown =>
    layers === 0 ? {hang: true} : {delayMs: 1, then: deep(layers - 1)};
  const circle: Record<string, unknown> = {};
  circle['circle'] = circle;
  test.each([
    [
      {error: 'NEW_TYPE:CODE'},
      '`reply.error` to be an error with a type that the table knows, or with a `status`, got `"NEW_TYPE:CODE"`',
    ],
    [{delayMs: 1, then: {error: 'NEW_TYPE'}}, '`reply.then.error` to be an error with a type'],
    [{error: ''}, '`reply.error` to be an error such as UPSTREAM:NO_RESPONSE, got `""`'],
    [{error: '__proto__', status: 400}, '`reply.error` to be an error such as'],
    [{error: 42}, '`reply.error` to be an error such as UPSTREAM:NO_RESPONSE, got `42`'],
    [
      {error: 'SERVER:INTERNAL', statuscode: 500},
      '`reply.statuscode` to be absent (what can be given is error, status, ',
    ],
    [
      {error: 'SERVER:INTERNAL', retryAfter: {}},
      '`reply.retryAfter` to be a text or a number, got an object',
    ],
    [{error: 'SERVER:INTERNAL', headers: {'retry-after': 5}}, '`reply.headers.retry-after` to be a text'],
    [
      {error: 'SERVER:INTERNAL', headers: {'x-bad': 'a\nb'}},
      '`reply.headers.x-bad` to be a text that HTTP allows in a header, got `"a\\nb"`',
    ],
    [{status: 200, headers: {'a b': 'c'}}, '`reply.headers.a b` to be a name that HTTP allows, got `"a b"`'],
    [{error: 'RATE_LIMIT:VEHICLE', retryAfter: 'später\r\n'}, '`reply.retryAfter` to be a text'],
    [{redirect: 'https://a.example/→'}, '`reply.redirect` to be a text that HTTP allows in a header'],
    [{error: 'SERVER:INTERNAL', resolution: circle}, '`reply.resolution` to be something that JSON can say'],
    [{status: 42}, '`reply.status` to be a whole number from 200 to 599, got `42`'],
    [{status: '200'}, '`reply.status` to be a whole number from 200 to 599, got `"200"`'],
    [{status: 200, body: 1n}, '`reply.body` to be something that JSON can say, got `1`'],
    [{status: 200, body: circle}, '`reply.body` to be something that JSON can say, got an object'],
    [{body: 'x'}, '`reply` to be a reply: an object with one of delayMs, jumpMs, hang, drop, slow, '],
    [{}, '`reply` to be a reply: an object with one of'],
    [null, '`reply` to be a reply: an object with one of'],
    ['hang', '`reply` to be a reply'],
    [[{hang: true}], '`reply` to be a reply'],
    [undefined, 'error, html, redirect, status, got nothing'],
    [{html: 500}, '`reply.html` to be 502, 503 or 504, got `500`'],
    [{hang: false}, '`reply.hang` to be `true`, got `false`'],
    [{drop: 'during'}, '`reply.drop` to be `before`, `after` or `mid-body`, got `"during"`'],
    [{delayMs: -1}, '`reply.delayMs` to be a number of ms from 0 up, got `-1`'],
    [{delayMs: Number.NaN}, '`reply.delayMs` to be a number of ms from 0 up, got `NaN`'],
    [{delayMs: Infinity}, '`reply.delayMs` to be a number of ms from 0 up, got `Infinity`'],
    [
      {delayMs: 1, error: 'SERVER:INTERNAL'},
      '`reply.error` to be absent (what can be given is delayMs, then)',
    ],
    [{delayMs: 1, then: 'hang'}, '`reply.then` to be a reply'],
    [deep(51), 'to be at most 50 replies deep'],
    [{jumpMs: 'back'}, '`reply.jumpMs` to be a finite number of ms, got `"back"`'],
    [{slow: true}, '`reply.slow` to be an object with acceptedAfterMs, outcome, afterMs, got `true`'],
    [{slow: []}, '`reply.slow` to be an object with acceptedAfterMs, outcome, afterMs, got a list'],
    [{slow: {outcome: 'success'}}, '`reply.slow.afterMs` to be given, got nothing'],
    [{slow: {outcome: 'lost', afterMs: 1}}, '`reply.slow.outcome` to be `success`, `cut` or an object'],
    [{slow: {outcome: {error: 'X'}, afterMs: 1}}, '`reply.slow.outcome.error` to be an error with a type'],
    [{slow: {outcome: 'cut', afterMs: -1}}, '`reply.slow.afterMs` to be a number of ms from 0 up'],
    [{truncate: 1}, '`reply.truncate` to be `true`'],
    [
      {truncate: true, then: {hang: true}},
      '`reply.then` to be a reply with an error, or with a status, got an object',
    ],
    [{trickle: {everyMs: 0}}, '`reply.trickle.everyMs` to be a number of ms above 0, got `0`'],
    [{trickle: {everyMs: 1, bytes: 0.5}}, '`reply.trickle.bytes` to be a whole number from 1 up'],
    [
      {partial: 'full'},
      '`reply.partial` to be an object of errors by path or code, or `empty`, got `"full"`',
    ],
    [{partial: {'/odometer': {error: 'X'}}}, '`reply.partial./odometer.error` to be an error with a type'],
    [{partial: {'/odometer': {hang: true}}}, 'Expected `reply.partial./odometer'],
    [{partial: null}, '`reply.partial` to be an object of errors by path or code, or `empty`, got `null`'],
    [{partial: []}, '`reply.partial` to be an object of errors by path or code, or `empty`, got a list'],
    [{partial: {}, itemHeaders: 'none'}, '`reply.itemHeaders` to be `omit` or `capitals`'],
    [{redirect: 5}, '`reply.redirect` to be a text'],
    [{redirect: '/', status: 200}, '`reply.status` to be 301, 302, 303, 307 or 308, got `200`'],
  ])('reply %#', async (reply, message) => {
    const simulator = await start();
    expect(() => simulator.next({}, reply as Anything)).toThrow(message);
    expect(() => simulator.next({}, reply as Anything)).toThrow(TypeError);
    simulator.done();
  });

  test.each([
    [{times: 0}, '`match.times` to be a whole number from 1 up, or Infinity, got `0`'],
    [{times: 1.5}, '`match.times` to be a whole number from 1 up, or Infinity, got `1.5`'],
    [{times: null}, '`match.times` to be a whole number from 1 up, or Infinity, got `null`'],
    [{share: 20}, '`match.share` to be a share from 0 to 1, got `20`'],
    [{share: -0.1}, '`match.share` to be a share from 0 to 1, got `-0.1`'],
    [{share: Number.NaN}, '`match.share` to be a share from 0 to 1, got `NaN`'],
    [{seed: 0.5}, '`match.seed` to be a whole number, got `0.5`'],
    [{vehicel: 'x'}, '`match.vehicel` to be absent (what can be given is method, path, vehicle, '],
    [{vehicle: 7}, '`match.vehicle` to be a text, got `7`'],
    [
      {path: '/signals?x=1'},
      '`match.path` to be the end of a path, without the query, or a regular expression',
    ],
    [{path: {}}, '`match.path` to be the end of a path'],
    [{method: ''}, '`match.method` to be a method such as GET, got `""`'],
    [{endpoint: 'connect'}, '`match.endpoint` to be `api` or `token`, got `"connect"`'],
    [null, '`match` to be an object with method, path, '],
    ['/odometer', '`match` to be an object with method, path, '],
    [[], '`match` to be an object with method, path, vehicle, '],
  ])('match %#', async (match, message) => {
    const simulator = await start();
    expect(() => simulator.next(match as Anything, {hang: true})).toThrow(message);
    expect(() => simulator.next(match as Anything, {hang: true})).toThrow(TypeError);
    simulator.done();
  });

  test('members that are undefined count as left out', async () => {
    const simulator = await start();
    const {send} = v2Owner(simulator);
    simulator.next(
      {path: undefined, times: undefined} as Anything,
      {error: 'SERVER:INTERNAL', status: undefined, resolution: undefined} as Anything,
    );
    expect(await send('GET', '/v2.0/user')).toMatchObject({
      status: 500,
      body: {resolution: {type: 'RETRY_LATER'}},
    });
  });

  test('fifty replies inside one another are sent', async () => {
    const simulator = await start({speed: 1000});
    const {send} = v2Owner(simulator);
    const layers = Array.from({length: 50}).reduce<Reply>(inner => ({delayMs: 1, then: inner}), {
      error: 'SERVER:INTERNAL',
    });
    simulator.next({}, layers);
    expect((await send('GET', '/v2.0/user')).status).toBe(500);
  });
});
