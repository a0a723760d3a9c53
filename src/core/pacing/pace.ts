/**
 * How far apart the calls of one scope are sent after a limit was met, as far as it has been learned. Immutable; every
 * step returns the next pace.
 */
export interface Pace {
  readonly intervalMs: number;
  /** Paced successes since the last change. */
  readonly streak: number;
  /** So many it takes to quicken. */
  readonly patience: number;
  /** The last change was a quickening: if it holds, the next one comes sooner. */
  readonly rising: boolean;
  /** What a quickening multiplies the interval with. */
  readonly step: number;
}

/** A limit was met. */
export interface LimitMet {
  /** What the server told to wait, where it did. */
  readonly toldMs?: number | undefined;
  /** How long the gate closes. */
  readonly closedMs: number;
  /** How far apart calls came through from the last time that nothing was left until now, where that was counted. */
  readonly countedMs?: number | undefined;
  /** It was the first call after the gate had been closed: the time was too short, which says little about the pace. */
  readonly probe: boolean;
}

/** A longer told time is a pause, not a pace: what follows it starts with this, and is told if it is too fast. */
const LONGEST_FIRST_MS = 60_000;
/** As slow as it gets, so that a scope is never given up for good. */
const SLOWEST_MS = 3_600_000;
/** So fast that no pacing is needed any more. */
const FASTEST_MS = 20;
const FIRST_STEP = 0.5;
const SMALLEST_STEP = 0.95;
const PATIENCE = 8;
const MOST_PATIENCE = 256;
/** After a rate was counted. */
const COUNTED_PATIENCE = 64;
/** Networks deliver early and late; a bucket that is asked exactly in its rhythm would say no to every other call. */
const MARGIN = 1.005;

/** The pace after a limit was met: slower, and from then on quickened with twice the patience. */
export function slowed(pace: Pace | undefined, {toldMs, countedMs, closedMs, probe}: LimitMet): Pace {
  if (!pace) {
    const firstMs = toldMs ?? closedMs;
    const settled = toldMs !== undefined && toldMs <= LONGEST_FIRST_MS;
    const intervalMs = bounded(Math.min(firstMs, LONGEST_FIRST_MS) * MARGIN);
    return {
      intervalMs,
      streak: 0,
      patience: settled ? PATIENCE : 1,
      rising: false,
      step: FIRST_STEP,
    };
  }
  if (probe) return {...pace, streak: 0};
  const patience = Math.min(Math.max(pace.patience, PATIENCE / 2) * 2, MOST_PATIENCE);
  const step = Math.min(Math.sqrt(pace.step), SMALLEST_STEP);
  if (countedMs !== undefined) {
    // That is the rate itself: no need to try soon what is known to be too fast.
    const settled = Math.max(patience, COUNTED_PATIENCE);
    return {intervalMs: bounded(countedMs * MARGIN), streak: 0, patience: settled, rising: false, step};
  }
  // The last call but one went out an interval before this one, and the next may go when it was told.
  const measuredMs = toldMs === undefined ? pace.intervalMs * 2 : (pace.intervalMs + toldMs) * MARGIN;
  // What held before the last quickening was no slower than it had to be.
  const heldMs = pace.rising ? pace.intervalMs / pace.step : 0;
  return {
    intervalMs: bounded(Math.max(measuredMs, heldMs)),
    streak: 0,
    patience,
    rising: false,
    step,
  };
}

/** The pace after a success that had to wait for it; `undefined` when nothing needs to be paced any more. */
export function quickened(pace: Pace): Pace | undefined {
  const streak = pace.streak + 1;
  if (streak < pace.patience) return {...pace, streak};
  const intervalMs = pace.intervalMs * pace.step;
  if (intervalMs < FASTEST_MS) return undefined;
  const patience = pace.rising ? Math.ceil(pace.patience / 2) : pace.patience;
  return {...pace, intervalMs, streak: 0, patience, rising: true};
}

/** Whole milliseconds from a second on: there may be one for each car, and a fraction would take memory of its own. */
function bounded(ms: number): number {
  const within = Math.min(Math.max(ms, FASTEST_MS), SLOWEST_MS);
  return within < 1_000 ? within : Math.ceil(within);
}
