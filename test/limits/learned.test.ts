import {describe, expect, test} from 'vitest';
import {levelOf, readyInMs} from '../../src/core/pacing/bucket.ts';
import type {LimitMet} from '../../src/core/pacing/pace.ts';
import {
  counted,
  hastened,
  isSaved,
  limited,
  paceOf,
  paceToShare,
  unlessSaved,
  type Learned,
} from '../../src/limits/learned.ts';

type Manner = Learned['manner'];

const FRESH: Manner = {streak: 0, patience: 8, rising: false, step: 0.5};
const UNTOLD: Manner = {...FRESH, patience: 1};
const TRIED: Manner = {streak: 3, patience: 16, rising: true, step: 0.7};

/** One call a second in a bucket of four, of which three have been taken: one is left at 0. */
const learned = (over: Partial<Learned> = {}): Learned => ({
  intervalMs: 1_000,
  size: 4,
  fullAt: 0,
  takenSince: 3,
  manner: TRIED,
  count: undefined,
  ...over,
});

const met = (toldMs: number | undefined, probe = false): LimitMet => ({toldMs, closedMs: 4_000, probe});

describe('the first limit that is met', () => {
  test('says how far apart calls go, in a bucket of the size that its scope may have', () => {
    const first = limited(undefined, met(2_000), 10_000, 120);
    expect(first).toMatchObject({intervalMs: 2_010, size: 120, manner: FRESH});
    expect(readyInMs(first, 10_000, 120)).toBe(0);
  });

  test('starts a count at the moment at which a token was to come', () => {
    expect(limited(undefined, met(2_000), 10_000, 120).count).toEqual({since: 12_000, passed: 0});
  });

  test.each([
    ['for one', met(2_000), 1],
    ['of which no time was told', met(undefined), 120],
  ])('starts no count in a bucket %s', (_, limit, size) => {
    expect(limited(undefined, limit, 10_000, size).count).toBeUndefined();
  });
});

describe('a limit that is met while calls should have been left', () => {
  test.each([
    {size: 4, held: 4, left: 2},
    {size: 5, held: 3, left: 2},
    {size: 4, held: 1, left: 2},
    {size: 1, held: 1, left: 1},
    {size: 4, held: 0.9, left: 4},
    {size: 4, held: -1, left: 4},
  ])('makes of a bucket of $size that held $held one of $left', ({size, held, left}) => {
    const now = 7_000;
    const before = learned({size, fullAt: now, takenSince: size - held});
    expect(levelOf(before, now)).toBeCloseTo(held);
    expect(limited(before, met(1_000), now, 120).size).toBe(left);
  });

  test('says nothing about the bucket where a probe meets it', () => {
    expect(limited(learned({takenSince: 0}), met(1_000, true), 0, 120)).toMatchObject({
      size: 4,
      intervalMs: 1_000,
    });
  });
});

describe('a rate that was counted', () => {
  const count = {since: 5_000, passed: 10};

  test('is taken as it is, whatever was told', () => {
    // Ten in 31 seconds, and half a percent on top.
    expect(limited(learned({count}), met(1_000), 35_000, 120).intervalMs).toBe(3_116);
  });

  test('counts from eight calls and twenty seconds on', () => {
    const after = limited(learned({count: {since: 5_000, passed: 8}}), met(1_000), 25_000, 120);
    expect(after.intervalMs).toBe(Math.ceil((21_000 / 8) * 1.005));
  });

  test.each([
    ['too few calls', {...count, passed: 7}, met(1_000), 35_000, 2_010],
    ['too short a time', count, met(1_000), 24_999, 2_010],
    ['no count at all', undefined, met(1_000), 35_000, 2_010],
    ['no told time that ends it', count, met(undefined), 35_000, 2_000],
  ] as const)('says too little with %s', (_, one, limit, now, intervalMs) => {
    const before = learned({count: one, manner: FRESH});
    expect(limited(before, limit, now, 120).intervalMs).toBe(intervalMs);
  });

  test('starts anew with each limit', () => {
    expect(limited(learned({count}), met(1_000), 35_000, 120).count).toEqual({since: 36_000, passed: 0});
  });

  test('has one more for each call that came through', () => {
    expect(counted(learned({count})).count).toEqual({since: 5_000, passed: 11});
    const uncounted = learned();
    expect(counted(uncounted)).toBe(uncounted);
  });
});

