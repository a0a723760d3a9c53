import {randomUUID} from 'node:crypto';
import {chmodSync, closeSync, openSync} from 'node:fs';
import type {DatabaseSync} from 'node:sqlite';
import {PolicyError} from '../core/policy-error.ts';
import type {Clock, Tokens, TokenStore} from '../ports.ts';
import {keyBytes, sealWith, type EncryptionKey} from './sealing.ts';

export interface SqliteStoreOptions {
  /** Encrypts tokens at rest with AES-256-GCM. @default none: tokens are stored plainly, in a file of mode 0600 */
  readonly encryptionKey?: EncryptionKey;
  /** Still read, no longer written: give the old key here while you change keys. */
  readonly previousKey?: EncryptionKey;
  /** @default the system's */
  readonly clock?: Pick<Clock, 'now' | 'sleep'>;
}

const SCHEMA_VERSION = 1;
const SCHEMA = `
  CREATE TABLE tokens (
    -- AUTOINCREMENT: a generation is never used twice, not even after a delete.
    generation INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    sealed BLOB NOT NULL
  ) STRICT;
  CREATE TABLE leases (name TEXT PRIMARY KEY, owner TEXT NOT NULL, expires_at INTEGER NOT NULL) STRICT;
  PRAGMA user_version = ${SCHEMA_VERSION};
`;

/** SQLite blocks the whole process while it waits for a lock, so it waits briefly and we go on outside. */
const BUSY_MS = 20;
const BUSY_PAUSE_MS = 25;
const BUSY_LIMIT_MS = 5_000;

const systemTime: Pick<Clock, 'now' | 'sleep'> = {
  now: () => Date.now(),
  sleep: ms => new Promise(resolve => void setTimeout(resolve, ms)),
};

/**
 * Keeps tokens in one SQLite file, for several processes on one machine (write-ahead log, `synchronous=FULL`: a
 * power cut must not bring a spent refresh token back). The file is made with mode 0600; `:memory:` works too.
 *
 * @throws `PolicyError` with code `CONFIGURATION`: the file can't be opened, is no database, or was written by a newer
 * version; a key is not 32 bytes.
 */
export function sqliteStore(path: string, options: SqliteStoreOptions = {}): TokenStore {
  const {clock = systemTime, encryptionKey, previousKey} = options;
  const keys = [
    ...(encryptionKey === undefined ? [] : [keyBytes('encryptionKey', encryptionKey)]),
    ...(previousKey === undefined ? [] : [keyBytes('previousKey', previousKey)]),
  ];
  if (encryptionKey === undefined && previousKey !== undefined) {
    throw new PolicyError(
      'CONFIGURATION',
      'Expected `encryptionKey` of sqliteStore() beside `previousKey`, got nothing.',
    );
  }
  const seal = sealWith(keys);
  const db = opened(path);
  const select = db.prepare('SELECT generation, sealed FROM tokens WHERE key = ?');
  const write = db.prepare('INSERT OR REPLACE INTO tokens (key, sealed) VALUES (?, ?)');
  const remove = db.prepare('DELETE FROM tokens WHERE key = ?');
  const take = db.prepare(`
    INSERT INTO leases (name, owner, expires_at) VALUES (?, ?, ?)
    ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, expires_at = excluded.expires_at WHERE expires_at <= ?`);
  const give = db.prepare('DELETE FROM leases WHERE name = ? AND owner = ?');

  /** Another process may hold the file for a moment: tries again without blocking this one. */
  async function patiently<T>(action: () => T): Promise<T> {
    for (let waited = 0; ; waited += BUSY_PAUSE_MS) {
      try {
        return action();
      } catch (error) {
        if (!isBusy(error) || waited >= BUSY_LIMIT_MS) throw error;
      }
      await clock.sleep(BUSY_PAUSE_MS);
    }
  }

  return {
    get: key =>
      patiently(() => {
        const row = select.get(key);
        if (!row) return undefined;
        const tokens = parsed(key, seal.open(key, row['sealed'] as Uint8Array));
        return {tokens, generation: String(row['generation'])};
      }),
    put: (key, tokens, replaces) =>
      patiently(() => {
        const sealed = seal.seal(key, JSON.stringify(tokens));
        return immediate(db, () => {
          if (replaces !== undefined) {
            const row = select.get(key);
            if ((row ? String(row['generation']) : null) !== replaces) return undefined;
          }
          return String(write.run(key, sealed).lastInsertRowid);
        });
      }),
    delete: key => patiently(() => void remove.run(key)),
    acquire: (name, leaseMs) =>
      patiently(() => {
        const owner = randomUUID();
        const now = clock.now();
        if (take.run(name, owner, now + leaseMs, now).changes === 0) return undefined;
        return {release: () => patiently(() => void give.run(name, owner))};
      }),
    close() {
      if (db.isOpen) db.close();
    },
  };
}

function opened(path: string): DatabaseSync {
  if (typeof path !== 'string' || path === '') {
    throw new PolicyError(
      'CONFIGURATION',
      `Expected the path of sqliteStore() to be a text, got ${typeof path === 'string' ? 'an empty one' : typeof path}.`,
    );
  }
  // Loaded here, so that only those who use it meet the experimental warning of Node 22.
  const {DatabaseSync: Database} = process.getBuiltinModule('node:sqlite');
  try {
    if (path !== ':memory:') {
      closeSync(openSync(path, 'a', 0o600));
      chmodSync(path, 0o600);
    }
    const db = new Database(path, {timeout: BUSY_LIMIT_MS});
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
    immediate(db, () => prepared(db, path));
    db.exec(`PRAGMA busy_timeout = ${BUSY_MS};`);
    return db;
  } catch (cause) {
    if (cause instanceof PolicyError) throw cause;
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new PolicyError('CONFIGURATION', `sqliteStore() cannot open "${path}": ${said}`, {cause});
  }
}

function prepared(db: DatabaseSync, path: string): void {
  const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version']);
  if (version === 0) db.exec(SCHEMA);
  if (version > SCHEMA_VERSION) {
    throw new PolicyError(
      'CONFIGURATION',
      `"${path}" was written by a newer version (schema ${version}, known: ${SCHEMA_VERSION}).`,
    );
  }
}

function immediate<T>(db: DatabaseSync, action: () => T): T {
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = action();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

function isBusy(error: unknown): boolean {
  const code = (error as {errcode?: unknown}).errcode;
  // SQLITE_BUSY and SQLITE_LOCKED, extended codes included.
  return typeof code === 'number' && ((code & 0xff) === 5 || (code & 0xff) === 6);
}

function parsed(key: string, text: string): Tokens {
  try {
    return JSON.parse(text) as Tokens;
  } catch {
    throw new PolicyError('CONFIGURATION', `The tokens of "${key}" cannot be read: the row is damaged.`);
  }
}
