import {describe, expect, test} from 'vitest';
import {explain} from '../../src/engine/explain.ts';
import {bench, errorOf, onTheWire, playing, queued, type Bench} from './support/bench.ts';
import {unreachable, upstream} from './support/failures.ts';
import {crowdBench, watch} from './support/service.ts';

const LOCK = {vehicle: 'car', operation: 'lock'};
const READ = {vehicle: 'car', operation: 'read', idempotent: true};

/** Lets each of the calls take so long, and tells what was sent when, and the most that were under way at a time. */
function timed({policy, clock}: Bench, tookMs: number) {
  const began = clock.now();
  const lines: string[] = [];
  let under = 0;
  let most = 0;
  const run = (context: {vehicle: string; operation?: string; priority?: number}): Promise<void> =>
    policy.run(async () => {
      lines.push(`${clock.now() - began} ${context.operation} ${context.vehicle}`);
      most = Math.max(most, ++under);
      await clock.sleep(tookMs);
      under -= 1;
    }, context);
  return {
    run,
    lines,
    get most() {
      return most;
    },
  };
}

describe('limits.vehicle.commands', () => {
  test('is 1 by default: two commands to one car go one after another', async () => {
    const on = bench();
    const calls = timed(on, 700);
    await on.clock.run(Promise.all([1, 2, 3].map(() => calls.run(LOCK))));

    expect(calls.lines).toEqual(['0 lock car', '700 lock car', '1400 lock car']);
    expect(on.policy.limits()).toMatchObject({application: {inFlight: 0}, scopes: []});
  });

  test('holds back neither reads nor commands to other cars', async () => {
    const on = bench();
    const calls = timed(on, 700);
    const all = [LOCK, READ, READ, {...LOCK, vehicle: 'other'}, LOCK].map(context => calls.run(context));
    await on.clock.run(Promise.all(all));

    expect(calls.lines).toEqual(['0 lock car', '0 read car', '0 read car', '0 lock other', '700 lock car']);
  });

  test('holds no place while a command waits to be repeated', async () => {
    const {policy, clock, log} = bench({backoff: {'*': {retries: 1, baseDelayMs: 10_000}}});
    const first = policy.run(playing(unreachable(), 1), LOCK);
    await clock.advance(1_000);
    await policy.run(playing(2), LOCK);
    await clock.run(first);

    expect(log.filter(line => line.includes(' attempt '))).toEqual([
      '0 a attempt 1',
      '1000 b attempt 1',
      '5000 a attempt 2',
    ]);
  });

  test.each([
    [2, ['0 lock car', '0 lock car', '700 lock car']],
    [Infinity, ['0 lock car', '0 lock car', '0 lock car']],
  ])('of %d lets so many go', async (commands, lines) => {
    const on = bench({limits: {vehicle: {commands}}});
    const calls = timed(on, 700);
    await on.clock.run(Promise.all([1, 2, 3].map(() => calls.run(LOCK))));

    expect(calls.lines).toEqual(lines);
  });

  test('refuses a command that waited as long as it may, and explains it', async () => {
    const {policy, clock} = bench();
    const slow = onTheWire<number>();
    const first = policy.run(slow.send, LOCK);
    const error = await clock.run(errorOf(policy.run(playing(1), {...LOCK, maxWaitMs: 2_000})));

    expect(error).toMatchObject({code: 'PAUSED', retryAt: clock.now()});
    expect(explain(error)).toMatchObject({reason: 'paused', attempts: 0, waitedMs: 2_000});
    slow.resolve(1);
    await first;
  });

  test('lets the next one go when the one before it fails, throws at once or is given up', async () => {
    const {policy, clock} = bench();
    const giveUp = new AbortController();
    const never = policy.run(onTheWire<number>().send, {...LOCK, signal: giveUp.signal});
    const others = [upstream(), new Error('a stranger'), 'locked'].map(end => policy.run(playing(end), LOCK));
    const settled = Promise.allSettled([never, ...others]);
    await clock.advance(1_000);
    giveUp.abort('gone');

    expect((await clock.run(settled)).map(({status}) => status)).toEqual([
      'rejected',
      'rejected',
      'rejected',
      'fulfilled',
    ]);
  });
});

