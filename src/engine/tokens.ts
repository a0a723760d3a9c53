import {PolicyError} from '../core/policy-error.ts';
import type {StoredTokens, Tokens, TokenSource, TokenStore} from '../ports.ts';
import type {FullClock} from './clock.ts';
import {pause} from './clock.ts';
import type {Events} from './events.ts';
import {TokenFailure} from './token-failure.ts';

/** An access token that may be sent now. */
export interface HeldToken {
  readonly accessToken: string;
  readonly generation: string;
}

/** Hands out access tokens, and renews each at most once however many ask. */
export interface TokenKeeper {
  /** A token known to be good for a while, without waiting; the hot path. */
  warm(user: string | undefined): HeldToken | undefined;
  /**
   * A token that may be sent. `stale` names the one that was refused: if another has taken its place since, that one
   * comes back and nothing is renewed. The signal stops only this caller's wait, never a refresh that others share.
   */
  obtain(user: string | undefined, stale: string | undefined, signal: AbortSignal): Promise<HeldToken>;
  get(user: string): Promise<Tokens | undefined>;
  save(user: string, tokens: Tokens): Promise<void>;
  delete(user: string): Promise<void>;
  /** Resolves when no refresh is under way: a pair that was just rotated must reach the store. */
  idle(): Promise<void>;
}

export interface TokenKeeperParts {
  readonly source: TokenSource;
  readonly store: TokenStore;
  readonly clock: FullClock;
  readonly events: Events;
  /** How long before its end a token is renewed in the background. */
  readonly refreshAheadMs: number;
}

/** A token is not sent so shortly before its end that it could expire on the way. */
const SKEW_MS = 10_000;
/** Longer than a token request may take; design limit 30 s. */
const LEASE_MS = 30_000;
const LOCK_POLL_MS = 50;
/** How often a lock held elsewhere is asked for: a little longer than one lease. */
const LOCK_TRIES = (LEASE_MS + 5_000) / LOCK_POLL_MS;
/** Users whose token is kept at hand; the oldest goes first. */
const MOST_WARM = 10_000;
/** After a renewal ahead of time has failed, the next one waits this long. */
const AHEAD_PAUSE_MS = 30_000;

interface Flight {
  /** The token that was refused, if one was: nobody else sends it while the flight is under way. */
  readonly refused: string | undefined;
  readonly result: Promise<StoredTokens>;
}

