import {describe, expect, onTestFinished, test} from 'vitest';
import {bench, errorOf, playing, type Bench} from '../engine/support/bench.ts';
import {lostLogin} from '../engine/support/failures.ts';
import {memoryStore, type CallContext, type TokenStore} from './support/front-door.ts';

const READ = {user: 'ada', vehicle: 'car', idempotent: true, waitForReauthMs: 60_000};

/** A store of several processes, one step of which does not come to an end once it is told to. */
function stuck(step: 'open' | 'get' | 'move' | 'end'): {readonly store: TokenStore; stick: boolean} {
  const inner = memoryStore();
  const records = inner.episodes!;
  const own = records[step] as (...given: unknown[]) => Promise<unknown>;
  const state = {
    stick: false,
    store: {
      ...inner,
      episodes: {
        ...records,
        shared: true,
        [step]: (...given: unknown[]) => (state.stick ? new Promise(() => undefined) : own(...given)),
      },
    },
  };
  return state;
}

type Ending = readonly [name: string, context: (signal: AbortSignal) => CallContext, end: object];

const ENDINGS: readonly Ending[] = [
  ['an abort', signal => ({signal}), {name: 'Gone'}],
  ['a deadline', () => ({deadlineMs: 1_000}), {code: 'DEADLINE'}],
];

interface World extends Bench {
  /** Makes a call that comes to the stuck store, and resolves with how it ends after a second. */
  readonly ends: (outcome: unknown, context: (signal: AbortSignal) => CallContext) => Promise<unknown>;
}

function world(store: TokenStore): World {
  const made = bench({store, connect: {probeAfterMs: 1_000}});
  const ends: World['ends'] = async (outcome, contextOf) => {
    const leaving = new AbortController();
    const call = made.policy
      .run(playing(outcome), {...READ, ...contextOf(leaving.signal)})
      .catch((error: unknown) => error);
    await made.clock.advance(999);
    leaving.abort(Object.assign(new Error('the caller left'), {name: 'Gone'}));
    await made.clock.advance(1);
    return Promise.race([call, new Promise(resolve => setImmediate(() => resolve('still waiting')))]);
  };
  return {...made, ends};
}

describe.each(ENDINGS)('%s ends a call at once', (_, context, end) => {
  test('while the store looks whether an owner is still away, or whether it may be tried', async () => {
    for (const step of ['get', 'move'] as const) {
      const made = stuck(step);
      const {policy, clock, ends} = world(made.store);
      await errorOf(policy.run(playing(lostLogin()), {...READ, waitForReauthMs: 0}));
      await clock.advance(1_000);
      made.stick = true;
      expect(await ends('ok', context)).toMatchObject(end);
    }
  });
});

test('an abort ends a call at once while the store opens an episode, which opens all the same', async () => {
  const opening = Promise.withResolvers<void>();
  const inner = memoryStore();
  const records = inner.episodes!;
  const open: typeof records.open = async record => (await opening.promise, records.open(record));
  const {policy, log, ends} = world({...inner, episodes: {...records, open}});
  expect(await ends(lostLogin(), signal => ({signal}))).toMatchObject({name: 'Gone'});
  opening.resolve();
  await new Promise(resolve => setImmediate(resolve));
  expect(await policy.reauth.list()).toHaveLength(1);
  expect(log.filter(line => line.includes('reauth '))).toHaveLength(1);
});

test('a deadline hands out what the call has brought while the store opens an episode', async () => {
  const made = stuck('open');
  const {ends} = world(made.store);
  made.stick = true;
  const own = lostLogin();
  expect(await ends(own, () => ({deadlineMs: 1_000}))).toBe(own);
});

test('a success is handed out at its deadline, while the store ends the episode', async () => {
  const made = stuck('end');
  const {policy, clock, ends} = world(made.store);
  onTestFinished(() => policy.close());
  await errorOf(policy.run(playing(lostLogin()), {...READ, waitForReauthMs: 0}));
  await clock.advance(1_000);
  made.stick = true;
  expect(await ends('ok', () => ({deadlineMs: 1_000}))).toBe('ok');
  await clock.advance(1_000);
  expect(await ends('ok', signal => ({signal}))).toMatchObject({name: 'Gone'});
});
