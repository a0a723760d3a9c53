import {PolicyError} from '../core/policy-error.ts';
import type {Clock, TokenStore} from '../ports.ts';
import {sealOf, type EncryptionKey} from '../at-rest/sealing.ts';
import {openSqlite} from './sqlite-file.ts';
import {sqliteLeases} from './sqlite-leases.ts';
import {sqliteEpisodes, sqliteMarks} from './sqlite-records.ts';
import {sqliteUsage} from './sqlite-usage.ts';
import {copyTokens, storedTokens} from '../at-rest/stored-tokens.ts';

/** Options of `sqliteStore`. */
export interface SqliteStoreOptions {
  /** Encrypts tokens at rest with AES-256-GCM. @default none: tokens are stored plainly, in a file of mode 0600 */
  readonly encryptionKey?: EncryptionKey;
  /** Still read, no longer written: give the old key here while you change keys. */
  readonly previousKey?: EncryptionKey;
  /** @default the system's */
  readonly clock?: Pick<Clock, 'now' | 'sleep' | 'monotonic'>;
}

const systemTime: Pick<Clock, 'now' | 'sleep' | 'monotonic'> = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: ms => new Promise(resolve => void setTimeout(resolve, ms)),
};

/**
 * Keeps tokens in one SQLite file, for several processes on one machine (write-ahead log, `synchronous=FULL`: a
 * power cut must not bring a spent refresh token back), counts calls for all of them, and keeps open episodes. The file is made with mode
 * 0600; `:memory:` works too. One of an older version is brought up to date, and older versions refuse it from then on.
 *
 * @throws `PolicyError` with code `CONFIGURATION`: the file can't be opened, is no database, or was written by a newer
 * version; a key is not 32 bytes.
 */
export function sqliteStore(path: string, options: SqliteStoreOptions = {}): TokenStore {
  checkNames(options);
  const {clock = systemTime} = options;
  const seal = sealOf('sqliteStore()', options);
  const file = openSqlite(path, clock);
  const {db, patiently, immediate} = file;
  const select = db.prepare('SELECT generation, sealed FROM tokens WHERE key = ?');
  const write = db.prepare('INSERT OR REPLACE INTO tokens (key, sealed) VALUES (?, ?)');
  const remove = db.prepare('DELETE FROM tokens WHERE key = ?');

  return {
    get: key =>
      patiently(() => {
        const row = select.get(key);
        if (!row) return undefined;
        const tokens = storedTokens(key, seal.open(key, row['sealed'] as Uint8Array));
        return {tokens, generation: String(row['generation'])};
      }),
    put: (key, tokens, replaces) =>
      patiently(() => {
        const sealed = seal.seal(key, JSON.stringify(copyTokens(tokens)));
        return immediate(() => {
          if (replaces !== undefined) {
            const row = select.get(key);
            if ((row ? String(row['generation']) : null) !== replaces) return undefined;
          }
          return String(write.run(key, sealed).lastInsertRowid);
        });
      }),
    delete: key => patiently(() => void remove.run(key)),
    ...sqliteLeases(file, () => (clock.monotonic ? clock.monotonic() : clock.now())),
    usage: sqliteUsage(file),
    episodes: sqliteEpisodes(file),
    marks: sqliteMarks(file),
    close() {
      if (db.isOpen) db.close();
    },
  };
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
