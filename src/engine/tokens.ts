import {PolicyError} from '../core/policy-error.ts';
import type {StoredTokens, Tokens, TokenSource, TokenStore} from '../ports.ts';
import type {FullClock} from './clock.ts';
import type {Events} from './events.ts';
import {guardedStore} from './guarded-store.ts';
import {createRenewal} from './renewal.ts';
import {TokenFailure} from './token-failure.ts';
import {unlessAborted} from './unless-aborted.ts';

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
  /** When the token that is sent now ends, in epoch ms, as far as this process knows. */
  expiresAt(user: string | undefined): number | undefined;
  get(user: string): Promise<Tokens | undefined>;
  save(user: string, tokens: Tokens): Promise<void>;
  delete(user: string): Promise<void>;
  /** Another process has stored a pair under this store key (`undefined`: deleted it): the one at hand may be old. */
  changed(key: string, generation: string | undefined): void;
  /** Nobody knows what has been stored meanwhile. */
  missed(): void;
  /**
   * For the end: resolves when no refresh is under way and every pair has reached the store. Rejects when one could
   * not be stored. Waits for no lock that another process holds.
   */
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
const SKEW_MS = 5_000;
/** Users whose token is kept at hand; the oldest goes first. */
const MOST_WARM = 10_000;
/** After a renewal ahead of time has failed, the next one waits this long. */
const AHEAD_PAUSE_MS = 30_000;

type RefreshOutcome = 'renewed' | 'reused' | 'failed' | 'dead';

interface Flight {
  /** The token that was refused, if one was: nobody else sends it while the flight is under way. */
  readonly refused: string | undefined;
  readonly result: Promise<StoredTokens>;
}

