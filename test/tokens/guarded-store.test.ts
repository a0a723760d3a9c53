import {describe, expect, test} from 'vitest';
import {PolicyError} from '../../src/core/policy-error.ts';
import {guardedEpisodes, guardedMarks, guardedStore, guardedUsage} from '../../src/engine/guarded-store.ts';
import type {EpisodeRecord, EpisodeRecords, Marks, Tokens, TokenStore, UsageCounts} from '../../src/ports.ts';
import {memoryStore} from '../../src/stores/memory-store.ts';
import {rejection} from './support/bench.ts';

const TOKENS: Tokens = {accessToken: 'access-canary', refreshToken: 'refresh-canary', accessExpiresAt: 1};
const RECORD = {episode: 'e'} as EpisodeRecord;
const {signal} = new AbortController();

/** Each member of a port answers with its name and what it was given, or fails. */
function port(fail?: () => unknown): TokenStore & EpisodeRecords & UsageCounts & Marks {
  return new Proxy({} as ReturnType<typeof port>, {
    get: (_, name) =>
      name === 'shared' || name === 'leaseMs'
        ? 5
        : (...given: unknown[]) => {
            if (fail) throw fail();
            return [name, ...given];
          },
  });
}

type Use = readonly [doing: string, key: string, name: string, given: readonly unknown[]];

const STORE: readonly Use[] = [
  ['read', 'k', 'get', ['k']],
  ['write', 'k', 'put', ['k', TOKENS, 'g', 4]],
  ['delete', 'k', 'delete', ['k']],
  ['read', 'lost', 'lost', []],
  ['write', 'k', 'restore', ['k', TOKENS]],
  ['lock', 'user:ada', 'acquire', ['refresh:user:ada', 9]],
  ['lock', 'my refresh:ada', 'acquire', ['my refresh:ada', 9]],
];
const EPISODES: readonly Use[] = [
  ['write', 'episodes', 'open', [RECORD]],
  ['read', 'episodes', 'get', ['e']],
  ['delete', 'episodes', 'end', ['e', 5]],
  ['read', 'episodes', 'endedAt', ['e']],
  ['write', 'episodes', 'move', ['e', 'probeAt', 1, 2]],
  ['read', 'episodes', 'list', []],
];
const USAGE: readonly Use[] = [
  ['write', 'usage', 'add', ['2026-01-01', new Map()]],
  ['read', 'usage', 'count', ['2026-01-01', 'car']],
  ['delete', 'usage', 'forget', ['2026-01-01']],
];
const MARKS: readonly Use[] = [
  ['write', 'marks', 'set', ['m', 1, 2]],
  ['write', 'marks', 'keep', ['m', 1]],
  ['delete', 'marks', 'clear', ['m']],
];

const use = (of: object, name: string, given: readonly unknown[]): Promise<unknown> =>
  (of as Record<string, (...args: readonly unknown[]) => Promise<unknown>>)[name]!(...given);

describe.each([
  ['a store', (fail?: () => unknown) => guardedStore(port(fail)), STORE],
  ['episodes', (fail?: () => unknown) => guardedEpisodes(port(fail)), EPISODES],
  ['usage', (fail?: () => unknown) => guardedUsage(port(fail)), USAGE],
  ['marks', (fail?: () => unknown) => guardedMarks(port(fail)), MARKS],
] as const)('%s', (_, guarded, uses) => {
  test.each(uses)('hands on to %s "%s": %s', async (__, ___, name, given) => {
    expect(await use(guarded(), name, given)).toEqual([name, ...given]);
  });

  test.each(uses)('says what failed: to %s "%s" (%s)', async (doing, key, name, given) => {
    const error = await rejection(
      use(
        guarded(() => new Error('the disk is full')),
        name,
        given,
      ),
    );
    expect(error).toBeInstanceOf(PolicyError);
    expect(error).toMatchObject({
      code: 'CONFIGURATION',
      message: `The token store failed to ${doing} "${key}": the disk is full`,
    });
  });

  test('hands on a refusal of ours as it is', async () => {
    const ours = new PolicyError('CLOSED', 'The policy was closed.');
    const [, , name, given] = uses[0]!;
    expect(
      await rejection(
        use(
          guarded(() => ours),
          name,
          given,
        ),
      ),
    ).toBe(ours);
  });
});

test('waits for a lock are handed on, and end as the store has them end', async () => {
  const guarded = guardedStore(port());
  expect(guarded.leaseMs).toBe(5);
  expect(await guarded.freed?.('refresh:k', 9, signal)).toEqual(['freed', 'refresh:k', 9, signal]);
  const reason = new Error('the signal’s own');
  expect(await rejection(guardedStore(port(() => reason)).freed!('k', 9, signal))).toBe(reason);
});

test('what a store cannot do is no member', () => {
  const plain = memoryStore();
  expect(Object.keys(guardedStore(plain)).toSorted()).toEqual(['acquire', 'delete', 'get', 'put']);
  const episodes = plain.episodes!;
  expect(guardedEpisodes(episodes).atHand?.()).toEqual([]);
  Reflect.deleteProperty(episodes, 'atHand');
  expect(guardedEpisodes(episodes)).not.toHaveProperty('atHand');
  expect(guardedEpisodes(port()).shared).toBe(5);
});

const failed = async (thrown: unknown): Promise<PolicyError & {cause: Error & {code?: unknown}}> => {
  const {put} = guardedStore(port(() => thrown));
  return (await rejection(put('k', TOKENS))) as PolicyError & {cause: Error & {code?: unknown}};
};

describe('what a store’s error says', () => {
  test('is kept without the tokens: name, message, stack and code, and nothing that hangs on it', async () => {
    const error = Object.assign(new TypeError('SET access-canary refresh-canary'), {
      code: 'BAD access-canary',
      command: TOKENS,
    });
    const {message, cause} = await failed(error);
    expect(message).toBe('The token store failed to write "k": SET [redacted] [redacted]');
    expect(cause).not.toBe(error);
    expect(cause).toMatchObject({
      name: 'TypeError',
      message: 'SET [redacted] [redacted]',
      code: 'BAD [redacted]',
    });
    expect(cause).not.toHaveProperty('command');
    expect(cause.stack).toBe(
      error.stack?.replaceAll('access-canary', '[redacted]').replaceAll('refresh-canary', '[redacted]'),
    );
  });

  test('has no code where the code is no text', async () => {
    expect((await failed(Object.assign(new Error('no'), {code: 5}))).cause).not.toHaveProperty('code');
  });

  test('may be no error at all, or one without a stack', async () => {
    expect((await failed('refused access-canary')).cause).toMatchObject({message: 'refused [redacted]'});
    const bare = new Error('no');
    Reflect.set(bare, 'stack', undefined);
    expect((await failed(bare)).cause.stack).toContain('Error');
  });
});
