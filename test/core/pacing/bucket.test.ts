import * as fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {
  emptiedUntil,
  fullBucket,
  levelOf,
  readyInMs,
  returned,
  taken,
  type Bucket,
} from '../../../src/core/pacing/bucket.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const SIZE = 120;

const perMinute = (rate: number, size = SIZE): Bucket => fullBucket(MINUTE_MS / rate, size);

/** Takes a bucket's tokens as they come, at whole milliseconds as timers do; stalled, it takes nothing. */
function takeAll(
  bucket: Bucket,
  startMs: number,
  endMs: number,
  stalledUntil: (now: number) => number = now => now,
): number[] {
  const times: number[] = [];
  let left = bucket;
  for (let now = startMs; ;) {
    now = stalledUntil(now + Math.ceil(readyInMs(left, now)));
    if (now > endMs) return times;
    left = taken(left, now);
    times.push(now);
  }
}

/** When arithmetic with whole numbers says the token with this number comes, counted from 1. */
const dueAt = (startMs: number, rate: number, token: number): number =>
  startMs + Math.max(0, Math.ceil(((token - SIZE) * MINUTE_MS) / rate));

const wrongOnes = (times: readonly number[], startMs: number, rate: number): string[] =>
  times.flatMap((at, index) => {
    const due = dueAt(startMs, rate, index + 1);
    return at === due ? [] : [`token ${index + 1} came at ${at}, due at ${due}`];
  });

/** Numbers from 0 to below 1 that are the same in each run. */
function diceOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const RATES = [2, 7, 90];
/** A process that has just started, one that has run for weeks, and a clock that tells the time of day alone. */
const STARTS = [0, 3_000_000_017, Date.UTC(2026, 0, 1)];
const CASES = RATES.flatMap(rate => STARTS.map(startMs => ({rate, startMs})));

describe.each(CASES)('a day in which all of $rate a minute are used, from $startMs', ({rate, startMs}) => {
  const endMs = startMs + DAY_MS;

  test('hands out each token in the very millisecond in which it is due', () => {
    const times = takeAll(perMinute(rate), startMs, endMs);
    expect(wrongOnes(times, startMs, rate).slice(0, 3)).toEqual([]);
    expect(times).toHaveLength(SIZE + (DAY_MS / MINUTE_MS) * rate);
  });

  test('loses no token when the process is stalled for three seconds now and then', () => {
    const dice = diceOf(rate);
    let stalls = 0;
    const stalled = (now: number): number => {
      if (now >= endMs - 3_000 || dice() > 0.01) return now;
      stalls += 1;
      return now + 3_000;
    };
    const times = takeAll(perMinute(rate), startMs, endMs, stalled);
    expect(stalls).toBeGreaterThan(10);
    expect(times).toHaveLength(SIZE + (DAY_MS / MINUTE_MS) * rate);
    const early = times.filter((at, index) => at < dueAt(startMs, rate, index + 1));
    expect(early).toEqual([]);
    expect(times.at(-1)).toBe(endMs);
  });
});

