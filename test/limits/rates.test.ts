import {expect, test} from 'vitest';
import {emptiedUntil, fullBucket} from '../../src/core/pacing/bucket.ts';
import {held, rest, spacingOf} from '../../src/limits/rates.ts';

test('without a rate everything is there at once', () => {
  expect([spacingOf(undefined), held(undefined, 0), rest(undefined, 0), rest(undefined, 0, 9)]).toEqual([
    0,
    Infinity,
    0,
    0,
  ]);
});

test('a rate that lets no two go at once keeps them apart, and another does not', () => {
  expect([1, 2, 120].map(size => spacingOf(fullBucket(500, size)))).toEqual([500, 0, 0]);
});

test('a bucket says what it holds, and when the last of so many comes', () => {
  const bucket = emptiedUntil(fullBucket(500, 3), 1_000);
  expect([held(bucket, 1_000), rest(bucket, 900), rest(bucket, 900, 2)]).toEqual([1, 100, 600]);
});
