import {randomUUID} from 'node:crypto';
import {chmodSync, closeSync, existsSync, openSync} from 'node:fs';
import {resolve as absolute} from 'node:path';
import type {DatabaseSync} from 'node:sqlite';
import {PolicyError} from '../core/policy-error.ts';
import type {Clock, TokenStore} from '../ports.ts';
import {keyBytes, sealWith, type EncryptionKey} from './sealing.ts';
import {copyTokens, readTokens} from './stored-tokens.ts';

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

/** SQLite blocks the whole process while it waits for a lock: once the file is open it does not, and we wait outside. */
const BUSY_PAUSE_MS = 10;
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
  checkNames(options);
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
        if (!db.isOpen) throw new PolicyError('CLOSED', 'The token store was closed.');
        return action();
      } catch (error) {
        if (!isBusy(error)) throw error;
        if (waited >= BUSY_LIMIT_MS) throw busy(path);
      }
      await clock.sleep(BUSY_PAUSE_MS);
    }
  }

  return {
    get: key =>
      patiently(() => {
        const row = select.get(key);
        if (!row) return undefined;
        const tokens = readTokens(seal.open(key, row['sealed'] as Uint8Array));
        if (!tokens) throw damaged(key);
        return {tokens, generation: String(row['generation'])};
      }),
    put: (key, tokens, replaces) =>
      patiently(() => {
        const sealed = seal.seal(key, JSON.stringify(copyTokens(tokens)));
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
  // In full: SQLite would take a name that begins with `file:` for a URI.
  const name = path === ':memory:' ? path : absolute(path);
  let db: DatabaseSync | undefined;
  try {
    if (name !== ':memory:') closeToOthers(name);
    db = new Database(name, {timeout: BUSY_LIMIT_MS});
    prepare(db, path);
    return db;
  } catch (cause) {
    db?.close();
    if (cause instanceof PolicyError) throw cause;
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new PolicyError('CONFIGURATION', `sqliteStore() cannot open "${path}": ${said}`, {cause});
  }
}

/** SQLite makes the log and the shared memory with the mode of the file; those of a crash may be there already. */
function closeToOthers(name: string): void {
  closeSync(openSync(name, 'a', 0o600));
  for (const file of [name, `${name}-wal`, `${name}-shm`]) if (existsSync(file)) chmodSync(file, 0o600);
}

function prepare(db: DatabaseSync, path: string): void {
  // Before anything is written: what a newer version made stays as it is.
  const version = versionOf(db);
  if (version > SCHEMA_VERSION) {
    throw new PolicyError(
      'CONFIGURATION',
      `"${path}" was written by a newer version (schema ${version}, known: ${SCHEMA_VERSION}).`,
    );
  }
  // secure_delete: a pair that was replaced or deleted is overwritten, not just forgotten.
  db.exec('PRAGMA secure_delete = ON; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
  immediate(db, () => {
    if (versionOf(db) === 0) db.exec(SCHEMA);
  });
  db.exec('PRAGMA busy_timeout = 0;');
}

function versionOf(db: DatabaseSync): number {
  return Number(db.prepare('PRAGMA user_version').get()?.['user_version']);
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

function busy(path: string): PolicyError {
  const seconds = BUSY_LIMIT_MS / 1_000;
  return new PolicyError(
    'CONFIGURATION',
    `"${path}" has been locked by another process for ${seconds} seconds.`,
  );
}

function damaged(key: string): PolicyError {
  return new PolicyError('CONFIGURATION', `The tokens of "${key}" cannot be read: the row is damaged.`);
}

const OPTIONS: readonly string[] = ['encryptionKey', 'previousKey', 'clock'];

/** A misspelt `encryptionKey` would leave every token readable. */
function checkNames(options: SqliteStoreOptions): void {
  for (const name of Object.keys(options)) {
    if (OPTIONS.includes(name)) continue;
    throw new PolicyError(
      'CONFIGURATION',
      `Unknown option \`${name}\` of sqliteStore(), expected one of ${OPTIONS.join(', ')}.`,
    );
  }
}
