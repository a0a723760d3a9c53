import type {BackoffTable} from './core/backoff.ts';
import type {MessageFacts} from './core/messages/verdict.ts';
import type {AuthMethod, Clock, Origins, Peers, TokenStore} from './ports.ts';
import type {Logger} from './telemetry/logger.ts';
import type {WebhookOptions} from './webhooks/options.ts';

/** Options of `createPolicy`. Durations are milliseconds. Every one is checked at once. */
export interface PolicyOptions {
  /**
   * `userTokens(…)` for v2, `applicationToken(…)` for v3.
   * @default none: calls carry the authorization that their caller gives them, and no token is renewed
   */
  readonly auth?: AuthMethod;
  /**
   * Where tokens are kept. With v2 give one that survives a restart, such as `sqliteStore`: a lost refresh token costs
   * the owner a new Connect.
   * @default memoryStore(), which forgets everything with the process
   */
  readonly store?: TokenStore;
  /**
   * The other processes of the application, so that all act as one. `redisPorts` of `smartcar-policy/redis` gives it together
   * with a store. @default none: this process goes by what it knows and what the store holds
   */
  readonly peers?: Peers;
  /** What links for owners are made of. @default links only where the server gives one, or v2's client id is known */
  readonly connect?: ConnectOptions;
  /** Takes Smartcar's webhooks (`policy.webhooks.handle`). @default none are taken */
  readonly webhooks?: WebhookOptions;
  /** What messages for owners call your product, and their language. */
  readonly app?: AppOptions;
  /**
   * Words of your own for owners: asked for each message, with the text that would be shown. What it does not answer,
   * or answers by throwing, is shown as it is.
   * @default none: the server's suggestion with its placeholders filled, else ours, in English
   *
   * @example facts => (facts.failure.code === 'ASLEEP' && facts.locale === 'de' ? 'Dein Auto schläft.' : undefined)
   */
  readonly messages?: (facts: MessageFacts) => string | undefined;
  /**
   * How each kind of failure is repeated, laid over the defaults key by key. Keys are `TYPE:CODE`, `TYPE` or `*`, the
   * most specific one wins; `false` switches retries off.
   *
   * @example {UPSTREAM: {retries: 4, baseDelayMs: 2_000}, 'RATE_LIMIT:VEHICLE': false}
   */
  readonly backoff?: BackoffTable;
  /**
   * The longest time one call may spend waiting, over all its attempts. A longer wait ends the call at once, and
   * `retryAt` says when it makes sense again.
   * @default 60_000
   */
  readonly maxWaitMs?: number;
  /**
   * The longest time one attempt may take. Smartcar may hold a request for five minutes
   * (https://smartcar.com/docs/api-reference/commands/overview).
   * @default 310_000
   */
  readonly attemptTimeoutMs?: number;
  /**
   * How long before its end a token is renewed in the background.
   * @default 60_000
   */
  readonly refreshAheadMs?: number;
  /**
   * Whether reads that are identical and in flight share one request, unless the call says otherwise.
   * @default true
   */
  readonly coalesce?: boolean;
  /**
   * Whether a v3 command that answers 202 is waited for, unless the call says otherwise.
   * @default true
   */
  readonly settle?: boolean;
  /** Rates and places that you set; what Smartcar tells holds besides. @default see the members */
  readonly limits?: LimitOptions;
  /**
   * How many retries all calls of the application may make together, so that an outage is never multiplied. What a gate
   * holds back, and the repeat after a refresh, draw nothing. `false`: as many as `backoff` says.
   * @default {share: 0.1, size: 10}
   */
  readonly budget?: BudgetOption | false;
  /** Counts the calls of each vehicle in a billing period, in the store. @default not counted */
  readonly quota?: QuotaOption;
  /**
   * A breaker for makers: when many cars of one make fail with `UPSTREAM`, its reads are held back until single samples
   * succeed again. `true`, or an object with what differs from the defaults.
   * @default false
   */
  readonly outages?: boolean | OutageOption;
  /**
   * Says every event in a sentence: pino, `console`, or whatever has `debug`, `info`, `warn` and `error`.
   * @default none: nothing is logged
   */
  readonly logger?: Logger;
  /**
   * Smartcar's hosts. Plain http is accepted for loopback only. The environment is read as the official SDK reads it:
   * SMARTCAR_API_ORIGIN, SMARTCAR_API_V3_ORIGIN, SMARTCAR_AUTH_ORIGIN, SMARTCAR_AUTH_V3_ORIGIN,
   * SMARTCAR_CONNECT_ORIGIN (without it SMARTCAR_API_ORIGIN), SMARTCAR_MANAGEMENT_API_ORIGIN.
   * @default the environment's, else Smartcar's
   */
  readonly origins?: Partial<Origins>;
  /** Sends requests: those of the `ky` and `policy.fetch` doors, and to the token endpoint. @default globalThis.fetch */
  readonly fetch?: typeof fetch;
  /** Time as an argument. @default the system's */
  readonly clock?: Clock;
  /** Chance as an argument: a number from 0 to below 1. @default Math.random */
  readonly random?: () => number;
}

/** What messages for owners call your product, and their language. */
export interface AppOptions {
  /** Stands where a message would say "we". @default we */
  readonly name?: string;
  /** A BCP 47 tag; a call can name another. For the function in `messages`: ours are English. @default not set */
  readonly locale?: string;
}

