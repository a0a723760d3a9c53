import {Redis, type RedisOptions} from 'ioredis';
import {within} from './within.ts';
import {wrong} from '../core/wrong.ts';

/** A client of ioredis 5 or 6, `Cluster` included. Copies of it are made; it is itself neither used nor closed. */
export interface RedisClient {
  readonly duplicate: (...args: never[]) => object;
  readonly options: object;
  readonly isCluster?: boolean;
}

/** Connections of our own. */
export interface Connections {
  /** With the patience of the caller's client: a web request does not wait for Redis for ever. */
  readonly brisk: Redis;
  /** One that waits for Redis however long it is away, as workers must. Made when first asked for. */
  patient(): Redis;
  /** The caller's `keyPrefix`, which BullMQ takes as part of its own. */
  readonly keyPrefix: string;
  /** How long the caller's client gives a connection to come about, in milliseconds. */
  readonly connectTimeoutMs: number;
  close(): Promise<void>;
}

/** @throws `PolicyError` with code `CONFIGURATION` for what is neither a client nor its options. */
export function connectionsOf(
  given: RedisClient | RedisOptions,
  onError: (error: Error) => void,
): Connections {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    // A URL can hold a password.
    throw wrong(
      '`connection`',
      'a client of ioredis, or its options',
      typeof given === 'string' ? 'a text' : given,
    );
  const base = given as Partial<RedisClient> & RedisOptions;
  const isClient = typeof base.duplicate === 'function';
  const settings = (isClient ? base.options : base) as RedisOptions;
  const open = (own: RedisOptions): Redis => {
    const overrides = {keyPrefix: '', lazyConnect: false, enableOfflineQueue: true, ...own};
    const client = isClient ? copy(base as RedisClient, overrides) : new Client({...settings, ...overrides});
    client.on('error', onError);
    opened.push(client);
    return client;
  };
  const opened: Redis[] = [];
  let patient: Redis | undefined;
  return {
    brisk: open({}),
    patient: () => (patient ??= open(PATIENCE)),
    keyPrefix: settings.keyPrefix ?? '',
    connectTimeoutMs: settings.connectTimeout ?? CONNECT_TIMEOUT_MS,
    async close() {
      await Promise.all(opened.map(goodbye));
    },
  };
}

/** That of ioredis. */
const CONNECT_TIMEOUT_MS = 10_000;

/** The same with ioredis 5, which knows fewer settings. */
const Client = Redis as new (options: RedisOptions) => Redis;

/** A worker's commands block for seconds, and wait out a restart: nothing may cut them short. */
const PATIENCE = {
  maxRetriesPerRequest: null,
  commandTimeout: undefined,
  socketTimeout: undefined,
} as unknown as RedisOptions;

function copy(client: RedisClient, overrides: RedisOptions): Redis {
  if (client.isCluster !== true)
    return (client.duplicate as (overrides: RedisOptions) => object).call(client, overrides) as Redis;
  const {keyPrefix, lazyConnect, enableOfflineQueue, ...redisOptions} = overrides;
  const {redisOptions: own} = client.options as {redisOptions?: RedisOptions};
  const duplicate = client.duplicate as (nodes: readonly [], options: object) => object;
  const options = {
    keyPrefix,
    lazyConnect,
    enableOfflineQueue,
    redisOptions: {...own, ...redisOptions, keyPrefix},
  };
  return duplicate.call(client, [], options) as Redis;
}

const GOODBYE_MS = 500;

/** A Redis that does not answer is not waited for. */
async function goodbye(client: Redis): Promise<void> {
  if (client.status === 'ready') await within(client.quit(), GOODBYE_MS).catch(() => false);
  client.disconnect();
}
