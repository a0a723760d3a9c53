import {getEventListeners} from 'node:events';
import {describe, expect, test} from 'vitest';
import {leash} from '../../src/engine/attempt.ts';
import {manualClock} from '../../src/testing/manual-clock.ts';
import {errorOf, stateOf} from './support/bench.ts';

const late = (): string => 'late';
const never = new Promise<never>(() => undefined);

describe('an attempt', () => {
  test('settles as its work does', async () => {
    const {race} = leash(manualClock(), undefined, Infinity, late);
    await expect(race(Promise.resolve('a reading'))).resolves.toBe('a reading');
    await expect(race(Promise.reject(new Error('down')))).rejects.toThrow('down');
  });

  test('ends when its time is up, and its signal says why', async () => {
    const clock = manualClock();
    const {race, signal} = leash(clock, undefined, 100, late);
    const outcome = errorOf(race(never));
    expect(signal().aborted).toBe(false);
    await clock.advance(99);
    expect(await stateOf(outcome)).toBe('pending');
    await clock.advance(1);
    expect(await outcome).toBe('late');
    expect(signal().reason).toBe('late');
  });

  test('ends when the caller gives up, with the caller’s reason', async () => {
    const caller = new AbortController();
    const {race, signal} = leash(manualClock(), caller.signal, Infinity, late);
    const heard = signal();
    const outcome = errorOf(race(never));
    caller.abort('gone');
    expect(await outcome).toBe('gone');
    expect(heard.reason).toBe('gone');
    expect(signal()).toBe(heard);
  });

  test('of a caller who has given up is over before it begins', async () => {
    const {race, signal} = leash(manualClock(), AbortSignal.abort('gone'), Infinity, late);
    expect(signal().reason).toBe('gone');
    await expect(race(never)).rejects.toBe('gone');
  });

  test('that is over throws away the body of an answer that comes after all', async () => {
    const caller = new AbortController();
    const {race} = leash(manualClock(), caller.signal, Infinity, late);
    const {promise, resolve} = Promise.withResolvers<Response>();
    const outcome = errorOf(race(promise));
    caller.abort('gone');
    let cancelled = false;
    resolve(new Response(new ReadableStream({cancel: () => void (cancelled = true)})));
    await outcome;
    await new Promise(turn => setImmediate(turn));
    expect(cancelled).toBe(true);
  });

  test('has no timer where its time is without end, and one that fires at once where none is left', async () => {
    const clock = manualClock();
    leash(clock, undefined, Infinity, late);
    expect(clock.waiting).toBe(0);
    const asked: number[] = [];
    const timer = (ms: number): (() => void) => (asked.push(ms), () => undefined);
    leash({timer}, undefined, -5, late);
    leash({timer}, undefined, 7, late);
    expect(asked).toEqual([0, 7]);
  });

  test('lets go of the caller’s signal and of its timer', () => {
    const clock = manualClock();
    const {signal} = new AbortController();
    const {release} = leash(clock, signal, 100, late);
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    expect(clock.waiting).toBe(1);
    release();
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    expect(clock.waiting).toBe(0);
    leash(clock, undefined, Infinity, late).release();
  });

  test('listens to the caller’s signal once', () => {
    const caller = new AbortController();
    leash(manualClock(), caller.signal, Infinity, late);
    caller.abort();
    expect(getEventListeners(caller.signal, 'abort')).toEqual([]);
    const over = AbortSignal.abort();
    leash(manualClock(), over, Infinity, late);
    expect(getEventListeners(over, 'abort')).toEqual([]);
  });
});
