import {PolicyError} from '../core/policy-error.ts';
import type {RefreshOutcome, StoredTokens, Tokens, TokenSource, TokenStore} from '../ports.ts';
import {createAtHand} from './at-hand.ts';
import type {FullClock} from './clock.ts';
import type {Events} from './events.ts';
import type {Followed} from './followed.ts';
import {guardedStore} from './guarded-store.ts';
import {createRenewal} from './renewal.ts';
import {TokenFailure} from './token-failure.ts';
import type {TokenGates} from './token-gates.ts';
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
  /** The store has lost its data: puts back what is known here to be current. */
  putBack(): Promise<void>;
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
  readonly followed: Followed;
  readonly gates: TokenGates;
  /** How long before its end a token is renewed in the background. */
  readonly refreshAheadMs: number;
}

/** A token is not sent so shortly before its end that it could expire on the way. */
const SKEW_MS = 5_000;
/** Users whose renewal ahead of time has failed lately. */
const MOST_FAILED = 10_000;
const PUT_BACK_AT_ONCE = 50;
/** After a renewal ahead of time has failed, the next one waits this long. */
const AHEAD_PAUSE_MS = 30_000;

interface Flight {
  /** The token that was refused, if one was: nobody else sends it while the flight is under way. */
  readonly refused: string | undefined;
  readonly result: Promise<StoredTokens>;
  /** How many calls wait for it. */
  waiting: number;
}

