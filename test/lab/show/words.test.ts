import {describe, expect, it} from 'vitest';
import {count, lasting, ratio, shareAtMost, shareOf} from '../../../src/lab/show/words.ts';

describe('numbers in words', () => {
  it.each([
    [0, '0 s'],
    [0.2, '1 ms'],
    [40, '40 ms'],
    [400, '0.4 s'],
    [9_940, '9.9 s'],
    [9_960, '10 s'],
    [59_499, '59 s'],
    [59_500, '1.0 min'],
    [174_000, '2.9 min'],
    [3_570_000, '1.0 h'],
    [4_320_000, '1.2 h'],
    [84_600_000, '1.0 d'],
    [2_592_000_000, '30 d'],
  ])('says of %d ms that it is %s', (ms, words) => {
    expect(lasting(ms)).toBe(words);
  });

  it('groups the digits of what is large', () => {
    expect([0, 999, 1_000, 1_234_567].map(count)).toEqual(['0', '999', '1 000', '1 234 567']);
    expect([1, 1.126, 999.99, 1_234.5].map(ratio)).toEqual(['1.00', '1.13', '999.99', '1 235']);
  });

  it('rounds shares away from what they are not', () => {
    expect(shareOf(9_999, 10_000)).toBe('99.9 %');
    expect(shareOf(57, 100)).toBe('57.0 %');
    expect(shareAtMost(0.00001)).toBe('0.1 %');
    expect(shareAtMost(0.07)).toBe('7.0 %');
    expect(shareAtMost(0)).toBe('0.0 %');
  });
});
