import {describe, expect, test} from 'vitest';
import {Refusal} from '../../src/engine/admission.ts';
import type {AttemptContext, CallContext} from '../../src/engine/call.ts';
import {Stop} from '../../src/engine/ending.ts';
import type {Engine} from '../../src/engine/engine.ts';
import {attempt, Attempted, type Exchange} from '../../src/engine/sending.ts';
import type {AttemptEnd, AttemptTrace} from '../../src/ports.ts';
import {answers, door, ends, source, TOKEN, tokens, URL_OF, watched} from './support/attempts.ts';
import {fakeCall} from './support/engine.ts';

async function given(engine: Engine, context: CallContext = {}, byItself = false): Promise<AttemptContext> {
  let got: AttemptContext | undefined;
  const send = async (attemptContext: AttemptContext): Promise<void> => void (got = attemptContext);
  await attempt(engine, fakeCall(engine, context), {send, endsByItself: byItself});
  return got!;
}

describe('what a call gets for one attempt', () => {
  test('is the count, the token, its headers and a signal', async () => {
    const {engine} = watched({source, tokens});
    const got = await given(engine, {user: 'ada'});
    expect(got).toMatchObject({attempt: 1, accessToken: 'access-canary'});
    expect(got.headers).toEqual({authorization: 'Bearer access-canary', user: 'ada'});
    expect(got.signal.aborted).toBe(false);
  });

  test('is no token and no header without auth, and a signal that ends nothing where nothing can be stopped', async () => {
    const {engine} = watched();
    expect(await given(engine)).toMatchObject({accessToken: '', headers: {}});
    const own = (await given(engine, {}, true)).signal;
    expect([own.aborted, engine.clock.waiting]).toEqual([false, 0]);
  });
});

test('an attempt is told, counted, and gives its places back', async () => {
  const deposits: number[] = [];
  const budget = {deposit: () => void deposits.push(1)} as unknown as NonNullable<Engine['budget']>;
  const {engine, passes, sentAs} = watched({budget});
  engine.clock.set(5_000);
  const call = fakeCall(engine, {user: 'ada', vehicle: 'c'});
  expect(await attempt(engine, call, answers('km'))).toBe('km');
  await attempt(engine, call, answers('km'));
  expect([call.attempts, call.sentAt, deposits]).toEqual([2, 5_000, [1]]);
  expect(passes.length).toBeGreaterThan(0);
  expect(sentAs).toEqual(passes.map(({key}) => key));
  expect(passes.every(({left}) => left.join() === 'passed')).toBe(true);
  expect(engine.said.filter(([event]) => event === 'attempt').map(([, told]) => told)).toMatchObject([
    {user: 'ada', vehicle: 'c', attempt: 1},
    {attempt: 2},
  ]);
  expect(engine.said.filter(([event]) => event === 'success')).toHaveLength(2);
  expect(engine.clock.waiting).toBe(0);
});

describe('nobody waits for the call any more', () => {
  const sends: Exchange<string> = {send: () => Promise.reject(new Error('it was sent'))};

  test('when its caller has gone', async () => {
    const {engine} = watched();
    const error = await ends(attempt(engine, fakeCall(engine, {signal: AbortSignal.abort('gone')}), sends));
    expect(error).toBeInstanceOf(Stop);
    expect((error as Stop).outcome).toEqual({threw: true, error: 'gone'});
  });

  test.each([
    ['the policy is closed', {closing: AbortSignal.abort()}, 'closed', 'CLOSED'],
    ['its deadline has come', {}, 'past-deadline', 'DEADLINE'],
  ])('when %s', async (_, more, reason, code) => {
    const {engine} = watched(more);
    const call = fakeCall(engine, {deadlineMs: 10});
    await engine.clock.advance(10);
    const error = await ends(attempt(engine, call, sends));
    expect(error).toBeInstanceOf(Refusal);
    expect(error).toMatchObject({reason, error: {code}});
  });

  test('one moment before its deadline it is sent', async () => {
    const {engine} = watched();
    const call = fakeCall(engine, {deadlineMs: 10});
    await engine.clock.advance(9);
    expect(await attempt(engine, call, answers('km'))).toBe('km');
  });

  test('when a listener gives it up: nothing is sent, and its places are free', async () => {
    const {engine, passes, sentAs} = watched();
    const gone = new AbortController();
    engine.events.on('attempt', () => gone.abort('enough'));
    expect(await ends(attempt(engine, fakeCall(engine, {signal: gone.signal}), sends))).toBeInstanceOf(Stop);
    expect(sentAs).toEqual([]);
    expect(passes.map(({left}) => left)).toEqual(passes.map(() => ['unknown']));
  });
});

