import * as fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {
  combinedDelay,
  DEFAULT_BACKOFF,
  delayOf,
  mergeBackoff,
  retriesOf,
  settingFor,
  type BackoffSetting,
  type BackoffTable,
} from '../../src/core/backoff.ts';
import type {Pace} from '../../src/core/failure.ts';

interface Found {
  readonly key: string;
  readonly caps: readonly number[];
  readonly maxWaitMs?: number;
}

/** What a failure gets from a table: the key it is counted under, and the longest delay of each retry. */
function pacing(
  table: BackoffTable,
  type?: string,
  code?: string,
  {pace = 'backoff', retryAfterMs}: {readonly pace?: Pace; readonly retryAfterMs?: number} = {},
): Found | string {
  const failure = {
    ...(type && {type}),
    ...(code && {code}),
    ...(retryAfterMs !== undefined && {retryAfterMs}),
  };
  const {key, setting} = settingFor(table, failure, pace);
  if (setting === false) return `${key}: off`;
  const caps = Array.from({length: retriesOf(setting)}, (_, index) => delayOf(setting, index, 0.999_999_999));
  return {key, caps, ...(setting.maxWaitMs !== undefined && {maxWaitMs: setting.maxWaitMs})};
}

const SECONDS = [500, 1_000, 2_000];
const MINUTES = [66_000, 330_000, 990_000];

describe('the default backoff', () => {
  it.each([
    ['a failure without a type', undefined, undefined, {key: '*', caps: SECONDS}],
    ['a type without an entry', 'SERVER', 'INTERNAL', {key: '*', caps: SECONDS}],
    ['UPSTREAM', 'UPSTREAM', 'NO_RESPONSE', {key: 'UPSTREAM', caps: [2_000, 4_000, 8_000]}],
    ['the limit of a maker', 'UPSTREAM', 'RATE_LIMIT', {key: 'UPSTREAM:RATE_LIMIT', caps: MINUTES}],
    ['a limit of Smartcar', 'RATE_LIMIT', 'SMARTCAR_API', {key: 'RATE_LIMIT', caps: MINUTES}],
    ['the state of a car', 'VEHICLE_STATE', 'ASLEEP', {key: 'VEHICLE_STATE', caps: MINUTES}],
  ])('paces %s', (_, type, code, expected) => {
    expect(pacing(DEFAULT_BACKOFF, type, code)).toEqual(expected);
  });

  it('gives way to a told time where its own pace is minutes', () => {
    const found = pacing(DEFAULT_BACKOFF, 'RATE_LIMIT', 'VEHICLE', {pace: 'told', retryAfterMs: 2_000});
    expect(found).toEqual({key: 'RATE_LIMIT', caps: SECONDS});
  });

  it.each(['told', 'minutes'] as const)('is minutes for a pace of %s when no time was told', pace => {
    expect(pacing(DEFAULT_BACKOFF, undefined, undefined, {pace})).toEqual({key: '*', caps: MINUTES});
  });

  it.each(['constructor', '__proto__', 'toString'])('knows no type called %s', type => {
    expect(pacing(DEFAULT_BACKOFF, type, type)).toEqual({key: '*', caps: SECONDS});
  });

  it('is switched off for everything in a table without entries', () => {
    expect(pacing({}, 'UPSTREAM', 'NO_RESPONSE')).toBe('*: off');
  });
});

