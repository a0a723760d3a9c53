import {describe, expect, it} from 'vitest';
import {
  compact,
  cut,
  get,
  header,
  isObject,
  list,
  parsed,
  status,
  text,
  word,
} from '../../src/core/evidence/safe.ts';
import {HOSTILE} from './support/hostile.ts';

describe('a member of a stranger', () => {
  it('is read of objects and functions, and of nothing else', () => {
    expect(isObject(() => undefined)).toBe(true);
    expect(isObject(null)).toBe(false);
    expect(get({a: 1}, 'a')).toBe(1);
    expect(
      get(
        Object.assign(() => undefined, {a: 1}),
        'a',
      ),
    ).toBe(1);
    expect(get('text', 'length')).toBeUndefined();
    expect(get(null, 'a')).toBeUndefined();
  });

  it.each(['a proxy that throws on everything', 'a revoked proxy', 'a revoked list', 'getters that throw'])(
    'is absent where reading it throws: %s',
    name => {
      const hostile = HOSTILE[name]!();
      expect(get(hostile, 'type')).toBeUndefined();
      expect(list({errors: hostile}, 'errors')).toBeUndefined();
      expect(header(hostile, 'retry-after')).toBeUndefined();
    },
  );
});

describe('a text', () => {
  it.each([
    ['words', 'words'],
    ['x'.repeat(500), 'x'.repeat(500)],
    ['x'.repeat(501), 'x'.repeat(500)],
    ['', undefined],
    [7, undefined],
    [null, undefined],
  ])('is the start of %j', (value, expected) => {
    expect(text({value}, 'value')).toBe(expected);
  });

  it('is cut to the length that it may have', () => {
    expect(cut('abc', 2)).toBe('ab');
    expect(cut('abc', 3)).toBe('abc');
    // The half of a pair that a cut leaves behind.
    expect(cut('a👩', 2)).toBe('a\uD83D');
  });
});

it.each([
  ['UPSTREAM', 'UPSTREAM'],
  ['x'.repeat(100), 'x'.repeat(100)],
  ['x'.repeat(101), undefined],
  ['', undefined],
  [7, undefined],
])('a word is a short text: %j', (value, expected) => {
  expect(word({value}, 'value')).toBe(expected);
});

it.each([
  [404, 404],
  ['404', 404],
  [100, 100],
  [599, 599],
  [99, undefined],
  [600, undefined],
  [404.5, undefined],
  ['4040', undefined],
  ['1404', undefined],
  ['40', undefined],
  ['600', undefined],
  ['+404', undefined],
  ['404.0', undefined],
  ['404 ', undefined],
  [['404'], undefined],
  [404n, undefined],
  [NaN, undefined],
  ['', undefined],
  [null, undefined],
])('a status is a whole number from 100 to 599: %o', (value, expected) => {
  expect(status({value}, 'value')).toBe(expected);
});

describe('a list', () => {
  it('is copied, a hundred entries at most', () => {
    const value = Array.from({length: 101}, (_, index) => index);
    expect(list({value}, 'value')).toStrictEqual(value.slice(0, 100));
    expect(list({value: []}, 'value')).toStrictEqual([]);
  });

  it.each([undefined, 'abc', {length: 1, 0: 'a'}])('is not read into %j', value => {
    expect(list({value}, 'value')).toBeUndefined();
  });
});

const padded = (length: number): string => `{}${' '.repeat(length - 2)}`;

describe('a body', () => {
  it.each([
    ['an object', '{"a": 1}', {a: 1}],
    ['a list after blanks', ' \n[1]', [1]],
    ['a million characters', padded(1_000_000), {}],
    ['one character more', padded(1_000_001), undefined],
    ['ninety-nine blanks', `${' '.repeat(99)}{}`, {}],
    ['a hundred blanks', `${' '.repeat(100)}{}`, undefined],
    ['a text in quotes', '"{}"', undefined],
    ['a number', '7', undefined],
    ['JSON that is cut', '{"a": ', undefined],
    ['no text', 7, 7],
  ])('of %s', (_, body, expected) => {
    expect(parsed(body)).toStrictEqual(expected);
  });
});

describe('a header', () => {
  it.each([
    ['Headers', new Headers({'Retry-After': '9'}), '9'],
    ['a Map', new Map([['retry-after', '9']]), '9'],
    ['a plain object', {'x-other': '1', 'ReTrY-aFtEr': '9'}, '9'],
    ['Headers without it', new Headers(), undefined],
    ['a plain object without it', {'x-other': '1'}, undefined],
    ['nothing', undefined, undefined],
    ['null', null, undefined],
  ])('is found in %s', (_, headers, expected) => {
    expect(header(headers, 'retry-after')).toBe(expected);
  });

  it('is not found in a text', () => {
    expect(header('9', '0')).toBeUndefined();
  });
});

it('what is undefined is left out, and nothing else', () => {
  expect(compact<object>({a: undefined, b: null, c: 0, d: ''})).toStrictEqual({b: null, c: 0, d: ''});
});
