import type {DatabaseSync} from 'node:sqlite';
import {PolicyError} from '../core/policy-error.ts';

/** What makes a version of the file from the one before it; the first begins with nothing. */
const STEPS: readonly string[] = [
  `CREATE TABLE tokens (
     -- AUTOINCREMENT: a generation is never used twice, not even after a delete.
     generation INTEGER PRIMARY KEY AUTOINCREMENT,
     key TEXT NOT NULL UNIQUE,
     sealed BLOB NOT NULL
   ) STRICT;
   CREATE TABLE leases (name TEXT PRIMARY KEY, owner TEXT NOT NULL, expires_at INTEGER NOT NULL) STRICT;`,
  `CREATE TABLE usage (
     period TEXT,
     vehicle TEXT,
     calls INTEGER NOT NULL,
     PRIMARY KEY (period, vehicle)
   ) STRICT, WITHOUT ROWID;`,
  `CREATE TABLE episodes (
     id TEXT PRIMARY KEY,
     key TEXT NOT NULL UNIQUE,
     probe_at INTEGER NOT NULL,
     told_at INTEGER NOT NULL,
     record TEXT NOT NULL
   ) STRICT;
   CREATE TABLE endings (key TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
   CREATE TABLE marks (mark TEXT PRIMARY KEY, until INTEGER NOT NULL) STRICT, WITHOUT ROWID;
   CREATE INDEX marks_until ON marks (until);`,
  // In the place of `leases`, which stays for those who have the file open in an older version.
  `CREATE TABLE locks (name TEXT PRIMARY KEY, beat TEXT NOT NULL) STRICT, WITHOUT ROWID;`,
];

const SCHEMA_VERSION: number = STEPS.length;

/** Brings the tables up to date. Belongs into a transaction that holds the write lock: others may open the file too. */
export function migrate(db: DatabaseSync): void {
  const missing = STEPS.slice(versionOf(db));
  if (missing.length > 0) db.exec(`${missing.join('\n')} PRAGMA user_version = ${SCHEMA_VERSION};`);
}

/** @throws `PolicyError` with code `CONFIGURATION` where a newer version wrote the file. Nothing is changed. */
export function refuseNewer(db: DatabaseSync, path: string): void {
  const version = versionOf(db);
  if (version <= SCHEMA_VERSION) return;
  throw new PolicyError(
    'CONFIGURATION',
    `"${path}" was written by a newer version (schema ${version}, known: ${SCHEMA_VERSION}).`,
  );
}

function versionOf(db: DatabaseSync): number {
  return Number(db.prepare('PRAGMA user_version').get()?.['user_version']);
}
