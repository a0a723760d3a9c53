import {randomUUID} from 'node:crypto';
import {sealOf, type EncryptionKey} from '../at-rest/sealing.ts';
import {wrong} from '../core/wrong.ts';
import type {Member, Peers, TokenStore} from '../ports.ts';
import {checkClient, spaceOf, type RedisClient} from './client.ts';
import {connect} from './connection.ts';
import {keysOf} from './keys.ts';
import {redisLink, type RedisLine} from './link.ts';
import {lossesOf} from './losses.ts';
import {newsOf, type Message} from './news.ts';
import {redisLocks, redisPairs, type Waiting} from './pairs.ts';
import {redisEpisodes, redisMarks} from './records.ts';
import {redisUsage} from './usage.ts';

export type {RedisClient} from './client.ts';

/** Options of `redisPorts`. */
export interface RedisPortsOptions {
  /** What the names of all keys begin with. @default smartcar-policy */
  readonly prefix?: string;
  /** Encrypts tokens in Redis with AES-256-GCM: 32 bytes, or the same as base64 or hex. @default none: stored plainly */
  readonly encryptionKey?: EncryptionKey;
  /** Still read, no longer written: give the old key here while you change keys. */
  readonly previousKey?: EncryptionKey;
  /**
   * How long a refresh that has died keeps the next one waiting, in milliseconds, 100 to 30 000. One that is under way keeps
   * its lock for as long as it takes. @default 15_000
   */
  readonly leaseMs?: number;
  /** How long Redis may take to answer, a new connection included, in milliseconds. @default 5_000 */
  readonly timeoutMs?: number;
}

/** What `redisPorts` gives, to spread into the options of `createPolicy`. */
export interface RedisPorts {
  /** Tokens, locks, episodes, marks and counts. */
  readonly store: TokenStore;
  /** The line to the other processes. */
  readonly peers: Peers;
}

const DEFAULTS = {prefix: 'smartcar-policy', leaseMs: 15_000, timeoutMs: 5_000};
const OPTIONS: readonly string[] = [...Object.keys(DEFAULTS), 'encryptionKey', 'previousKey'];

/**
 * Makes many processes act as one through Redis 6.2 or newer: tokens, the refresh lock, gates, episodes, `state` nonces,
 * quota counts, and the rate that `limits.application` sets. One call for each policy. The client stays yours: its
 * settings are copied to connections of our own, which `policy.close()` ends.
 *
 * @throws `PolicyError` with code `CONFIGURATION`: the client is none of ioredis, or an option is not as it has to be.
 *
 * @example
 * const policy = createPolicy({...redisPorts(new Redis()), auth: applicationToken()});
 */
export function redisPorts(client: RedisClient, options: RedisPortsOptions = {}): RedisPorts {
  checkClient(client);
  checkOptions(options);
  const {prefix, leaseMs, timeoutMs} = {...DEFAULTS, ...options};
  const seal = sealOf('redisPorts()', options);
  const self = randomUUID();
  const keys = keysOf(prefix, spaceOf(client));
  const connection = connect(client, timeoutMs);
  const news = newsOf(client, keys.channel, self, timeoutMs);
  const parts = {connection, keys, worded: news.worded};
  const waiting: Waiting = new Map();
  const told = [keys.channel, news.worded({t: 'lost', of: []})] as const;
  const losses = lossesOf(connection, keys.alive, told, () => member?.lost() ?? Promise.resolve());
  let member: Member | undefined;
  let line: RedisLine | undefined;
  let listening = false;

  function listen(): void {
    if (listening) return;
    listening = true;
    news.listen(
      message => (message.t === 'lost' ? void losses.heard() : hear(message, member, waiting)),
      () => line?.catchUp() ?? Promise.resolve(),
    );
  }

  async function close(): Promise<void> {
    news.close();
    await connection.close();
  }

  const {freed, ...locks} = redisLocks(parts, waiting);
  const store: TokenStore = {
    ...redisPairs(parts, seal),
    ...locks,
    freed(name, ms, signal) {
      listen();
      return freed(name, ms, signal);
    },
    leaseMs,
    lost: () => losses.check(),
    episodes: redisEpisodes(parts),
    marks: redisMarks(parts),
    usage: redisUsage(parts),
    close,
  };
  const peers: Peers = {
    join(joining, rate) {
      if (member) throw wrong('the ports of redisPorts()', 'those of one policy', 'a second policy');
      member = joining;
      line = redisLink({...parts, client, prefix, self, news, losses, close}, joining, rate);
      listen();
      return line.link;
    },
  };
  return {store, peers};
}

/** Nothing that another process says may break this one. */
function hear({t, of}: Message, member: Member | undefined, waiting: Waiting): void {
  if (t === 'unlocked') for (const wake of waiting.get(of[0]) ?? []) wake();
  if (!member) return;
  if (t === 'gate') member.gate(...of);
  if (t === 'free') member.turnFree(...of);
  if (t === 'opened') member.episodeOpened(...of);
  if (t === 'over') member.episodeOver(...of);
  if (t === 'pair') member.tokensChanged(of[0], of[1] ?? undefined);
}

function checkOptions(options: RedisPortsOptions): void {
  for (const [name, value] of Object.entries(options)) {
    if (!OPTIONS.includes(name))
      throw wrong('the options of redisPorts()', `only ${OPTIONS.join(', ')}`, name);
    if (value === undefined) throw wrong(`\`${name}\` of redisPorts()`, 'given, or left out', undefined);
  }
  const {prefix, leaseMs, timeoutMs} = {...DEFAULTS, ...options};
  if (typeof prefix !== 'string' || !/^[^{}]+$/.test(prefix))
    throw wrong('`prefix` of redisPorts()', 'a text without braces that is not empty', prefix);
  if (!(leaseMs >= 100 && leaseMs <= 30_000))
    throw wrong('`leaseMs` of redisPorts()', 'a number of milliseconds from 100 to 30 000', leaseMs);
  if (!(timeoutMs >= 10 && timeoutMs < 2 ** 31))
    throw wrong('`timeoutMs` of redisPorts()', 'a number of milliseconds from 10 up', timeoutMs);
}
