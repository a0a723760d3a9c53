import type {Endpoint} from './core/endpoints.ts';
import type {Api} from './core/evidence/evidence.ts';
import type {Failure} from './core/failure.ts';
import type {Reason} from './core/reasons.ts';

/**
 * Time as an argument. `now` and `sleep` are enough; the other two have defaults made of them.
 */
export interface Clock {
  /** Wall-clock time in epoch ms. */
  now(): number;
  /** Resolves after `ms` milliseconds, or rejects with the signal's reason. May be early: the engine looks again. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /**
   * Milliseconds that only ever grow, for durations: a wall clock can be set.
   * @default now
   */
  monotonic?(): number;
  /**
   * Calls back after `ms` milliseconds; returns what cancels it.
   * @default built on `sleep`
   */
  timer?(ms: number, callback: () => void): () => void;
}

/** An access token with what renews it. Times are epoch ms. */
export interface Tokens {
  readonly accessToken: string;
  /** v2 only, and new with every refresh. */
  readonly refreshToken?: string;
  readonly accessExpiresAt: number;
  readonly refreshExpiresAt?: number;
}

/** Tokens as a store holds them. Every write makes a new generation; a generation is never used twice. */
export interface StoredTokens {
  readonly tokens: Tokens;
  readonly generation: string;
}

/**
 * Keeps tokens, by key, where they survive. Losing a write costs the owner a new Connect: `put` resolves only when
 * the pair is safe. Stores hide tokens from inspection and JSON.
 */
export interface TokenStore extends Lock {
  get(key: string): Promise<StoredTokens | undefined>;
  /**
   * Stores tokens in one step and resolves with their generation. With `replaces`, only while the stored generation
   * is still that one (`null`: while nothing is stored); else nothing is written and it resolves with `undefined`.
   */
  put(key: string, tokens: Tokens, replaces?: string | null): Promise<string | undefined>;
  delete(key: string): Promise<void>;
  close(): void | Promise<void>;
}

/** Keeps two from refreshing the same token, in one process or many. */
export interface Lock {
  /** Tries once; `undefined` while somebody else holds it. The lease ends by itself after `leaseMs`. */
  acquire(name: string, leaseMs: number): Promise<Lease | undefined>;
}

export interface Lease {
  /** Gives it back, if it still is this holder's. */
  release(): Promise<void>;
}

/** Where access tokens come from: one kind of grant at one token endpoint. */
export interface TokenSource {
  /** The dialect that its errors are read in. */
  readonly api: Extract<Api, 'oauth-v2' | 'oauth-v3'>;
  /** Whether each user has tokens of their own; otherwise one token serves all. */
  readonly perUser: boolean;
  /** The key under which a store keeps the tokens that serve this user. */
  key(user: string | undefined): string;
  /** Asks the token endpoint for the pair that follows. Rejects with its client's own error. */
  renew(current: Tokens | undefined): Promise<Tokens>;
  /** The request headers that prove the right to act for this user. */
  headers(accessToken: string, user: string | undefined): Record<string, string>;
}

/** What an authentication method needs from the policy that it serves. */
export interface Surroundings {
  readonly origins: Origins;
  readonly fetch: typeof fetch;
  readonly clock: Clock;
}

/** A way to authenticate, as an option of `createPolicy`: `userTokens(…)`, `applicationToken(…)`. */
export interface AuthMethod {
  readonly clientId: string;
  readonly redirectUri?: string;
  /** Of the API that the tokens are for. */
  readonly version: '2' | '3';
  /** The client secret, as a function so that no inspection shows it. Signs Connect's `state` by default. */
  secret(): string;
  open(surroundings: Surroundings): TokenSource;
}

/**
 * Smartcar's hosts, each an origin without a path.
 * Source: https://smartcar.com/docs/api-reference/vehicles-api-intro and the official SDKs.
 */
