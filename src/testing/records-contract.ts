import assert from 'node:assert/strict';
import type {EpisodeRecord, EpisodeRecords, Marks} from '../ports.ts';
import type {TokenStoreCase} from './token-store-contract.ts';

/**
 * What the policy relies on in the `episodes` and `marks` of a token store: run these beside `tokenStoreContract`, and no
 * owner is told twice, and no `state` is good twice.
 *
 * @example
 * for (const {name, run} of recordsContract()) test(name, () => run(() => myStore()));
 */
export function recordsContract(): readonly TokenStoreCase[] {
  return [...EPISODES, ...MARKS].map(([name, check]) => ({
    name,
    async run(open) {
      const store = await open();
      try {
        assert.ok(store.episodes, 'The store has no `episodes`.');
        assert.ok(store.marks, 'The store has no `marks`.');
        await check(store.episodes, store.marks);
      } finally {
        await store.close();
      }
    },
  }));
}

type Case = readonly [name: string, check: (episodes: EpisodeRecords, marks: Marks) => Promise<void>];

const record = (episode: string, key: string): EpisodeRecord => ({
  episode,
  key,
  user: 'ada',
  vehicle: 'car',
  scope: 'vehicle',
  reason: 'CONNECTED_SERVICES_ACCOUNT:AUTHENTICATION_FAILED',
  connectUrl: 'https://connect.smartcar.com/oauth/reauthenticate?state=é🚗',
  since: 1_000,
  probeAt: 2_000,
  toldAt: 1_000,
  userMessage: "Please connect it again: '; DROP TABLE episodes; --",
});

const MANY = Array.from({length: 20}, (_, index) => index);

const EPISODES: readonly Case[] = [
  [
    'gives an episode back as it was opened, every member',
    async episodes => {
      const opened = record('1', 'key');
      assert.deepEqual(await episodes.open(opened), {record: opened, opened: true});
      assert.deepEqual(await episodes.get('1'), opened);
      assert.deepEqual(await episodes.list(), [opened]);
    },
  ],
  [
    'opens one under a key, however many try at once, and tells all which',
    async episodes => {
      const tries = await Promise.all(MANY.map(number => episodes.open(record(`${number}`, 'key'))));
      assert.equal(tries.filter(({opened}) => opened).length, 1);
      assert.equal(new Set(tries.map(one => one.record.episode)).size, 1);
      assert.equal((await episodes.list()).length, 1);
    },
  ],
  [
    'ends one for one caller, however many try at once; then another may open',
    async episodes => {
      await episodes.open(record('1', 'key'));
      const ends = await Promise.all(MANY.map(() => episodes.end('1', 7_000)));
      assert.equal(ends.filter(one => one !== undefined).length, 1);
      assert.equal(await episodes.get('1'), undefined);
      assert.equal(await episodes.endedAt('key'), 7_000);
      assert.equal(await episodes.endedAt('other'), undefined);
      assert.equal((await episodes.open(record('2', 'key'))).opened, true);
    },
  ],
  [
    'ends nothing that was never opened',
    async episodes => assert.equal(await episodes.end('none', 7_000), undefined),
  ],
  [
    'moves a time on for one caller, and for nobody who thinks it another',
    async episodes => {
      await episodes.open(record('1', 'key'));
      const moves = await Promise.all(MANY.map(() => episodes.move('1', 'probeAt', 2_000, 9_000)));
      assert.equal(moves.filter(Boolean).length, 1);
      assert.equal(await episodes.move('1', 'toldAt', 5, 6), false);
      assert.equal(await episodes.move('none', 'toldAt', 1_000, 6), false);
      assert.deepEqual(await episodes.get('1'), {...record('1', 'key'), probeAt: 9_000});
    },
  ],
  [
    'lists those of several keys in the order of their opening',
    async episodes => {
      for (const name of ['b', 'a', 'c']) await episodes.open(record(name, name));
      await episodes.end('a', 7_000);
      assert.deepEqual(
        (await episodes.list()).map(({episode}) => episode),
        ['b', 'c'],
      );
    },
  ],
];

const MARKS: readonly Case[] = [
  [
    'sets a mark for one caller, however many try at once',
    async (_, marks) => {
      const sets = await Promise.all(MANY.map(() => marks.set('state:1', 2_000, 1_000)));
      assert.equal(sets.filter(Boolean).length, 1);
      assert.equal(await marks.set('state:2', 2_000, 1_000), true);
    },
  ],
  [
    'keeps a mark until its time, and not longer',
    async (_, marks) => {
      assert.equal(await marks.set('m', 2_000, 1_000), true);
      assert.equal(await marks.set('m', 3_000, 1_999), false);
      assert.equal(await marks.set('m', 3_000, 2_000), true);
    },
  ],
  [
    'keeps a mark for longer than it was set for, and one that was never set',
    async (_, marks) => {
      await marks.set('m', 2_000, 1_000);
      await marks.keep('m', 5_000);
      await marks.keep('other', 5_000);
      for (const mark of ['m', 'other']) assert.equal(await marks.set(mark, 9_000, 4_999), false);
      for (const mark of ['m', 'other']) assert.equal(await marks.set(mark, 9_000, 5_000), true);
    },
  ],
  [
    'sets a mark again that was cleared, and clears what is not there',
    async (_, marks) => {
      await marks.clear('m');
      await marks.set('m', 2_000, 1_000);
      await marks.clear('m');
      assert.equal(await marks.set('m', 2_000, 1_000), true);
    },
  ],
];
