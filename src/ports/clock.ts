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
  /**
   * Something is under way in real time, until what is returned is called: a clock that runs ahead of real time stands
   * still meanwhile.
   * @default does nothing
   */
  hold?(): () => void;
}
