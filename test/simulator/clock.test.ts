import {getEventListeners} from 'node:events';
import {describe, expect, test, vi} from 'vitest';
import {simulatedTime} from '../../src/simulator/clock.ts';

const standing = {now: () => 1_000_000};

describe('now', () => {
  test('is the base clock, plus what advance and jump have added', () => {
    const time = simulatedTime(standing);
    expect(time.now()).toBe(1_000_000);
    time.advance(500);
    time.jump(-2000);
    expect(time.now()).toBe(998_500);
  });

  test('runs as much faster as the speed says, and stays whole', () => {
    let real = 1000;
    const fast = simulatedTime({now: () => real}, 60);
    const slow = simulatedTime({now: () => real}, 0.3);
    real += 1001;
    expect(fast.now()).toBe(1000 + 60_060);
    expect(slow.now()).toBe(1300);
  });

  test('adds fractions up before it drops them', () => {
    const time = simulatedTime(standing);
    time.advance(0.5);
    expect(time.now()).toBe(1_000_000);
    time.advance(0.5);
    expect(time.now()).toBe(1_000_001);
  });

  test.each([Number.NaN, -1, Infinity, 9e15])('refuses to advance by %s', ms => {
    const time = simulatedTime(standing);
    expect(() => time.advance(ms)).toThrow(`got \`${ms}\``);
    expect(time.now()).toBe(1_000_000);
  });

  test.each([Number.NaN, -Infinity, Infinity, -9e15])('refuses to jump by %s', ms => {
    const time = simulatedTime(standing);
    expect(() => time.jump(ms)).toThrow(`got \`${ms}\``);
    expect(time.now()).toBe(1_000_000);
  });

  test.each([0, -1, Number.NaN, Infinity])('refuses to run at the speed %s', speed => {
    expect(() => simulatedTime(standing, speed)).toThrow('Expected `speed`');
  });

  test('refuses a clock that tells no time', () => {
    expect(() => simulatedTime({now: () => Number.NaN})).toThrow('Expected `clock.now()`');
  });
});

describe('sleep', () => {
  test('ends when advance has gone so far, not a ms before', async () => {
    const time = simulatedTime(standing);
    let awake = false;
    const sleep = time.sleep(3_600_000).then(() => (awake = true));
    time.advance(3_599_000);
    await Promise.resolve();
    expect(awake).toBe(false);
    time.advance(1000);
    await sleep;
    expect(awake).toBe(true);
  });

  test('ends with real time although the base clock stands still, and never early', async () => {
    const time = simulatedTime(standing);
    for (const ms of [0.4, 1, 3.7, 12]) {
      const before = performance.now();
      await time.sleep(ms);
      expect(performance.now() - before).toBeGreaterThanOrEqual(ms);
    }
  });

  test('takes 10 real ms for 10 s at a speed of 1000', async () => {
    const time = simulatedTime({now: Date.now}, 1000);
    const before = performance.now();
    await time.sleep(10_000);
    expect(performance.now() - before).toBeGreaterThanOrEqual(10);
    expect(performance.now() - before).toBeLessThan(500);
  });

  test('wakes sleepers in the order in which they are due, equals in the order in which they lay down', async () => {
    const time = simulatedTime(standing);
    const woken: string[] = [];
    const sleeps = Object.entries({c: 300, a: 100, b: 200, c2: 300}).map(([name, ms]) =>
      time.sleep(ms * 1000).then(() => woken.push(name)),
    );
    time.advance(1_000_000);
    await Promise.all(sleeps);
    expect(woken).toEqual(['a', 'b', 'c', 'c2']);
  });

  test('keeps that order within one real ms', async () => {
    const time = simulatedTime({now: Date.now}, 100_000);
    const woken: number[] = [];
    await Promise.all([90_000, 10_000, 50_000].map(ms => time.sleep(ms).then(() => woken.push(ms))));
    expect(woken).toEqual([10_000, 50_000, 90_000]);
  });

  test('wakes a shorter sleep that began later first', async () => {
    const time = simulatedTime(standing);
    const woken: string[] = [];
    const long = time.sleep(3_600_000).then(() => woken.push('long'));
    await time.sleep(2).then(() => woken.push('short'));
    time.advance(3_600_000);
    await long;
    expect(woken).toEqual(['short', 'long']);
  });

  test('is not woken by a jump', async () => {
    const time = simulatedTime(standing);
    let awake = false;
    const sleep = time.sleep(3_600_000).then(() => (awake = true));
    time.jump(7_200_000);
    await new Promise(resolve => setTimeout(resolve, 5));
    expect(awake).toBe(false);
    time.jump(-7_200_000);
    time.advance(3_600_000);
    await sleep;
  });

  test('is not cut short by the longest timer of the platform', async () => {
    const timer = vi.spyOn(globalThis, 'setTimeout');
    const time = simulatedTime(standing);
    let awake = false;
    const year = time.sleep(365 * 86_400_000).then(() => (awake = true));
    expect(timer.mock.calls.map(([, ms]) => ms)).toEqual([2 ** 31 - 1]);
    timer.mockRestore();
    await new Promise(resolve => setTimeout(resolve, 5));
    time.advance(364 * 86_400_000);
    await new Promise(resolve => setTimeout(resolve, 5));
    expect(awake).toBe(false);
    time.advance(86_400_000);
    await year;
  });

  test('of no time, or less, is over at once', async () => {
    const time = simulatedTime(standing);
    const timer = vi.spyOn(globalThis, 'setTimeout');
    await time.sleep(0);
    await time.sleep(-5);
    expect(timer).not.toHaveBeenCalled();
    timer.mockRestore();
  });

  test.each([Number.NaN, Infinity])('of %s ms is refused', async ms => {
    await expect(simulatedTime(standing).sleep(ms)).rejects.toThrow(`got \`${ms}\``);
  });

  test('rejects with the reason when its signal aborts, and leaves the others asleep', async () => {
    const time = simulatedTime(standing);
    const leaving = new AbortController();
    const gone = time.sleep(1000, leaving.signal);
    const stays = time.sleep(2000);
    leaving.abort(new Error('left'));
    await expect(gone).rejects.toThrow('left');
    await expect(time.sleep(0, leaving.signal)).rejects.toThrow('left');
    time.advance(2000);
    await stays;
  });

  test('leaves no listener on a signal that lives long, and no timer', async () => {
    const time = simulatedTime(standing);
    const closing = new AbortController();
    const cleared = vi.spyOn(globalThis, 'clearTimeout');
    for (let nap = 0; nap < 20; nap += 1) {
      const sleep = time.sleep(3_600_000, closing.signal);
      time.advance(3_600_000);
      await sleep;
    }
    expect(getEventListeners(closing.signal, 'abort')).toHaveLength(0);
    expect(cleared.mock.calls.length).toBeGreaterThanOrEqual(20);
    cleared.mockRestore();
    const last = time.sleep(1000, closing.signal);
    closing.abort();
    await expect(last).rejects.toThrow('aborted');
    expect(getEventListeners(closing.signal, 'abort')).toHaveLength(0);
  });
});
