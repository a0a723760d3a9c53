import * as fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {explain} from '../../src/engine/explain.ts';
import {manualClock} from '../../src/testing/manual-clock.ts';
import {bench, errorOf, playing, queued, stateOf} from './support/bench.ts';
import {crowdBench, lateClock, quiet, saturating, watch} from './support/service.ts';

const DAY_MS = 86_400_000;
const car = (index: number | string): {vehicle: string; idempotent: true} => ({
  vehicle: `car ${index}`,
  idempotent: true,
});
/** When a bucket lets its calls go that all want to go at once. */
const due = (count: number, bucket: number, everyMs: number): number[] =>
  Array.from({length: count}, (_, index) => Math.max(0, Math.ceil((index + 1 - bucket) * everyMs - 1e-6)));

describe('limits.application is kept to the millisecond', () => {
  test('for a day of 120 calls and 2 per minute, by a caller who never rests', async () => {
    const {policy, clock} = bench({
      limits: {application: {bucket: 120, perMinute: 2}},
      maxWaitMs: Infinity,
    });
    const {send, sentAt} = watch(clock);
    await clock.run(saturating(clock, DAY_MS, () => policy.run(send, car(1))));

    expect(sentAt).toEqual(due(120 + 2 * 24 * 60, 120, 30_000));
  });

  test('for a day by ten callers who contend for it', async () => {
    const {policy, clock} = await crowdBench({limits: {application: {bucket: 12, perMinute: 0.2}}});
    const {send, sentAt} = watch(clock);
    const callers = Array.from({length: 10}, (_, index) =>
      saturating(clock, DAY_MS, () => policy.run(send, car(index))),
    );
    await clock.run(Promise.all(callers));

    // Nine others were waiting already when the day was over.
    expect(sentAt).toEqual(due(12 + 12 * 24 + 9, 12, 300_000));
  });

  test('whatever the rate is, also where its interval is no whole number of milliseconds', async () => {
    const rates = fc.record({
      bucket: fc.integer({min: 2, max: 7}),
      perMinute: fc.oneof(
        fc.constantFrom(0.7, 3, 7, 11, 13, 600),
        fc.double({min: 0.01, max: 900, noNaN: true}),
      ),
    });
    const property = fc.asyncProperty(rates, async application => {
      const {policy, clock} = bench({limits: {application}, maxWaitMs: Infinity});
      const {send, sentAt} = watch(clock);
      for (let index = 0; index < 40; index++) await clock.run(policy.run(send, car(index)));

      expect(sentAt).toEqual(due(40, application.bucket, 60_000 / application.perMinute));
    });
    await fc.assert(property, {numRuns: 60});
  });

  test('after a rest: what was not used is there again, up to the bucket', async () => {
    const {policy, clock} = bench({limits: {application: {bucket: 3, perMinute: 2}}, maxWaitMs: Infinity});
    const {send, sentAt} = watch(clock);
    for (let index = 0; index < 4; index++) await clock.run(policy.run(send, car(index)));
    await clock.advance(45_000);
    for (let index = 0; index < 2; index++) await clock.run(policy.run(send, car(index)));
    await clock.advance(DAY_MS);
    for (let index = 0; index < 4; index++) await clock.run(policy.run(send, car(index)));

    const back = 90_000 + DAY_MS;
    expect(sentAt).toEqual([0, 0, 0, 30_000, 75_000, 90_000, back, back, back, back + 30_000]);
    expect(policy.limits().application).toEqual({
      scope: 'application',
      waiting: 0,
      inFlight: 0,
      rate: {source: 'set', perMinute: 2, bucket: 3, available: 0},
    });
  });
});

describe('an event loop that stalls', () => {
  test('for five seconds loses no token: those that were missed are caught up, and the rest is in time', async () => {
    await quiet();
    const time = manualClock();
    const clock = lateClock(time, dueMs => (dueMs > 20_500 && dueMs < 25_500 ? 25_500 : dueMs));
    const {policy} = bench({clock, maxWaitMs: Infinity, limits: {application: {bucket: 10, perMinute: 60}}});
    const {send, sentAt} = watch(clock);
    await time.run(Promise.all(Array.from({length: 40}, (_, index) => policy.run(send, car(index)))));

    const late = due(40, 10, 1_000).map(ms => (ms > 20_500 && ms < 25_500 ? 25_500 : ms));
    expect(sentAt).toEqual(late);
    expect(sentAt.filter(ms => ms === 25_500)).toHaveLength(5);
  });

  test('at every sleep does not drift', async () => {
    const time = manualClock();
    const clock = lateClock(time, dueMs => dueMs + 5_000);
    const {policy} = bench({clock, maxWaitMs: Infinity, limits: {application: {bucket: 2, perMinute: 2}}});
    const {send, sentAt} = watch(clock);
    await time.run(saturating(time, DAY_MS / 24, () => policy.run(send, car(1))));

    expect(sentAt).toEqual(due(122, 2, 30_000).map(ms => (ms === 0 ? 0 : ms + 5_000)));
  });
});

