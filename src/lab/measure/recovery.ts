import type {Account} from './account.ts';

/** So many jobs make a share of them mean something. */
const ENOUGH = 20;
/** Of the jobs that come in, so many have to be answered for a time to count as good. */
const NORMAL = 0.95;

/**
 * How long it took until all was as before; `undefined` where too few jobs came after the fault to say.
 *
 * Milliseconds from the end of the fault to the end of the last second from which jobs went unanswered more often than
 * normal; neighbouring seconds are put together until there are enough jobs. `Infinity` where that was so to the end.
 */
export function recoveryMs({askedIn, goodIn}: Account, faultEnds: number): number | undefined {
  let asked = 0;
  let good = 0;
  let lastBad = 0;
  let open: boolean | undefined;
  const from = Math.ceil(faultEnds / 1_000);
  for (let second = from; second < askedIn.length; second++) {
    asked += askedIn[second] ?? 0;
    good += goodIn[second] ?? 0;
    if (asked < ENOUGH) continue;
    open = good < NORMAL * asked;
    if (open) lastBad = second + 1;
    asked = good = 0;
  }
  if (open === undefined) return undefined;
  if (open) return Infinity;
  return lastBad === 0 ? 0 : lastBad * 1_000 - faultEnds;
}

/** The value below which so large a share of the sorted ones lies. */
export function quantile(sorted: ArrayLike<number>, share: number): number | undefined {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}
