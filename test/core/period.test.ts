import * as fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {periodBefore, periodOf} from '../../src/core/period.ts';

const at = (text: string): number => Date.parse(text);

/** Any time of four-digit years, 1970 to 9998. */
const times = fc.integer({min: 0, max: Date.UTC(9999, 0, 1) - 1});
const days = fc.integer({min: 1, max: 28});

describe('a billing period', () => {
  it.each([
    ['2026-05-17T12:00:00Z', 1, '2026-05-01', '2026-06-01'],
    ['2026-05-17T12:00:00Z', 17, '2026-05-17', '2026-06-17'],
    ['2026-05-17T12:00:00Z', 18, '2026-04-18', '2026-05-18'],
    ['2026-01-01T00:00:00Z', 1, '2026-01-01', '2026-02-01'],
    ['2025-12-31T23:59:59.999Z', 1, '2025-12-01', '2026-01-01'],
    ['2026-01-05T00:00:00Z', 15, '2025-12-15', '2026-01-15'],
    ['2024-02-29T00:00:00Z', 28, '2024-02-28', '2024-03-28'],
    ['2026-05-01T01:00:00+02:00', 1, '2026-04-01', '2026-05-01'],
  ])('of %s, begun on day %i of the month, is that of %s, and ends on %s', (now, startDay, key, end) => {
    expect(periodOf(at(now), startDay)).toEqual({key, endsAt: at(end)});
  });

  it('holds the time that was asked about, from its beginning on and not to its end', () => {
    fc.assert(
      fc.property(times, days, (now, startDay) => {
        const {key, endsAt} = periodOf(now, startDay);
        expect(key).toMatch(/^\d{4}-\d\d-\d\d$/);
        expect(at(key)).toBeLessThanOrEqual(now);
        expect(now).toBeLessThan(endsAt);
        expect(new Date(at(key)).getUTCDate()).toBe(startDay);
        expect(periodOf(at(key), startDay)).toEqual({key, endsAt});
        expect(periodOf(endsAt - 1, startDay)).toEqual({key, endsAt});
      }),
    );
  });

  it('begins where the one before it ends, and its key is the greater text', () => {
    fc.assert(
      fc.property(times, days, (now, startDay) => {
        const {key, endsAt} = periodOf(now, startDay);
        const next = periodOf(endsAt, startDay);
        expect(at(next.key)).toBe(endsAt);
        expect(next.key > key).toBe(true);
        expect(periodBefore(next.key, startDay)).toBe(key);
      }),
    );
  });
});
