import {expect, it} from 'vitest';
import {plainText} from '../../src/core/plain-text.ts';

it.each([
  ['words as they are: ä €, 1 < 2', 'words as they are: ä €, 1 < 2'],
  ['\u001B[2J\u001B[1;31mred\u001B[0m', 'red'],
  ['\u009B31mred', 'red'],
  ['\u001B]0;a title\u0007after', 'after'],
  ['\u001B]8;;https://evil.example\u001B\\link\u001B]8;;\u001B\\', 'link'],
  ['\u001B', ''],
  ['one\r\ntwo\tthree\u0000four', 'one two three four'],
  ['\u202Eabc\u2066def\u2069', 'abcdef'],
  ['👩‍🚗 drives', '👩‍🚗 drives'],
  ['', ''],
  ['  plain  words  ', 'plain words'],
  [' before', 'before'],
  ['after ', 'after'],
  ['two  spaces', 'two spaces'],
  ['no\u00A0break', 'no break'],
  ['del\u007F and\u0085next', 'del and next'],
  ['a soft\u00ADhyphen', 'a soft\u00ADhyphen'],
])('%j is shown as %j', (text, expected) => {
  expect(plainText(text)).toBe(expected);
});

it('is quick with a text that tries to be slow', () => {
  const began = performance.now();
  plainText('\u001B['.repeat(50_000) + '\u001B]'.repeat(50_000));
  expect(performance.now() - began).toBeLessThan(1_000);
});
