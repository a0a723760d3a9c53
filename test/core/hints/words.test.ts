import {closest} from 'fastest-levenshtein';
import {describe, expect, it} from 'vitest';
import {meant} from '../../../src/core/hints/likeness.ts';
import {at, lasting, listed, quoted, until} from '../../../src/core/hints/wording.ts';

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
  ])('by %s', (word, among, expected) => {
    expect(meant(word, among, (one, all) => closest(one, all))).toBe(expected);
  });
});

describe('a value in a hint', () => {
  it.each([
    [quoted('a`b\nc'), '`a b c`'],
    [quoted('x'.repeat(300)), `\`${'x'.repeat(200)}…\``],
    [listed(['a', 'b', 'c']), '`a`, `b` and `c`'],
    [listed(['a']), '`a`'],
    [at(0), '1970-01-01T00:00:00Z'],
    [at(9e15), undefined],
    [at(NaN), undefined],
    [lasting(1), '1 s'],
    [lasting(120_000), '120 s'],
    [lasting(120_001), '3 min'],
    [lasting(7_300_000), '3 h'],
    [lasting(30 * 86_400_000), '30 days'],
    [until(60_000, 0), 'until 1970-01-01T00:01:00Z (in 60 s)'],
    [until(0, 60_000), 'until 1970-01-01T00:00:00Z'],
    [until(Infinity, 0), undefined],
  ])('%o', (value, expected) => {
    expect(value).toBe(expected);
  });
});
