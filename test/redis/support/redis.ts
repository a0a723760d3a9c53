import {Redis, type RedisOptions} from 'ioredis';
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
  const client = new Redis({port, host: '127.0.0.1', maxRetriesPerRequest: null, ...options});
  // Tests stop their servers: a client says so every time.
  client.on('error', () => undefined);
  onTestFinished(() => client.disconnect());
  return client;
}
