import {describe, expect, test} from 'vitest';
import {fullClock, pause, systemClock} from '../../src/engine/clock.ts';
import {manualClock} from '../../src/testing/manual-clock.ts';

const LONGEST = 2 ** 31 - 1;
const realTimers = (): number =>
  process.getActiveResourcesInfo().filter(resource => resource === 'Timeout').length;

describe('a clock of the user’s', () => {
  test('is asked for the time, and told of what it has to wait for', () => {
    const log: string[] = [];
    const clock = fullClock({...manualClock(5), hold: () => (log.push('held'), () => log.push('let go'))});
    expect(clock.now()).toBe(5);
    clock.hold()();
    expect(log).toEqual(['held', 'let go']);
  });

  test('need not know how to be held', () => {
    const {now, sleep} = manualClock();
    expect(fullClock({now, sleep}).hold()()).toBeUndefined();
  });

  test('is asked for one timer where one can hold so long', async () => {
    const manual = manualClock();
    const asked: number[] = [];
    const clock = fullClock({
      ...manual,
      timer: (ms, callback) => (asked.push(ms), manual.timer(ms, callback)),
    });
    clock.timer(LONGEST, () => undefined);
    clock.timer(2 * LONGEST, () => undefined);
    await manual.advance(2 * LONGEST);
    expect(asked).toEqual([LONGEST, LONGEST, LONGEST]);
  });

  test('may have begun long ago: a pause is as long as it says', async () => {
    const manual = manualClock();
    await manual.advance(70_000);
    const over: number[] = [];
    const paused = pause(fullClock(manual), 100, new AbortController().signal).then(() =>
      over.push(manual.monotonic()),
    );
    await manual.run(paused);
    expect(over).toEqual([70_100]);
  });
});

describe('the clock of the system', () => {
  test('keeps no timer that was cancelled, and none of a sleep that was aborted', async () => {
    const before = realTimers();
    systemClock.timer(60_000, () => undefined)();
    const abort = new AbortController();
    const slept = systemClock.sleep(60_000, abort.signal);
    abort.abort('gone');
    await expect(slept).rejects.toBe('gone');
    expect(realTimers()).toBeLessThanOrEqual(before);
  });
});
