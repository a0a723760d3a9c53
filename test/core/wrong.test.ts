import {describe, expect, it} from 'vitest';
import {FLAG, PRIORITY} from '../../src/core/checks.ts';
import {shown, wrong} from '../../src/core/wrong.ts';

describe('a value in a message', () => {
  it.each([
    [null, 'null'],
    [undefined, 'undefined'],
    [[1, 2], 'an array'],
    [{a: 1}, 'an object'],
    [() => 1, 'a function'],
    ['text', '`text` (string)'],
    [-1, '`-1` (number)'],
    [Number.NaN, '`NaN` (number)'],
    [false, '`false` (boolean)'],
    [7n, '`7` (bigint)'],
    [Symbol('mark'), '`Symbol(mark)` (symbol)'],
    ['x'.repeat(61), `\`${'x'.repeat(60)}\` (string)`],
  ])('%o is shown as %s', (value, expected) => {
    expect(shown(value)).toBe(expected);
  });

  it('stands behind what was looked at and what was expected', () => {
    const error = wrong('`leaseMs`', 'a number from 100 up', '1');
    expect(error).toMatchObject({name: 'PolicyError', code: 'CONFIGURATION'});
    expect(error.message).toBe('Expected `leaseMs` to be a number from 100 up, got `1` (string).');
  });
});

describe('a check', () => {
  it.each([true, false])('takes %o for a flag', value => {
    expect(FLAG[1](value)).toBe(true);
  });

  it.each([0, 1, undefined, null, 'true'])('takes %o for no flag', value => {
    expect(FLAG[1](value)).toBe(false);
  });

  it.each([0, 5, 9])('takes %o for a priority', value => {
    expect(PRIORITY[1](value)).toBe(true);
  });

  it.each([-1, 10, 1.5, Number.NaN, '1', undefined])('takes %o for no priority', value => {
    expect(PRIORITY[1](value)).toBe(false);
  });
});
