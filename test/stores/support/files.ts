import {mkdtempSync, readdirSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {onTestFinished} from 'vitest';
import {
  PolicyError,
  sqliteStore,
  type SqliteStoreOptions,
  type Tokens,
  type TokenStore,
} from '../../../src/index.ts';

/** A folder that is gone after the test. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'smartcar-policy-'));
  onTestFinished(() => rmSync(path, {recursive: true, force: true}));
  return path;
}

export const file = (name = 'smartcar.db'): string => join(folder(), name);

/** A store that is closed with the test. */
export function opened(path: string, options?: SqliteStoreOptions): TokenStore {
  const store = sqliteStore(path, options);
  onTestFinished(() => store.close());
  return store;
}

/** Everything that lies in the folder of a database, its write-ahead log included. */
export function bytesBeside(path: string): string {
  const where = join(path, '..');
  return readdirSync(where)
    .map(name => readFileSync(join(where, name), 'latin1'))
    .join('\n');
}

export const PAIR: Tokens = {
  accessToken: 'access-canary-51',
  refreshToken: 'refresh-canary-52',
  accessExpiresAt: 1_800_000_000_000,
  refreshExpiresAt: 1_805_184_000_000,
};

/** The error that `sqliteStore` throws, or a promise rejects with: always a `PolicyError` of code CONFIGURATION. */
export async function refusal(action: () => unknown): Promise<PolicyError> {
  try {
    await action();
  } catch (error) {
    if (PolicyError.is(error) && error.code === 'CONFIGURATION') return error;
    throw error;
  }
  throw new Error('Expected a PolicyError, and nothing was thrown.');
}
