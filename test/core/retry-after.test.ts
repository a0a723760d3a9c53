import * as fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {retryAfterMs} from '../../src/core/retry-after.ts';
import {NOW} from './support/call.ts';

const NOW_S = NOW / 1000;

describe('Retry-After', () => {
  it.each([
    // Seconds, as Smartcar promises them.
    ['2', 2_000],
    ['1.5', 1_500],
    ['120', 120_000],
    [' 7 ', 7_000],
    [`1.${'0'.repeat(62)}`, 1_000],
    ['0', 0],
    ['0.0004', 1],
    ['-5', 0],
    ['-0', 0],
    ['90000', 90_000_000],
    [2, 2_000],
    [0.5, 500],
    [0, 0],
    [-5, 0],
    // The three forms of an HTTP-date.
    ['Tue, 01 Sep 2026 12:00:03 GMT', 3_000],
    ['Tuesday, 01-Sep-26 12:00:03 GMT', 3_000],
    ['Tue Sep  1 12:00:03 2026', 3_000],
    ['Thu Dec 31 23:59:59 2026', Date.UTC(2026, 11, 31, 23, 59, 59) - NOW],
    ['tue, 01 sep 2026 12:00:03 gmt', 3_000],
    ['Tue, 01 Sep 2026 12:00:60 GMT', 60_000],
    // A date that has passed.
    ['Tue, 01 Sep 2026 11:59:59 GMT', 0],
    ['Sunday, 06-Nov-94 08:49:37 GMT', 0],
    ['Sun Nov  6 08:49:37 1994', 0],
    // The end of a 429, as epoch seconds and epoch milliseconds.
    [String(NOW_S + 30), 30_000],
    [NOW_S + 30, 30_000],
    [String(NOW + 1_500), 1_500],
    [NOW + 1_500, 1_500],
    [`${NOW_S + 1}.25`, 1_250],
    [`${NOW_S + 1}.2504`, 1_251],
    [String(NOW_S - 30), 0],
    [String(NOW - 30), 0],
    // The limits between the notations.
    ['999999999', 999_999_999_000],
    ['1000000000', 0],
    ['99999999999', 99_999_999_999_000 - NOW],
    ['100000000000', 0],
    ['8640000000000000', 8.64e15 - NOW],
  ])('%o means a wait of %d ms', (value, expected) => {
    expect(retryAfterMs(value, NOW)).toBe(expected);
  });

  it.each<[value: unknown, because: string]>([
    ['', 'empty'],
    ['   ', 'blank'],
    ['soon', 'a word'],
    ['soon 1', 'a word that Date.parse would read as a year'],
    ['2026-09-01T12:00:03Z', 'an ISO date'],
    ['2026-09-01', 'a day'],
    ['2 seconds', 'a number with its unit'],
    ['2, 5', 'two values in one header'],
    ['+2', 'a signed number'],
    ['1e3', 'an exponent'],
    ['0x10', 'a hexadecimal number'],
    ['.5', 'no digit before the point'],
    ['5.', 'no digit after the point'],
    ['Infinity', 'no number'],
    ['Tue, 01 Sep 2026 12:00:03', 'a date without its zone'],
    ['Tue, 01 Sep 2026 12:00:03 PST', 'a date in another zone'],
    ['Tue, 01 Foo 2026 12:00:03 GMT', 'a month that is none'],
    ['Tue, 00 Sep 2026 12:00:03 GMT', 'a day zero'],
    ['Tue, 32 Sep 2026 12:00:03 GMT', 'a day 32'],
    ['Tue, 31 Feb 2026 12:00:03 GMT', 'a day that its month does not have'],
    ['Tue, 01 Sep 2026 25:00:03 GMT', 'an hour 25'],
    ['Tue, 01 Sep 2026 12:60:03 GMT', 'a minute 60'],
    ['Tue, 01 Sep 2026 12:00:61 GMT', 'a second 61'],
    [`1.${'0'.repeat(63)}`, 'more digits than any time has'],
    ['9'.repeat(17), 'beyond the last date'],
    ['9'.repeat(65), 'too long for any time'],
    ['9'.repeat(1_000_000), 'a megabyte of digits'],
    [Number.NaN, 'not a number'],
    [Number.POSITIVE_INFINITY, 'never'],
    [1e21, 'a number beyond any date'],
    [['120'], 'a list'],
    [{seconds: 120}, 'an object'],
    [new Date(NOW + 1_000), 'a Date'],
    [120n, 'a bigint'],
    [true, 'a boolean'],
    [null, 'null'],
    [undefined, 'nothing'],
  ])('%o is as good as absent (%s)', value => {
    expect(retryAfterMs(value, NOW)).toBeUndefined();
  });

  it('is read in the century that is nearer, where a year has two digits', () => {
    expect(retryAfterMs('Monday, 01-Jan-75 00:00:00 GMT', NOW)).toBe(Date.UTC(2075, 0, 1) - NOW);
    expect(retryAfterMs('Wednesday, 01-Jan-76 00:00:00 GMT', NOW)).toBe(Date.UTC(2076, 0, 1) - NOW);
    expect(retryAfterMs('Saturday, 01-Jan-77 00:00:00 GMT', NOW)).toBe(0);
  });

  it('never means a time before the one that was told, whatever the fraction', () => {
    fc.assert(
      fc.property(fc.integer({min: 0, max: 999_999}), fc.integer({min: 0, max: 999_999}), (whole, part) => {
        const text = `${whole}.${String(part).padStart(6, '0')}`;
        const ms = retryAfterMs(text, NOW)!;
        // Whole microseconds: no rounding of the expectation itself.
        const exactUs = BigInt(whole) * 1_000_000n + BigInt(part);
        expect(BigInt(ms) * 1_000n).toBeGreaterThanOrEqual(exactUs);
        expect(BigInt(ms) * 1_000n - exactUs).toBeLessThanOrEqual(1_001n);
      }),
    );
  });

  it('means the same moment in all three forms of a date', () => {
    const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
    const date = fc.date({
      min: new Date(NOW),
      max: new Date(NOW + 40 * 365 * 86_400_000),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(date, at => {
        const imf = at.toUTCString();
        const [, day = '', month = '', year = '', time = ''] = imf.split(' ');
        const ms = Math.floor(at.getTime() / 1_000) * 1_000 - NOW;
        expect(retryAfterMs(imf, NOW)).toBe(ms);
        expect(retryAfterMs(`Someday, ${day}-${month}-${year.slice(2)} ${time} GMT`, NOW)).toBe(ms);
        const asctime = `${days[at.getUTCDay()]} ${month} ${day.replace(/^0/, ' ')} ${time} ${year}`;
        expect(retryAfterMs(asctime, NOW)).toBe(ms);
      }),
    );
  });

  it('is a whole number from 0 up, or absent, whatever comes', () => {
    fc.assert(
      fc.property(fc.anything({withBigInt: true, withDate: true}), value => {
        const ms = retryAfterMs(value, NOW);
        expect(ms === undefined || (Number.isInteger(ms) && ms >= 0)).toBe(true);
      }),
    );
  });
});
