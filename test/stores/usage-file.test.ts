import {readdirSync} from 'node:fs';
import {join} from 'node:path';
import {DatabaseSync} from 'node:sqlite';
import {expect, onTestFinished, test} from 'vitest';
import {sqliteStore} from '../../src/index.ts';
import {file, opened, PAIR} from './support/files.ts';
import {started} from './support/processes.ts';

const PERIOD = '2026-01-01';

/** The file as the first version made it, with one pair in it. */
function firstVersion(path: string): DatabaseSync {
  const db = new DatabaseSync(path);
  onTestFinished(() => {
    if (db.isOpen) db.close();
  });
  db.exec(`
    PRAGMA journal_mode = WAL;
    CREATE TABLE tokens (
      generation INTEGER PRIMARY KEY AUTOINCREMENT,
      key TEXT NOT NULL UNIQUE,
      sealed BLOB NOT NULL
    ) STRICT;
    CREATE TABLE leases (name TEXT PRIMARY KEY, owner TEXT NOT NULL, expires_at INTEGER NOT NULL) STRICT;
    PRAGMA user_version = 1;
  `);
  const sealed = Buffer.concat([Buffer.of(0), Buffer.from(JSON.stringify(PAIR))]);
  db.prepare('INSERT INTO tokens (generation, key, sealed) VALUES (7, ?, ?)').run('user:ada', sealed);
  return db;
}

type Totals = readonly (readonly [vehicle: string, total: number])[];

const tablesOf = (db: DatabaseSync): unknown[] =>
  db
    .prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    .all()
    .map(({name, sql}) => [name, String(sql).replaceAll(/--.*|\s+/g, '')]);

test('a file of the first version keeps its tokens and counts from then on', async () => {
  const path = file();
  firstVersion(path).close();
  const store = opened(path);
  expect(await store.get('user:ada')).toEqual({tokens: PAIR, generation: '7'});
  expect(await store.usage?.add(PERIOD, new Map([['car', 2]]))).toEqual(new Map([['car', 2]]));
  expect(await store.put('user:ada', PAIR, '7')).toBe('8');
});

test('a file that was brought up to date is like a new one', () => {
  const old = file();
  const fresh = file();
  firstVersion(old).close();
  const [changed, made] = [old, fresh].map(path => {
    opened(path);
    const db = new DatabaseSync(path);
    onTestFinished(() => db.close());
    return [tablesOf(db), db.prepare('PRAGMA user_version').get()];
  });
  expect(changed).toEqual(made);
  expect(made?.[1]).toEqual({user_version: 4});
});

test('whoever has the old file open already goes on with its tokens and locks', async () => {
  const path = file();
  const old = firstVersion(path);
  await opened(path).usage?.add(PERIOD, new Map([['car', 1]]));
  old.prepare('DELETE FROM tokens').run();
  old.prepare("INSERT INTO leases (name, owner, expires_at) VALUES ('lock', 'an older version', 1)").run();
  expect(await opened(path).get('user:ada')).toBeUndefined();
});

test('an old file whose change fails halfway stays as it was', () => {
  const path = file();
  const old = firstVersion(path);
  old.exec('CREATE TABLE usage (another TEXT)');
  const before = tablesOf(old);
  expect(() => sqliteStore(path)).toThrow(/cannot open/);
  expect(tablesOf(old)).toEqual(before);
  expect(old.prepare('PRAGMA user_version').get()).toEqual({user_version: 1});
});

/** What processes were told that did this at once. */
async function together(processes: number, times: number, paths: readonly string[]): Promise<Totals[]> {
  const all = await Promise.all(
    Array.from({length: processes}, () => started('counter.ts', [String(times), ...paths])),
  );
  for (const {go} of all) go();
  return (await Promise.all(all.map(({said}) => said() as Promise<Totals[]>))).flat();
}

test.each([
  ['new', () => undefined],
  ['old', (path: string) => firstVersion(path).close()],
])('processes that open a %s file at once make it ready once, and lose no call', async (_, prepare) => {
  const paths = Array.from({length: 20}, () => file());
  for (const path of paths) prepare(path);
  await together(3, 1, paths);
  for (const path of paths) expect(await opened(path).usage?.count(PERIOD, 'one')).toBe(3);
});

test('two processes that add at once lose nothing, and each total is told to one of them', async () => {
  const times = 200;
  const totals = await together(2, times, [file()]);
  expect(totals.toSorted(([a], [b]) => (a?.[1] ?? 0) - (b?.[1] ?? 0))).toEqual(
    Array.from({length: 2 * times}, (_, index) => [
      ['one', index + 1],
      ['two', index + 1],
    ]),
  );
});

test('an addition that fails for one vehicle counts for none', async () => {
  const store = opened(file());
  const half = new Map([
    ['car', 1],
    ['van', 0.5],
  ]);
  await expect(store.usage?.add(PERIOD, half)).rejects.toThrow(/INTEGER/);
  expect(await store.usage?.count(PERIOD, 'car')).toBe(0);
  expect(await store.usage?.add(PERIOD, new Map([['car', 1]]))).toEqual(new Map([['car', 1]]));
});

test('calls are kept from one opening to the next', async () => {
  const path = file();
  const first = sqliteStore(path);
  await first.usage?.add(PERIOD, new Map([['car', 3]]));
  await first.close();
  expect(readdirSync(join(path, '..'))).toEqual(['smartcar.db']);
  expect(await opened(path).usage?.count(PERIOD, 'car')).toBe(3);
});
