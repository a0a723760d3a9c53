import {emptiedUntil, levelOf, type Bucket} from '../core/pacing/bucket.ts';
import type {SharedPace} from '../ports.ts';
import {quickened, slowed, type LimitMet, type Pace} from '../core/pacing/pace.ts';

/** How a pace has come about, and how it goes on. */
type Manner = Omit<Pace, 'intervalMs'>;

/** A pace that was learned, in the bucket that keeps it. */
export interface Learned extends Bucket {
  readonly manner: Manner;
}

/** After a limit was met; nothing is there until the bucket is told when. `size`: of one of which nothing is known. */
export function limited(learned: Learned | undefined, met: LimitMet, now: number, size: number): Learned {
  return withPace(slowed(learned && wholePace(learned), met), learned ? sizeAfter(learned, met, now) : size);
}

/** A limit that was met while some calls should have been left: the bucket holds less than it was thought to. */
function sizeAfter(learned: Learned, {probe}: LimitMet, now: number): number {
  return !probe && levelOf(learned, now) >= 1 ? Math.max(1, Math.floor(learned.size / 2)) : learned.size;
}

/** After a success that had to wait, the last call having gone at `lastAt`. `undefined`: no pace is needed any more. */
export function hastened(learned: Learned, lastAt: number): Learned | undefined {
  const pace = quickened(wholePace(learned));
  if (pace?.intervalMs === learned.intervalMs) return {...learned, manner: mannerOf(pace)};
  return pace && emptiedUntil(withPace(pace, learned.size), lastAt + pace.intervalMs);
}

const wholePace = ({intervalMs, manner}: Learned): Pace => ({...manner, intervalMs});

export const paceToShare = ({intervalMs, size, manner}: Learned): SharedPace => ({intervalMs, size, manner});

/** A pace that another process has learned, in the bucket of this one. */
export function paceOf(
  pace: SharedPace | undefined,
  learned: Learned | undefined,
  now: number,
): Learned | undefined {
  if (!pace) return undefined;
  const {intervalMs, size} = pace;
  const manner = shared(pace.manner as Manner);
  if (learned) return {...learned, intervalMs, size, manner};
  return emptiedUntil({intervalMs, size, fullAt: -Infinity, takenSince: 0, manner}, now);
}

/** Written out, as an object that grows takes more memory. */
function withPace(pace: Pace, size: number): Learned {
  return {
    intervalMs: pace.intervalMs,
    size,
    fullAt: -Infinity,
    takenSince: 0,
    manner: shared(mannerOf(pace)),
  };
}

const mannerOf = ({streak, patience, rising, step}: Pace): Manner => ({
  streak,
  patience,
  rising,
  step,
});

/** Of paces that are new there may be one for each car, all alike but for the interval. */
const FRESH: readonly Manner[] = [1_000, undefined].map(toldMs =>
  mannerOf(slowed(undefined, {toldMs, closedMs: 1_000, probe: false})),
);

function shared(manner: Manner): Manner {
  const {streak, patience, rising, step} = manner;
  const like = FRESH.find(one => one.patience === patience && one.streak === streak && one.step === step);
  return like?.rising === rising ? like : manner;
}
