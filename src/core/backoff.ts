import type {Failure, Pace} from './failure.ts';

/** How often and how far apart one kind of failure is repeated within one call. All times in milliseconds. */
export interface BackoffSetting {
  /**
   * Repeats after the first attempt, for this kind of failure.
   * @default 3
   */
  readonly retries?: number;
  /**
   * The cap of the first delay; it doubles with each retry. The delay itself is drawn between 0 and the cap ("full
   * jitter": https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
   * @default 500
   */
  readonly baseDelayMs?: number;
  /** The longest that the cap grows to. @default 30_000 */
  readonly maxDelayMs?: number;
  /**
   * Fixed delays instead of the three settings above: as many retries as entries, each lengthened by up to 10 % of
   * jitter, never shortened.
   */
  readonly delaysMs?: readonly number[];
  /** In place of the policy's `maxWaitMs`, for calls that meet this kind of failure and name none themselves. */
  readonly maxWaitMs?: number;
}

/**
 * Keys are `TYPE:CODE`, `TYPE` or `*`; the most specific one wins. `false` switches retries off.
 *
 * @default `*`: 3 retries, 500 to 30 000 ms; `UPSTREAM`: 3, 2 000 to 60 000 ms; `RATE_LIMIT`, `UPSTREAM:RATE_LIMIT` and
 * `VEHICLE_STATE`: 1, 5 and 15 minutes, or as told
 */
export type BackoffTable = Readonly<Record<string, BackoffSetting | false>>;

/** Gives way to what the server tells and to the pace of the failure, until the user sets a pace. */
interface BuiltIn extends BackoffSetting {
  readonly builtIn?: 'seconds' | 'minutes';
}

/**
 * For failures whose pace is minutes, while the server tells no time of its own. Source of the figures:
 * https://smartcar.com/docs/api-reference/webhooks/events/vehicle-error
 */
const MINUTES: BuiltIn = {builtIn: 'minutes', retries: 3, delaysMs: [60_000, 300_000, 900_000]};
const SECONDS: BuiltIn = {builtIn: 'seconds', retries: 3, baseDelayMs: 500, maxDelayMs: 30_000};

export const DEFAULT_BACKOFF: BackoffTable = Object.freeze({
  '*': SECONDS,
  UPSTREAM: {retries: 3, baseDelayMs: 2_000, maxDelayMs: 60_000},
  'UPSTREAM:RATE_LIMIT': MINUTES,
  RATE_LIMIT: MINUTES,
  VEHICLE_STATE: MINUTES,
});

/** Lays a user's table over the defaults key by key; a pace of its own drops the default's. */
export function mergeBackoff(user: BackoffTable = {}): BackoffTable {
  const merged: Record<string, BackoffSetting | false> = {...DEFAULT_BACKOFF};
  for (const [key, setting] of Object.entries(user)) {
    const base = defaultFor(key);
    merged[key] = setting === false || !base ? setting : {...baseUnder(base, setting), ...setting};
  }
  return Object.freeze(merged);
}

/** `VEHICLE_STATE:ASLEEP` has no default of its own: then the type's is laid under it. */
function defaultFor(key: string): BuiltIn | false | undefined {
  const known = [key, key.replace(/:.*/s, '')].find(one => Object.hasOwn(DEFAULT_BACKOFF, one));
  return DEFAULT_BACKOFF[known ?? '*'];
}

/** `retries` and `maxWaitMs` alone are no pace. */
function baseUnder(base: BuiltIn, own: BackoffSetting): BackoffSetting {
  if (own.delaysMs) return {};
  if (own.baseDelayMs === undefined && own.maxDelayMs === undefined) return base;
  const {builtIn: _, ...rest} = base.delaysMs ? SECONDS : base;
  return rest;
}

/** The key of the table that a failure is counted under, and its setting. */
export function settingFor(
  table: BackoffTable,
  failure: Pick<Failure, 'type' | 'code' | 'retryAfterMs'>,
  pace: Pace = 'backoff',
): {readonly key: string; readonly setting: BackoffSetting | false} {
  const {type, code} = failure;
  for (const key of [`${type}:${code}`, `${type}`]) {
    const setting = type === undefined || !Object.hasOwn(table, key) ? undefined : table[key];
    if (setting !== undefined) return {key, setting: builtIn(setting, failure, pace)};
  }
  return {key: '*', setting: builtIn(table['*'] ?? false, failure, pace)};
}

function builtIn(
  setting: BuiltIn | false,
  {retryAfterMs}: Pick<Failure, 'retryAfterMs'>,
  pace: Pace,
): BackoffSetting | false {
  if (setting === false || setting.builtIn === undefined) return setting;
  const minutes = retryAfterMs === undefined && (setting.builtIn === 'minutes' || pace !== 'backoff');
  const {retries = 0, maxWaitMs} = setting;
  return {...(minutes ? MINUTES : SECONDS), retries, ...(maxWaitMs !== undefined && {maxWaitMs})};
}

export function retriesOf({delaysMs, retries = 0, builtIn: fixed}: BuiltIn): number {
  return delaysMs && !fixed ? delaysMs.length : retries;
}

/** Beyond it a power of two would be infinite, and no number at all times 0. */
const MOST_DOUBLINGS = 50;

/** The delay before retry number `index` (from 0), in whole milliseconds. `dice` is a number from 0 to below 1. */
export function delayOf(setting: BackoffSetting, index: number, dice: number): number {
  const {delaysMs, baseDelayMs = 0, maxDelayMs = Infinity} = setting;
  if (delaysMs) {
    const told = delaysMs[Math.min(index, delaysMs.length - 1)] ?? 0;
    return told === 0 ? 0 : told + 1 + Math.floor(told * 0.1 * dice);
  }
  return Math.ceil(Math.min(maxDelayMs, baseDelayMs * 2 ** Math.min(index, MOST_DOUBLINGS)) * dice);
}

/** Sleepers with the same told time wake within this span, not together. */
const SPREAD_MS = 1_000;

/**
 * `max(what the server told, jittered backoff)`. A told time gets a small spread (up to 5 %, at most a second), which
 * gives way where it alone would pass `limitMs`.
 */
export function combinedDelay(
  toldMs: number | undefined,
  backoffMs: number,
  dice: number,
  limitMs: number,
): number {
  if (toldMs === undefined) return backoffMs;
  const spread = Math.floor(Math.min(SPREAD_MS, toldMs * 0.05) * dice);
  const told = toldMs <= limitMs ? Math.min(toldMs + spread, limitMs) : toldMs;
  return Math.max(told, backoffMs);
}
