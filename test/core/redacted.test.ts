import {describe, expect, it} from 'vitest';
import {redacted} from '../../src/core/redacted.ts';

const SECRET = 'a b/c+d?e';

describe('a text without its secrets', () => {
  it.each([
    ['as it is', `token ${SECRET} refused`],
    ['as a path writes it', `token ${encodeURIComponent(SECRET)} refused`],
    ['as a form writes it', 'token a+b%2Fc%2Bd%3Fe refused'],
  ])('holds none %s', (_, text) => {
    expect(redacted(text, [SECRET])).toBe('token [redacted] refused');
  });

  it('holds none of several, however often each stands in it', () => {
    const text = 'first-secret, second-secret, first-secret.';
    expect(redacted(text, ['first-secret', undefined, 'second-secret'])).toBe(
      '[redacted], [redacted], [redacted].',
    );
  });

  it.each([
    ['tail of secre', 'tail of secre'],
    ['tail of secret', 'tail of [redacted]'],
    ['tail of secret-', 'tail of [redacted]'],
    ['tail of secret-wor', 'tail of [redacted]'],
    ['tail of secret-words', 'tail of [redacted]'],
    ['secret-wor', '[redacted]'],
    ['secret-wor is no tail', 'secret-wor is no tail'],
  ])('holds no start of one at its end, where it was cut: %s', (text, expected) => {
    expect(redacted(text, ['secret-words'])).toBe(expected);
  });

  it('keeps words that are too short to be a secret', () => {
    expect(redacted('abcde and abcdef', ['abcde'])).toBe('abcde and abcdef');
    expect(redacted('abcde and abcdef!', ['abcdef'])).toBe('abcde and [redacted]!');
    expect(redacted('it ends with abcde', ['abcdefgh'])).toBe('it ends with abcde');
  });

  it('says what the caller wants in their place, letter by letter', () => {
    expect(redacted('a my-secret b my-sec', ['my-secret'], '$&')).toBe('a $& b $&');
  });
});