describe('limits.vehicle.requests', () => {
  test('lets so many requests for one car be under way, reads and commands together', async () => {
    const on = await crowdBench({limits: {vehicle: {requests: 2}}});
    const calls = timed(on, 1_000);
    const all = [READ, READ, LOCK, READ, READ].map(context => calls.run(context));
    await on.clock.run(Promise.all([...all, calls.run({...READ, vehicle: 'other'})]));

    expect(calls.lines).toEqual([
      '0 read car',
      '0 read car',
      '0 read other',
      '1000 lock car',
      '1000 read car',
      '2000 read car',
    ]);
    expect(calls.most).toBe(3);
    expect(on.policy.limits().scopes).toEqual([]);
  });

  test('holds no place of the application for those who wait for a car', async () => {
    const {policy, clock} = await crowdBench({
      limits: {application: {bucket: 3, perMinute: 1}, vehicle: {requests: 1}},
    });
    const slow = onTheWire<number>();
    const first = policy.run(slow.send, READ);
    const waits = policy.run(playing(1), READ);
    await queued(1);

    expect(policy.limits()).toMatchObject({
      application: {waiting: 0, inFlight: 1, rate: {available: 2}},
      scopes: [{scope: 'vehicle:car', waiting: 1, inFlight: 1}],
    });
    const {send, sentAt} = watch(clock);
    await policy.run(send, {...READ, vehicle: 'other'});
    slow.resolve(1);
    await clock.run(Promise.all([first, waits]));
    expect(sentAt).toEqual([0]);
  });
});

describe('limits.vehicle.spacingMs', () => {
  test('keeps so many milliseconds between two requests for one car', async () => {
    const {policy, clock} = await crowdBench({limits: {vehicle: {spacingMs: 1_500}}});
    const {send, sentAt} = watch(clock);
    const others = watch(clock);
    const all = Array.from({length: 20}, () => policy.run(send, READ));
    const beside = [1, 2].map(index => policy.run(others.send, {...READ, vehicle: `car ${index}`}));
    await clock.run(Promise.all([...all, ...beside]));

    expect(sentAt).toEqual(Array.from({length: 20}, (_, index) => index * 1_500));
    expect(others.sentAt).toEqual([0, 0]);
  });

  test('lets as many go at once as the bucket holds, the next ones so far apart', async () => {
    const {policy, clock} = await crowdBench({
      limits: {vehicle: {bucket: 2, spacingMs: 30_000}},
      maxWaitMs: 1e6,
    });
    const {send, sentAt} = watch(clock);
    await clock.run(Promise.all(Array.from({length: 5}, () => policy.run(send, READ))));

    expect(sentAt).toEqual([0, 0, 30_000, 60_000, 90_000]);
  });

  test('counts from when the last one was sent, and says when the next one may go', async () => {
    const {policy, clock} = bench({limits: {vehicle: {spacingMs: 1_500}}});
    const began = clock.now();
    const {send, sentAt} = watch(clock);
    await policy.run(send, READ);
    await clock.advance(1_000);
    const error = await errorOf(policy.run(send, {...READ, maxWaitMs: 499}));
    await clock.run(policy.run(send, READ));
    await clock.advance(5_000);
    await policy.run(send, READ);

    expect(error).toMatchObject({code: 'PAUSED', retryAt: began + 1_500});
    expect(sentAt).toEqual([0, 1_500, 6_500]);
  });

  test('is kept by retries too', async () => {
    const {policy, clock, log} = bench({
      limits: {vehicle: {spacingMs: 4_000}},
      backoff: {UPSTREAM: {retries: 2, baseDelayMs: 2}},
    });
    await clock.run(policy.run(playing(upstream(), upstream(), 1), READ));

    expect(log.filter(line => line.includes(' attempt '))).toEqual([
      '0 a attempt 1',
      '4000 a attempt 2',
      '8000 a attempt 3',
    ]);
  });
});
