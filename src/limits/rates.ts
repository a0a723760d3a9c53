import {emptiedUntil, levelOf, readyInMs, type Bucket} from '../core/pacing/bucket.ts';

/** Fractions of a millisecond that clocks round away. */
export const ROUNDING_MS = 1e-3;

/** The interval of a rate that lets no two go at once. */
export const spacingOf = (bucket: Bucket | undefined): number => (bucket?.size === 1 ? bucket.intervalMs : 0);

export function spaced<B extends Bucket>(bucket: B, now: number): B {
  const next = readyInMs(bucket, now);
  return bucket.size === 1 && next < bucket.intervalMs
    ? emptiedUntil(bucket, now + bucket.intervalMs)
    : bucket;
}

export const held = (bucket: Bucket | undefined, now: number): number =>
  bucket ? levelOf(bucket, now) : Infinity;

export const rest = (bucket: Bucket | undefined, now: number, tokens?: number): number =>
  bucket ? readyInMs(bucket, now, tokens) : 0;
