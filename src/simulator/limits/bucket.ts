/** How much a bucket holds, and how fast a token comes back. */
export interface BucketSize {
  readonly size: number;
  readonly everyMs: number;
}

/** A token bucket. */
export interface Bucket {
  /** Draws a token; returns how long to wait in ms, 0 when drawn. */
  readonly draw: (now: number) => number;
  readonly isFull: (now: number) => boolean;
}

/**
 * Kept as one time, the moment at which it would be full again: no timer, and exact on any clock. On a clock that is
 * set back it goes on as it was when last drawn from, so that it never holds more than its size, and no wait is longer
 * than `everyMs`.
 */
export function createBucket({size, everyMs}: BucketSize): Bucket {
  let fullAt = Number.NEGATIVE_INFINITY;
  let drawnAt = Number.NEGATIVE_INFINITY;
  return {
    draw(now) {
      if (now < drawnAt) fullAt -= drawnAt - now;
      drawnAt = now;
      const opensAt = fullAt - (size - 1) * everyMs;
      if (now < opensAt) return opensAt - now;
      fullAt = Math.max(fullAt, now) + everyMs;
      return 0;
    },
    isFull: now => fullAt <= now && drawnAt <= now,
  };
}

/** A bucket for each of many keys. */
export interface Buckets {
  readonly draw: (key: string, now: number) => number;
  /** How many are remembered. */
  readonly count: number;
}

/** Above `many`, those that are full are forgotten: a full bucket is as good as a new one. */
export function createBuckets(size: BucketSize, many = 10_000): Buckets {
  const buckets = new Map<string, Bucket>();
  let sweepAt = many;
  return {
    draw(key, now) {
      let bucket = buckets.get(key);
      if (bucket === undefined) {
        if (buckets.size >= sweepAt) {
          for (const [old, {isFull}] of buckets) if (isFull(now)) buckets.delete(old);
          // Where most are still filling, the next look is as far away again.
          sweepAt = Math.max(many, 2 * buckets.size);
        }
        bucket = createBucket(size);
        buckets.set(key, bucket);
      }
      return bucket.draw(now);
    },
    get count() {
      return buckets.size;
    },
  };
}
