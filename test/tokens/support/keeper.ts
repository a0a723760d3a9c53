import {fullClock} from '../../../src/engine/clock.ts';
import {createEvents, type PolicyEvents} from '../../../src/engine/events.ts';
import type {Followed} from '../../../src/engine/followed.ts';
import type {TokenFailure} from '../../../src/engine/token-failure.ts';
import {createTokenKeeper, type TokenKeeper} from '../../../src/engine/tokens.ts';
import type {Tokens, TokenSource, TokenStore} from '../../../src/ports.ts';
import {memoryStore} from '../../../src/stores/memory-store.ts';
import {manualClock, type ManualClock} from '../../../src/testing/index.ts';

export const HOUR = 3_600_000;
export const AHEAD = 300_000;
export const never: AbortSignal = new AbortController().signal;

/** What an OAuth server says of a grant that is gone, and of one that comes too early. */
export const GONE = {error: 'invalid_grant', error_description: 'gone'};
export const DOWN = {statusCode: 503};

export interface Bench {
  readonly clock: ManualClock;
  readonly store: TokenStore;
  readonly keeper: TokenKeeper;
  readonly followed: Followed;
  /** Access tokens with which the endpoint was asked, one after another. */
  readonly asked: (string | undefined)[];
  /** What the endpoint does; by default it gives `access-1`, `access-2` and so on, for an hour each. */
  answer: (current: Tokens | undefined) => Promise<Tokens>;
  /** Failed renewals that no call heard of, by key. */
  readonly unheard: (readonly [key: string, failed: TokenFailure])[];
  readonly refreshes: PolicyEvents['refresh'][];
  /** Whether the gates of the token endpoint are open. */
  open: boolean;
  /** A pair that ends so many milliseconds from now. */
  readonly pair: (name: string, leftMs: number) => Tokens;
}

export interface BenchOptions {
  readonly store?: TokenStore;
  readonly perUser?: boolean;
  /** Nobody listens. */
  readonly deaf?: boolean;
}

/** A keeper of tokens before an endpoint that is a function. */
export function keeperBench({store = memoryStore(), perUser = true, deaf = false}: BenchOptions = {}): Bench {
  const clock = manualClock();
  const events = createEvents();
  const followed: Followed = {by: undefined};
  const pair = (name: string, leftMs: number): Tokens => ({
    accessToken: `access-${name}`,
    ...(perUser && {refreshToken: `refresh-${name}`}),
    accessExpiresAt: clock.now() + leftMs,
  });
  const source: TokenSource = {
    api: 'oauth-v2',
    perUser,
    key: user => (perUser ? `user:${user}` : 'application:x'),
    headers: () => ({}),
    renew: async current => {
      bench.asked.push(current?.accessToken);
      return bench.answer(current);
    },
  };
  const keeper = createTokenKeeper({
    source,
    store,
    clock: fullClock(clock),
    events,
    followed,
    gates: {areOpen: () => bench.open, unheard: (key, failed) => void bench.unheard.push([key, failed])},
    refreshAheadMs: AHEAD,
  });
  const bench: Bench = {
    clock,
    store,
    keeper,
    followed,
    asked: [],
    answer: async () => pair(String(bench.asked.length), HOUR),
    unheard: [],
    refreshes: [],
    open: true,
    pair,
  };
  if (!deaf) events.on('refresh', event => void bench.refreshes.push(event));
  return bench;
}
