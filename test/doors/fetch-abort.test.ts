import {getEventListeners} from 'node:events';
import {Readable} from 'node:stream';
import {setFlagsFromString} from 'node:v8';
import {runInNewContext} from 'node:vm';
import {describe, expect, test, vi} from 'vitest';
import {explain, withPolicy} from '../../src/index.ts';
import {halfSent, json, later} from './echo-server.ts';
import {wire} from './fetch-support.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const listeners = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length;
const hang = (): void => undefined;

/** The two ways in which a signal can come. */
const ways: readonly (readonly [string, (signal: AbortSignal) => Parameters<typeof fetch>[1] & object])[] = [
  ['init.signal', signal => ({signal})],
  ['init.policy.signal', signal => ({policy: {signal}})],
];

describe.each(ways)('by %s', (_name, by) => {
  test.each([{}, {coalesce: false}])(
    'a call that was aborted before costs no request (%j)',
    async context => {
      const {server, smartcar, v3} = await wire('v3', {user: 'ada', ...context});
      const reason = new Error('gone');
      await expect(smartcar(`${v3}/signals`, by(AbortSignal.abort(reason)))).rejects.toBe(reason);
      expect(server.seen).toHaveLength(0);
    },
  );

  test.each([{}, {coalesce: false}])(
    'an abort while Smartcar answers ends the call at once (%j)',
    async context => {
      const {server, smartcar, v3} = await wire('v3', {user: 'ada', ...context});
      const controller = new AbortController();
      const closed = new Promise(resolve => {
        server.answer((_seen, response) => {
          response.on('close', resolve);
          controller.abort('any value');
        });
      });
      await expect(smartcar(`${v3}/signals`, by(controller.signal))).rejects.toBe('any value');
      await closed;
    },
  );

  test.each([{}, {coalesce: false}])(
    'a body that is streamed after the call has returned can still be aborted (%j)',
    async context => {
      const {server, smartcar, v3} = await wire('v3', {user: 'ada', ...context});
      const controller = new AbortController();
      server.answer(halfSent().answer);
      const response = await smartcar(`${v3}/signals`, by(controller.signal));
      const reason = new Error('enough');
      const text = response.text();
      controller.abort(reason);
      await expect(text).rejects.toBe(reason);
    },
  );

  test('a body outlives the garbage collector as an abortable one', async () => {
    const {server, smartcar, v3} = await wire();
    const controller = new AbortController();
    server.answer(halfSent().answer);
    const {body} = await smartcar(new Request(`${v3}/signals`, by(controller.signal)), by(controller.signal));
    collectGarbage();
    await new Promise(resolve => setImmediate(resolve));
    collectGarbage();
    const reader = body!.getReader();
    await reader.read();
    controller.abort(new Error('enough'));
    await expect(reader.read()).rejects.toThrow('enough');
  });

  test('a signal that outlives a thousand calls keeps no listener of theirs', async () => {
    const {server, smartcar, v3} = await wire('v3', {user: 'ada'});
    const {signal} = new AbortController();
    server.answer(...Array.from({length: 50}, () => later));
    for (let round = 0; round < 10; round++) {
      const calls = Array.from({length: 100}, () => smartcar(`${v3}/signals`, by(signal)));
      await Promise.all(calls.map(async call => (await call).text()));
    }
    await vi.waitFor(() => expect(listeners(signal)).toBe(0));
  });

  test('a signal that outlives failed calls keeps no listener of theirs', async () => {
    const {server, smartcar, v3} = await wire('v3', {user: 'ada', coalesce: false});
    const {signal} = new AbortController();
    server.answer(
      (_seen, response) => void response.destroy(),
      (_seen, response) => void response.destroy(),
      (_seen, response) => void response.destroy(),
      json(404, {type: 'RESOURCE_NOT_FOUND'}),
    );
    await expect(smartcar(`${v3}/signals`, by(signal))).rejects.toThrow('fetch failed');
    expect(listeners(signal)).toBe(0);
    await (await smartcar(`${v3}/signals`, by(signal))).text();
    await vi.waitFor(() => expect(listeners(signal)).toBe(0));
  });

  test('bodies that nobody reads do not pile up on a signal for ever', async () => {
    const {smartcar, v3} = await wire('v3', {user: 'ada', coalesce: false});
    const {signal} = new AbortController();
    for (let i = 0; i < 20; i++) await smartcar(`${v3}/signals`, by(signal));
    await vi.waitFor(() => {
      collectGarbage();
      expect(listeners(signal)).toBeLessThan(5);
    });
  });
});

