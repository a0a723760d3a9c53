import {describe, expect, test} from 'vitest';
import {explain} from '../../src/engine/explain.ts';
import type {Clock} from '../../src/ports.ts';
import {createPolicy} from '../../src/policy.ts';
import {bench, errorOf, playing, stateOf} from './support/bench.ts';
import {rateLimited, rateLimitedResponse, sdkError, upstream} from './support/failures.ts';

const asleep = (): Error => sdkError(409, 'VEHICLE_STATE', 'ASLEEP');
const READ = {user: 'ada', vehicle: 'car', operation: 'odometer', idempotent: true};

describe('a call that fails', () => {
  test('is repeated after the jittered backoff of its kind, until it succeeds', async () => {
    const {clock, policy, log} = bench();
    const call = policy.run(playing(upstream(), upstream(), upstream(), 'a reading'), READ);

    await expect(clock.run(call)).resolves.toBe('a reading');
    expect(log).toEqual([
      '0 a attempt 1',
      '0 a decision: retry, server-says-retry, 1000 ms',
      '1000 a attempt 2',
      '1000 a decision: retry, server-says-retry, 2000 ms',
      '3000 a attempt 3',
      '3000 a decision: retry, server-says-retry, 4000 ms',
      '7000 a attempt 4',
      '7000 a success: attempts 4, waited 7000, took 7000',
    ]);
  });

  test('hands out its last error when the retries are spent', async () => {
    const {clock, policy, log} = bench({backoff: {UPSTREAM: {retries: 1, baseDelayMs: 100}}});
    const errors = [upstream(), upstream()];
    const error = await clock.run(errorOf(policy.run(playing(...errors), READ)));

    expect(error).toBe(errors[1]);
    expect(explain(error)).toMatchObject({reason: 'retries-spent', attempts: 2, waitedMs: 50});
    expect(log.slice(2)).toEqual([
      '50 a attempt 2',
      '50 a decision: fail, retries-spent',
      '50 a defer to 150, retries-spent',
      '50 a fail: fail, retries-spent, attempts 2, waited 50',
    ]);
  });

  test('is not repeated where `backoff` says false, and the gate closes all the same', async () => {
    const {policy, log} = bench({backoff: {'RATE_LIMIT:VEHICLE': false}});
    const call = playing(rateLimited('VEHICLE', 10));
    await errorOf(policy.run(call, READ));

    expect(call.sent).toBe(1);
    expect(log).toEqual([
      '0 a attempt 1',
      '0 a decision: fail, retries-off',
      '0 pause vehicle:car until 10250, retries-off',
      '0 a defer to 10250, retries-off',
      '0 a fail: fail, retries-off, attempts 1, waited 0',
    ]);
  });
});

describe('a told time', () => {
  test('is waited for in full, with a small spread after it', async () => {
    const {clock, policy, log} = bench();
    const call = policy.run(playing(rateLimited('VEHICLE', 10), 'a reading'), READ);

    await expect(clock.run(call)).resolves.toBe('a reading');
    expect(log).toEqual([
      '0 a attempt 1',
      '0 a decision: retry, server-says-retry, 10250 ms',
      '0 pause vehicle:car until 10250, server-says-retry',
      '10250 a attempt 2',
      '10250 resume vehicle:car',
      '10250 a success: attempts 2, waited 10250, took 10250',
    ]);
  });

  test('is not undercut by a clock whose timers fire up to 3 ms early', async () => {
    let now = 1_700_000_000_000;
    let shortBy = 0;
    const slept: number[] = [];
    const clock: Clock = {
      now: () => now,
      async sleep(ms) {
        slept.push(ms);
        // At least a little time passes, as with a real timer.
        now += Math.max(1, ms - (shortBy = (shortBy + 1) % 4));
      },
      timer: () => () => undefined,
    };
    const policy = createPolicy({clock, random: () => 0});
    const sentAt: number[] = [];
    const began = now;
    const failures = playing(rateLimited('VEHICLE', 7), rateLimited('VEHICLE', 2.5), 'a reading');
    await policy.run(() => (sentAt.push(now - began), failures()), READ);

    expect(sentAt).toEqual([0, 7_000, 9_500]);
    expect(slept.length).toBeGreaterThan(2);
  });

  test('that is exactly as long as maxWaitMs is waited for, and the call goes through the gate that opens', async () => {
    const {clock, policy, log} = bench();
    const call = policy.run(playing(rateLimitedResponse('VEHICLE', 60), 'a reading'), READ);

    await expect(clock.run(call)).resolves.toBe('a reading');
    expect(log.at(-1)).toBe('60000 a success: attempts 2, waited 60000, took 60000');
  });

  test('longer than a Node timer can hold is cut into pieces', async () => {
    const days = 40 * 24 * 3_600_000;
    const {clock, policy} = bench({maxWaitMs: Infinity});
    const asked: number[] = [];
    const sleep = clock.sleep;
    const counting = createPolicy({
      random: () => 0,
      maxWaitMs: Infinity,
      clock: {
        ...clock,
        now: clock.now,
        monotonic: clock.monotonic,
        sleep: (ms, signal) => (asked.push(ms), sleep(ms, signal)),
      },
    });
    const began = clock.now();
    await clock.run(counting.run(playing(rateLimited('VEHICLE', days / 1000), 'a reading'), READ));

    expect(clock.now() - began).toBe(days);
    expect(asked).toEqual([2 ** 31 - 1, days - (2 ** 31 - 1)]);
    await policy.close();
  });
});

