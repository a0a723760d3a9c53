import {PolicyError} from '../core/policy-error.ts';
import type {Lease, StoredTokens, Tokens, TokenSource, TokenStore} from '../ports.ts';
import type {FullClock} from './clock.ts';
import type {Guarded} from './guarded-store.ts';
import {heldLease, refreshLock} from './refresh-lock.ts';
import {TokenFailure} from './token-failure.ts';

export interface Renewed {
  readonly stored: StoredTokens;
  /** `reused`: another process had renewed it already. */
  readonly outcome: 'renewed' | 'reused';
  /** Milliseconds since a holder of the lock began a renewal that it never finished. */
  readonly interruptedMs?: number;
}

/** Renews pairs at the token endpoint, one process at a time, and loses none of them. */
export interface Renewal {
  /** `stale`: the token that was refused; a pair with another one is good as it is. */
  renew(key: string, stale: string | undefined): Promise<Renewed>;
  /** The pair that waits to be stored: the token endpoint gave it, and the store has not taken it yet. */
  unsaved(key: string): Tokens | undefined;
  forget(key: string): void;
  /** Writes all that wait. Rejects when one could not be stored. */
  saveAll(): Promise<void>;
}

export interface RenewalParts {
  readonly source: TokenSource;
  readonly store: Guarded<TokenStore>;
  readonly clock: FullClock;
  /** Ends waits for the lock. */
  readonly ending: AbortSignal;
  /** Puts a pair back that the store has lost, and that is at hand. */
  readonly putBack: (key: string) => Promise<StoredTokens | undefined>;
  readonly good: (stored: StoredTokens, stale: string | undefined) => boolean;
}

/** Each time another pair has taken the place of the one in hand, that one is looked at; so often at most. */
const MOST_PAIRS = 3;
/** What is put back comes within moments. */
const LOST_PAUSE_MS = 2_000;

export function createRenewal({source, store, clock, ending, good, putBack}: RenewalParts): Renewal {
  const unsaved = new Map<string, {readonly tokens: Tokens; readonly replaces: string | null}>();

  /** Inside the lock: looks once more, asks the token endpoint, stores, and only then hands out. */
  async function renewLocked(
    key: string,
    stale: string | undefined,
    lease: Lease,
    tries: number,
  ): Promise<Renewed> {
    const current = (await savePending(key, lease.fence)) ?? (await store.get(key)) ?? (await putBack(key));
    if (current && good(current, stale)) return {stored: current, outcome: 'reused'};
    if (source.perUser && !current) await unlessLost(key);
    if (source.perUser && current?.tokens.refreshToken === undefined)
      throw TokenFailure.missing(source.api, key);
    let renewed: Tokens;
    try {
      renewed = await source.renew(current?.tokens);
    } catch (error) {
      const failure = new TokenFailure(source.api, error, current?.tokens);
      if (!failure.dead) throw failure;
      // Somebody may have replaced the pair without our lock: only an unchanged one is dead.
      const now = await store.get(key);
      if (now && now.generation !== current?.generation && tries > 1)
        return renewLocked(key, stale, lease, tries - 1);
      await unlessLost(key);
      failure.generation = current?.generation;
      throw failure;
    }
    unsaved.set(key, {
      tokens: withRefreshTokenKept(renewed, current?.tokens),
      replaces: current?.generation ?? null,
    });
    const stored = await savePending(key, lease.fence);
    if (stored) return {stored, outcome: 'renewed'};
    if (tries > 1) return renewLocked(key, stale, lease, tries - 1);
    throw TokenFailure.missing(source.api, key);
  }

  /** Another process may be putting the right pair back just now: nobody is sent away for one that is missing. */
  async function unlessLost(key: string): Promise<void> {
    if (!(await store.lost?.())) return;
    const message = `The store has just lost its data: the tokens of "${key}" may come back.`;
    throw new PolicyError('PAUSED', message, {retryAt: clock.now() + LOST_PAUSE_MS});
  }

  /** Writes the pair that waits to be stored. `undefined`: there is none, or another pair has taken its place. */
  async function savePending(key: string, fence?: number): Promise<StoredTokens | undefined> {
    const pending = unsaved.get(key);
    if (!pending) return undefined;
    const generation = await store.put(key, pending.tokens, pending.replaces, fence);
    if (unsaved.get(key) === pending) unsaved.delete(key);
    return generation === undefined ? undefined : {tokens: pending.tokens, generation};
  }

  return {
    async renew(key, stale) {
      const lease = heldLease(store, clock, await refreshLock(store, clock, key, ending));
      const {interruptedMs} = lease;
      try {
        const renewed = await renewLocked(key, stale, lease, MOST_PAIRS);
        return interruptedMs === undefined ? renewed : {...renewed, interruptedMs};
      } finally {
        // A lease that cannot be given back ends by itself.
        await lease.release().catch(() => undefined);
      }
    },
    unsaved: key => unsaved.get(key)?.tokens,
    forget: key => void unsaved.delete(key),
    async saveAll() {
      const last = await Promise.allSettled([...unsaved.keys()].map(key => savePending(key)));
      for (const one of last) if (one.status === 'rejected') throw one.reason;
    },
  };
}

/** A response without a refresh token keeps the old one. */
function withRefreshTokenKept(renewed: Tokens, old: Tokens | undefined): Tokens {
  if (renewed.refreshToken !== undefined || old?.refreshToken === undefined) return renewed;
  const {refreshToken, refreshExpiresAt} = old;
  return {...renewed, refreshToken, ...(refreshExpiresAt !== undefined && {refreshExpiresAt})};
}
