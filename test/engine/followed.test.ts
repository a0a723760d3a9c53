import {expect, test} from 'vitest';
import {follow, type Followed} from '../../src/engine/followed.ts';
import type {Tracing} from '../../src/ports.ts';

const tracing = (): Tracing => ({call: (_, run) => run({} as never), refresh: run => run(() => undefined)});

test('one follows at a time, until it ends that; ending it twice ends nobody else’s', () => {
  const followed: Followed = {by: undefined};
  const [first, second] = [tracing(), tracing()];
  const end = follow(followed, first);
  expect(followed.by).toBe(first);
  expect(() => follow(followed, second)).toThrow(expect.objectContaining({code: 'CONFIGURATION'}));
  expect(followed.by).toBe(first);
  end();
  expect(followed.by).toBeUndefined();
  follow(followed, second);
  end();
  expect(followed.by).toBe(second);
});
