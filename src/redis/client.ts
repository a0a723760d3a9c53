import type {Cluster, Redis} from 'ioredis';
import {wrong} from '../core/wrong.ts';

/** A client of ioredis, 5 or 6: one server or a cluster. */
export type RedisClient = Redis | Cluster;

const LONGEST_PAUSE_MS = 1_000;

const retryStrategy = (times: number): number => Math.min(2 ** times * 25, LONGEST_PAUSE_MS);

/** What the two kinds of connections need that differs from what callers want of theirs. */
export interface Settings {
  /** A command that cannot be sent now is refused, not kept. */
  readonly refuses: boolean;
  readonly keyPrefix?: string;
}

/** Another connection with the caller's own settings, those apart that decide what happens when Redis is away. */
export function duplicated(client: RedisClient, {refuses, keyPrefix}: Settings): RedisClient {
  const own = {lazyConnect: true, ...(keyPrefix !== undefined && {keyPrefix})};
  // A cluster asks its nodes through its own queue when it connects.
  const copy = isCluster(client)
    ? client.duplicate([], {...own, clusterRetryStrategy: retryStrategy} as never)
    : client.duplicate({
        ...own,
        enableOfflineQueue: !refuses,
        retryStrategy,
        reconnectOnError: null,
        stringNumbers: false,
        autoResubscribe: false,
        maxRetriesPerRequest: refuses ? 0 : null,
      } as never);
  // Without a listener every error would be printed; whoever waits for an answer hears of it.
  copy.on('error', () => undefined);
  idle(copy);
  return copy;
}

/** A connection that waits for nothing keeps no process alive; whoever waits for an answer has a timer that does. */
export function idle(client: RedisClient): void {
  if (isCluster(client)) client.on('+node', (node: Redis) => idle(node));
  else client.on('connect', () => client.stream.unref());
}

const isCluster = (client: RedisClient): client is Cluster => client.isCluster;

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
  // A URL can hold a password.
  const got = typeof client === 'string' ? 'a text' : client;
  throw wrong('the client of redisPorts()', 'one of ioredis 5 or 6, such as new Redis(url)', got);
}
