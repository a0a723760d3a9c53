import {randomUUID} from 'node:crypto';
import {setTimeout as sleep} from 'node:timers/promises';
import type {Seal} from '../at-rest/sealing.ts';
import {copyTokens, storedTokens} from '../at-rest/stored-tokens.ts';
import type {Lease, Tokens, TokenStore} from '../ports.ts';
import type {Connection} from './connection.ts';
import type {Keys} from './keys.ts';
import type {Message} from './news.ts';
import {acquire, release, renew} from './scripts/locks.ts';
import {put, remove} from './scripts/pairs.ts';

const DAY_MS = 86_400_000;
/** A pair is kept for so long after its last token has ended, by clocks that may differ. */
const KEPT_MS = 30 * DAY_MS;
/** A refresh token whose end nobody told. Smartcar's live for 60 days. */
const LIFE_MS = 365 * DAY_MS;
/** A key in Redis expires a little after its time is up. */
const EXPIRED_MS = 5;
/** Locks that others hold, as far as this process has asked. */
const MOST_HELD = 10_000;
/** A lease that could not be given back is tried again after so long. */
const AGAIN_MS = 500;

/** What the parts of a store have in common. */
export interface StoreParts {
  readonly connection: Connection;
  readonly keys: Keys;
  readonly worded: (message: Message) => string;
}

/** Pairs and the lock on each. */
export function redisPairs(
  {connection, keys, worded}: StoreParts,
  seal: Seal,
): Pick<TokenStore, 'get' | 'put' | 'delete' | 'restore'> {
  const {run, read} = connection;
  const changed = (key: string, generation: string | null): readonly [channel: string, message: string] => [
    keys.channel,
    worded({t: 'pair', of: [key, generation]}),
  ];
  async function write(
    key: string,
    tokens: Tokens,
    mode: 'any' | 'none' | 'is' | 'lost',
    replaces: string = '',
    fence?: number,
  ): Promise<string | undefined> {
    // Not a number that is counted up: a server that lost its data would give it out again.
    const generation = randomUUID();
    const sealed = Buffer.from(seal.seal(key, JSON.stringify(copyTokens(tokens)))).toString('base64');
    const args = [
      generation,
      sealed,
      mode,
      replaces,
      fence ?? '',
      keptMs(tokens),
      ...changed(key, generation),
    ];
    return (await run(put, [keys.pair(key)], [...args, tokens.accessExpiresAt])) === 1
      ? generation
      : undefined;
  }

  return {
    async get(key) {
      const [generation, sealed] = await read(redis => redis.hmget(keys.pair(key), 'generation', 'sealed'));
      if (!generation || !sealed) return undefined;
      return {tokens: storedTokens(key, seal.open(key, Buffer.from(sealed, 'base64'))), generation};
    },
    put(key, tokens, replaces, fence) {
      const mode = replaces === undefined ? 'any' : replaces === null ? 'none' : 'is';
      return write(key, tokens, mode, replaces ?? '', fence);
    },
    restore: (key, tokens) => write(key, tokens, 'lost'),
    async delete(key) {
      await run(remove, [keys.pair(key)], [DAY_MS, ...changed(key, null)]);
    },
  };
}

function keptMs({accessExpiresAt, refreshToken, refreshExpiresAt}: Tokens): number {
  const now = Date.now();
  const end = refreshToken === undefined ? accessExpiresAt : (refreshExpiresAt ?? now + LIFE_MS);
  return Math.min(Math.ceil(Math.max(0, end - now) + KEPT_MS), 100 * LIFE_MS);
}

function later(step: () => Promise<void>): void {
  setTimeout(() => void step().catch(() => undefined), AGAIN_MS).unref();
}

/** Those who wait for a lock, by its name. */
export type Waiting = Map<string, Set<() => void>>;

/** Leases with a fence. `waiting` is woken by the channel. */
export function redisLocks(
  {connection, keys, worded}: StoreParts,
  waiting: Waiting,
): Required<Pick<TokenStore, 'acquire' | 'freed'>> {
  const {run} = connection;
  /** When the lease of another ends at the latest, by the monotonic clock. */
  const heldUntil = new Map<string, number>();
  return {
    async acquire(name, leaseMs) {
      const owner = randomUUID();
      const lock = keys.lock(name);
      const journal = keys.journal(name);
      const taken = await run(acquire, [lock, journal, keys.fenced(name)], [owner, leaseMs, DAY_MS]);
      const [granted, number, begun = -1] = taken as [granted: 0 | 1, number: number, begun?: number];
      if (granted === 0) {
        if (heldUntil.size >= MOST_HELD) heldUntil.clear();
        heldUntil.set(name, performance.now() + number + EXPIRED_MS);
        return undefined;
      }
      heldUntil.delete(name);
      let endsAt = performance.now() + leaseMs;
      const message = worded({t: 'unlocked', of: [name]});
      async function giveBack(): Promise<void> {
        try {
          await run(release, [lock, journal], [owner, keys.channel, message]);
        } catch (error) {
          // Who waits shall not wait for its end because Redis was away in this very moment.
          if (performance.now() < endsAt) later(giveBack);
          throw error;
        }
      }
      const lease: Lease = {
        fence: number,
        ...(begun >= 0 && {interruptedMs: begun}),
        async renew(ms) {
          endsAt = performance.now() + ms;
          return (await run(renew, [lock], [owner, ms])) === 1;
        },
        release: giveBack,
      };
      return lease;
    },
    async freed(name, ms, signal) {
      const leaseMs = (heldUntil.get(name) ?? Infinity) - performance.now();
      const woken = new AbortController();
      const wake = (): void => woken.abort();
      const here = waiting.get(name) ?? new Set();
      waiting.set(name, here.add(wake));
      signal.addEventListener('abort', wake, {once: true});
      try {
        await sleep(Math.max(1, Math.min(ms, leaseMs)), undefined, {signal: woken.signal});
      } catch {
        signal.throwIfAborted();
      } finally {
        signal.removeEventListener('abort', wake);
        here.delete(wake);
        if (here.size === 0) waiting.delete(name);
      }
    },
  };
}
