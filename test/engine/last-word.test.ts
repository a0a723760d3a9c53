import {AbortError} from 'p-retry';
import {describe, expect, test} from 'vitest';
import {explain} from '../../src/engine/explain.ts';
import {bench, errorOf, onTheWire, playing, stateOf} from './support/bench.ts';
import {asleep, dropped, response, unreachable, upstream, upstreamResponse} from './support/failures.ts';

const READ = {user: 'ada', vehicle: 'car', operation: 'odometer', idempotent: true};
const COMMAND = {user: 'ada', vehicle: 'car', operation: 'lock'};

describe('what the call itself threw comes back', () => {
  const thrown: readonly (readonly [string, unknown])[] = [
    ['a stranger’s error', new Error('boom')],
    ['a TypeError of the caller’s own making', new TypeError('x is not a function')],
    ["the caller's own p-retry AbortError", new AbortError(new Error('stop'))],
    ['a frozen error', Object.freeze(new Error('frozen'))],
    ['a text', 'just a text'],
    ['a number', 42],
    ['a symbol', Symbol('odd')],
    ['undefined', undefined],
    ['null', null],
    ['a function', () => undefined],
    ['an object without a prototype', Object.create(null)],
    ['an AbortError that the policy did not cause', new DOMException('aborted', 'AbortError')],
  ];
  test.each(thrown)('by identity, after one attempt: %s', async (_name, subject) => {
    const {policy, log} = bench();
    const error = await errorOf(policy.run(() => Promise.reject(subject), READ));

    expect(error).toBe(subject);
    expect(log).toEqual([
      '0 a attempt 1',
      '0 a decision: fail, unrecognised',
      '0 a fail: fail, unrecognised, attempts 1, waited 0',
    ]);
  });

  test('by identity where the call throws before it returns a promise', async () => {
    const {policy} = bench();
    const subject = new Error('at once');
    const call = (): never => {
      throw subject;
    };
    expect(await errorOf(policy.run(call, READ))).toBe(subject);
  });

  test('as the last of several, by identity, even frozen', async () => {
    const {clock, policy} = bench({backoff: {UPSTREAM: {retries: 2}}});
    const errors = [upstream(), upstream(), Object.freeze(upstream())];
    const error = await clock.run(errorOf(policy.run(playing(...errors), READ)));

    expect(error).toBe(errors[2]);
    expect(explain(error)).toMatchObject({reason: 'retries-spent', attempts: 3});
  });
});

describe('what the call returned comes back', () => {
  test('as the last Response by identity, its body unread', async () => {
    const {clock, policy} = bench({backoff: {UPSTREAM: {retries: 1}}});
    const responses = [upstreamResponse(), upstreamResponse()];
    const got = await clock.run(policy.run(playing(...responses), READ));

    expect(got).toBe(responses[1]);
    expect((got as Response).bodyUsed).toBe(false);
    await expect((got as Response).json()).resolves.toMatchObject({type: 'UPSTREAM'});
    // Nobody will read the one before it.
    expect(responses[0]?.bodyUsed).toBe(true);
  });

  test('whatever its status', async () => {
    const {policy} = bench();
    for (const status of [200, 204, 302, 404, 430, 500]) {
      const answer = new Response(null, {status});
      expect(await policy.run(async () => answer, COMMAND)).toBe(answer);
    }
  });

  test('though its body was read by the call itself', async () => {
    const {policy} = bench();
    const answer = response(404, {type: 'RESOURCE_NOT_FOUND'});
    await answer.text();
    expect(await policy.run(async () => answer, READ)).toBe(answer);
  });

  test('though it is no Response at all', async () => {
    const {policy} = bench();
    for (const value of [undefined, null, 0, '', {status: 500}, [], Symbol.iterator]) {
      expect(await policy.run(async () => value, READ)).toBe(value);
    }
  });

  test('at the attempt’s timeout where the body of a failure never ends: the status is all there is', async () => {
    const {clock, policy} = bench({attemptTimeoutMs: 5_000});
    const endless = new Response(new ReadableStream({pull: () => new Promise(() => undefined)}), {
      status: 404,
    });
    const got = await clock.run(policy.run(async () => endless, READ));

    expect(got).toBe(endless);
    expect(explain(got)).toMatchObject({failure: {status: 404}, attempts: 1});
  });
});

describe('an attempt that takes too long', () => {
  test('ends with a TimeoutError, and a read is repeated', async () => {
    const {clock, policy, log} = bench({attemptTimeoutMs: 5_000});
    const slow = onTheWire<string>();
    const call = policy.run(playing(slow.send, 'a reading'), READ);

    await expect(clock.run(call)).resolves.toBe('a reading');
    expect(log).toEqual([
      '0 a attempt 1',
      '5000 a decision: retry, timed-out, 250 ms',
      '5250 a attempt 2',
      '5250 a success: attempts 2, waited 250, took 5250',
    ]);
  });

  test('leaves a command with an unknown outcome', async () => {
    const {clock, policy, log} = bench({attemptTimeoutMs: 5_000});
    const slow = onTheWire<string>();
    const error = await clock.run(errorOf(policy.run(slow.send, COMMAND)));

    expect(error).toMatchObject({name: 'TimeoutError'});
    expect(explain(error)).toMatchObject({reason: 'outcome-unknown', failure: {effect: 'possible'}});
    expect(slow.sent).toBe(1);
    expect(log.at(-1)).toBe('5000 a fail: fail, outcome-unknown, attempts 1, waited 0');
  });

  test('aborts the signal that the call received, with the same TimeoutError', async () => {
    const {clock, policy} = bench({attemptTimeoutMs: 5_000});
    const signals: AbortSignal[] = [];
    const call = policy.run(async ({signal}) => {
      signals.push(signal);
      return new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    }, COMMAND);
    const error = await clock.run(errorOf(call));

    expect(signals[0]?.reason).toBe(error);
  });
});

