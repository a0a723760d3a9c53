import {chmodSync, closeSync, openSync, statSync} from 'node:fs';
import {resolve as absolute} from 'node:path';
import type {DatabaseSync} from 'node:sqlite';
import {PolicyError} from '../core/policy-error.ts';
import type {Clock} from '../ports.ts';
import {migrate, refuseNewer} from './sqlite-schema.ts';

/** An open database that several processes share. */
export interface SqliteFile {
  readonly db: DatabaseSync;
  /**
   * Another process may hold the file for a moment: tries again without blocking this one. `action` has to change all
   * or nothing. Rejects with code `CLOSED` once the database is closed.
   */
  readonly patiently: <T>(action: () => T) => Promise<T>;
  /** One transaction that holds the write lock from its beginning, so that what it reads stays true. */
  readonly immediate: <T>(action: () => T) => T;
}

/** SQLite blocks the whole process while it waits for a lock: once the file is open it does not, and we wait outside. */
const BUSY_PAUSE_MS = 10;
const BUSY_LIMIT_MS = 5_000;

/** Opens a file, or makes it, with the tables of this version. */
export function openSqlite(path: string, clock: Pick<Clock, 'sleep'>): SqliteFile {
  const db = opened(path);
  return {
    db,
    async patiently(action) {
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
    },
    immediate: action => immediate(db, action),
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
  // Not one that is there: to close any descriptor of a file ends the locks that this process has on it.
  const isFile = statSync(name, {throwIfNoEntry: false})?.isFile() === true;
  if (!isFile) closeSync(openSync(name, 'a', 0o600));
  for (const file of [name, `${name}-wal`, `${name}-shm`]) chmodIfThere(file);
}

/** The last process to close a database takes its log away, at any time. */
function chmodIfThere(file: string): void {
  try {
    chmodSync(file, 0o600);
  } catch (error) {
    if ((error as {code?: unknown}).code !== 'ENOENT') throw error;
  }
}

function prepare(db: DatabaseSync, path: string): void {
  // Before anything is written: what a newer version made stays as it is.
  refuseNewer(db, path);
  keepLog(db);
  // secure_delete: a pair that was replaced or deleted is overwritten, not just forgotten.
  db.exec('PRAGMA secure_delete = ON; PRAGMA synchronous = FULL;');
  immediate(db, () => {
    // Again: now nobody else can change it any more.
    refuseNewer(db, path);
    migrate(db);
  });
  db.exec('PRAGMA busy_timeout = 0;');
}

/** Two processes that make a file at once: SQLite refuses one of them without waiting, whatever the timeout. */
function keepLog(db: DatabaseSync): void {
  const end = performance.now() + BUSY_LIMIT_MS;
  for (;;) {
    try {
      return db.exec('PRAGMA journal_mode = WAL');
    } catch (error) {
      if (!isBusy(error) || performance.now() >= end) throw error;
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BUSY_PAUSE_MS);
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

function busy(path: string): PolicyError {
  const seconds = BUSY_LIMIT_MS / 1_000;
  return new PolicyError(
    'CONFIGURATION',
    `"${path}" has been locked by another process for ${seconds} seconds.`,
  );
}
