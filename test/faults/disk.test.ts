import {existsSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {DatabaseSync} from 'node:sqlite';
import {expect, onTestFinished, test} from 'vitest';
import {fakeAuth, pair} from '../engine/support/auth.ts';
import {errorOf, playing} from '../engine/support/bench.ts';
import {lostLogin} from '../engine/support/failures.ts';
import {
  createPolicy,
  manualClock,
  sqliteStore,
  type ManualClock,
  type Policy,
  type TokenStore,
} from './support/front-door.ts';

const READ = {vehicle: 'car', idempotent: true};
/** Longer than what is left on the last page. */
const LONG = 'long'.repeat(4_000);

interface World {
  readonly clock: ManualClock;
  readonly policy: Policy;
  readonly file: string;
  /** The connection of the policy's own store. */
  readonly db: DatabaseSync;
  readonly renewals: () => number;
  readonly read: (user: string) => Promise<unknown>;
}

/** SQLite's own refusals come from SQLite: the connection of the store is told that it has no room, or may not write. */
function opened(file: string): {readonly store: TokenStore; readonly db: DatabaseSync} {
  const own = Object.getOwnPropertyDescriptor(DatabaseSync.prototype, 'exec')!;
  const exec = own.value as (this: DatabaseSync, sql: string) => void;
  let db: DatabaseSync | undefined;
  DatabaseSync.prototype.exec = function (this: DatabaseSync, sql: string): void {
    // oxlint-disable-next-line typescript/no-this-alias -- it is what we are after
    db = this;
    exec.call(this, sql);
  };
  try {
    const store = sqliteStore(file);
    return {store, db: db!};
  } finally {
    Object.defineProperty(DatabaseSync.prototype, 'exec', own);
  }
}

async function world(): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'smartcar-disk-'));
  onTestFinished(() => rmSync(folder, {recursive: true, force: true}));
  const file = join(folder, 'tokens.db');
  const {store, db} = opened(file);
  const clock = manualClock();
  let renewals = 0;
  const auth = fakeAuth(async () => pair(`${++renewals}-${LONG}`, clock.now()));
  const policy = createPolicy({clock, auth, store, random: () => 0, quota: {perVehicle: 1_000}});
  onTestFinished(() => policy.close().catch(() => undefined));
  await policy.tokens.save('ada', pair('ada', clock.now(), 1));
  await policy.tokens.save('bob', pair('bob', clock.now()));
  await policy.run(playing('ok'), {...READ, user: 'bob'});
  await clock.advance(2_000);
  const read = (user: string): Promise<unknown> =>
    clock.run(
      policy.run(async ({accessToken}) => accessToken, {...READ, user}).catch((error: unknown) => error),
    );
  return {clock, policy, file, db, renewals: () => renewals, read};
}

function intact(file: string): void {
  const db = new DatabaseSync(file);
  expect(db.prepare('PRAGMA integrity_check').get()).toEqual({integrity_check: 'ok'});
  db.close();
}

const FULL = /token store failed to write "user:ada": database or disk is full/;

test('on a full disk a renewed pair is kept until there is room: it is told, not lost, and not renewed again', async () => {
  const {policy, file, db, renewals, read} = await world();
  db.exec(`PRAGMA max_page_count = ${String(db.prepare('PRAGMA page_count').get()?.['page_count'])}`);

  for (let round = 0; round < 3; round++) {
    expect(await read('ada')).toMatchObject({code: 'CONFIGURATION', message: expect.stringMatching(FULL)});
    expect(renewals()).toBe(1);
    expect((await policy.tokens.get('ada'))?.refreshToken).toBe(`refresh-1-${LONG}`);
  }
  expect(await read('bob')).toBe('access-bob');

  db.exec('PRAGMA max_page_count = 1000000');
  expect(await read('ada')).toBe(`access-1-${LONG}`);
  expect(renewals()).toBe(1);
  await policy.close();
  intact(file);
  const again = sqliteStore(file);
  expect((await again.get('user:ada'))?.tokens.refreshToken).toBe(`refresh-1-${LONG}`);
  await again.close();
});

test('who closes on a full disk is told that a pair could not be stored, and the file is whole', async () => {
  const {policy, file, db, read} = await world();
  db.exec(`PRAGMA max_page_count = ${String(db.prepare('PRAGMA page_count').get()?.['page_count'])}`);
  await read('ada');
  expect(await errorOf(policy.close())).toMatchObject({message: expect.stringMatching(FULL)});
  expect(db.isOpen).toBe(false);
  intact(file);
});

test('where the file may not be written no refresh begins, and calls with a good token go on', async () => {
  const {clock, policy, file, db, renewals, read} = await world();
  db.exec('PRAGMA query_only = ON');
  const refused = await read('ada');
  expect(refused).toMatchObject({
    code: 'CONFIGURATION',
    message: expect.stringMatching(/failed to lock .*readonly/),
  });
  expect(renewals()).toBe(0);
  expect(await read('bob')).toBe('access-bob');

  // An episode that cannot be kept: the call has its own answer.
  const own = await errorOf(policy.run(playing(lostLogin()), {...READ, user: 'bob'}));
  expect(own).toMatchObject({type: 'CONNECTED_SERVICES_ACCOUNT'});
  await clock.advance(5_000);
  // Counts wait for better times.
  expect((await policy.usage('car')).calls).toBeGreaterThanOrEqual(3);

  db.exec('PRAGMA query_only = OFF');
  expect(await read('ada')).toBe(`access-1-${LONG}`);
  const {calls} = await policy.usage('car');
  await policy.close();
  intact(file);
  const other = sqliteStore(file);
  expect(await other.usage?.count('2026-01-01', 'car')).toBe(calls);
  await other.close();
});

test('a folder in the place of the log, or of the file, is named when the store is opened', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'smartcar-disk-'));
  onTestFinished(() => rmSync(folder, {recursive: true, force: true}));
  expect(() => sqliteStore(folder)).toThrow(/cannot open ".*": EISDIR/);
  expect(() => sqliteStore(join(folder, 'no', 'such', 'folder.db'))).toThrow(/cannot open/);
  expect(existsSync(join(folder, 'no'))).toBe(false);
});
