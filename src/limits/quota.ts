import {periodBefore, periodOf} from '../core/period.ts';
import type {Clock, Quota, QuotaWarning, UsageCounts} from '../ports.ts';
import {createFullness} from './fullness.ts';

export interface QuotaOptions {
  readonly counts: UsageCounts;
  readonly clock: Required<Pick<Clock, 'now' | 'timer'>>;
  /** Calls that a vehicle may have in a period. */
  readonly perVehicle: number;
  /** The share of `perVehicle` at which to warn. */
  readonly warnAt: number;
  /** The day of the month that periods begin on, in UTC, 1 to 28. */
  readonly startDay: number;
  /** Told once per vehicle and period, by one of the processes that share the store. Must not throw. */
  readonly warn: (warning: QuotaWarning) => void;
  /** Told what the store refused with where no caller hears of it. Nothing is lost by it. Must not throw. */
  readonly failed?: (error: unknown) => void;
}

/** Calls by vehicle. */
type Calls = Map<string, number>;

/** So long after a write the next one gathers. */
const GATHER_MS = 1_000;

/**
 * Counts in memory and writes now and then: the first call at once, then what has gathered in a second. A store that
 * refuses gets the same again with the next write, which a new call brings; nothing is tried again without one, so
 * that a store which is gone does not keep the process alive.
 */
export function createQuota(options: QuotaOptions): Quota {
  const {counts, clock, perVehicle, warnAt, startDay, warn, failed} = options;
  /** What is not in the store yet, by period; nothing stays here once it is. */
  let buffer = new Map<string, Calls>();
  /** Whether anything was counted since the last write began. */
  let fresh = false;
  let restsUntil = -Infinity;
  let cancelTimer: (() => void) | undefined;
  /** How many steps wait for their turn or have it. */
  let steps = 0;
  let lastStep: Promise<unknown> = Promise.resolve();
  let newestPeriod = '';
  const fullness = createFullness(warnAt);

  function keep(period: string, vehicle: string, calls: number): void {
    const kept: Calls = buffer.get(period) ?? new Map<string, number>();
    kept.set(vehicle, (kept.get(vehicle) ?? 0) + calls);
    buffer.set(period, kept);
  }

  /** One step after another, so that a reader never finds calls that are neither in the store nor in the buffer. */
  function inTurn<T>(step: () => Promise<T>): Promise<T> {
    steps += 1;
    const turn = lastStep.then(step).finally(() => {
      steps -= 1;
      arrange();
    });
    lastStep = turn.catch(() => undefined);
    return turn;
  }

  /** Sees to it that what is new gets written, now or by a timer. */
  function arrange(): void {
    if (!fresh || steps > 0 || cancelTimer) return;
    // Never longer than that: a wall clock can be set.
    const rest = Math.min(GATHER_MS, restsUntil - clock.now());
    if (rest <= 0) return writeUnheard();
    cancelTimer = clock.timer(rest, () => {
      cancelTimer = undefined;
      writeUnheard();
    });
  }

  function writeUnheard(): void {
    inTurn(write).catch((error: unknown) => failed?.(error));
  }

  async function write(): Promise<void> {
    cancelTimer?.();
    cancelTimer = undefined;
    fresh = false;
    const batch = [...buffer];
    if (batch.length === 0) return;
    buffer = new Map();
    try {
      for (let first = batch[0]; first; first = batch[0]) {
        const [period, calls] = first;
        const totals = await counts.add(period, calls);
        batch.shift();
        weigh(period, calls, totals);
      }
    } finally {
      for (const [period, calls] of batch) for (const [vehicle, more] of calls) keep(period, vehicle, more);
      restsUntil = clock.now() + GATHER_MS;
    }
    await tidy();
  }

  /** The store adds one after another, so exactly one total crosses the threshold, whoever else counts. */
  function weigh(
    period: string,
    added: ReadonlyMap<string, number>,
    totals: ReadonlyMap<string, number>,
  ): void {
    for (const [vehicle, more] of added) {
      const calls = totals.get(vehicle) ?? 0;
      const share = calls / perVehicle;
      fullness.saw(period, vehicle, share);
      // Shares, since a product like 100 * 0.07 would lie above the 7 that is meant.
      if (share >= warnAt && (calls - more) / perVehicle < warnAt)
        warn({vehicle, period, calls, perVehicle, share});
    }
  }

  /** A new period has begun: the last one is kept for whoever still asks, those before it are not. */
  async function tidy(): Promise<void> {
    const period = periodOf(clock.now(), startDay).key;
    if (period <= newestPeriod) return;
    try {
      await counts.forget(periodBefore(period, startDay));
      newestPeriod = period;
    } catch (error) {
      failed?.(error);
    }
  }

  return {
    count(vehicle, calls) {
      if (!(calls > 0)) return;
      keep(periodOf(clock.now(), startDay).key, vehicle, calls);
      fresh = true;
      arrange();
    },
    usage: (vehicle, at = clock.now()) =>
      inTurn(async () => {
        await write().catch((error: unknown) => failed?.(error));
        const {key: period, endsAt} = periodOf(at, startDay);
        const stored = await counts.count(period, vehicle);
        const calls = stored + (buffer.get(period)?.get(vehicle) ?? 0);
        return {vehicle, period, calls, perVehicle, endsAt};
      }),
    flush: () => inTurn(write),
    endsAt: () => periodOf(clock.now(), startDay).endsAt,
    fullness: () => fullness.of(periodOf(clock.now(), startDay).key),
  };
}
