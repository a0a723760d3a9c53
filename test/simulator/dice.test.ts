import {describe, expect, test} from 'vitest';
import {createDice} from '../../src/simulator/dice.ts';

const draws = (seed: number, stream?: string, count = 5) => {
  const dice = createDice(seed, stream);
  return Array.from({length: count}, dice.share);
};

test('the same seed and stream give the same again', () => {
  expect(draws(7, 'a')).toEqual(draws(7, 'a'));
  expect(createDice(7).uuid()).toBe(createDice(7).uuid());
  expect(createDice(7).token()).toBe(createDice(7).token());
});

test('another seed, or another stream, gives something else', () => {
  const firsts = [
    ...Array.from({length: 200}, (_, seed) => draws(seed)[0]),
    ...Array.from({length: 200}, (_, stream) => draws(7, `share ${stream}`)[0]),
    draws(-7)[0],
    draws(7 + 2 ** 32)[0],
    draws(7)[0],
  ];
  // Seed 7 without a stream is in there twice.
  expect(new Set(firsts).size).toBe(firsts.length - 1);
});

describe('share', () => {
  test('is spread evenly over the seeds, from the first number on', () => {
    for (const at of [0, 1]) {
      const tenths = Array.from({length: 10}, () => 0);
      for (let seed = 0; seed < 10_000; seed += 1) {
        const tenth = Math.floor((draws(seed, 'share 1')[at] ?? 0) * 10);
        tenths[tenth] = (tenths[tenth] ?? 0) + 1;
      }
      // Five standard deviations of a fair tenth of 10 000.
      for (const count of tenths) expect(Math.abs(count - 1000)).toBeLessThan(150);
    }
  });

  test('is spread evenly within one seed, and never 1', () => {
    const many = draws(7, '', 10_000);
    expect(many.every(share => share >= 0 && share < 1)).toBe(true);
    const mean = many.reduce((sum, share) => sum + share, 0) / many.length;
    // The standard deviation of the mean is 1 / sqrt(12 * 10 000).
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.015);
  });
});

test('ids have the form of a version 4 UUID, tokens 43 characters, and none comes twice', () => {
  const dice = createDice(1);
  const ids = Array.from({length: 1000}, dice.uuid);
  for (const id of ids)
    expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  expect(new Set(ids).size).toBe(1000);
  expect(dice.token()).toMatch(/^[\w-]{43}$/);
});

test.each([Number.NaN, 1.5, Infinity])('the seed %s is refused', seed => {
  expect(() => createDice(seed)).toThrow(`Expected \`seed\` to be a whole number, got \`${seed}\``);
});
