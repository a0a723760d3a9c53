/**
 * A bucket of tokens that refills steadily, as two numbers: when it was full, and how many have been taken since. Nothing
 * ticks, so a stalled event loop loses no token; nothing is added up but whole tokens, so no time drifts. Times are milliseconds
 * of one clock, whichever.
 */
export interface Bucket {
  /** Between two tokens. */
  readonly intervalMs: number;
  /** How many it holds: so many may go at once after a rest. */
  readonly size: number;
  readonly fullAt: number;
  /** Since then. */
  readonly takenSince: number;
}

/** Parts of a millisecond and of a token that are told apart: products of fractions are off by less. */
const PARTS = 1e6;

export function fullBucket(intervalMs: number, size: number): Bucket {
  return {intervalMs, size, fullAt: -Infinity, takenSince: 0};
}

/** Milliseconds until the last of so many `tokens` can be taken, from 0; more than it holds come one after another. */
export function readyInMs(bucket: Bucket, now: number, tokens = 1): number {
  const {intervalMs, size} = bucket;
  return Math.max(0, rounded(missingMs(bucket, now) + (tokens - size) * intervalMs));
}

/** One token less. Who takes before it is there leaves the bucket in debt. */
export function taken<B extends Bucket>(bucket: B, now: number): B {
  if (missingMs(bucket, now) === 0) return {...bucket, fullAt: now, takenSince: 1};
  return {...bucket, takenSince: bucket.takenSince + 1};
}

/** One token more: it was taken and not used. */
export function returned<B extends Bucket>(bucket: B): B {
  return bucket.takenSince > 0 ? {...bucket, takenSince: bucket.takenSince - 1} : bucket;
}

/** Empty, with the next token there at `nextAt`. */
export function emptiedUntil<B extends Bucket>(bucket: B, nextAt: number): B {
  return {...bucket, fullAt: nextAt, takenSince: bucket.size - 1};
}

/** How many tokens it holds, fractions included. */
export function levelOf(bucket: Bucket, now: number): number {
  return rounded(bucket.size - missingMs(bucket, now) / bucket.intervalMs);
}

const missingMs = ({intervalMs, fullAt, takenSince}: Bucket, now: number): number =>
  Math.max(0, takenSince * intervalMs - (now - fullAt));

const rounded = (value: number): number => Math.round(value * PARTS) / PARTS;