describe('mergeBackoff', () => {
  it('leaves the defaults alone when nothing is given', () => {
    expect(mergeBackoff()).toEqual(DEFAULT_BACKOFF);
  });

  it('keeps the default keys that the user does not name', () => {
    const table = mergeBackoff({UPSTREAM: {retries: 1}});
    expect(pacing(table, 'VEHICLE_STATE', 'ASLEEP')).toEqual({key: 'VEHICLE_STATE', caps: MINUTES});
  });

  it('keeps the default settings of a key that the user does not name', () => {
    const table = mergeBackoff({UPSTREAM: {retries: 1, maxWaitMs: 9}});
    expect(pacing(table, 'UPSTREAM', 'NO_RESPONSE')).toEqual({key: 'UPSTREAM', caps: [2_000], maxWaitMs: 9});
  });

  it.each([
    ['the code beats the type', {UPSTREAM: {retries: 1}, 'UPSTREAM:NO_RESPONSE': {delaysMs: [10]}}, [11]],
    ['the type beats the star', {UPSTREAM: {delaysMs: [20]}, '*': {delaysMs: [30]}}, [22]],
  ] as const)('%s', (_, user, caps) => {
    const found = pacing(mergeBackoff(user), 'UPSTREAM', 'NO_RESPONSE') as Found;
    expect(found.caps).toEqual(caps);
  });

  it("a default's code beats the user's type", () => {
    const table = mergeBackoff({UPSTREAM: false});
    expect(pacing(table, 'UPSTREAM', 'NO_RESPONSE')).toBe('UPSTREAM: off');
    expect(pacing(table, 'UPSTREAM', 'RATE_LIMIT')).toEqual({key: 'UPSTREAM:RATE_LIMIT', caps: MINUTES});
  });

  it.each(['*', 'UPSTREAM', 'UPSTREAM:NO_RESPONSE'])('switches retries off under %s with `false`', key => {
    const type = key === '*' ? undefined : 'UPSTREAM';
    const code = key === '*' ? undefined : 'NO_RESPONSE';
    expect(pacing(mergeBackoff({[key]: false}), type, code)).toBe(`${key}: off`);
  });

  it("a user's fixed delays drop the default's doubling ones", () => {
    const table = mergeBackoff({UPSTREAM: {delaysMs: [100, 200]}});
    expect(pacing(table, 'UPSTREAM', 'NO_RESPONSE')).toEqual({key: 'UPSTREAM', caps: [110, 220]});
  });

  it("a user's doubling delays drop the default's fixed ones", () => {
    const table = mergeBackoff({VEHICLE_STATE: {retries: 2, baseDelayMs: 100}});
    expect(pacing(table, 'VEHICLE_STATE', 'ASLEEP')).toEqual({key: 'VEHICLE_STATE', caps: [100, 200]});
  });

  it("a user's own pace never gives way to a told time or to a pace of minutes", () => {
    const table = mergeBackoff({RATE_LIMIT: {delaysMs: [100]}, '*': {retries: 1, baseDelayMs: 70}});
    expect(pacing(table, 'RATE_LIMIT', 'VEHICLE', {pace: 'told', retryAfterMs: 5})).toMatchObject({
      caps: [110],
    });
    expect(pacing(table, undefined, undefined, {pace: 'minutes'})).toMatchObject({caps: [70]});
  });

  it('a longer wait alone does not wake a sleeping car every second', () => {
    const table = mergeBackoff({'VEHICLE_STATE:ASLEEP': {maxWaitMs: 3_600_000}});
    const expected = {key: 'VEHICLE_STATE:ASLEEP', caps: MINUTES, maxWaitMs: 3_600_000};
    expect(pacing(table, 'VEHICLE_STATE', 'ASLEEP', {pace: 'minutes'})).toEqual(expected);
  });

  it.each([
    ['a told time', 'RATE_LIMIT', {retryAfterMs: 5}, SECONDS],
    ['a pace of minutes', '*', {}, MINUTES],
  ] as const)('a longer wait alone leaves the default pace giving way to %s', (_, key, more, caps) => {
    const table = mergeBackoff({[key]: {maxWaitMs: 3_600_000}});
    const type = key === '*' ? undefined : key;
    const found = pacing(table, type, undefined, {pace: 'told', ...more});
    expect(found).toEqual({key, caps, maxWaitMs: 3_600_000});
  });

  it.each([
    ['fewer', 1, [66_000]],
    ['more', 4, [66_000, 330_000, 990_000, 990_000]],
  ])('%s retries alone do not hurry a car or a limit that needs minutes', (_, retries, caps) => {
    const table = mergeBackoff({VEHICLE_STATE: {retries}, '*': {retries}});
    expect(pacing(table, 'VEHICLE_STATE', 'ASLEEP')).toEqual({key: 'VEHICLE_STATE', caps});
    expect(pacing(table, undefined, undefined, {pace: 'told'})).toEqual({key: '*', caps});
  });

  it('fewer retries alone stay fewer where a time was told', () => {
    const table = mergeBackoff({RATE_LIMIT: {retries: 1}});
    const found = pacing(table, 'RATE_LIMIT', 'VEHICLE', {pace: 'told', retryAfterMs: 5});
    expect(found).toEqual({key: 'RATE_LIMIT', caps: [500]});
  });

  it.each([
    [{baseDelayMs: 100}, [100, 200, 400]],
    [{maxDelayMs: 700}, [500, 700, 700]],
  ])('%o alone is a pace of its own', (setting, caps) => {
    const table = mergeBackoff({VEHICLE_STATE: setting, '*': setting});
    expect(pacing(table, 'VEHICLE_STATE', 'ASLEEP')).toEqual({key: 'VEHICLE_STATE', caps});
    expect(pacing(table, undefined, undefined, {pace: 'minutes'})).toEqual({key: '*', caps});
  });

  it('no delays at all means no retries', () => {
    expect(pacing(mergeBackoff({UPSTREAM: {delaysMs: []}}), 'UPSTREAM')).toMatchObject({caps: []});
  });
});

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
