import {DatabaseSync, StatementSync} from 'node:sqlite';
import {describe, expect, onTestFinished, test} from 'vitest';
import {manualClock, type ManualClock} from '../../src/testing/index.ts';
import type {TokenStore} from '../../src/index.ts';
import {file, opened} from './support/files.ts';

const LEASE_MS = 15_000;

interface World {
  readonly path: string;
  readonly clock: ManualClock;
  /** Each with a connection of its own, as other processes have. */
  readonly one: TokenStore;
  readonly two: TokenStore;
  readonly three: TokenStore;
}

function world(): World {
  const path = file();
  const clock = manualClock();
  const [one, two, three] = [0, 1, 2].map(() => opened(path, {clock})) as [
    TokenStore,
    TokenStore,
    TokenStore,
  ];
  return {path, clock, one, two, three};
}

const takes = async (store: TokenStore): Promise<boolean> =>
  (await store.acquire('lock', LEASE_MS)) !== undefined;

describe('a lease in the file', () => {
  test('is watched by others for as long as it lasts before one of them takes it', async () => {
    const {clock, one, two, three} = world();
    expect(await takes(one)).toBe(true);
    expect(await takes(two)).toBe(false);
    await clock.advance(LEASE_MS / 2);
    expect(await takes(three)).toBe(false);
    await clock.advance(LEASE_MS / 2);
    expect(await takes(two)).toBe(true);
    // It was another's that this one has watched.
    expect(await takes(three)).toBe(false);
    await clock.advance(LEASE_MS);
    expect(await takes(three)).toBe(true);
  });

  test('goes to one of two that have watched it for as long', async () => {
    const {clock, one, two, three} = world();
    await takes(one);
    const both = async (): Promise<number> => {
      const taken = await Promise.all([takes(two), takes(three)]);
      return taken.filter(Boolean).length;
    };
    expect(await both()).toBe(0);
    await clock.advance(LEASE_MS);
    expect(await both()).toBe(1);
  });

  test('that is renewed in time is nobody else’s, however long it is held', async () => {
    const {clock, one, two} = world();
    const lease = await one.acquire('lock', LEASE_MS);
    for (let beat = 0; beat < 20; beat++) {
      expect(await takes(two)).toBe(false);
      await clock.advance(LEASE_MS - 1);
      expect(await lease?.renew?.(LEASE_MS)).toBe(true);
    }
    await lease?.release();
    expect(await takes(two)).toBe(true);
  });

  test('that was taken away tells its late holder so, and is not given back by that one', async () => {
    const {clock, one, two, three} = world();
    const late = await one.acquire('lock', LEASE_MS);
    await takes(two);
    await clock.advance(LEASE_MS);
    const next = await two.acquire('lock', LEASE_MS);
    expect(next).toBeDefined();
    expect(await late?.renew?.(LEASE_MS)).toBe(false);
    await late?.release();
    expect(await takes(three)).toBe(false);
    expect(await next?.renew?.(LEASE_MS)).toBe(true);
    await next?.release();
    expect(await late?.renew?.(LEASE_MS)).toBe(false);
    expect(await takes(three)).toBe(true);
  });

  test('that another process gave back and took again is watched from there', async () => {
    const {clock, one, two} = world();
    const first = await one.acquire('lock', LEASE_MS);
    await takes(two);
    await clock.advance(LEASE_MS - 1);
    await first?.release();
    expect(await takes(one)).toBe(true);
    await clock.advance(1);
    expect(await takes(two)).toBe(false);
  });

  test('that its holder renews, or a third one takes, between the look and the taking is not taken too', async () => {
    const {path, clock, one, two} = world();
    await takes(one);
    await takes(two);
    await clock.advance(LEASE_MS);
    const beside = new DatabaseSync(path);
    onTestFinished(() => beside.close());
    // Between the look and the taking, as another process can be.
    const own = Object.getOwnPropertyDescriptor(StatementSync.prototype, 'run')!;
    const run = own.value as (this: StatementSync, ...given: unknown[]) => unknown;
    StatementSync.prototype.run = function (this: StatementSync, ...given: unknown[]) {
      Object.defineProperty(StatementSync.prototype, 'run', own);
      beside.exec("UPDATE locks SET beat = 'another'");
      return run.apply(this, given);
    } as StatementSync['run'];
    onTestFinished(() => void Object.defineProperty(StatementSync.prototype, 'run', own));
    expect(await takes(two)).toBe(false);
    expect(await takes(two)).toBe(false);
  });

  test('is judged by the wall clock where the store was given none but that', async () => {
    const path = file();
    let now = 1_000_000;
    const clock = {now: () => now, sleep: () => Promise.resolve()};
    const [one, two] = [opened(path, {clock}), opened(path, {clock})];
    await takes(one);
    expect(await takes(two)).toBe(false);
    now += LEASE_MS;
    expect(await takes(two)).toBe(true);
  });

  test('is looked at while another process writes: whoever waits for it waits for nothing else', async () => {
    const {path, one, two} = world();
    await takes(one);
    const writing = new DatabaseSync(path);
    onTestFinished(() => writing.close());
    writing.exec('BEGIN IMMEDIATE');
    expect(await takes(two)).toBe(false);
  });
});