export interface Origins {
  /** v2. */
  readonly api: string;
  readonly apiV3: string;
  /** v2's token endpoint. */
  readonly auth: string;
  /** v3's token endpoint. */
  readonly authV3: string;
  readonly connect: string;
  readonly management: string;
}

/** A scope that a gate can close: `application`, `user:ada`, `vehicle:…`; `token:…` for the token endpoint. */
export type GateKey = string;

/** "Not before": holds what the server told about a scope for everything in that scope. */
export interface Gates {
  /** Whether any gate stands, for a call that has none in its way. */
  readonly any: boolean;
  /** What stands in the way of these scopes now: the gate that stays shut longest; `undefined` when all are open. */
  blocking(keys: readonly GateKey[]): Blockade | undefined;
  close(key: GateKey, until: number, reason: string): void;
  /** Sets up a gate that is just opening, so that many who were held up elsewhere do not start all at once. */
  ease(key: GateKey): void;
  /** Waits for a place behind a gate that has just opened; resolves with `undefined` when it has closed again. */
  enter(key: GateKey, priority: number, signal: AbortSignal): Promise<Pass | undefined>;
}

export interface Blockade {
  readonly key: GateKey;
  /** Epoch ms; a time that has passed means: open for a probe, then for a few at a time. */
  readonly until: number;
  /** Milliseconds to go by the monotonic clock; 0 where only a place has to be waited for. */
  readonly restMs: number;
}

/** One place behind a gate that is opening. */
export interface Pass {
  readonly key: GateKey;
  /** `passed` opens the gate wider; `unknown` gives the place to the next. */
  leave(outcome: 'passed' | 'unknown'): void;
}

/** One period in which an owner has to reconnect. */
export interface Episode {
  readonly episode: string;
  readonly user: string;
  readonly vehicle?: string;
  readonly scope: 'permission' | 'vehicle' | 'user';
  readonly permission?: string;
  /** Smartcar's `TYPE:CODE` where it gave one, else one of our reason codes. */
  readonly reason: string;
  /** Where to send the owner; absent where `connect` is not configured and the server gave no link. */
  readonly connectUrl?: string;
  /** Epoch ms. */
  readonly since: number;
}

/** Who and what a call is about, as far as parking is concerned. */
export interface Place {
  readonly user: string;
  readonly vehicle?: string;
  readonly permission?: string;
}

/** Knows which calls are parked until an owner is back. */
export interface Episodes {
  /** Whether any episode is open. */
  readonly any: boolean;
  /** The episode that parks a call; `undefined` when it may go. */
  parking(place: Place): Episode | undefined;
  /** After a cool-down one call may try all the same, since false alarms happen: true for that one. */
  probe(episode: string): boolean;
  /** Milliseconds until `probe` may say yes. */
  probeInMs(episode: string): number;
  /**
   * Opens an episode, or finds the open one. `undefined` for old news: what failed was sent before the last episode
   * here was over.
   */
  open(place: Place, found: Finding): Episode | undefined;
  /** A call in this place succeeded. `sentAt`: epoch ms; `generation`: of the token that it was sent with. */
  succeeded(place: Place, sentAt: number, generation: string | undefined): void;
  /** Ends the episodes of a user, of one car where given. Resolves with how many there were. */
  end(user: string, vehicle: string | undefined, by: EpisodeEnd): number;
  list(): readonly Episode[];
  /** Resolves when the episode is over. */
  over(episode: string, signal: AbortSignal): Promise<void>;
}

export type EpisodeEnd = 'success' | 'tokens' | 'resolved';

/** Why an episode opens. */
export interface Finding {
  readonly scope: 'permission' | 'vehicle' | 'user';
  readonly reason: Reason;
  readonly failure: Failure;
  /** What the call wanted to do, for the message to the owner. */
  readonly endpoint?: Endpoint;
  /** When what failed was sent, in epoch ms; absent where nothing was. */
  readonly sentAt?: number;
  /** The generation of a grant that is dead. */
  readonly generation?: string;
}