export function createTokenKeeper(parts: TokenKeeperParts): TokenKeeper {
  const {source, clock, events, refreshAheadMs} = parts;
  const store = guardedStore(parts.store);
  const warmTokens = new Map<string, StoredTokens>();
  /** Those that others may have replaced since they were seen: for when the store cannot be asked, or has lost them. */
  const unsure = new Map<string, StoredTokens>();
  const flights = new Map<string, Flight>();
  const aheadAgainAt = new Map<string, number>();
  /** Counts what has been saved and deleted, here and elsewhere: whoever began before that may hold an older pair. */
  let changes = 0;
  let missedAt = 0;
  const changedAt = new Map<string, number>();
  const ending = new AbortController();

  const leftMs = ({tokens}: StoredTokens): number => tokens.accessExpiresAt - clock.now();
  const good = (stored: StoredTokens, stale: string | undefined): boolean =>
    stored.tokens.accessToken !== stale && leftMs(stored) > SKEW_MS;
  const renewal = createRenewal({source, store, clock, ending: ending.signal, good});

  /** The pair at hand is another by now, or may be. */
  function note(key: string, sure: boolean): void {
    changes += 1;
    if (changedAt.size >= MOST_WARM) {
      changedAt.clear();
      missedAt = changes;
    }
    changedAt.set(key, changes);
    const old = warmTokens.get(key);
    warmTokens.delete(key);
    if (sure) unsure.delete(key);
    else if (old) atMost(unsure, key, old);
  }

  const changedSince = (key: string, seenAt: number): boolean =>
    Math.max(missedAt, changedAt.get(key) ?? 0) > seenAt;

  const keep = (key: string, stored: StoredTokens, seenAt: number): StoredTokens => {
    if (changedSince(key, seenAt)) return stored;
    unsure.delete(key);
    atMost(warmTokens, key, stored);
    return stored;
  };

  async function renew(key: string, stale: string | undefined): Promise<StoredTokens> {
    const started = clock.monotonic();
    const seenAt = changes;
    const user = source.perUser ? {user: key.slice(key.indexOf(':') + 1)} : {};
    const report = (outcome: RefreshOutcome, more: {failure?: string; interruptedMs?: number}): void => {
      if (!events.heard('refresh')) return;
      events.emit('refresh', {...user, outcome, durationMs: clock.monotonic() - started, ...more});
    };
    try {
      const {stored, outcome, ...interrupted} = await renewal.renew(key, stale);
      report(outcome, interrupted);
      return keep(key, stored, seenAt);
    } catch (error) {
      // A pair saved while the verdict was on its way is no part of it.
      const saved =
        error instanceof TokenFailure && error.dead && changedSince(key, seenAt) && (await store.get(key));
      if (saved && saved.generation !== error.generation) return saved;
      // The pair at hand is the one that is dead, or it is not in the store any more.
      if (error instanceof TokenFailure && error.dead && !changedSince(key, seenAt)) warmTokens.delete(key);
      report(
        error instanceof TokenFailure && error.dead ? 'dead' : 'failed',
        error instanceof Error ? {failure: error.message} : {},
      );
      throw error;
    }
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
      next => {
        if (leftMs(next) > refreshAheadMs) return aheadAgainAt.delete(key);
        // A token that lives no longer than the window would be renewed with every call.
        return aheadAgainAt.set(key, clock.monotonic() + leftMs(next));
      },
      () => undefined,
    );
  }

  /** A token at hand that still holds for a moment is better than none, where the store cannot be asked or has lost it. */
  async function look(key: string, stale: string | undefined): Promise<StoredTokens | undefined> {
    const atHand = warmTokens.get(key) ?? unsure.get(key);
    try {
      const stored = await store.get(key);
      if (stored || !atHand || !store.restore) return stored;
      const generation = await store.restore(key, atHand.tokens);
      return generation === undefined ? undefined : {tokens: atHand.tokens, generation};
    } catch (error) {
      if (!atHand || atHand.tokens.accessToken === stale || leftMs(atHand) <= 0) throw error;
      return atHand;
    }
  }

  const refusedNow = (key: string, {tokens}: StoredTokens): boolean =>
    flights.size > 0 && flights.get(key)?.refused === tokens.accessToken;

  return {
    warm(user) {
      const key = source.key(user);
      const stored = warmTokens.get(key);
      if (!stored || refusedNow(key, stored)) return undefined;
      const left = leftMs(stored);
      if (left <= SKEW_MS) return undefined;
      const renewable = !source.perUser || stored.tokens.refreshToken !== undefined;
      if (left <= refreshAheadMs && renewable) renewAhead(key, stored);
      return held(stored);
    },
    async obtain(user, stale, signal) {
      const key = source.key(user);
      const seenAt = changes;
      const seen = await unlessAborted(look(key, stale), signal);
      if (seen && good(seen, stale) && renewal.unsaved(key) === undefined && !refusedNow(key, seen))
        return held(keep(key, seen, seenAt));
      try {
        let stored = await unlessAborted(flight(key, stale), signal);
        // The flight was somebody else's, for an older token than ours.
        if (stored.tokens.accessToken === stale) stored = await unlessAborted(flight(key, stale), signal);
        return held(stored);
      } catch (error) {
        // The token endpoint or the lock is away, yet the token still holds for a moment.
        const usable =
          seen && seen.tokens.accessToken !== stale && leftMs(seen) > 0 && renewal.unsaved(key) === undefined;
        const dead = error instanceof TokenFailure && error.dead;
        if (usable && !dead && !signal.aborted) return held(seen);
        throw error;
      }
    },
    expiresAt: user => warmTokens.get(source.key(user))?.tokens.accessExpiresAt,
    get: async user => renewal.unsaved(source.key(user)) ?? (await store.get(source.key(user)))?.tokens,
    async save(user, tokens) {
      const key = source.key(user);
      const generation = await store.put(key, tokens);
      note(key, true);
      renewal.forget(key);
      if (generation !== undefined) keep(key, {tokens: {...tokens}, generation}, changes);
    },
    async delete(user) {
      const key = source.key(user);
      await store.delete(key);
      note(key, true);
      renewal.forget(key);
    },
    changed(key, generation) {
      if (warmTokens.get(key)?.generation === generation && generation !== undefined) return;
      note(key, generation === undefined);
    },
    missed() {
      changes += 1;
      missedAt = changes;
      for (const [key, old] of warmTokens) atMost(unsure, key, old);
      warmTokens.clear();
    },
    async idle() {
      ending.abort(new PolicyError('CLOSED', 'The policy was closed.'));
      while (flights.size > 0) await Promise.allSettled([...flights.values()].map(({result}) => result));
      await renewal.saveAll();
    },
  };
}

/** The newest last; the oldest goes when there are too many. */
function atMost(tokens: Map<string, StoredTokens>, key: string, stored: StoredTokens): void {
  tokens.delete(key);
  tokens.set(key, stored);
  if (tokens.size > MOST_WARM) tokens.delete(tokens.keys().next().value ?? key);
}

const held = ({tokens, generation}: StoredTokens): HeldToken => ({
  accessToken: tokens.accessToken,
  generation,
});
