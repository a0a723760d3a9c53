import {levelOf, readyInMs, type Bucket} from '../core/pacing/bucket.ts';

/** Fractions of a millisecond that clocks round away. */
export const ROUNDING_MS = 1e-3;

/** The interval of a rate that lets no two go at once. */
export const spacingOf = (bucket: Bucket | undefined): number => (bucket?.size === 1 ? bucket.intervalMs : 0);

export const held = (bucket: Bucket | undefined, now: number): number =>
  bucket ? levelOf(bucket, now) : Infinity;

export const rest = (bucket: Bucket | undefined, now: number, tokens?: number): number =>
  bucket ? readyInMs(bucket, now, tokens) : 0;

/** The fillings that a place took its tokens from. */
export interface Source {
  readonly fixedAt: number | undefined;
  readonly learnedAt: number | undefined;
}
