/** Counts the calls of each car in each calendar month. */
export interface MonthlyCount {
  /** Counts a call; false once the month is used up. */
  readonly draw: (vehicle: string, now: number) => boolean;
}

/** How many months are remembered: a clock that is set back over midnight finds its count again. */
const keptMonths = 2;

/** Months are UTC's, on whatever clock `now` is read from; a refused call does not count. */
export function createMonthlyCount(calls: number): MonthlyCount {
  const months = new Map<string, Map<string, number>>();
  return {
    draw(vehicle, now) {
      const month = new Date(now).toISOString().slice(0, -'-01T00:00:00.000Z'.length);
      let counts = months.get(month);
      if (counts === undefined) {
        months.set(month, (counts = new Map()));
        const [oldest] = months.keys();
        if (months.size > keptMonths && oldest !== undefined) months.delete(oldest);
      }
      const counted = counts.get(vehicle) ?? 0;
      if (counted >= calls) return false;
      counts.set(vehicle, counted + 1);
      return true;
    },
  };
}