export function createTokenKeeper(parts: TokenKeeperParts): TokenKeeper {
  const {source, clock, events, followed, gates, refreshAheadMs} = parts;
  const store = guardedStore(parts.store);
  const atHand = createAtHand();
  const flights = new Map<string, Flight>();
  const aheadAgainAt = new Map<string, number>();
  const ending = new AbortController();

  const leftMs = ({tokens}: StoredTokens): number => tokens.accessExpiresAt - clock.now();
  const good = (stored: StoredTokens, stale: string | undefined): boolean =>
    stored.tokens.accessToken !== stale && leftMs(stored) > SKEW_MS;
  const renewal = createRenewal({source, store, clock, ending: ending.signal, good, putBack});

  async function renew(
    key: string,
    stale: string | undefined,
    told?: (outcome: RefreshOutcome) => void,
  ): Promise<StoredTokens> {
    const started = clock.monotonic();
    const seenAt = atHand.changes;
    const user = source.perUser ? {user: key.slice(key.indexOf(':') + 1)} : {};
    const report = (outcome: RefreshOutcome, more: {failure?: string; interruptedMs?: number}): void => {
      told?.(outcome);
      if (!events.heard('refresh')) return;
      events.emit('refresh', {...user, outcome, durationMs: clock.monotonic() - started, ...more});
    };
    try {
      const {stored, outcome, ...interrupted} = await renewal.renew(key, stale);
      report(outcome, interrupted);
      return atHand.keep(key, stored, seenAt);
    } catch (error) {
      // A pair saved while the verdict was on its way is no part of it.
      const dead = error instanceof TokenFailure && error.dead ? error : undefined;
      const saved = dead && atHand.changedSince(key, seenAt) && (await store.get(key));
      if (saved && saved.generation !== dead?.generation) return saved;
      // The pair at hand is the one that is dead, or it is not in the store any more.
      if (dead && !atHand.changedSince(key, seenAt)) atHand.drop(key);
      report(dead ? 'dead' : 'failed', error instanceof Error ? {failure: error.message} : {});
      throw error;
    }
  }

  /** One flight for each key, shared by all who come while it is under way. */
  function flight(key: string, stale: string | undefined, refused: string | undefined = stale): Flight {
    const under = flights.get(key);
    if (under) return under;
    const renewed = followed.by ? followed.by.refresh(told => renew(key, stale, told)) : renew(key, stale);
    const result = renewed.finally(() => flights.delete(key));
    const begun: Flight = {refused, result, waiting: 0};
    // Every caller may have gone, or none has come; a failure that nobody hears is no unhandled rejection.
    result.catch((error: unknown) => {
      if (begun.waiting === 0 && error instanceof TokenFailure) gates.unheard(key, error);
    });
    flights.set(key, begun);
    return begun;
  }

  async function arrival(key: string, stale: string | undefined, signal: AbortSignal): Promise<StoredTokens> {
    const under = flight(key, stale);
    under.waiting += 1;
    try {
      return await unlessAborted(under.result, signal);
    } finally {
      under.waiting -= 1;
    }
  }

  function renewAhead(key: string, current: StoredTokens): void {
    if (flights.has(key) || (aheadAgainAt.get(key) ?? 0) > clock.monotonic()) return;
    if (!gates.areOpen(key)) return;
    if (aheadAgainAt.size >= MOST_FAILED) aheadAgainAt.clear();
    aheadAgainAt.set(key, clock.monotonic() + AHEAD_PAUSE_MS);
    flight(key, current.tokens.accessToken, '').result.then(
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
    const lastSeen = atHand.lastSeen(key);
    try {
      return (await store.get(key)) ?? (await putBack(key));
    } catch (error) {
      if (!lastSeen || lastSeen.tokens.accessToken === stale || leftMs(lastSeen) <= 0) throw error;
      return lastSeen;
    }
  }

  async function putBack(key: string): Promise<StoredTokens | undefined> {
    const tokens = atHand.toPutBack(key)?.tokens;
    const generation = tokens && (await store.restore?.(key, tokens));
    return tokens && generation !== undefined ? {tokens, generation} : undefined;
  }

  const refusedNow = (key: string, {tokens}: StoredTokens): boolean =>
    flights.size > 0 && flights.get(key)?.refused === tokens.accessToken;

  return {
    warm(user) {
      const key = source.key(user);
      const stored = atHand.warm(key);
      if (!stored || refusedNow(key, stored)) return undefined;
      const left = leftMs(stored);
      if (left <= SKEW_MS) return undefined;
      const renewable = !source.perUser || stored.tokens.refreshToken !== undefined;
      if (left <= refreshAheadMs && renewable) renewAhead(key, stored);
      return held(stored);
    },
    async obtain(user, stale, signal) {
      const key = source.key(user);
      const seenAt = atHand.changes;
      const seen = await unlessAborted(look(key, stale), signal);
      if (seen && good(seen, stale) && renewal.unsaved(key) === undefined && !refusedNow(key, seen))
        return held(atHand.keep(key, seen, seenAt));
      try {
        let stored = await arrival(key, stale, signal);
        // The flight was somebody else's, for an older token than ours.
        if (stored.tokens.accessToken === stale) stored = await arrival(key, stale, signal);
        return held(stored);
      } catch (error) {
        // The token endpoint or the lock is away, yet the token still holds for a moment.
        const usable =
          seen && seen.tokens.accessToken !== stale && leftMs(seen) > 0 && renewal.unsaved(key) === undefined;
        const dead = error instanceof TokenFailure && error.dead;
        if (!usable || dead || signal.aborted) throw error;
        if (error instanceof TokenFailure) gates.unheard(key, error);
        return held(seen);
      }
    },
    expiresAt: user => atHand.warm(source.key(user))?.tokens.accessExpiresAt,
    get: async user => renewal.unsaved(source.key(user)) ?? (await store.get(source.key(user)))?.tokens,
    async save(user, tokens) {
      const key = source.key(user);
      const generation = await store.put(key, tokens);
      atHand.changed(key, true);
      renewal.forget(key);
      if (generation !== undefined) {
        atHand.keep(key, {tokens: {...tokens}, generation}, atHand.changes);
      }
    },
    async delete(user) {
      const key = source.key(user);
      await store.delete(key);
      atHand.changed(key, true);
      renewal.forget(key);
    },
    changed(key, generation) {
      if (generation !== undefined && atHand.warm(key)?.generation === generation) return;
      atHand.changed(key, generation === undefined);
    },
    missed: () => atHand.missed(),
    async putBack() {
      const keys = atHand.keys();
      for (let from = 0; from < keys.length; from += PUT_BACK_AT_ONCE) {
        const some = keys.slice(from, from + PUT_BACK_AT_ONCE);
        await Promise.allSettled(some.map(putBack));
      }
    },
    async idle() {
      ending.abort(new PolicyError('CLOSED', 'The policy was closed.'));
      while (flights.size > 0) await Promise.allSettled([...flights.values()].map(({result}) => result));
      await renewal.saveAll();
    },
  };
}

const held = ({tokens, generation}: StoredTokens): HeldToken => ({
  accessToken: tokens.accessToken,
  generation,
});
