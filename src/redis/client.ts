import type {Cluster, Redis, RedisOptions} from 'ioredis';
import {wrong} from '../core/wrong.ts';

/** A client of ioredis, 5 or 6: one server or a cluster. */
export type RedisClient = Redis | Cluster;

const CLUSTER_SETTINGS = ['enableOfflineQueue', 'lazyConnect', 'keyPrefix'] as const;
const LONGEST_PAUSE_MS = 1_000;

/** Another connection with the caller's own settings, those apart that decide what happens when Redis is away. */
export function duplicated(client: RedisClient, settings: Partial<RedisOptions>): RedisClient {
  const retryStrategy = (times: number): number => Math.min(2 ** times * 25, LONGEST_PAUSE_MS);
  const own = {lazyConnect: true, retryStrategy, reconnectOnError: null, ...settings};
  const copy = isCluster(client)
    ? client.duplicate([], {
        clusterRetryStrategy: retryStrategy,
        ...Object.fromEntries(CLUSTER_SETTINGS.flatMap(name => (name in own ? [[name, own[name]]] : []))),
        redisOptions: {...client.options.redisOptions, ...own},
      } as never)
    : client.duplicate(own as never);
  // Without a listener every error would be printed; whoever waits for an answer hears of it.
  copy.on('error', () => undefined);
  return copy;
}

export const isCluster = (client: RedisClient): client is Cluster => client.isCluster;

/** `host:port`, without the password. */
export function addressOf(client: RedisClient): string {
  if (isCluster(client)) return 'the cluster';
  const {host = 'localhost', port = 6379, path} = client.options;
  return path ?? `${host}:${port}`;
}

/** What tells one keyspace from another: channels know neither databases nor prefixes of keys. */
export function spaceOf(client: RedisClient): string {
  const {keyPrefix = ''} = client.options;
  return isCluster(client) ? keyPrefix : `${client.options.db ?? 0}:${keyPrefix}`;
}

const METHODS = ['duplicate', 'defineCommand', 'publish'] as const;

/** @throws `PolicyError` with code `CONFIGURATION` for anything but a client of ioredis. */
export function checkClient(client: unknown): asserts client is RedisClient {
  const methods = client as Record<string, unknown> | null | undefined;
  if (METHODS.every(name => typeof methods?.[name] === 'function')) return;
  throw wrong('the client of redisPorts()', 'one of ioredis 5 or 6, such as new Redis()', client);
}
