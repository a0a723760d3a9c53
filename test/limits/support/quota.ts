import {memoryStore} from '../../../src/index.ts';
import {createQuota, type QuotaOptions} from '../../../src/limits/quota.ts';
import type {Quota, QuotaWarning, UsageCounts} from '../../../src/ports.ts';
import {manualClock, type ManualClock} from '../../../src/testing/manual-clock.ts';

export interface Setup {
  readonly quota: Quota;
  /** What is in the store, without a look at the buffer. */
  readonly stored: (vehicle: string, period?: string) => Promise<number>;
  readonly clock: ManualClock;
  readonly warnings: QuotaWarning[];
  readonly failures: unknown[];
  /** What the store was asked for, one text each. */
  readonly asked: string[];
  /** Lets the store refuse writes, or take them again. */
  readonly refuse: (error?: Error) => void;
  /** Holds the next write until it is let go. */
  readonly hold: () => () => void;
}

export const MAY = '2026-05-01';
export const JUNE = '2026-06-01';
export const MID_MAY: number = Date.UTC(2026, 4, 17);

export function setup(
  options: Partial<QuotaOptions> = {},
  counts: UsageCounts = memoryStore().usage!,
): Setup {
  const clock = manualClock(MID_MAY);
  const warnings: QuotaWarning[] = [];
  const failures: unknown[] = [];
  const asked: string[] = [];
  let refusal: Error | undefined;
  let held: Promise<void> | undefined;
  const quota = createQuota({
    counts: {
      async add(period, calls) {
        asked.push(`add ${period} ${[...calls].map(([vehicle, more]) => `${vehicle}+${more}`).join(' ')}`);
        await held;
        if (refusal) throw refusal;
        return counts.add(period, calls);
      },
      count: (period, vehicle) => counts.count(period, vehicle),
      async forget(before) {
        asked.push(`forget ${before}`);
        if (refusal) throw refusal;
        return counts.forget(before);
      },
    },
    clock,
    perVehicle: 10,
    warnAt: 0.8,
    startDay: 1,
    warn: warning => warnings.push(warning),
    failed: error => failures.push(error),
    ...options,
  });
  return {
    quota,
    stored: (vehicle, period = MAY) => counts.count(period, vehicle),
    clock,
    warnings,
    failures,
    asked,
    refuse: error => (refusal = error),
    hold() {
      const {promise, resolve} = Promise.withResolvers<void>();
      held = promise;
      return () => {
        held = undefined;
        resolve();
      };
    },
  };
}

export const additions = (asked: readonly string[]): readonly string[] =>
  asked.filter(one => one.startsWith('add'));
export const gone: Error = new Error('gone');