/** Rates and places that you set: bursts, and calls a minute or milliseconds apart. */
export interface LimitOptions {
  /**
   * The bucket of your application: so many calls at once, and so many more each minute. Smartcar's default is 120 and 2
   * (https://smartcar.com/docs/help/api-limits).
   * @default none is set: the rate is learned from the calls that Smartcar refuses
   */
  readonly application?: {
    /** So many calls at once, after a rest. */
    readonly bucket: number;
    /** So many more each minute. */
    readonly perMinute: number;
  };
  /** For each car by itself. */
  readonly vehicle?: {
    /** Commands to one car that may be under way at a time. @default 1 */
    readonly commands?: number;
    /** Requests for one car that may be under way at a time, reads and commands. @default Infinity */
    readonly requests?: number;
    /** Between two requests for one car, in milliseconds. @default 0 */
    readonly spacingMs?: number;
    /** So many of them may go at once after a rest; the next ones follow `spacingMs` apart. @default 1 */
    readonly bucket?: number;
  };
  /** So many calls may wait in one scope; beyond that the least urgent is refused. @default 10_000 */
  readonly waiting?: number;
}

/**
 * How many retries all calls of the application may make together, counted in retries, not in time.
 * Source of the idea: https://brooker.co.za/blog/2022/02/28/retries.html
 */
export interface BudgetOption {
  /** Retries that each call pays in. @default 0.1 */
  readonly share?: number;
  /** Retries that can be saved up, and are there from the start. @default 10 */
  readonly size?: number;
}

/** What the plan includes, and when to warn. */
export interface QuotaOption {
  /** Calls of one vehicle in a period that the plan includes. */
  readonly perVehicle: number;
  /** The share of them at which a `quota` event warns. @default 0.8 */
  readonly warnAt?: number;
  /** The day of the month on which periods begin, in UTC, 1 to 28. @default 1 */
  readonly startDay?: number;
}

/** When the reads of a maker are held back, and for how long. */
export interface OutageOption {
  /**
   * The make of a vehicle, from your own records. A call can name it too (`make`), and the answers to
   * `GET /vehicles/{id}` are remembered.
   */
  readonly makeOf?: (vehicle: string) => string | undefined;
  /** So many cars of a make have to fail … @default 5 */
  readonly vehicles?: number;
  /** … and so large a share of the calls for that make … @default 0.5 */
  readonly share?: number;
  /** … within so many milliseconds. @default 60_000 */
  readonly windowMs?: number;
  /** Until the first sample, in milliseconds; doubled after each that fails. @default 30_000 */
  readonly pauseMs?: number;
}

/**
 * What links for owners are made of.
 * Source: https://smartcar.com/docs/connect/redirect-to-connect
 */
export interface ConnectOptions {
  /** Where Connect sends the owner back to. @default that of `userTokens` */
  readonly redirectUri?: string;
  /** The permissions that your product uses. @default those set in Smartcar's dashboard */
  readonly scope?: readonly string[];
  /** Which cars can be connected: real ones, or those of Smartcar's simulator or test mode. @default Smartcar's: live */
  readonly mode?: 'live' | 'simulated' | 'test';
  /** v3: the Application ID from the dashboard, which is not the API client id. Without it v3 has no links. */
  readonly applicationId?: string;
  /** Signs the `state` that comes back with the owner. @default made from the client secret */
  readonly stateSecret?: string;
  /** How long a link can be followed, in milliseconds. @default 604_800_000, seven days */
  readonly linkLifeMs?: number;
  /**
   * False alarms happen: after so many milliseconds one call may try in spite of an open episode.
   * @default 3_600_000
   */
  readonly probeAfterMs?: number;
  /**
   * How many milliseconds after the last `reauth` event of an episode the next call that it parks brings another, as a
   * reminder.
   * @default Infinity: none
   */
  readonly remindAfterMs?: number;
}

export const DEFAULT_ORIGINS: Origins = Object.freeze({
  api: 'https://api.smartcar.com',
  apiV3: 'https://vehicle.api.smartcar.com',
  auth: 'https://auth.smartcar.com',
  authV3: 'https://iam.smartcar.com',
  connect: 'https://connect.smartcar.com',
  management: 'https://management.smartcar.com',
});

type Numbers<Names extends string> = Readonly<Record<Names, number>>;

export interface Defaults extends Numbers<
  | 'maxWaitMs'
  | 'attemptTimeoutMs'
  | 'refreshAheadMs'
  | 'probeAfterMs'
  | 'remindAfterMs'
  | 'linkLifeMs'
  | 'mostWaiting'
> {
  readonly coalesce: boolean;
  readonly settle: boolean;
  readonly vehicle: Numbers<'commands' | 'requests' | 'spacingMs' | 'bucket'>;
  readonly budget: Numbers<'share' | 'size'>;
  readonly quota: Numbers<'warnAt' | 'startDay'>;
  readonly outages: Numbers<'vehicles' | 'share' | 'windowMs' | 'pauseMs'>;
}

export const DEFAULTS: Defaults = Object.freeze({
  maxWaitMs: 60_000,
  attemptTimeoutMs: 310_000,
  refreshAheadMs: 60_000,
  coalesce: true,
  settle: true,
  probeAfterMs: 3_600_000,
  remindAfterMs: Infinity,
  linkLifeMs: 7 * 24 * 3_600_000,
  mostWaiting: 10_000,
  vehicle: {commands: 1, requests: Infinity, spacingMs: 0, bucket: 1},
  budget: {share: 0.1, size: 10},
  quota: {warnAt: 0.8, startDay: 1},
  outages: {vehicles: 5, share: 0.5, windowMs: 60_000, pauseMs: 30_000},
});
