import {randomBytes} from 'node:crypto';
import {describe, expect, test} from 'vitest';
import {memoryStore, sqliteStore, type TokenStore} from '../../src/index.ts';
import {
  manualClock,
  recordsContract,
  tokenStoreContract,
  usageCountsContract,
} from '../../src/testing/index.ts';
import {file} from './support/files.ts';

const clock = manualClock();
const leases = {leaseMs: 30_000, advance: (ms: number): Promise<void> => clock.advance(ms)};
const encryptionKey = randomBytes(32);

const stores: readonly (readonly [name: string, open: () => TokenStore, shared: boolean])[] = [
  ['memoryStore', () => memoryStore(), false],
  ['sqliteStore in a file', () => sqliteStore(file(), {clock}), true],
  ['sqliteStore in memory', () => sqliteStore(':memory:', {clock}), true],
  ['sqliteStore, encrypted', () => sqliteStore(file(), {clock, encryptionKey}), true],
];

describe.each(stores)('%s', (_name, open, shared) => {
  test.each(tokenStoreContract(shared ? {leases} : {}))('$name', async ({run}) => {
    await expect(run(open)).resolves.toBeUndefined();
  });
  test.each(recordsContract())('$name', async ({run}) => {
    await expect(run(open)).resolves.toBeUndefined();
  });
  test.each(usageCountsContract())('$name', async ({run}) => {
    await expect(run(open)).resolves.toBeUndefined();
  });
});
