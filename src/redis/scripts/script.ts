/** One operation that Redis carries out in one step. */
export interface Script {
  /** How it is called in Redis' logs and ours. */
  readonly name: string;
  readonly keys: number;
  /** Sent again after a lost connection does no harm, and has the same answer. */
  readonly repeatable: boolean;
  readonly lua: string;
}

/** Milliseconds by Redis' own clock: those of the machines differ. */
export const NOW = `local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)`;
