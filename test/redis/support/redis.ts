import {Cluster, Redis, type RedisOptions} from 'ioredis';
import {afterAll, beforeAll, onTestFinished} from 'vitest';
import {skipsWithout} from '../../binaries.ts';
import {startRedis, type RedisServer} from './server.ts';

/** Whether this machine has no redis-server; said once a file, and with `CI=true` never. */
export const noRedis: boolean = skipsWithout('Tests against a real Redis', ['redis-server']);

/** One server for all tests of a file. */
export function sharedRedis(settings: readonly string[] = []): () => RedisServer {
  let server: RedisServer | undefined;
  beforeAll(async () => {
    if (!noRedis) server = await startRedis(settings);
  });
  afterAll(async () => server?.[Symbol.asyncDispose]());
  return () => {
    if (!server) throw new Error('no redis-server is running');
    return server;
  };
}

/** A server of one test's own, for what is done to it. */
export async function ownRedis(settings: readonly string[] = []): Promise<RedisServer> {
  const server = await startRedis(settings);
  onTestFinished(() => server[Symbol.asyncDispose]());
  return server;
}

/** A client that is gone with the test. */
export function redisClient({port}: RedisServer, options: RedisOptions = {}): Redis {
  const client = new Redis(port, '127.0.0.1', {
    maxRetriesPerRequest: null,
    ...options,
  } as never);
  // Tests stop their servers: a client says so every time.
  client.on('error', () => undefined);
  onTestFinished(() => client.disconnect());
  return client;
}

/** A client of a cluster of one: it has all slots, and minds which keys are asked for together. */
export async function clusterClient(server: RedisServer): Promise<Cluster> {
  const one = redisClient(server);
  const slots = await one.cluster('INFO');
  if (!slots.includes('cluster_slots_assigned:16384')) await one.cluster('ADDSLOTSRANGE', 0, 16_383);
  for (;;) if ((await one.cluster('INFO')).includes('cluster_state:ok')) break;
  const client = new Cluster([{host: '127.0.0.1', port: server.port}]);
  client.on('error', () => undefined);
  onTestFinished(() => client.disconnect());
  return client;
}