describe('an attempt that takes too long', () => {
  const hangs: Exchange<never> = {send: () => new Promise(() => undefined)};
  test.each([
    [{}, 1_000, {name: 'TimeoutError', message: 'No answer within 1000 ms.'}],
    [{deadlineMs: 400}, 400, {code: 'DEADLINE'}],
    [{deadlineMs: 1_000}, 1_000, {code: 'DEADLINE'}],
    [{deadlineMs: 1_001}, 1_000, {name: 'TimeoutError'}],
  ])('with %j ends after %s ms', async (context, afterMs, error) => {
    const {engine, passes} = watched({attemptTimeoutMs: 1_000});
    const failed = (await engine.clock.run(
      ends(attempt(engine, fakeCall(engine, context), hangs)),
    )) as Attempted;
    expect(failed).toBeInstanceOf(Attempted);
    expect(failed.outcome).toMatchObject({threw: true, error});
    expect(engine.clock.monotonic()).toBe(afterMs);
    expect(passes.every(({left}) => left.length === 0)).toBe(true);
  });

  test('also where what is left to do hangs, though the sending ends by itself', async () => {
    const {engine} = watched({attemptTimeoutMs: 1_000});
    const exchange: Exchange<string> = {
      send: async () => 'x',
      finish: () => new Promise(() => undefined),
      endsByItself: true,
    };
    expect(await engine.clock.run(ends(attempt(engine, fakeCall(engine), exchange)))).toBeInstanceOf(
      Attempted,
    );
    expect(engine.clock.waiting).toBe(0);
  });
});

describe('a failure', () => {
  test('keeps the response, and shows no secret that was sent', async () => {
    const {engine} = watched({source, tokens});
    const body = {error: 'x', type: 'VALIDATION', message: 'no access-canary nor own-canary nor pin-canary'};
    const response = Response.json(body, {status: 400});
    const call = fakeCall(
      engine,
      {},
      {...door(URL_OF.odometer, 'POST', '{"pin":"pin-canary"}'), secret: 'own-canary'},
    );
    const failed = (await ends(attempt(engine, call, answers(response)))) as Attempted;
    expect(failed.outcome).toEqual({threw: false, value: response});
    expect(failed.evidence[0]?.description).toBe('no [redacted] nor [redacted] nor [redacted]');
    expect(failed.admission.token).toBe(TOKEN);
    expect(response.bodyUsed).toBe(false);
  });

  test('keeps the error that was thrown', async () => {
    const {engine} = watched();
    const error = new TypeError('fetch failed');
    const failed = (await ends(
      attempt(engine, fakeCall(engine), {send: () => Promise.reject(error)}),
    )) as Attempted;
    expect(failed.outcome).toEqual({threw: true, error});
    expect(engine.said.map(([event]) => event)).toEqual(['attempt']);
  });
});

test('what follows an attempt stands round its sending and finishing, and hears how it ends', async () => {
  const {engine} = watched();
  const steps: unknown[] = [];
  const trace: AttemptTrace = {
    within: work => (steps.push('within'), work()),
    ended: (end: AttemptEnd) => void steps.push(end),
  };
  const call = fakeCall(
    engine,
    {},
    {},
    {trace: {attempt: at => (steps.push(at), trace), waited: () => undefined, joined: () => undefined}},
  );
  const done = new Response(null, {status: 201});
  expect(await attempt<unknown>(engine, call, {send: async () => 'raw', finish: () => done})).toBe(done);
  expect(steps).toEqual([1, 'within', 'within', {status: 201}]);
  steps.length = 0;
  await ends(attempt(engine, call, answers(new Response(null, {status: 500}))));
  expect(steps).toMatchObject([2, 'within', {status: 500, failure: {}}]);
});