describe('a call whose turn comes later than it may wait', () => {
  test('is refused at once with the very time of its turn, and one whose turn comes in time gets it', async () => {
    const {policy, clock, log} = bench({limits: {application: {bucket: 1, perMinute: 2}}});
    const began = clock.now();
    const {send, sentAt} = watch(clock);
    await policy.run(send, car(1));
    const waits = policy.run(send, {...car(2), maxWaitMs: 30_000});
    await queued(1);
    const error = await errorOf(policy.run(send, {...car(3), maxWaitMs: 59_999}));

    expect(error).toMatchObject({
      code: 'PAUSED',
      retryAt: began + 60_000,
      message:
        'The next free place of application comes at 2026-01-01T00:01:00.000Z, later than this call may wait.',
    });
    expect(explain(error)).toMatchObject({
      action: 'fail',
      reason: 'paused',
      needs: 'nobody',
      retryAt: began + 60_000,
      attempts: 0,
    });
    expect(log.slice(-2)).toEqual([
      '0 b defer to 60000, paused',
      '0 b fail: fail, paused, attempts 0, waited 0',
    ]);
    const last = policy.run(send, {...car(4), maxWaitMs: 60_000});
    await clock.run(Promise.all([waits, last]));
    expect(sentAt).toEqual([0, 30_000, 60_000]);
  });

  test('is refused at once for its deadline too, which ends before that time', async () => {
    const {policy, clock} = bench({limits: {application: {bucket: 1, perMinute: 2}}});
    const began = clock.now();
    const {send, sentAt} = watch(clock);
    await policy.run(send, car(1));
    const error = await errorOf(policy.run(send, {...car(2), deadlineMs: 30_000}));

    expect(error).toMatchObject({code: 'PAUSED', retryAt: began + 30_000});
    expect(explain(error)).toMatchObject({reason: 'past-deadline', retryAt: began + 30_000});
    await clock.run(policy.run(send, {...car(2), deadlineMs: 30_001}));
    expect(sentAt).toEqual([0, 30_000]);
  });

  test('is told the time behind all who come before it, and no other', async () => {
    const {policy, clock} = bench({limits: {application: {bucket: 1, perMinute: 2}}, maxWaitMs: Infinity});
    const began = clock.now();
    await policy.run(playing(1), car(1));
    const others = [0, 4, 5, 5, 9].map(priority => policy.run(playing(1), {...car(priority), priority}));
    await queued(5);
    const told = async (priority: number): Promise<number> => {
      const error = await errorOf(policy.run(playing(1), {...car('x'), priority, maxWaitMs: 0}));
      return ((error as {retryAt: number}).retryAt - began) / 30_000;
    };

    expect([await told(0), await told(3), await told(4), await told(5), await told(9)]).toEqual([
      2, 2, 3, 5, 6,
    ]);
    await clock.run(Promise.all(others));
  });

  test('keeps its turn to the last millisecond, though others wait behind it', async () => {
    const {policy, clock} = await crowdBench({limits: {application: {bucket: 1, perMinute: 2}}});
    const {send, sentAt} = watch(clock);
    await policy.run(send, car(1));
    const first = policy.run(send, {...car(2), maxWaitMs: 30_000});
    const others = [3, 4].map(index => policy.run(send, car(index)));
    await queued(3);
    expect(await stateOf(first)).toBe('pending');

    await clock.run(Promise.all([first, ...others]));
    expect(sentAt).toEqual([0, 30_000, 60_000, 90_000]);
  });
});

describe('the application’s tokens go', () => {
  test('to commands before reads, and where a `priority` is given, by that', async () => {
    const {policy, clock} = await crowdBench({limits: {application: {bucket: 1, perMinute: 2}}});
    await policy.run(playing(1), car(1));
    const order: unknown[] = [];
    policy.on('attempt', ({operation}) => order.push(operation));
    const calls = [
      {idempotent: true, operation: 'read'},
      {idempotent: true, priority: 9, operation: 'read, 9'},
      {operation: 'command'},
      {priority: 6, operation: 'command, 6'},
      {idempotent: true, priority: 0, operation: 'read, 0'},
    ].map((context, index) => policy.run(playing(1), {vehicle: `car ${index}`, ...context}));
    await clock.run(Promise.all(calls));

    expect(order).toEqual(['read, 0', 'command', 'read', 'command, 6', 'read, 9']);
  });
});
