import * as fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {quickened, slowed, type LimitMet, type Pace} from '../../../src/core/pacing/pace.ts';

/** A told time is taken so much longer, as networks deliver early and late. */
const MARGIN = 1.005;

const met = (over: Partial<LimitMet> = {}): LimitMet => ({closedMs: 10_000, probe: false, ...over});

const pace = (over: Partial<Pace> = {}): Pace => ({
  intervalMs: 10_000,
  streak: 3,
  patience: 8,
  rising: false,
  step: 0.5,
  ...over,
});

describe('the first pace', () => {
  test.each([
    {what: 'what was told', limit: met({toldMs: 1_500}), intervalMs: 1_500, patience: 8},
    {
      what: 'what was told, though the gate closes longer',
      limit: met({toldMs: 2_000, closedMs: 9_000}),
      intervalMs: 2_000,
      patience: 8,
    },
    {what: 'a minute that was told', limit: met({toldMs: 60_000}), intervalMs: 60_000, patience: 8},
    {what: 'a minute of an hour that was told', limit: met({toldMs: 3_600_000}), intervalMs: 60_000},
    {what: 'the time that the gate closes where nothing is told', limit: met(), intervalMs: 10_000},
    {
      what: 'a minute where the gate closes for a day',
      limit: met({closedMs: 86_400_000}),
      intervalMs: 60_000,
    },
  ])('is $what', ({limit, intervalMs, patience = 1}) => {
    const first = {intervalMs: Math.ceil(intervalMs * MARGIN), streak: 0, patience, rising: false, step: 0.5};
    expect(slowed(undefined, limit)).toEqual(first);
  });

  test.each([met({toldMs: 0}), met({closedMs: 0})])('is no quicker than fifty calls a second', limit => {
    expect(slowed(undefined, limit).intervalMs).toBe(20);
  });
});

describe('a pace that was counted', () => {
  test.each([
    {patience: 8, settled: 64},
    {patience: 64, settled: 128},
  ])('is what came through, and is not tried soon: $patience', ({patience, settled}) => {
    expect(slowed(pace({patience}), met({toldMs: 1_000, countedMs: 700}))).toEqual({
      intervalMs: 700 * MARGIN,
      streak: 0,
      patience: settled,
      rising: false,
      step: Math.sqrt(0.5),
    });
  });
});

describe('a pace that has met its limit', () => {
  test('while it was rising is no quicker than what held before', () => {
    const limit = met({toldMs: 1});
    expect(slowed(pace({rising: true}), limit).intervalMs).toBe(20_000);
    expect(slowed(pace({rising: false}), limit).intervalMs).toBe(Math.ceil(10_001 * MARGIN));
    expect(slowed(pace({rising: true, step: 0.95}), met()).intervalMs).toBe(20_000);
  });

  test('is in whole milliseconds from a second on, and in fractions below', () => {
    expect(slowed(undefined, met({toldMs: 999})).intervalMs).toBe(1_004);
    expect(slowed(undefined, met({toldMs: 100})).intervalMs).toBeCloseTo(100.5, 9);
    expect(slowed(undefined, met({toldMs: 150.3})).intervalMs).not.toBe(152);
  });

  test.each([
    {what: 'adds what it was told', limit: met({toldMs: 5_000}), intervalMs: Math.ceil(15_000 * MARGIN)},
    {what: 'doubles where it was told nothing', limit: met(), intervalMs: 20_000},
    {
      what: 'is an hour at most',
      before: pace({intervalMs: 2_000_000}),
      limit: met(),
      intervalMs: 3_600_000,
    },
  ])('$what', ({before = pace(), limit, intervalMs}) => {
    expect(slowed(before, limit).intervalMs).toBe(intervalMs);
  });

  test.each([
    {patience: 1, next: 8},
    {patience: 4, next: 8},
    {patience: 8, next: 16},
    {patience: 200, next: 256},
    {patience: 256, next: 256},
  ])('waits for $next successes where it took $patience to quicken', ({patience, next}) => {
    expect(slowed(pace({patience, rising: true}), met())).toMatchObject({
      patience: next,
      streak: 0,
      rising: false,
    });
  });

  test('quickens by smaller steps each time, down to a twentieth', () => {
    const steps = [pace()];
    for (let times = 0; times < 6; times++) steps.push(slowed(steps.at(-1), met()));
    const shares = steps.map(({step}) => Math.round((1 - step) * 100));
    expect(shares).toEqual([50, 29, 16, 8, 5, 5, 5]);
  });

  test('is kept by the probe, which says little about it', () => {
    expect(slowed(pace(), met({toldMs: 5_000, probe: true}))).toEqual(pace({streak: 0}));
  });
});

describe('a success that had to wait', () => {
  test('counts, and quickens the pace when it is the last of enough', () => {
    expect(quickened(pace({streak: 6}))).toEqual(pace({streak: 7}));
    expect(quickened(pace({streak: 7}))).toEqual(pace({intervalMs: 5_000, streak: 0, rising: true}));
  });

  test('quickens twice as soon where the last quickening held', () => {
    expect(quickened(pace({streak: 7, rising: true}))).toMatchObject({intervalMs: 5_000, patience: 4});
    expect(quickened(pace({streak: 0, rising: true, patience: 1}))).toMatchObject({patience: 1});
  });

  test('ends the pace when calls would follow each other as fast as they can', () => {
    expect(quickened(pace({intervalMs: 40, streak: 7}))?.intervalMs).toBe(20);
    expect(quickened(pace({intervalMs: 39, streak: 7}))).toBeUndefined();
  });
});

const limits = fc.record({
  toldMs: fc.option(fc.nat(7_200_000), {nil: undefined}),
  closedMs: fc.nat(7_200_000),
  probe: fc.boolean(),
});

describe('whatever comes', () => {
  test('a limit never quickens, a success never slows, and the pace stays between 20 ms and an hour', () => {
    const property = fc.property(fc.array(fc.option(limits), {maxLength: 400}), all => {
      let now: Pace | undefined;
      for (const limit of all) {
        const before = now?.intervalMs;
        now = limit ? slowed(now, limit) : now && quickened(now);
        const {intervalMs = 20} = now ?? {};
        const [least, most] = limit ? [before, undefined] : [undefined, before];
        expect(intervalMs).toBeGreaterThanOrEqual(least ?? 20);
        expect(intervalMs).toBeLessThanOrEqual(most ?? 3_600_000);
      }
    });
    fc.assert(property, {seed: 2, numRuns: 300});
  });

  test('no pace is for ever: enough successes end each', () => {
    const property = fc.property(fc.array(limits, {minLength: 1, maxLength: 20}), all => {
      let now: Pace | undefined;
      for (const limit of all) now = slowed(now, limit);
      let successes = 0;
      for (; now && successes < 10_000; successes++) now = quickened(now);
      expect(now).toBeUndefined();
    });
    fc.assert(property, {seed: 2, numRuns: 300});
  });
});
