import {getEventListeners} from 'node:events';
import {describe, expect, test} from 'vitest';
import type {Call} from '../../src/engine/call.ts';
import {waiting, WaitOver} from '../../src/engine/waiting.ts';
import {asWork, stored} from '../../src/engine/work.ts';
import type {CallTrace} from '../../src/ports.ts';
import {errorOf, stateOf} from './support/bench.ts';
import {fakeCall, fakeEngine, type FakeEngine} from './support/engine.ts';

const GATE = {for: 'gate', scope: 'vehicle:car'} as const;
const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason));
  });
const inTime = (engine: FakeEngine, ms: number) => (signal: AbortSignal) => engine.clock.sleep(ms, signal);

function traced(call: Call): readonly unknown[] {
  const told: unknown[] = [];
  call.trace = {waited: wait => void told.push(wait)} as Partial<CallTrace> as CallTrace;
  return told;
}

describe('a wait', () => {
  test('ends as what it waits for does, and its time is added to the call’s and told', async () => {
    const engine = fakeEngine();
    const call = fakeCall(engine);
    const told = traced(call);
    await engine.clock.run(waiting(engine, call, GATE, Infinity, inTime(engine, 30)));
    await engine.clock.run(waiting(engine, call, undefined, Infinity, inTime(engine, 12)));
    await expect(
      waiting(engine, call, GATE, Infinity, () => Promise.reject(new Error('no'))),
    ).rejects.toThrow('no');
    expect(call.waitedMs).toBe(42);
    expect(told).toEqual([
      {...GATE, ms: 30},
      {...GATE, ms: 0},
    ]);
  });

  test('is over at its limit and not before', async () => {
    const engine = fakeEngine();
    const call = fakeCall(engine);
    const wait = errorOf(waiting(engine, call, GATE, 100, aborted));
    await engine.clock.advance(99);
    expect(await stateOf(wait)).toBe('pending');
    await engine.clock.advance(1);
    expect(await wait).toBeInstanceOf(WaitOver);
    expect(call.waitedMs).toBe(100);
  });

  test('ends at the call’s deadline where that comes first', async () => {
    const engine = fakeEngine();
    const call = fakeCall(engine, {deadlineMs: 50});
    await engine.clock.advance(10);
    const wait = errorOf(waiting(engine, call, GATE, 100, aborted));
    await engine.clock.advance(39);
    expect(await stateOf(wait)).toBe('pending');
    await engine.clock.advance(1);
    expect(await wait).toMatchObject({
      code: 'DEADLINE',
      message: expect.stringContaining('deadlineMs has passed'),
    });
  });

  test('is over, and not past its deadline, where both come at once', async () => {
    const engine = fakeEngine();
    const call = fakeCall(engine, {deadlineMs: 50});
    const wait = errorOf(waiting(engine, call, GATE, 50, aborted));
    expect(engine.clock.waiting).toBe(1);
    await engine.clock.advance(50);
    expect(await wait).toBeInstanceOf(WaitOver);
  });

  test('has timers for times to come only: none that is negative, none without end', async () => {
    const asked: number[] = [];
    const engine = fakeEngine();
    const timer = (ms: number): (() => void) => (asked.push(ms), () => undefined);
    const late = {...engine, clock: {...engine.clock, timer}};
    const call = fakeCall(engine, {}, {}, {deadline: engine.clock.monotonic() - 5});
    await waiting(late, call, GATE, Infinity, async () => undefined);
    await waiting(late, call, GATE, -3, async () => undefined);
    await waiting(late, fakeCall(engine), GATE, Infinity, async () => undefined);
    expect(asked).toEqual([0, 0, 0]);
  });

  test('ends when the caller gives up, and at once where the caller has', async () => {
    const engine = fakeEngine();
    const caller = new AbortController();
    const call = fakeCall(engine, {signal: caller.signal});
    const wait = errorOf(waiting(engine, call, GATE, Infinity, aborted));
    caller.abort('gone');
    expect(await wait).toBe('gone');
    expect(await errorOf(waiting(engine, call, GATE, Infinity, aborted))).toBe('gone');
  });

  test('ends when the policy is closed, and at once where it was', async () => {
    const closing = new AbortController();
    const engine = fakeEngine({closing: closing.signal});
    const call = fakeCall(engine);
    const waits = [1, 2].map(() => errorOf(waiting(engine, call, GATE, Infinity, aborted)));
    // One listener for all.
    expect(getEventListeners(closing.signal, 'abort')).toHaveLength(1);
    closing.abort('closed');
    expect(await Promise.all(waits)).toEqual(['closed', 'closed']);
    expect(await errorOf(waiting(engine, call, GATE, Infinity, aborted))).toBe('closed');
  });

  test('that has ended hears nothing any more, and leaves no timer and no listener', async () => {
    const closing = new AbortController();
    const caller = new AbortController();
    const engine = fakeEngine({closing: closing.signal});
    const call = fakeCall(engine, {signal: caller.signal, deadlineMs: 10});
    const signals: AbortSignal[] = [];
    await waiting(engine, call, GATE, 100, async signal => void signals.push(signal));
    expect(engine.clock.waiting).toBe(0);
    await waiting(engine, call, GATE, 5, async signal => void signals.push(signal));
    expect(engine.clock.waiting).toBe(0);
    expect(getEventListeners(caller.signal, 'abort')).toEqual([]);
    closing.abort();
    expect(signals.map(signal => signal.aborted)).toEqual([false, false]);
  });
});

describe('work', () => {
  test('takes its time, is told by its name, and is not counted as waiting', async () => {
    const engine = fakeEngine();
    const call = fakeCall(engine, {}, {}, {waitedMs: 7});
    const told = traced(call);
    await engine.clock.run(asWork(engine, call, 'token', inTime(engine, 30)));
    expect(call.waitedMs).toBe(7);
    expect(told).toEqual([{for: 'token', ms: 30}]);
    await engine.clock.run(asWork(engine, call, undefined, inTime(engine, 30)));
    expect(told).toHaveLength(1);
    await expect(asWork(engine, call, 'peers', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(call.waitedMs).toBe(7);
  });

  test('ends at the deadline and not before it, however long', async () => {
    const engine = fakeEngine();
    const patient = fakeCall(engine, {maxWaitMs: 0});
    const wait = asWork(engine, patient, 'token', async () => engine.clock.sleep(1_000_000));
    await engine.clock.run(wait);
    const call = fakeCall(engine, {deadlineMs: 50});
    const outcome = errorOf(asWork(engine, call, 'token', aborted));
    await engine.clock.advance(50);
    expect(await outcome).toMatchObject({code: 'DEADLINE'});
  });

  test('of the store goes on when the call has ended', async () => {
    const engine = fakeEngine();
    const caller = new AbortController();
    const call = fakeCall(engine, {signal: caller.signal});
    const {promise, resolve} = Promise.withResolvers<string>();
    const outcome = errorOf(stored(engine, call, promise));
    caller.abort('gone');
    expect(await outcome).toBe('gone');
    resolve('kept');
    await expect(stored(engine, fakeCall(engine), promise)).resolves.toBe('kept');
  });
});
