import * as fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {combinedDelay, delayOf, type BackoffSetting} from '../../src/core/backoff.ts';

const dice = fc.double({min: 0, max: 1, maxExcluded: true, noNaN: true});
const ms = fc.integer({min: 0, max: 10_000_000});
const index = fc.integer({min: 0, max: 2_000});

describe('delayOf', () => {
  it('doubles the cap with each retry, up to the longest delay', () => {
    const setting: BackoffSetting = {retries: 6, baseDelayMs: 500, maxDelayMs: 3_000};
    const caps = [0, 1, 2, 3, 4, 5].map(one => delayOf(setting, one, 0.999_999_999));
    expect(caps).toEqual([500, 1_000, 2_000, 3_000, 3_000, 3_000]);
  });

  it('draws the jitter after the cap: half the die is half of the longest delay', () => {
    expect(delayOf({baseDelayMs: 500, maxDelayMs: 3_000}, 10, 0.5)).toBe(1_500);
  });

  it('stays between nothing and the cap, however many retries there were', () => {
    fc.assert(
      fc.property(ms, ms, index, dice, (baseDelayMs, maxDelayMs, retry, die) => {
        const delay = delayOf({baseDelayMs, maxDelayMs}, retry, die);
        expect(Number.isInteger(delay)).toBe(true);
        expect(delay).toBeGreaterThanOrEqual(0);
        expect(delay).toBeLessThanOrEqual(Math.min(maxDelayMs, baseDelayMs * 2 ** retry || 0));
      }),
    );
  });

  it.each([
    [{baseDelayMs: 0, maxDelayMs: 0}, 0],
    [{baseDelayMs: 500}, 0],
    [{baseDelayMs: 500}, 0.5],
  ])('is a number after two thousand retries of %o', (setting, die) => {
    expect(delayOf(setting, 2_000, die)).not.toBeNaN();
  });

  it('is none where a fixed delay is none', () => {
    expect(delayOf({delaysMs: [0, 10]}, 0, 0.9)).toBe(0);
  });

  it('lengthens a fixed delay and never shortens it', () => {
    fc.assert(
      fc.property(fc.array(ms, {minLength: 1}), index, dice, (delaysMs, retry, die) => {
        const asked = delaysMs[Math.min(retry, delaysMs.length - 1)]!;
        const delay = delayOf({delaysMs}, retry, die);
        expect(delay).toBeGreaterThanOrEqual(asked);
        expect(delay).toBeLessThanOrEqual(asked * 1.1 + 1);
      }),
    );
  });
});

describe('combinedDelay', () => {
  it.each([
    ['the backoff where nothing was told', undefined, 700, 0.5, Infinity, 700],
    ['the backoff where it is longer', 100, 700, 0, Infinity, 700],
    ['the told time where it is longer', 5_000, 700, 0, Infinity, 5_000],
    ['a spread after the told time', 10_000, 0, 0.5, Infinity, 10_250],
    ['a spread of a second at most', 1_000_000, 0, 0.999_999, Infinity, 1_000_999],
    ['a spread that gives way to the limit', 10_000, 0, 0.999, 10_100, 10_100],
    ['no spread where the told time is the limit', 10_000, 0, 0.999, 10_000, 10_000],
    ['the told time where it passes the limit itself', 10_000, 0, 0.999, 9_999, 10_000],
    ['nothing where nothing was told to be waited for', 0, 0, 0.999, 60_000, 0],
  ])('is %s', (_, toldMs, backoffMs, die, limitMs, expected) => {
    expect(combinedDelay(toldMs, backoffMs, die, limitMs)).toBe(expected);
  });

  it('never undercuts the told time or the backoff', () => {
    const limit = fc.oneof(fc.integer({min: -1_000, max: 10_000_000}), fc.constant(Infinity));
    fc.assert(
      fc.property(fc.option(ms, {nil: undefined}), ms, dice, limit, (toldMs, backoffMs, die, limitMs) => {
        const delay = combinedDelay(toldMs, backoffMs, die, limitMs);
        expect(delay).toBeGreaterThanOrEqual(Math.max(toldMs ?? 0, backoffMs));
      }),
    );
  });

  it('passes the limit only where the told time or the backoff passes it alone', () => {
    fc.assert(
      fc.property(ms, ms, dice, ms, (toldMs, backoffMs, die, limitMs) => {
        fc.pre(Math.max(toldMs, backoffMs) <= limitMs);
        expect(combinedDelay(toldMs, backoffMs, die, limitMs)).toBeLessThanOrEqual(limitMs);
      }),
    );
  });
});