describe('a token that has lain there', () => {
  test.each([
    {at: 0, saved: false},
    {at: 500, saved: false},
    {at: 501, saved: true},
    {at: 90_000, saved: true},
  ])('for $at ms of the second between two: saved is $saved', ({at, saved}) => {
    expect(isSaved(learned(), at)).toBe(saved);
    expect(isSaved(learned({size: 1, takenSince: 0}), at)).toBe(saved);
  });

  test('ends the count: more may have come than was counted', () => {
    const before = learned({count: {since: 0, passed: 4}});
    expect(unlessSaved(before, 501)).toEqual({...before, count: undefined});
    expect(unlessSaved(before, 500)).toBe(before);
    const uncounted = learned();
    expect(unlessSaved(uncounted, 501)).toBe(uncounted);
  });
});

describe('a success that had to wait', () => {
  test('is one more in the streak, and nothing else while the patience lasts', () => {
    const before = learned({manner: {...FRESH, streak: 6}, count: {since: 0, passed: 4}});
    expect(hastened(before, 9_000)).toEqual({...before, manner: {...FRESH, streak: 7}});
  });

  test('quickens the pace when there were enough, from the last call on', () => {
    const count = {since: 0, passed: 4};
    const after = hastened(learned({manner: {...FRESH, streak: 7}, count}), 9_000)!;
    expect(after).toMatchObject({intervalMs: 500, size: 4, count, manner: {...FRESH, rising: true}});
    expect(readyInMs(after, 9_000)).toBe(500);
    expect(levelOf(after, 9_500)).toBe(1);
  });

  test('ends a pace that nothing needs any more', () => {
    expect(hastened(learned({intervalMs: 39, manner: UNTOLD}), 9_000)).toBeUndefined();
    expect(hastened(learned({intervalMs: 40, manner: UNTOLD}), 9_000)?.intervalMs).toBe(20);
  });
});

describe('a pace of another process', () => {
  const news = {intervalMs: 3_000, size: 9, manner: TRIED};

  test('is told without what only this one knows', () => {
    expect(paceToShare(learned({count: {since: 0, passed: 4}}))).toEqual({
      intervalMs: 1_000,
      size: 4,
      manner: TRIED,
    });
  });

  test('is laid on the bucket that is there, and nothing that was counted holds any more', () => {
    const before = learned({count: {since: 0, passed: 4}, manner: FRESH});
    expect(paceOf(news, before, 8_000)).toEqual({...before, ...news, count: undefined});
  });

  test('lets the next call go at once where there was no bucket, and no other', () => {
    const after = paceOf(news, undefined, 8_000)!;
    expect(after).toMatchObject({...news, count: undefined});
    expect(levelOf(after, 8_000)).toBe(1);
    expect(readyInMs(after, 8_000, 2)).toBe(3_000);
  });

  test('is over where they need none', () => {
    expect(paceOf(undefined, learned(), 8_000)).toBeUndefined();
  });
});

describe('the manner of a pace', () => {
  const heard = (manner: Manner): Manner => paceOf({intervalMs: 1, size: 1, manner}, undefined, 0)!.manner;

  test.each([
    ['told', met(2_000), FRESH],
    ['not told', met(undefined), UNTOLD],
  ])('is one object for all cars, while it is new and its time was %s', (_, limit, manner) => {
    const first = limited(undefined, limit, 0, 1);
    expect(first.manner).toEqual(manner);
    expect(limited(undefined, limit, 99, 120).manner).toBe(first.manner);
    expect(heard({...manner})).toBe(first.manner);
  });

  test.each<Partial<Manner>>([{streak: 1}, {patience: 4}, {rising: true}, {step: 0.7}])(
    'is its own with %o',
    over => {
      for (const fresh of [FRESH, UNTOLD]) {
        const manner = {...fresh, ...over};
        expect(heard(manner)).toBe(manner);
      }
    },
  );
});
