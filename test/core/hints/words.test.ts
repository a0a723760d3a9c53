import {closest} from 'fastest-levenshtein';
import {describe, expect, it} from 'vitest';
import {meant} from '../../../src/core/hints/likeness.ts';
import {at, ended, lasting, listed, quoted, until} from '../../../src/core/hints/wording.ts';

describe('the word that is meant', () => {
  it.each([
    ['lattitude', ['latitude', 'longitude'], 'latitude'],
    ['pni', ['pin', 'action'], 'pin'],
    ['charge-limit', ['charge/limit', 'charge'], 'charge/limit'],
    ['colour', ['latitude', 'longitude'], undefined],
    ['pin', ['pin'], undefined],
    ['', ['pin'], undefined],
    ['pin', [], undefined],
    ['-', ['pin'], undefined],
    ['-', ['/'], undefined],
    ['x', ['y'], undefined],
    ['READ_VIN', ['read_vin'], 'read_vin'],
    ['read_vin', ['READ_VIN'], 'READ_VIN'],
    // Two of five pairs of letters are shared, then two of six.
    ['abcd', ['abx'], 'abx'],
    ['abcde', ['abx'], undefined],
    // A pair is shared once for each time it stands in both.
    ['aaaa', ['aabcdef'], undefined],
    ['xaaaa', ['aaaay'], 'aaaay'],
  ])('by %s', (word, among, expected) => {
    expect(meant(word, among, (one, all) => closest(one, all))).toBe(expected);
  });

  it('is looked for by no more than a hundred characters', () => {
    const lengths: number[] = [];
    meant('x'.repeat(5_000), ['pin'], one => void lengths.push(one.length));
    expect(lengths).toEqual([100]);
  });
});

describe('a value in a hint', () => {
  it.each([
    [() => quoted('a`b\nc'), '`a b c`'],
    [() => quoted('x'.repeat(300)), `\`${'x'.repeat(200)}…\``],
    [() => listed(['a', 'b', 'c']), '`a`, `b` and `c`'],
    [() => listed(['a', 'b'], 'or'), '`a` or `b`'],
    [() => listed([]), ''],
    [() => listed(['a']), '`a`'],
    [() => quoted(' a  b '), '`a b`'],
    [() => quoted('x'.repeat(200)), `\`${'x'.repeat(200)}\``],
    [() => ended('It is.'), 'It is.'],
    [() => ended('It is'), 'It is.'],
    [() => ended('v2.0 is old'), 'v2.0 is old.'],
    [() => at(0), '1970-01-01T00:00:00Z'],
    [() => at(8.64e15), '+275760-09-13T00:00:00Z'],
    [() => at(-1), '1969-12-31T23:59:59Z'],
    [() => at(9e15), undefined],
    [() => at(-9e15), undefined],
    [() => at(NaN), undefined],
    [() => lasting(0), '1 s'],
    [() => lasting(1), '1 s'],
    [() => lasting(1_001), '2 s'],
    [() => lasting(120_000), '120 s'],
    [() => lasting(120_001), '3 min'],
    [() => lasting(7_200_000), '120 min'],
    [() => lasting(7_300_000), '3 h'],
    [() => lasting(48 * 3_600_000), '48 h'],
    [() => lasting(48 * 3_600_000 + 1), '3 days'],
    [() => lasting(30 * 86_400_000), '30 days'],
    [() => until(60_000, 0), 'until 1970-01-01T00:01:00Z (in 60 s)'],
    [() => until(0, 60_000), 'until 1970-01-01T00:00:00Z'],
    [() => until(0, 0), 'until 1970-01-01T00:00:00Z'],
    [() => until(Infinity, 0), undefined],
  ])('%s is %s', (say, expected) => {
    expect(say()).toBe(expected);
  });
});
