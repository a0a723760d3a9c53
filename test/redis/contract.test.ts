import {randomBytes} from 'node:crypto';
import {Redis as Redis5} from 'ioredis5';
import {describe, expect, onTestFinished, test} from 'vitest';
import {redisPorts, type RedisClient, type RedisPortsOptions} from '../../src/redis/index.ts';
import {
  peersContract,
  recordsContract,
  tokenStoreContract,
  usageCountsContract,
} from '../../src/testing/index.ts';
import type {TokenStore} from '../../src/index.ts';
import {clusterClient, noRedis, redisClient, sharedRedis} from './support/redis.ts';

const server = sharedRedis();
const cluster = sharedRedis(['--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1']);
const encryptionKey = randomBytes(32);
const leases = {
  leaseMs: 200,
  fenced: true,
  // Timers are early by up to a millisecond, and what was asked for began a little later.
  advance: (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms + 10)),
};

let names = 0;
const opened = (client: RedisClient, options: RedisPortsOptions = {}): TokenStore =>
  redisPorts(client, {prefix: `test-${++names}`, ...options}).store;

function ioredis5(): RedisClient {
  const client = new Redis5(server().port, '127.0.0.1');
  onTestFinished(() => client.disconnect());
  return client as unknown as RedisClient;
}

const stores: readonly (readonly [name: string, open: () => TokenStore | Promise<TokenStore>])[] = [
  ['redisPorts with ioredis 6', () => opened(redisClient(server()))],
  ['redisPorts with ioredis 5', () => opened(ioredis5())],
  ['redisPorts, encrypted', () => opened(redisClient(server()), {encryptionKey})],
  [
    'redisPorts with a prefix of the client’s own',
    () => opened(redisClient(server(), {keyPrefix: 'app:', db: 3})),
  ],
  ['redisPorts in a cluster', async () => opened(await clusterClient(cluster()))],
];

describe.skipIf(noRedis).each(stores)('%s', (_name, open) => {
  test.each(tokenStoreContract({leases}))('$name', async ({run}) => {
    await expect(run(open)).resolves.toBeUndefined();
  });
  test.each(recordsContract())('$name', async ({run}) => {
    await expect(run(open)).resolves.toBeUndefined();
  });
  test.each(usageCountsContract())('$name', async ({run}) => {
    await expect(run(open)).resolves.toBeUndefined();
  });
});

const lines: readonly (readonly [name: string, client: () => RedisClient | Promise<RedisClient>])[] = [
  ['redisPorts with ioredis 6', () => redisClient(server())],
  ['redisPorts with ioredis 5', ioredis5],
  ['redisPorts in a cluster', () => clusterClient(cluster())],
];

describe.skipIf(noRedis).each(lines)('the peers of %s', (_name, client) => {
  test.each(peersContract())('$name', async ({run}) => {
    const prefix = `peers-${++names}`;
    const shared = await client();
    await expect(
      run(() => {
        const {peers, store} = redisPorts(shared, {prefix});
        onTestFinished(async () => store.close());
        return peers;
      }),
    ).resolves.toBeUndefined();
  });
});
