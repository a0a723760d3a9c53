import {describe, expect, test} from 'vitest';
import {fullClock} from '../../src/engine/clock.ts';
import {heldLease, refreshLock} from '../../src/engine/refresh-lock.ts';
import type {Lease, Lock} from '../../src/ports.ts';
import {manualClock} from '../../src/testing/index.ts';
import {rejection} from './support/bench.ts';

const calm = new AbortController().signal;
const lease: Lease = {release: async () => undefined, fence: 7, interruptedMs: 3};

/** A lock that somebody else holds for so many tries. */
function busy(tries: number, more: Partial<Lock> = {}): Lock & {readonly asked: unknown[][]} {
  const asked: unknown[][] = [];
  return {
    asked,
    acquire: async (...with_) => (asked.push(with_) > tries ? lease : undefined),
    ...more,
  };
}

describe('waiting for the lock', () => {
  test.each([
    [undefined, 30_000],
    [9_000, 9_000],
  ])('asks by the name of the pair, for a lease as long as the store wants it: %s', async (leaseMs, asks) => {
    const clock = manualClock();
    const lock = busy(0, leaseMs === undefined ? {} : {leaseMs});
    expect(await refreshLock(lock, fullClock(clock), 'user:ada', calm)).toBe(lease);
    expect(lock.asked).toEqual([['refresh:user:ada', asks]]);
    expect(clock.monotonic()).toBe(0);
  });

  test('asks again every 50 ms', async () => {
    const clock = manualClock();
    expect(await clock.run(refreshLock(busy(3), fullClock(clock), 'k', calm))).toBe(lease);
    expect(clock.monotonic()).toBe(150);
  });

  test('leaves it to a store that says when a lock is free, and looks each second all the same', async () => {
    const clock = manualClock();
    const waits: unknown[][] = [];
    const freed: Lock['freed'] = async (...wait) => {
      waits.push(wait);
      await clock.sleep(10);
    };
    await clock.run(refreshLock(busy(2, {freed}), fullClock(clock), 'k', calm));
    expect(waits).toEqual([
      ['refresh:k', 1_000, calm],
      ['refresh:k', 1_000, calm],
    ]);
    expect(clock.monotonic()).toBe(20);
  });

  test.each([
    [undefined, 35_000],
    [9_000, 14_000],
  ])('gives up five seconds after a lease of %s would have ended', async (leaseMs, afterMs) => {
    const clock = manualClock();
    const lock = busy(Infinity, leaseMs === undefined ? {} : {leaseMs});
    const error = await rejection(clock.run(refreshLock(lock, fullClock(clock), 'user:ada', calm)));
    expect(error).toMatchObject({
      code: 'PAUSED',
      message: expect.stringContaining('"user:ada" is held by another process'),
      retryAt: clock.now() + 50,
    });
    expect(clock.monotonic()).toBe(afterMs);
  });

  test('ends with the reason of the signal, also where the store does not heed it', async () => {
    const clock = manualClock();
    const ending = new AbortController();
    const lock = busy(Infinity, {freed: async () => ending.abort('the end')});
    expect(await rejection(refreshLock(lock, fullClock(clock), 'k', ending.signal))).toBe('the end');
    expect(lock.asked).toHaveLength(1);
  });
});

/** Renewed as `answers` have it, one after another. */
function renewable(answers: readonly (boolean | Error)[]) {
  const clock = manualClock();
  const renewals: (readonly [at: number, leaseMs: number])[] = [];
  const given = {released: 0};
  const held = heldLease({leaseMs: 9_000}, fullClock(clock), {
    ...lease,
    renew: async ms => {
      renewals.push([clock.monotonic(), ms]);
      const answer = answers[renewals.length - 1] ?? true;
      if (answer instanceof Error) throw answer;
      return answer;
    },
    release: async () => void (given.released += 1),
  });
  return {clock, renewals, held, given};
}

describe('a lease that is held', () => {
  test('is itself where it cannot be renewed', () => {
    expect(heldLease({}, fullClock(manualClock()), lease)).toBe(lease);
  });

  test('is renewed when a third of it is over, again and again, and keeps what it says', async () => {
    const {clock, renewals, held} = renewable([]);
    expect(held).toMatchObject({fence: 7, interruptedMs: 3});
    await clock.advance(9_000);
    expect(renewals).toEqual([
      [3_000, 9_000],
      [6_000, 9_000],
      [9_000, 9_000],
    ]);
  });

  test('is renewed no more once it is somebody else’s', async () => {
    const {clock, renewals} = renewable([true, false]);
    await clock.advance(30_000);
    expect(renewals).toHaveLength(2);
    expect(clock.waiting).toBe(0);
  });

  test('is tried again where the store could not be asked', async () => {
    const {clock, renewals} = renewable([new Error('away')]);
    await clock.advance(6_000);
    expect(renewals).toHaveLength(2);
  });

  test('is given back once, and leaves no timer', async () => {
    const {clock, renewals, held, given} = renewable([]);
    await held.release();
    await clock.advance(30_000);
    expect([renewals, given.released, clock.waiting]).toEqual([[], 1, 0]);
  });

  test.each([
    ['succeeds', (end: PromiseWithResolvers<boolean>) => end.resolve(true)],
    ['fails', (end: PromiseWithResolvers<boolean>) => end.reject(new Error('away'))],
  ])('is left alone when a renewal %s after it was given back', async (_, settle) => {
    const clock = manualClock();
    const end = Promise.withResolvers<boolean>();
    const held = heldLease({}, fullClock(clock), {...lease, renew: () => end.promise});
    await clock.advance(10_000);
    await held.release();
    settle(end);
    await clock.advance(0);
    expect(clock.waiting).toBe(0);
  });
});
