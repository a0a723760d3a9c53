/** One billing period. */
export interface Period {
  /** The UTC day that it began on, `YYYY-MM-DD`. */
  readonly key: string;
  /** When the next one begins, in epoch ms. */
  readonly endsAt: number;
}

/** The monthly period that a time lies in. `startDay`: the day of the month that periods begin on, 1 to 28. */
export function periodOf(nowMs: number, startDay: number): Period {
  const now = new Date(nowMs);
  const year = now.getUTCFullYear();
  const month = now.getUTCDate() < startDay ? now.getUTCMonth() - 1 : now.getUTCMonth();
  return {
    key: new Date(Date.UTC(year, month, startDay)).toISOString().slice(0, 10),
    endsAt: Date.UTC(year, month + 1, startDay),
  };
}

/** The key of the period before the one with this key. */
export function periodBefore(key: string, startDay: number): string {
  return periodOf(Date.parse(key) - 1, startDay).key;
}
