import {describe, expect, test} from 'vitest';
import {durableCalls, type AddOptions} from '../../src/bullmq/index.ts';
import {createPolicy} from '../../src/index.ts';
import {noRedis, sharedRedis} from '../redis/support/redis.ts';
import {durable, freshQueue, scene, toldOf} from './support/scene.ts';

describe.skipIf(noRedis)('calls as they are added', () => {
  const redis = sharedRedis();

  test('a call with an id that is there already is not added again, also when it is done', async () => {
    const {policy, vehicle, about, get, requests} = await scene();
    const {calls} = durable(redis(), policy, {odometer: get('odometer')});
    const options = {...about, idempotent: true, id: 'nightly: ada/42 ✓'};
    const both = await Promise.all([
      calls.add('odometer', {vehicle}, options),
      calls.add('odometer', {vehicle}, options),
    ]);
    expect(both.filter(({added}) => added)).toHaveLength(1);
    expect(both.map(({id}) => id)).toEqual([options.id, options.id]);
    expect(await calls.result(options.id)).toMatchObject({status: 200});
    expect(await calls.add('odometer', {vehicle}, options)).toEqual({id: options.id, added: false});
    expect(await calls.add('odometer', {vehicle}, {...options, id: '42'})).toEqual({id: '42', added: true});
    expect(await calls.result('42')).toMatchObject({status: 200});
    expect(requests()).toHaveLength(2);
  });

  test('what waits is taken by priority', async () => {
    const {policy, about} = await scene();
    const queue = freshQueue();
    const order: unknown[] = [];
    const handlers = {note: async (data: string) => void order.push(data)};
    const web = durable(redis(), policy, handlers, {queue, work: false});
    await web.calls.add('note', 'read', {...about, idempotent: true});
    await web.calls.add('note', 'command', about);
    await web.calls.add('note', 'last', {...about, priority: 9});
    await web.calls.add('note', 'first', {...about, priority: 0});
    expect((await web.calls.counts()).waiting).toBe(4);
    durable(redis(), policy, handlers, {queue, concurrency: 1});
    await expect.poll(() => order).toEqual(['first', 'command', 'read', 'last']);
  });

  test('the context of a handler lies under the one that was added', async () => {
    const {policy, vehicle, about} = await scene();
    const seen: unknown[] = [];
    policy.on('success', ({user, vehicle: car, operation}) => seen.push({user, vehicle: car, operation}));
    const {calls} = durable(redis(), policy, {
      look: {
        call: () => 'seen',
        context: (data: {car: string}) => ({user: 'ada', vehicle: data.car, idempotent: true}),
      },
    });
    const first = await calls.add('look', {car: vehicle});
    expect(await calls.result(first.id)).toBe('seen');
    const second = await calls.add('look', {car: 'elsewhere'}, {...about, operation: 'a look'});
    expect(await calls.result(second.id)).toBe('seen');
    expect(seen).toEqual([
      {user: 'ada', vehicle, operation: 'look'},
      {user: 'ada', vehicle, operation: 'a look'},
    ]);
  });

  test('a result that cannot be kept is told as such: the call is done', async () => {
    const {policy, about} = await scene();
    const big = 'x'.repeat(2_000);
    const {calls, told} = durable(
      redis(),
      policy,
      {
        number: () => 1n,
        long: () => big,
        body: () => new Response(big),
        empty: () => new Response(null, {status: 204}),
        nothing: () => undefined,
        text: () => new Response('fine'),
      },
      {maxResultBytes: 1_000},
    );
    const resultOf = async (
      name: 'number' | 'long' | 'body' | 'empty' | 'nothing' | 'text',
    ): Promise<unknown> => calls.result((await calls.add(name, undefined, about)).id);
    await expect(resultOf('number')).rejects.toMatchObject({code: 'OMITTED', message: /BigInt/});
    await expect(resultOf('long')).rejects.toMatchObject({code: 'OMITTED', message: /2002 bytes/});
    await expect(resultOf('body')).rejects.toMatchObject({code: 'OMITTED'});
    expect(await resultOf('empty')).toEqual({status: 204});
    expect(await resultOf('nothing')).toBeNull();
    expect(await resultOf('text')).toEqual({status: 200, body: 'fine'});
    await expect.poll(() => told.map(([event]) => event)).toEqual(Array.from({length: 6}, () => 'done'));
  });

  test('a result that takes too long, and one of nobody, are told apart', async () => {
    const {policy, about} = await scene();
    const {calls} = durable(redis(), policy, {note: () => 1});
    const {id} = await calls.add('note', undefined, {...about, startAt: Date.now() + 60_000});
    await expect(calls.result(id, {timeoutMs: 50})).rejects.toMatchObject({code: 'TIMEOUT', id});
    await expect(calls.result('nobody')).rejects.toMatchObject({code: 'UNKNOWN'});
  });

  test.for([
    [{usr: 'ada'}, 'only user, vehicle', '`usr`'],
    [{user: ''}, '`user` of add()', 'a text that is not empty'],
    [{user: '\ud800'}, '`user` of add()', 'a text'],
    [{priority: 10}, '`priority` of add()', 'a whole number from 0 (first) to 9, got `10`'],
    [{idempotent: 'yes'}, '`idempotent`', 'true or false, got `yes` (string)'],
    [{id: ''}, '`id` of add()', '1 to 200 characters'],
    [{id: 'x'.repeat(201)}, '`id` of add()', '1 to 200 characters'],
    [{expiresInMs: 0}, '`expiresInMs`', 'a number of milliseconds above 0'],
    [{expiresAt: 1}, '`expiresAt`', 'later than the start'],
    [{expiresAt: 1e13, expiresInMs: 1}, '`expiresAt` and `expiresInMs`', 'one or the other'],
    [{startAt: 'soon'}, '`startAt`', 'a time in epoch ms, got `soon` (string)'],
    [{signal: new AbortController().signal}, 'the members of add()', '`signal`'],
    [null, 'the options of add()', 'an object, got null'],
  ] as const)('bad options are refused by name: %o', async ([options, ...said]) => {
    const {policy} = await scene();
    const {calls} = durable(redis(), policy, {note: (_data: unknown) => 1}, {work: false});
    const refused = calls.add('note', 1, options as unknown as AddOptions);
    await expect(refused).rejects.toMatchObject({name: 'PolicyError', code: 'CONFIGURATION'});
    for (const words of said) await expect(refused).rejects.toThrow(words);
  });

  test('names that have no handler, and data that is no JSON, are refused', async () => {
    const {policy} = await scene();
    const {calls} = durable(redis(), policy, {note: (_data: unknown) => 1}, {work: false});
    await expect(calls.add('toString' as 'note', 1)).rejects.toThrow('one of note, got `toString`');
    await expect(calls.add('note', 1n)).rejects.toThrow(/data of a call to be JSON .*BigInt/);
    await expect(calls.add('note', () => 1)).rejects.toThrow('the data of a call to be JSON, got a function');
    await expect(calls.add('note', 'x'.repeat(1_100_000))).rejects.toThrow('at most 1048576 bytes');
    await expect(calls.result('')).rejects.toThrow('the id of a call');
    await expect(calls.deadLetters({limit: 0})).rejects.toThrow('a whole number from 1 up');
    expect(() => calls.on('finished' as 'done', () => undefined)).toThrow('one of done, deferred');
    expect(await calls.counts()).toMatchObject({waiting: 0});
  });

  test('a released call tells whom it was about', async () => {
    const {simulator, policy, vehicle, about, get} = await scene();
    simulator.revoke({owner: 'ada', how: 'login', vehicle});
    const {calls, told} = durable(redis(), policy, {odometer: get('odometer')});
    const released: unknown[] = [];
    calls.on('released', event => released.push(event));
    const {id} = await calls.add('odometer', {vehicle}, {...about, idempotent: true});
    await expect.poll(() => toldOf(told, id)).toEqual(['parked']);
    await policy.reauth.resolve('ada');
    await expect.poll(() => released).toEqual([{id, name: 'odometer', ...about}]);
  });
});

