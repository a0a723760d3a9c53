/**
 * A bucket of tokens that refills steadily, as one number: the time at which it is full again. Nothing ticks, so a stalled
 * event loop loses no token and no time drifts. Times are milliseconds of one clock, whichever.
 */
export interface Bucket {
  /** Between two tokens. */
  readonly intervalMs: number;
  /** How many it holds: so many may go at once after a rest. */
  readonly size: number;
  readonly fullAt: number;
}

/** Sums of fractions of a millisecond differ by less than this. */
const ROUNDING_MS = 1e-6;

export function fullBucket(intervalMs: number, size: number): Bucket {
  return {intervalMs, size, fullAt: -Infinity};
}

/** Milliseconds until the last of so many `tokens` can be taken, from 0; more than it holds come one after another. */
export function readyInMs({intervalMs, size, fullAt}: Bucket, now: number, tokens = 1): number {
  const restMs = Math.max(fullAt, now) - (size - tokens) * intervalMs - now;
  return restMs > ROUNDING_MS ? restMs : 0;
}

/** One token less. Who takes before it is there leaves the bucket in debt. */
export function taken(bucket: Bucket, now: number): Bucket {
  return {...bucket, fullAt: Math.max(bucket.fullAt, now) + bucket.intervalMs};
}

/** Empty, with the next token there at `nextAt`. */
export function emptiedUntil({intervalMs, size}: Omit<Bucket, 'fullAt'>, nextAt: number): Bucket {
  return {intervalMs, size, fullAt: nextAt + (size - 1) * intervalMs};
}

/** How many tokens it holds, fractions included. */
export function levelOf({intervalMs, size, fullAt}: Bucket, now: number): number {
  return size - Math.max(0, fullAt - now) / intervalMs;
}
