import {expect, test} from 'vitest';
import {beside} from '../../src/engine/beside.ts';

const nested = (depth: number, innermost: object): object =>
  depth === 0 ? innermost : {cause: nested(depth - 1, innermost)};

test('a note is found by its subject, and replaced by a later one', () => {
  const notes = beside<string>();
  const subject = Object.freeze({});
  notes.set(subject, 'first');
  expect(notes.find(subject)).toBe('first');
  notes.set(subject, 'second');
  expect(notes.find(subject)).toBe('second');
  expect(notes.find({})).toBeUndefined();
});

const thrown = (): undefined => undefined;

test('a function carries a note as any object does', () => {
  const notes = beside<string>();
  notes.set(thrown, 'of a function');
  expect(notes.find(thrown)).toBe('of a function');
  expect(notes.find({cause: thrown})).toBe('of a function');
});

test('what is no object takes no note and has none', () => {
  const notes = beside<string>();
  for (const subject of [undefined, null, 1, 'text', Symbol('x'), true]) {
    notes.set(subject, 'lost');
    expect(notes.find(subject)).toBeUndefined();
  }
});

test('its own note comes before that of its response, and that before that of its cause', () => {
  const notes = beside<string>();
  const [response, cause] = [{}, {}];
  const subject = {response, cause};
  notes.set(cause, 'of the cause');
  expect(notes.find(subject)).toBe('of the cause');
  notes.set(response, 'of the response');
  expect(notes.find(subject)).toBe('of the response');
  notes.set(subject, 'of its own');
  expect(notes.find(subject)).toBe('of its own');
});

test('five links are followed, and no more', () => {
  const notes = beside<string>();
  const innermost = {};
  notes.set(innermost, 'deep');
  expect(notes.find(nested(5, innermost))).toBe('deep');
  expect(notes.find(nested(6, innermost))).toBeUndefined();
});

test('a chain of responses ends at the same depth', () => {
  const notes = beside<string>();
  const ring: {response?: object} = {};
  ring.response = ring;
  expect(notes.find(ring)).toBeUndefined();
});

test('a member that cannot be read is as good as none', () => {
  const notes = beside<string>();
  const cause = {};
  notes.set(cause, 'of the cause');
  const subject = {
    get response(): never {
      throw new Error('not to be read');
    },
    cause,
  };
  expect(notes.find(subject)).toBe('of the cause');
});