describe('a bucket', () => {
  test('gives all it holds at once after a rest, and then one at a time', () => {
    const times = takeAll(perMinute(60, 3), 5_000, 8_000);
    expect(times).toEqual([5_000, 5_000, 5_000, 6_000, 7_000, 8_000]);
  });

  test('tells how long several tokens take, more than it can hold too', () => {
    const empty = emptiedUntil(fullBucket(1_000, 3), 1_000);
    const waits = (now: number): number[] => [1, 2, 3, 4, 10].map(tokens => readyInMs(empty, now, tokens));
    expect(waits(0)).toEqual([1_000, 2_000, 3_000, 4_000, 10_000]);
    expect(waits(1_500)).toEqual([0, 500, 1_500, 2_500, 8_500]);
    expect(waits(60_000)).toEqual([0, 0, 0, 1_000, 7_000]);
  });

  test('is in debt to those who took before there was any, and gives no more in the end', () => {
    let bucket = fullBucket(1_000, 2);
    for (let early = 0; early < 5; early++) bucket = taken(bucket, 0);
    expect(levelOf(bucket, 0)).toBe(-3);
    expect(readyInMs(bucket, 0)).toBe(4_000);
    expect(readyInMs(bucket, 3_999)).toBe(1);
    expect(readyInMs(bucket, 4_000)).toBe(0);
    expect(levelOf(bucket, 60_000)).toBe(2);
  });

  test('is full at first, and says how much there is, halves included', () => {
    const full = fullBucket(1_000, 4);
    expect([0, 1e12].map(now => levelOf(full, now))).toEqual([4, 4]);
    const used = taken(taken(full, 0), 0);
    expect([0, 500, 1_000, 2_000, 9_000].map(now => levelOf(used, now))).toEqual([2, 2.5, 3, 4, 4]);
  });

  test('that was emptied has its next token at the time that was told, early or late', () => {
    const emptied = emptiedUntil(fullBucket(1_000, 5), 10_000);
    expect([0, 9_999, 10_000, 10_500].map(now => readyInMs(emptied, now))).toEqual([10_000, 1, 0, 0]);
    expect(readyInMs(taken(emptied, 10_500), 10_500)).toBe(500);
  });
});

/** A taker who comes a while after the last one, and may take without looking. */
const visits = fc.array(
  fc.record({afterMs: fc.nat(4_000), looks: fc.boolean(), tokens: fc.integer({min: 1, max: 12})}),
  {minLength: 1, maxLength: 60},
);
const shapes = {
  rate: fc.integer({min: 1, max: 600}),
  size: fc.integer({min: 1, max: 10}),
  startMs: fc.constantFrom(...STARTS),
};

describe('however its takers come', () => {
  test('a bucket never gives more in any time than it holds and what flows in meanwhile', () => {
    const property = fc.property(visits, fc.record(shapes), (all, {rate, size, startMs}) => {
      let bucket = perMinute(rate, size);
      let now = startMs;
      const times: number[] = [];
      for (const {afterMs, tokens} of all) {
        now += afterMs;
        for (let token = 0; token < tokens && readyInMs(bucket, now) === 0; token++) {
          bucket = taken(bucket, now);
          times.push(now);
        }
      }
      for (const [first, from] of times.entries()) {
        for (const [last, to] of times.entries()) {
          if (last < first) continue;
          const beyond = last - first + 1 - size;
          expect(beyond * MINUTE_MS).toBeLessThanOrEqual((to - from) * rate);
        }
      }
    });
    fc.assert(property, {seed: 120, numRuns: 200});
  });

  test('a bucket never promises a token too early nor too late, in debt or not', () => {
    const property = fc.property(visits, fc.record(shapes), (all, {rate, size, startMs}) => {
      let bucket = perMinute(rate, size);
      let now = startMs;
      // The same in whole numbers: sixty-thousandths of a token.
      let fullAt = 0;
      const waitMs = (tokens: number): number => {
        const at = now - startMs;
        const parts = Math.max(fullAt, at * rate) - (size - tokens) * MINUTE_MS - at * rate;
        return Math.max(0, Math.ceil(parts / rate));
      };
      for (const {afterMs, looks, tokens} of all) {
        now += afterMs;
        expect(Math.ceil(readyInMs(bucket, now, tokens))).toBe(waitMs(tokens));
        if (looks) now += Math.ceil(readyInMs(bucket, now));
        expect(Math.ceil(readyInMs(bucket, now))).toBe(waitMs(1));
        bucket = taken(bucket, now);
        fullAt = Math.max(fullAt, (now - startMs) * rate) + MINUTE_MS;
      }
    });
    fc.assert(property, {seed: 7, numRuns: 500});
  });
});

describe('a token that was taken and not used', () => {
  test('can be taken again', () => {
    const bucket = taken(taken(perMinute(2, 3), 0), 0);
    expect(levelOf(returned(bucket), 0)).toBe(2);
    expect(levelOf(returned(returned(bucket)), 0)).toBe(3);
  });

  test('makes no bucket fuller than it can be', () => {
    const full = perMinute(2, 3);
    expect(returned(full)).toBe(full);
  });
});