export function createTokenKeeper(parts: TokenKeeperParts): TokenKeeper {
  const {source, store, clock, events, refreshAheadMs} = parts;
  const warmTokens = new Map<string, StoredTokens>();
  const flights = new Map<string, Flight>();
  /** Pairs that the token endpoint gave and the store has not taken yet: nothing may be lost. */
  const unsaved = new Map<string, {readonly tokens: Tokens; readonly replaces: string | null}>();
  const aheadAgainAt = new Map<string, number>();

  const keep = (key: string, stored: StoredTokens): StoredTokens => {
    warmTokens.delete(key);
    warmTokens.set(key, stored);
    if (warmTokens.size > MOST_WARM) warmTokens.delete(warmTokens.keys().next().value ?? key);
    return stored;
  };

  const leftMs = ({tokens}: StoredTokens): number => tokens.accessExpiresAt - clock.now();

  /** Inside the lock: looks once more, asks the token endpoint, stores, and only then hands out. */
  async function renewLocked(
    key: string,
    stale: string | undefined,
  ): Promise<[StoredTokens, 'renewed' | 'reused']> {
    const current = (await savePending(key)) ?? (await read(key));
    if (current && current.tokens.accessToken !== stale && leftMs(current) > SKEW_MS)
      return [current, 'reused'];
    if (source.perUser && current?.tokens.refreshToken === undefined)
      throw TokenFailure.missing(source.api, key);
    let renewed: Tokens;
    try {
      renewed = await source.renew(current?.tokens);
    } catch (error) {
      const failure = new TokenFailure(source.api, error, current?.tokens);
      if (!failure.dead) throw failure;
      // Somebody may have replaced the pair without our lock: only an unchanged one is dead.
      const now = await read(key);
      if (now && now.generation !== current?.generation) return [now, 'reused'];
      failure.generation = current?.generation;
      throw failure;
    }
    unsaved.set(key, {
      tokens: withRefreshTokenKept(renewed, current?.tokens),
      replaces: current?.generation ?? null,
    });
    const stored = await savePending(key);
    if (stored) return [stored, 'renewed'];
    const winner = await read(key);
    if (winner) return [winner, 'reused'];
    throw TokenFailure.missing(source.api, key);
  }

  /** Writes the pair that waits to be stored. `undefined`: there is none, or another pair has taken its place. */
  async function savePending(key: string): Promise<StoredTokens | undefined> {
    const pending = unsaved.get(key);
    if (!pending) return undefined;
    const generation = await guarded('write', key, () => store.put(key, pending.tokens, pending.replaces));
    unsaved.delete(key);
    return generation === undefined ? undefined : {tokens: pending.tokens, generation};
  }

  const read = (key: string): Promise<StoredTokens | undefined> => guarded('read', key, () => store.get(key));

  async function renew(key: string, stale: string | undefined): Promise<StoredTokens> {
    const started = clock.monotonic();
    const user = source.perUser ? {user: key.slice(key.indexOf(':') + 1)} : {};
    const report = (outcome: 'renewed' | 'reused' | 'failed' | 'dead', failure?: string): void => {
      if (!events.heard('refresh')) return;
      const durationMs = clock.monotonic() - started;
      events.emit('refresh', {...user, outcome, durationMs, ...(failure !== undefined && {failure})});
    };
    try {
      const lease = await locked(key);
      try {
        const [stored, outcome] = await renewLocked(key, stale);
        report(outcome);
        return keep(key, stored);
      } finally {
        // A lease that cannot be given back ends by itself.
        await lease.release().catch(() => undefined);
      }
    } catch (error) {
      report(
        error instanceof TokenFailure && error.dead ? 'dead' : 'failed',
        error instanceof Error ? error.message : undefined,
      );
      throw error;
    }
  }

  async function locked(key: string): Promise<{release(): Promise<void>}> {
    const never = new AbortController().signal;
    for (let tries = 0; tries < LOCK_TRIES; tries++) {
      const lease = await guarded('lock', key, () => store.acquire(`refresh:${key}`, LEASE_MS));
      if (lease) return lease;
      await pause(clock, LOCK_POLL_MS, never);
    }
    throw new PolicyError(
      'PAUSED',
      `The refresh lock of "${key}" is held by another process for longer than its lease.`,
      {
        retryAt: clock.now() + LOCK_POLL_MS,
      },
    );
  }

  /** One flight for each key, shared by all who come while it is under way. */
  function flight(
    key: string,
    stale: string | undefined,
    refused: string | undefined = stale,
  ): Promise<StoredTokens> {
    const under = flights.get(key);
    if (under) return under.result;
    const result = renew(key, stale).finally(() => flights.delete(key));
    // Every caller may have gone; a failure that nobody hears is no unhandled rejection.
    result.catch(() => undefined);
    flights.set(key, {refused, result});
    return result;
  }

  function renewAhead(key: string, current: StoredTokens): void {
    if (flights.has(key) || (aheadAgainAt.get(key) ?? 0) > clock.monotonic()) return;
    aheadAgainAt.set(key, clock.monotonic() + AHEAD_PAUSE_MS);
    flight(key, current.tokens.accessToken, '').then(
      () => aheadAgainAt.delete(key),
      () => undefined,
    );
  }

  const refusedNow = (key: string, {tokens}: StoredTokens): boolean =>
    flights.size > 0 && flights.get(key)?.refused === tokens.accessToken;

  const good = (stored: StoredTokens | undefined, stale: string | undefined): stored is StoredTokens =>
    stored !== undefined && stored.tokens.accessToken !== stale && leftMs(stored) > SKEW_MS;

  return {
    warm(user) {
      const key = source.key(user);
      const stored = warmTokens.get(key);
      if (!stored || refusedNow(key, stored)) return undefined;
      const left = leftMs(stored);
      if (left <= SKEW_MS) return undefined;
      if (left <= refreshAheadMs) renewAhead(key, stored);
      return held(stored);
    },
    async obtain(user, stale, signal) {
      const key = source.key(user);
      const seen = await unlessAborted(read(key), signal);
      if (good(seen, stale) && !unsaved.has(key) && !refusedNow(key, seen)) return held(keep(key, seen));
      try {
        let stored = await unlessAborted(flight(key, stale), signal);
        // The flight was somebody else's, for an older token than ours.
        if (stored.tokens.accessToken === stale) stored = await unlessAborted(flight(key, stale), signal);
        return held(stored);
      } catch (error) {
        // The token endpoint is away, yet the token still holds for a moment.
        const usable = seen && seen.tokens.accessToken !== stale && leftMs(seen) > 0 && !unsaved.has(key);
        if (usable && error instanceof TokenFailure && !error.dead && !signal.aborted) return held(seen);
        throw error;
      }
    },
    get: async user => (unsaved.get(source.key(user)) ?? (await read(source.key(user))))?.tokens,
    async save(user, tokens) {
      const key = source.key(user);
      const generation = await guarded('write', key, () => store.put(key, tokens));
      unsaved.delete(key);
      if (generation !== undefined) keep(key, {tokens, generation});
    },
    async idle() {
      while (flights.size > 0) await Promise.allSettled([...flights.values()].map(({result}) => result));
    },
    async delete(user) {
      const key = source.key(user);
      warmTokens.delete(key);
      unsaved.delete(key);
      await guarded('delete', key, () => store.delete(key));
    },
  };
}

const held = ({tokens, generation}: StoredTokens): HeldToken => ({
  accessToken: tokens.accessToken,
  generation,
});

/** A response without a refresh token keeps the old one. */
function withRefreshTokenKept(renewed: Tokens, old: Tokens | undefined): Tokens {
  if (renewed.refreshToken !== undefined || old?.refreshToken === undefined) return renewed;
  const {refreshToken, refreshExpiresAt} = old;
  return {...renewed, refreshToken, ...(refreshExpiresAt !== undefined && {refreshExpiresAt})};
}

/** A store that throws is the operator's to mend; its own error is the cause. */
async function guarded<T>(doing: string, key: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    if (cause instanceof PolicyError) throw cause;
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new PolicyError('CONFIGURATION', `The token store failed to ${doing} "${key}": ${said}`, {cause});
  }
}

/** Waits for a promise that others share; the signal stops the wait alone. */
export async function unlessAborted<T>(shared: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let stop: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, {once: true});
  });
  try {
    return await Promise.race([shared, aborted]);
  } finally {
    if (stop) signal.removeEventListener('abort', stop);
  }
}
