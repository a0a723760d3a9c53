import {randomBytes} from 'node:crypto';
import {DatabaseSync} from 'node:sqlite';
import {inspect} from 'node:util';
import {describe, expect, test} from 'vitest';
import {sqliteStore} from '../../src/index.ts';
import {bytesBeside, file, opened, PAIR, refusal} from './support/files.ts';

const KEY = randomBytes(32);
const OTHER = randomBytes(32);

describe('with an encryption key', () => {
  test('a pair comes back as it was put, from the same file opened again', async () => {
    const path = file();
    const first = sqliteStore(path, {encryptionKey: KEY});
    await first.put('user:ada', PAIR);
    await first.close();
    expect((await opened(path, {encryptionKey: KEY}).get('user:ada'))?.tokens).toEqual(PAIR);
  });

  test('no token lies in the file, nor in its log', async () => {
    const path = file();
    const store = opened(path, {encryptionKey: KEY});
    await store.put('user:ada', PAIR);
    expect(bytesBeside(path)).toMatch(/user:ada/);
    expect(bytesBeside(path)).not.toMatch(/canary|accessToken/);
  });

  test('a pair that was stored plainly is read, and leaves no trace once it is replaced', async () => {
    const path = file();
    const plain = sqliteStore(path);
    await plain.put('user:ada', PAIR);
    await plain.close();
    const store = sqliteStore(path, {encryptionKey: KEY});
    const found = await store.get('user:ada');
    expect(found?.tokens).toEqual(PAIR);
    await store.put('user:ada', PAIR, found?.generation);
    await store.close();
    expect(bytesBeside(path)).not.toMatch(/canary/);
  });

  test('the same pair is never written twice as the same bytes', async () => {
    const path = file();
    const store = opened(path, {encryptionKey: KEY});
    await store.put('user:ada', PAIR);
    await store.put('user:bob', PAIR);
    const rows = sealed(path);
    expect(rows[0]?.equals(rows[1] ?? Buffer.of())).toBe(false);
  });

  test.each([
    ['hex', KEY.toString('hex')],
    ['hex in capitals', KEY.toString('hex').toUpperCase()],
    ['base64', KEY.toString('base64')],
    ['base64url', KEY.toString('base64url')],
    ['a plain Uint8Array', new Uint8Array(KEY)],
  ])('the key may be written as %s', async (_, encryptionKey) => {
    const path = file();
    await opened(path, {encryptionKey: KEY}).put('user:ada', PAIR);
    expect((await opened(path, {encryptionKey}).get('user:ada'))?.tokens).toEqual(PAIR);
  });
});

describe('when keys change', () => {
  test('the previous key still reads, and the new one writes', async () => {
    const path = file();
    const old = sqliteStore(path, {encryptionKey: OTHER});
    await old.put('user:ada', PAIR);
    await old.put('user:bob', PAIR);
    await old.close();
    const both = sqliteStore(path, {encryptionKey: KEY, previousKey: OTHER});
    expect((await both.get('user:ada'))?.tokens).toEqual(PAIR);
    await both.put('user:ada', PAIR);
    await both.close();
    const next = opened(path, {encryptionKey: KEY});
    expect((await next.get('user:ada'))?.tokens).toEqual(PAIR);
    await refusal(() => next.get('user:bob'));
  });

  test('a wrong key is refused in words, and what it cannot read stays', async () => {
    const path = file();
    await opened(path, {encryptionKey: KEY}).put('user:ada', PAIR);
    const error = await refusal(() => opened(path, {encryptionKey: OTHER}).get('user:ada'));
    expect(error.message).toMatch(/"user:ada".*neither `encryptionKey` nor `previousKey` opens it/);
    expect((await opened(path, {encryptionKey: KEY}).get('user:ada'))?.tokens).toEqual(PAIR);
  });

  test('no key at all is refused in words', async () => {
    const path = file();
    await opened(path, {encryptionKey: KEY}).put('user:ada', PAIR);
    const error = await refusal(() => opened(path).get('user:ada'));
    expect(error.message).toMatch(/it is encrypted, and no `encryptionKey` was given/);
  });
});

describe('a row that somebody has meddled with', () => {
  test("is not opened under another owner's key", async () => {
    const path = file();
    const store = opened(path, {encryptionKey: KEY});
    await store.put('user:ada', PAIR);
    await store.put('user:eve', {...PAIR, accessToken: 'eve'});
    const db = new DatabaseSync(path);
    db.exec(
      `UPDATE tokens SET sealed = (SELECT sealed FROM tokens WHERE key = 'user:ada') WHERE key = 'user:eve'`,
    );
    db.close();
    await refusal(() => store.get('user:eve'));
    expect((await store.get('user:ada'))?.tokens).toEqual(PAIR);
  });

  test.each([1, 5, 13, 20, 28, 29, -1])('is not opened when byte %i has changed', async at => {
    const path = file();
    const store = opened(path, {encryptionKey: KEY});
    await store.put('user:ada', PAIR);
    const bytes = sealed(path)[0] ?? Buffer.of();
    const index = at < 0 ? bytes.length + at : at;
    bytes[index] = (bytes[index] ?? 0) ^ 1;
    reseal(path, bytes);
    expect((await refusal(() => store.get('user:ada'))).message).toMatch(/cannot be read/);
  });

  test.each([0, 1, 12, 13, 17, 28, 29])('is not opened when only %i bytes of it are left', async length => {
    const path = file();
    const store = opened(path, {encryptionKey: KEY});
    await store.put('user:ada', PAIR);
    reseal(path, (sealed(path)[0] ?? Buffer.of()).subarray(0, length));
    expect((await refusal(() => store.get('user:ada'))).message).toMatch(/cannot be read/);
  });
});

describe('a key that is none is refused without being shown', () => {
  const canary = 'key-canary-key-canary';
  test.each<[name: string, key: unknown]>([
    ['too short', canary],
    ['too long', canary.repeat(9)],
    ['empty', ''],
    ['31 bytes', randomBytes(31)],
    ['a number', 32],
    ['null', null],
    ['an object', {secret: canary}],
    ['a list of numbers', Array.from({length: 32}, () => 7)],
    ['a passphrase that happens to decode to 32 bytes', `correct horse battery staple: ${canary}`],
  ])('%s', async (_, key) => {
    for (const options of [{encryptionKey: key}, {encryptionKey: KEY, previousKey: key}]) {
      const error = await refusal(() => sqliteStore(':memory:', options as never));
      const wrong = Object.keys(options).at(-1);
      expect(error.message).toMatch(new RegExp(`Expected \`${wrong}\` of sqliteStore\\(\\) to be 32 bytes`));
      expect(inspect(error, {depth: 10, showHidden: true})).not.toMatch(/canary/);
    }
  });

  test('a previous key alone', async () => {
    const error = await refusal(() => sqliteStore(':memory:', {previousKey: KEY}));
    expect(error.message).toMatch(/Expected `encryptionKey` of sqliteStore\(\) beside `previousKey`/);
  });
});

function sealed(path: string): Buffer[] {
  const db = new DatabaseSync(path);
  const rows = db.prepare('SELECT sealed FROM tokens ORDER BY generation').all();
  db.close();
  return rows.map(row => Buffer.from(row['sealed'] as Uint8Array));
}

function reseal(path: string, bytes: Uint8Array): void {
  const db = new DatabaseSync(path);
  db.prepare('UPDATE tokens SET sealed = ?').run(bytes);
  db.close();
}
