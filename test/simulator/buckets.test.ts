import {describe, expect, test} from 'vitest';
import {createBucket, createBuckets} from '../../src/simulator/limits/bucket.ts';
import {noon} from './harness.ts';

const minute = 60_000;

describe('buckets', () => {
  test('never hold more than their size, and no wait is longer than a token takes, however the clock jumps', () => {
    const everyMs = 1000;
    const bucket = createBucket({size: 5, everyMs});
    let now = noon;
    // A fixed walk: forwards a little, and now and then far ahead or far back.
    for (const [round, jump] of [0, -86_400_000, 500, 86_400_000, -1, -1e12, 2e12, 0].entries()) {
      now += jump;
      const waits = Array.from({length: 20}, () => bucket.draw(now));
      expect(waits.filter(waitMs => waitMs === 0).length).toBeLessThanOrEqual(5);
      expect(Math.max(...waits)).toBeLessThanOrEqual(everyMs);
      expect(Math.min(...waits)).toBeGreaterThanOrEqual(0);
      // Whoever waits as told finds a token.
      const waitMs = bucket.draw(now);
      now += waitMs;
      expect([round, bucket.draw(now)]).toEqual([round, 0]);
    }
  });

  test('that were emptied before a jump back are as empty after it, and fill up at their pace', () => {
    const bucket = createBucket({size: 2, everyMs: 1000});
    expect([bucket.draw(noon), bucket.draw(noon), bucket.draw(noon)]).toEqual([0, 0, 1000]);
    const before = noon - 3_600_000;
    expect(bucket.draw(before)).toBe(1000);
    expect([bucket.draw(before + 1000), bucket.draw(before + 1000)]).toEqual([0, 1000]);
  });

  test('are forgotten when they are full and there are many', () => {
    const buckets = createBuckets({size: 1, everyMs: minute}, 100);
    for (let car = 0; car < 1000; car += 1) buckets.draw(`car ${car}`, noon + car * 1000);
    // One a second, full after a minute.
    expect(buckets.count).toBeLessThanOrEqual(100);
    const busy = createBuckets({size: 1, everyMs: minute}, 100);
    for (let car = 0; car < 1000; car += 1) expect(busy.draw(`car ${car}`, noon)).toBe(0);
    for (let car = 0; car < 1000; car += 1) expect(busy.draw(`car ${car}`, noon)).toBe(minute);
    expect(busy.count).toBe(1000);
    busy.draw('one more', noon + minute);
    for (let car = 0; car < 1100; car += 1) busy.draw(`late ${car}`, noon + 2 * minute);
    expect(busy.count).toBeLessThan(1200);
  });
});