describe('a deadline', () => {
  test('ends a call in flight, though it ignores its signal', async () => {
    const {clock, policy, log} = bench();
    const slow = onTheWire<string>();
    const error = await clock.run(errorOf(policy.run(slow.send, {...COMMAND, deadlineMs: 3_000})));

    expect(error).toMatchObject({name: 'PolicyError', code: 'DEADLINE'});
    expect(explain(error)).toMatchObject({reason: 'past-deadline', failure: {effect: 'possible'}});
    expect(log).toEqual(['0 a attempt 1', '3000 a fail: fail, past-deadline, attempts 1, waited 0']);
    expect(clock.waiting).toBe(0);
  });

  test('in flight hands out the response that a read already holds', async () => {
    const {clock, policy} = bench();
    const held = upstreamResponse();
    const slow = onTheWire<string>();
    const got = await clock.run(policy.run(playing(held, slow.send), {...READ, deadlineMs: 3_000}));

    expect(got).toBe(held);
    expect(held.bodyUsed).toBe(false);
    expect(explain(got)).toMatchObject({reason: 'past-deadline', attempts: 2});
  });

  test('in flight does not hand out the earlier refusal of a command that may just be running', async () => {
    const {clock, policy} = bench();
    const refused = response(429, {type: 'RATE_LIMIT', code: 'VEHICLE'}, {'retry-after': '1'});
    const slow = onTheWire<string>();
    const call = errorOf(policy.run(playing(refused, slow.send), {...COMMAND, deadlineMs: 3_000}));

    expect(await clock.run(call)).toMatchObject({code: 'DEADLINE'});
    expect(refused.bodyUsed).toBe(true);
  });

  test('that has passed before the start sends nothing', async () => {
    const {policy, log} = bench();
    const call = playing('locked');
    await expect(policy.run(call, {...COMMAND, deadlineMs: 0})).rejects.toMatchObject({code: 'DEADLINE'});

    expect(call.sent).toBe(0);
    expect(log).toEqual(['0 a fail: fail, past-deadline, attempts 0, waited 0']);
  });

  test('that a call meets at a gate with a place to wait for ends it there', async () => {
    const {clock, policy} = bench();
    const probe = onTheWire<number>();
    await errorOf(policy.run(playing(asleep()), {...READ, maxWaitMs: 0}));
    await clock.advance(70_000);
    const first = policy.run(probe.send, READ);
    const second = policy.run(playing(2), {...READ, deadlineMs: 500});

    expect(await clock.run(errorOf(second))).toMatchObject({code: 'DEADLINE'});
    probe.resolve(1);
    await first;
  });

  test('longer than a Node timer can hold is no deadline at once', async () => {
    const {clock, policy} = bench({attemptTimeoutMs: 2 ** 33});
    const days = 30 * 24 * 3_600_000;
    const slow = onTheWire<string>();
    const call = policy.run(slow.send, {...READ, deadlineMs: days});
    await clock.advance(days - 1);
    expect(await stateOf(call)).toBe('pending');
    await clock.advance(1);
    expect(await stateOf(call)).toBe('rejected');
    await errorOf(call);
  });
});

describe('a command', () => {
  test.each([
    ['the connection is lost', dropped],
    ['the car’s maker does not answer', upstream],
    ['a gateway gives up', () => response(504, {})],
    ['the server breaks', () => response(500, {})],
  ])('is not sent again after %s', async (_name, fails) => {
    const {policy, log} = bench();
    const call = playing(fails());
    await policy.run(call, COMMAND).catch(() => undefined);

    expect(call.sent).toBe(1);
    expect(log.at(-1)).toBe('0 a fail: fail, outcome-unknown, attempts 1, waited 0');
  });

  test.each([
    ['no connection came about', unreachable],
    ['it was refused by a limit', () => response(429, {type: 'RATE_LIMIT'}, {'retry-after': '1'})],
  ])('is sent again where %s', async (_name, fails) => {
    const {clock, policy} = bench();
    const call = playing(fails(), 'locked');

    await expect(clock.run(policy.run(call, COMMAND))).resolves.toBe('locked');
  });

  test('that the caller calls idempotent is repeated like a read', async () => {
    const {clock, policy} = bench();
    const call = policy.run(playing(dropped(), 'locked'), {...COMMAND, idempotent: true});

    await expect(clock.run(call)).resolves.toBe('locked');
  });
});