test('options of durableCalls are checked at once, by name', async () => {
  await using policy = createPolicy();
  const good = {policy, connection: {}, handlers: {}};
  const refusals: readonly (readonly [object, string])[] = [
    [{policy: {}}, '`policy` of durableCalls() to be a policy, as of createPolicy(…), got an object'],
    [{policy: undefined}, '`policy` of durableCalls()'],
    [{handlers: undefined}, '`handlers` of durableCalls()'],
    [{connection: undefined}, '`connection` to be a client of ioredis, or its options, got undefined'],
    [{connection: 'redis://:hunter2@127.0.0.1' as never}, 'or its options, got `a text`'],
    [{connection: 'redis://localhost'}, '`connection`'],
    [{handlers: {lock: 'it'}}, 'the handler "lock" to be a function, or an object with `call` or `request`'],
    [{handlers: {lock: {}}}, 'the handler "lock" to be one with either `call` or `request`'],
    [{handlers: {lock: {call: () => 1, verfy: () => true}}}, 'only call, request, context, verify'],
    [{handlers: {lock: {call: () => 1, verify: true}}}, '`verify` of the handler "lock" to be a function'],
    [{queue: 'a:b'}, '`queue` of durableCalls() to be a text without colons'],
    [{concurrency: 0}, '`concurrency` of durableCalls() to be a whole number from 1 up, got `0` (number)'],
    [{maxWaitMs: -1}, '`maxWaitMs`'],
    [{recheckMs: Number.NaN}, '`recheckMs`'],
    [{concurency: 5}, 'only policy, connection, handlers'],
  ];
  for (const [change, words] of refusals) expect(() => durableCalls({...good, ...change})).toThrow(words);
  expect(() => durableCalls(undefined as never)).toThrow('the options of durableCalls()');
});
