import {chmodSync, readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {DatabaseSync} from 'node:sqlite';
import {describe, expect, onTestFinished, test, vi} from 'vitest';
import {sqliteStore} from '../../src/index.ts';
import {bytesBeside, file, folder, opened, PAIR, refusal} from './support/files.ts';

const modes = (where: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(where).map(name => [name, (statSync(join(where, name)).mode & 0o777).toString(8)]),
  );

function raw(path: string): DatabaseSync {
  const db = new DatabaseSync(path);
  onTestFinished(() => {
    if (db.isOpen) db.close();
  });
  return db;
}

describe('the file', () => {
  test('is readable by its owner alone, write-ahead log and shared memory included', async () => {
    const path = file();
    await opened(path).put('user:ada', PAIR);
    expect(modes(join(path, '..'))).toEqual({
      'smartcar.db': '600',
      'smartcar.db-shm': '600',
      'smartcar.db-wal': '600',
    });
  });

  test('is closed to others when it existed before, and so is the log it left', async () => {
    const path = file();
    const db = raw(path);
    db.exec('PRAGMA journal_mode = WAL; CREATE TABLE other (a)');
    for (const name of readdirSync(join(path, '..'))) chmodSync(join(path, '..', name), 0o644);
    await opened(path).put('user:ada', PAIR);
    expect(Object.values(modes(join(path, '..')))).toEqual(['600', '600', '600']);
  });

  test('survives a power cut: it keeps a write-ahead log and syncs on every commit', async () => {
    const path = file();
    const exec = vi.spyOn(DatabaseSync.prototype, 'exec');
    onTestFinished(() => exec.mockRestore());
    opened(path);
    expect(exec.mock.calls.join(' ')).toMatch(/synchronous = FULL/);
    expect(raw(path).prepare('PRAGMA journal_mode').get()).toMatchObject({journal_mode: 'wal'});
  });

  test('keeps pairs and generations from one opening to the next', async () => {
    const path = file();
    const first = sqliteStore(path);
    const generation = await first.put('user:ada', PAIR);
    await first.delete('user:nobody');
    await first.close();
    const second = opened(path);
    expect(await second.get('user:ada')).toEqual({tokens: PAIR, generation});
    expect(Number(await second.put('user:ada', PAIR))).toBeGreaterThan(Number(generation));
  });

  test('is the one that was named, in the working directory, even when its name looks like a URI', async () => {
    const where = folder();
    const cwd = vi.spyOn(process, 'cwd').mockReturnValue(where);
    onTestFinished(() => cwd.mockRestore());
    await opened('file:tokens.db?mode=memory').put('user:ada', PAIR);
    const names = ['', '-shm', '-wal'].map(end => `file:tokens.db?mode=memory${end}`);
    expect(modes(where)).toEqual(Object.fromEntries(names.map(name => [name, '600'])));
  });

  test('holds no trace of a pair that was deleted, or replaced', async () => {
    const path = file();
    const store = sqliteStore(path);
    await store.put('user:ada', PAIR);
    await store.put('user:bob', {...PAIR, accessToken: 'access-next', refreshToken: 'refresh-next'});
    await store.delete('user:ada');
    await store.close();
    expect(bytesBeside(path)).not.toMatch(/canary/);
    expect(bytesBeside(path)).toMatch(/access-next/);
  });
});

describe('what cannot be opened is refused in words', () => {
  test.each<[name: string, path: unknown, said: RegExp]>([
    ['a number', 5, /Expected the path of sqliteStore\(\) to be a text, got number/],
    ['an empty text', '', /got an empty one/],
    ['nothing', undefined, /got undefined/],
    ['a URL', new URL('file:///tmp/x.db'), /got object/],
  ])('%s as the path', async (_, path, said) => {
    expect((await refusal(() => sqliteStore(path as string))).message).toMatch(said);
  });

  test('a folder that does not exist', async () => {
    const path = join(folder(), 'none', 'smartcar.db');
    expect((await refusal(() => sqliteStore(path))).message).toContain(`cannot open "${path}": ENOENT`);
  });

  test('a folder in place of a file', async () => {
    const path = folder();
    expect((await refusal(() => sqliteStore(path))).message).toContain('EISDIR');
  });

  test('a file that is no database, of which nothing is shown and nothing changed', async () => {
    const path = file();
    writeFileSync(path, 'refresh-canary-52 '.repeat(500));
    const error = await refusal(() => sqliteStore(path));
    expect(error.message).toMatch(/file is not a database/);
    expect(JSON.stringify([error.message, error.stack])).not.toMatch(/canary/);
    expect(readFileSync(path, 'utf8')).toMatch(/^refresh-canary/);
  });

  test('a database of a newer version, which stays as it is', async () => {
    const path = file();
    const db = raw(path);
    db.exec('PRAGMA user_version = 99; CREATE TABLE grants (a)');
    db.close();
    const before = readFileSync(path);
    expect((await refusal(() => sqliteStore(path))).message).toMatch(/newer version \(schema 99, known: 4\)/);
    expect(readFileSync(path).equals(before)).toBe(true);
    expect(readdirSync(join(path, '..'))).toEqual(['smartcar.db']);
  });

  test('an option that does not exist: a typo must not leave tokens unencrypted', async () => {
    const error = await refusal(() => sqliteStore(file(), {encryptionkey: 'key-canary'} as never));
    expect(error.message).toMatch(/`encryptionkey`/);
    expect(error.message).not.toMatch(/canary/);
  });
});

describe('a row that is damaged is refused without showing it', () => {
  test.each<[name: string, sealed: Uint8Array | string]>([
    ['no JSON', '\u0000{"accessToken":"access-canary'],
    ['no object', '\u0000null'],
    ['no tokens', '\u0000{"refreshToken":"refresh-canary","accessExpiresAt":5}'],
    ['a token that is no text', '\u0000{"accessToken":["access-canary"],"accessExpiresAt":5}'],
    ['an unknown format', '\u0009access-canary'],
    ['nothing at all', ''],
  ])('%s', async (_, sealed) => {
    const path = file();
    const store = opened(path);
    await store.put('user:ada', PAIR);
    await store.put('user:bob', PAIR);
    raw(path).prepare('UPDATE tokens SET sealed = ? WHERE key = ?').run(Buffer.from(sealed), 'user:ada');
    const error = await refusal(() => store.get('user:ada'));
    expect(error.message).toMatch(/The tokens of "user:ada" cannot be read/);
    expect(JSON.stringify([error.message, error.stack, String(error.cause)])).not.toMatch(/canary/);
    expect((await store.get('user:bob'))?.tokens).toEqual(PAIR);
  });

  test('and can be replaced by a new pair', async () => {
    const path = file();
    const store = opened(path);
    await store.put('user:ada', PAIR);
    raw(path).prepare('UPDATE tokens SET sealed = ?').run(Buffer.from('?'));
    await store.put('user:ada', PAIR);
    expect((await store.get('user:ada'))?.tokens).toEqual(PAIR);
  });
});

test('a closed store says so', async () => {
  const store = opened(file());
  await store.close();
  const uses = [
    store.get('user:ada'),
    store.put('user:ada', PAIR),
    store.delete('user:ada'),
    store.acquire('lock', 5),
    store.usage?.add('2026-01-01', new Map([['car', 1]])),
    store.usage?.count('2026-01-01', 'car'),
    store.usage?.forget('2026-01-01'),
  ];
  for (const use of uses) await expect(use).rejects.toMatchObject({name: 'PolicyError', code: 'CLOSED'});
});