describe('a wait that would be too long', () => {
  test('ends the call at once, with the time when it makes sense again, and the gate closed', async () => {
    const {clock, policy, log} = bench();
    const last = rateLimitedResponse('SMARTCAR_API', 600);
    const began = clock.now();
    const got = await policy.run(playing(last), {...READ, maxWaitMs: 5_000});

    expect(got).toBe(last);
    expect(explain(got)).toMatchObject({action: 'fail', reason: 'wait-too-long', retryAt: began + 600_000});
    expect(log).toEqual([
      '0 a attempt 1',
      '0 a decision: fail, wait-too-long',
      '0 pause application until 600000, wait-too-long',
      '0 limit application one in 60300 ms',
      '0 a defer to 600000, wait-too-long',
      '0 a fail: fail, wait-too-long, attempts 1, waited 0',
    ]);

    const next = playing('a reading');
    await expect(policy.run(next, {user: 'bob', idempotent: true})).rejects.toMatchObject({
      code: 'PAUSED',
      retryAt: began + 600_000,
    });
    expect(next.sent).toBe(0);
  });

  test('past deadlineMs ends the call at once as well', async () => {
    const {policy, log} = bench();
    const error = rateLimited('VEHICLE', 10);
    await expect(policy.run(playing(error), {...READ, deadlineMs: 10_250})).rejects.toBe(error);

    expect(log.slice(1)).toEqual([
      '0 a decision: fail, past-deadline',
      '0 pause vehicle:car until 10250, past-deadline',
      '0 a defer to 10250, past-deadline',
      '0 a fail: fail, past-deadline, attempts 1, waited 0',
    ]);
  });

  test('is counted over all attempts of the call', async () => {
    const {clock, policy, log} = bench({maxWaitMs: 2_999});
    await clock.run(errorOf(policy.run(playing(upstream()), READ)));

    expect(log.slice(1)).toEqual([
      '0 a decision: retry, server-says-retry, 1000 ms',
      '1000 a attempt 2',
      '1000 a decision: fail, wait-too-long',
      '1000 a defer to 3000, wait-too-long',
      '1000 a fail: fail, wait-too-long, attempts 2, waited 1000',
    ]);
  });

  test('does not end the call where the key of `backoff` has a maxWaitMs of its own', async () => {
    const {clock, policy, log} = bench({
      backoff: {'VEHICLE_STATE:ASLEEP': {delaysMs: [60_000, 300_000], maxWaitMs: 3_600_000}},
    });
    const call = policy.run(playing(asleep(), asleep(), 'a reading'), READ);

    await expect(clock.run(call)).resolves.toBe('a reading');
    expect(log.filter(line => line.includes('attempt '))).toEqual([
      '0 a attempt 1',
      '63001 a attempt 2',
      '378002 a attempt 3',
    ]);
  });

  test('of minutes ends at once under the default', async () => {
    const {policy, log} = bench();
    await errorOf(policy.run(playing(asleep()), READ));

    expect(log.at(-2)).toBe('0 a defer to 63001, wait-too-long');
  });
});

test('a wall clock that is set during a wait neither shortens nor lengthens it', async () => {
  const {clock, policy} = bench();
  const call = policy.run(playing(rateLimited('VEHICLE', 10), 'a reading'), READ);
  await clock.advance(5_000);
  clock.set(clock.now() + 86_400_000);
  await clock.advance(5_249);
  expect(await stateOf(call)).toBe('pending');
  clock.set(clock.now() - 200_000_000);
  await clock.advance(1);
  expect(await stateOf(call)).toBe('resolved');
});
