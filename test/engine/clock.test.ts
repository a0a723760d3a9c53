import {getEventListeners} from 'node:events';
import {describe, expect, test} from 'vitest';
import {fullClock, pause, systemClock} from '../../src/engine/clock.ts';
import {manualClock} from '../../src/testing/manual-clock.ts';

const LONGEST = 2 ** 31 - 1;
const never = new AbortController().signal;

describe('a timer longer than one of Node’s', () => {
  test('is made of several and fires once, at its own time', async () => {
    const manual = manualClock();
    const asked: number[] = [];
    const fired: number[] = [];
    const clock = fullClock({
      ...manual,
      timer: (ms, callback) => (asked.push(ms), manual.timer(ms, callback)),
    });
    clock.timer(2 * LONGEST + 5, () => fired.push(manual.monotonic()));
    await manual.advance(3 * LONGEST);

    expect(asked).toEqual([LONGEST, LONGEST, 5]);
    expect(fired).toEqual([2 * LONGEST + 5]);
  });

  test('can be cancelled in each of its parts', async () => {
    const manual = manualClock();
    const clock = fullClock(manual);
    const fired: string[] = [];
    const cancel = clock.timer(2 * LONGEST, () => fired.push('fired'));
    await manual.advance(LONGEST + 1);
    cancel();
    await manual.advance(3 * LONGEST);

    expect(fired).toEqual([]);
    expect(manual.waiting).toBe(0);
  });
});

describe('a clock made of now and sleep alone', () => {
  test('has timers, which can be cancelled', async () => {
    const manual = manualClock();
    const clock = fullClock({now: manual.now, sleep: manual.sleep});
    const fired: string[] = [];
    clock.timer(100, () => fired.push('kept'));
    const cancel = clock.timer(100, () => fired.push('cancelled'));
    cancel();
    await manual.advance(100);

    expect(fired).toEqual(['kept']);
    expect(clock.monotonic()).toBe(manual.now());
  });
});

describe('a pause', () => {
  test('of nothing still hears that its signal has aborted', async () => {
    await expect(pause(fullClock(manualClock()), 0, AbortSignal.abort('gone'))).rejects.toBe('gone');
    await expect(pause(fullClock(manualClock()), 0, never)).resolves.toBeUndefined();
  });

  test('looks at the clock again after a timer that fired early', async () => {
    let now = 0;
    const slept: number[] = [];
    const clock = fullClock({
      now: () => now,
      sleep: async ms => {
        slept.push(ms);
        now += ms > 1 ? ms - 0.83 : ms;
      },
    });
    await pause(clock, 5, never);

    expect(slept).toEqual([5, 1]);
    expect(now).toBeGreaterThanOrEqual(5);
  });
});

describe('the system’s clock', () => {
  test('sleeps until its signal aborts, with the signal’s reason, and lets go of the signal', async () => {
    const controller = new AbortController();
    const sleep = systemClock.sleep(60_000, controller.signal);
    controller.abort('gone');

    await expect(sleep).rejects.toBe('gone');
    await expect(systemClock.sleep(60_000, controller.signal)).rejects.toBe('gone');
    await systemClock.sleep(1, never);
    expect(getEventListeners(never, 'abort')).toEqual([]);
  });

  test('does not take a month for no time at all', async () => {
    const fired: string[] = [];
    const cancel = systemClock.timer(30 * 24 * 3_600_000, () => fired.push('fired'));
    await systemClock.sleep(20);
    cancel();

    expect(fired).toEqual([]);
  });
});