test('an abort between two attempts ends the wait', async () => {
  const {server, smartcar, v3} = await wire(
    'v3',
    {user: 'ada'},
    {backoff: {UPSTREAM: {baseDelayMs: 60_000}}},
  );
  const controller = new AbortController();
  server.answer(later);
  smartcar.policy.on('decision', () => controller.abort(new Error('no more')));
  await expect(smartcar(`${v3}/signals`, {signal: controller.signal})).rejects.toThrow('no more');
  expect(server.seen).toHaveLength(1);
});

test('null takes the signal of a Request away, as with fetch', async () => {
  const {smartcar, v3} = await wire();
  const request = new Request(`${v3}/signals`, {signal: AbortSignal.abort()});
  await expect(smartcar(request)).rejects.toThrow('aborted');
  expect((await smartcar(request, {signal: null})).status).toBe(200);
});

test('a Request whose own signal aborts during the call ends it, whatever else holds the Request', async () => {
  const {server, smartcar, v3} = await wire();
  const controller = new AbortController();
  server.answer(hang);
  const call = smartcar(new Request(`${v3}/signals`, {signal: controller.signal}));
  await vi.waitFor(() => expect(server.seen).toHaveLength(1));
  collectGarbage();
  await new Promise(resolve => setImmediate(resolve));
  collectGarbage();
  controller.abort(new Error('gone'));
  await expect(call).rejects.toThrow('gone');
});

test('a body goes on after the policy was closed', async () => {
  const {server, smartcar, v3} = await wire();
  const half = halfSent();
  server.answer(half.answer);
  const response = await smartcar(`${v3}/signals`, {signal: new AbortController().signal});
  await smartcar.policy.close();
  half.finish();
  expect(await response.text()).toBe('first half, second half');
  await expect(smartcar(`${v3}/signals`)).rejects.toMatchObject({code: 'CLOSED'});
});

test.each([
  ['a Node stream', Readable.from(['text'])],
  ['no stream at all', 'text'],
])('a fetch of another make, whose body is %s, is handed out as it is', async (_name, body) => {
  const answer = {status: 200, ok: true, headers: new Headers(), clone: () => answer, body};
  const base = (async () => answer) as unknown as typeof fetch;
  const smartcar = withPolicy(base, {origins: {api: 'http://localhost'}});
  const {signal} = new AbortController();
  expect(await smartcar('http://localhost/v2.0/vehicles', {signal})).toBe(answer);
});

const inTime = {attemptTimeoutMs: 25};

test('a read that gets no answer in time is sent again, a command is not', async () => {
  const {server, smartcar, v3} = await wire('v3', {user: 'ada'}, inTime);
  server.answer(hang);
  expect((await smartcar(`${v3}/signals`)).status).toBe(200);
  expect(server.seen).toHaveLength(2);
  server.answer(hang);
  const lock = smartcar(`${v3}/commands/security/lock`, {method: 'POST'});
  const error = await lock.catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({name: 'TimeoutError'});
  expect(explain(error)).toMatchObject({reason: 'outcome-unknown', failure: {effect: 'possible'}});
  expect(server.seen).toHaveLength(3);
});

test.each([
  ['a read', 'signals', {}, 'none'],
  ['a command', 'commands/security/lock', {method: 'POST'}, 'possible'],
])('%s that passes its deadline ends with DEADLINE', async (_name, path, init, effect) => {
  const {server, smartcar, v3} = await wire('v3', {user: 'ada', deadlineMs: 25});
  server.answer(hang);
  const error = await smartcar(`${v3}/${path}`, init).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({name: 'PolicyError', code: 'DEADLINE'});
  expect(explain(error)).toMatchObject({reason: 'past-deadline', failure: {effect}});
});
