import type {UsageCounts} from '../ports.ts';

/** Counts calls in this process alone. */
export function memoryUsage(): UsageCounts {
  const periods = new Map<string, Map<string, number>>();
  const countOf = (period: string, vehicle: string): number => periods.get(period)?.get(vehicle) ?? 0;
  return {
    add(period, calls) {
      const totals = new Map([...calls].map(([vehicle, more]) => [vehicle, countOf(period, vehicle) + more]));
      const counted = periods.get(period) ?? new Map<string, number>();
      for (const [vehicle, total] of totals) counted.set(vehicle, total);
      periods.set(period, counted);
      return Promise.resolve(totals);
    },
    count: (period, vehicle) => Promise.resolve(countOf(period, vehicle)),
    forget(before) {
      for (const period of periods.keys()) if (period < before) periods.delete(period);
      return Promise.resolve();
    },
  };
}
