import type {UsageCounts} from '../ports.ts';
import type {StoreParts} from './pairs.ts';
import {add, forget} from './scripts/usage.ts';

/** A period that nobody counts in any more: longer than two of them. */
const KEPT_MS = 100 * 86_400_000;

/** Counts calls for all processes: one hash for each period. */
export function redisUsage({connection, keys}: StoreParts): UsageCounts {
  const {run, read} = connection;
  const base = keys.usage;
  return {
    async add(period, calls) {
      if (calls.size === 0) return new Map();
      const added = [...calls];
      const totals = (await run(add, [base], [period, KEPT_MS, ...added.flat()])) as readonly number[];
      return new Map(added.map(([vehicle], index) => [vehicle, Number(totals[index])]));
    },
    async count(period, vehicle) {
      return Number((await read(redis => redis.hget(`${base}calls:${period}`, vehicle))) ?? 0);
    },
    async forget(before) {
      await run(forget, [base], [before]);
    },
  };
}
