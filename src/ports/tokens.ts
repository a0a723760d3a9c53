import type {Clock} from './clock.ts';
import type {EpisodeRecords, Marks} from './records.ts';
import type {UsageCounts} from './usage.ts';

/**
 * An access token with what renews it. Times are epoch ms.
 * Source: https://smartcar.com/docs/api-reference/authorization/auth-code-exchange
 */
export interface Tokens {
  readonly accessToken: string;
  /** v2 only, and new with every refresh. */
  readonly refreshToken?: string;
  /** When the access token ends: two hours after it was given (v2), one hour (v3). */
  readonly accessExpiresAt: number;
  /** When the refresh token ends: 60 days after it was given. @default not known */
  readonly refreshExpiresAt?: number;
}

/** Tokens as a store holds them. Every write makes a new generation; a generation is never used twice. */
export interface StoredTokens {
  readonly tokens: Tokens;
  /** Names this pair, and no other ever. */
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
   * `fence`: of the lease under which they were had, where it has one; one that is older than the stored pair's is
   * refused in the same way.
   */
  put(key: string, tokens: Tokens, replaces?: string | null, fence?: number): Promise<string | undefined>;
  delete(key: string): Promise<void>;
  /**
   * Puts back a pair that the store has lost: a server came back without its data. Resolves with `undefined`, and does
   * nothing, where another is stored or the last one was deleted. @default what is lost is lost
   */
  restore?(key: string, tokens: Tokens): Promise<string | undefined>;
  /**
   * Whether it has lost its data a moment ago, so that a pair that is missing, or that the token endpoint refuses, may be
   * one that another process has in hand. @default never
   */
  lost?(): Promise<boolean>;
  /** Counts calls, for the option `quota`, which needs a store that has this. Closes with the store. */
  readonly usage?: UsageCounts;
  /** @default kept in the process, and gone with it */
  readonly episodes?: EpisodeRecords;
  /** @default kept in the process, and gone with it */
  readonly marks?: Marks;
  close(): void | Promise<void>;
}

/** Keeps two from refreshing the same token, in one process or many. */
export interface Lock {
  /**
   * Tries once; `undefined` while somebody else holds it. A lease that was not renewed for `leaseMs` ends by itself; a
   * store may have to be asked again for so long, since it has to see that.
   */
  acquire(name: string, leaseMs: number): Promise<Lease | undefined>;
  /** How long a lease should be, in milliseconds. @default 30_000 */
  readonly leaseMs?: number;
  /**
   * Resolves when somebody may have given the lock back, after `ms` milliseconds at the latest; rejects with the
   * signal's reason. @default it is asked for again and again
   */
  freed?(name: string, ms: number, signal: AbortSignal): Promise<void>;
}

/** A lock that is held until it is given back, or its time is over. */
export interface Lease {
  /** Gives it back, if it still is this holder's. */
  release(): Promise<void>;
  /** Grows with every lease of this lock: who comes with a smaller one comes late. */
  readonly fence?: number;
  /** An earlier holder never gave it back, and took it so many milliseconds ago. */
  readonly interruptedMs?: number;
  /** Makes it last from now on; `false`: it is not this holder's any more. */
  renew?(leaseMs: number): Promise<boolean>;
}

/** Where access tokens come from: one kind of grant at one token endpoint. */
export interface TokenSource {
  /** The dialect that its errors are read in. */
  readonly api: 'oauth-v2' | 'oauth-v3';
  /** Whether each user has tokens of their own; otherwise one token serves all. */
  readonly perUser: boolean;
  /** The key under which a store keeps the tokens that serve this user. */
  key(user: string | undefined): string;
  /** Asks the token endpoint for the pair that follows. Rejects with its client's own error. */
  renew(current: Tokens | undefined): Promise<Tokens>;
  /** Exchanges the code that an owner brings from Connect. Absent where owners have no tokens of their own. */
  exchange?(code: string, redirectUri: string | undefined): Promise<Tokens>;
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
  /** Of the API client; stands in v2's Connect links. */
  readonly clientId: string;
  /** Where Connect sends owners back to, unless `connect.redirectUri` says otherwise. */
  readonly redirectUri?: string;
  /** Of the API that the tokens are for. */
  readonly version: '2' | '3';
  /** The client secret, as a function so that no inspection shows it. Signs Connect's `state` by default. */
  secret(): string;
  /** Called once by each policy. */
  open(surroundings: Surroundings): TokenSource;
}

/**
 * Smartcar's hosts, each an origin without a path.
 * Source: https://smartcar.com/docs/api-reference/vehicles-api-intro and the official SDKs.
 */
export interface Origins {
  /** v2. @default https://api.smartcar.com */
  readonly api: string;
  /** v3. @default https://vehicle.api.smartcar.com */
  readonly apiV3: string;
  /** v2's token endpoint. @default https://auth.smartcar.com */
  readonly auth: string;
  /** v3's token endpoint. @default https://iam.smartcar.com */
  readonly authV3: string;
  /** Where owners go to connect a car. @default https://connect.smartcar.com */
  readonly connect: string;
  /** The management API. @default https://management.smartcar.com */
  readonly management: string;
}
