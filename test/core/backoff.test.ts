import {describe, expect, it} from 'vitest';
import {
  DEFAULT_BACKOFF,
  delayOf,
  mergeBackoff,
  retriesOf,
  settingFor,
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

  it('is the same for a failure without a type, whatever the table has under "undefined"', () => {
    const table = {...DEFAULT_BACKOFF, undefined: false} as const;
    expect(pacing(table)).toEqual({key: '*', caps: SECONDS});
  });

  it('says nothing of a longest wait', () => {
    expect(settingFor(DEFAULT_BACKOFF, {}).setting).not.toHaveProperty('maxWaitMs');
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

  it('lays the default of the type under a code that has none, before that of everything', () => {
    const table = mergeBackoff({'UPSTREAM:NO_RESPONSE': {retries: 1}});
    expect(pacing(table, 'UPSTREAM', 'NO_RESPONSE')).toEqual({key: 'UPSTREAM:NO_RESPONSE', caps: [2_000]});
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
