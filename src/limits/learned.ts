import {emptiedUntil, levelOf, type Bucket} from '../core/pacing/bucket.ts';
import type {SharedPace} from '../ports.ts';
import {quickened, slowed, type LimitMet, type Pace} from '../core/pacing/pace.ts';

/** How a pace has come about, and how it goes on. */
type Manner = Omit<Pace, 'intervalMs'>;

/** A pace that was learned, in the bucket that keeps it. */
export interface Learned extends Bucket {
  readonly manner: Manner;
  readonly count: Count | undefined;
}

/**
 * What has come through since a moment at which nothing was left, while nothing was saved up: from one such moment to the
 * next, that is the rate itself, whatever was told.
 */
interface Count {
  /** By the monotonic clock. */
  readonly since: number;
  readonly passed: number;
}

/** Told times are whole seconds: so long, and so many calls, until one second does not matter. */
const COUNTED_MS = 20_000;
const COUNTED_CALLS = 8;

/** After a limit was met; nothing is there until the bucket is told when. `size`: of one of which nothing is known. */
export function limited(learned: Learned | undefined, met: LimitMet, now: number, size: number): Learned {
  const countedMs = learned && countedIn(learned, met, now);
  const pace = slowed(learned && wholePace(learned), {...met, countedMs});
  const after = withPace(pace, learned ? sizeAfter(learned, met, now) : size);
  // A bucket for one is soon full, and loses what drips in. There may be one for each car, too: they stay small.
  if (after.size === 1 || met.toldMs === undefined) return after;
  return {...after, count: {since: now + met.toldMs, passed: 0}};
}

/** The rate as it was counted, in milliseconds from one call to the next; `undefined` where that would say too little. */
function countedIn({count}: Learned, {toldMs}: LimitMet, now: number): number | undefined {
  if (!count || toldMs === undefined) return undefined;
  if (count.passed < COUNTED_CALLS || now - count.since < COUNTED_MS) return undefined;
  return (now + toldMs - count.since) / count.passed;
}

/** One more has come through. */
export function counted(learned: Learned): Learned {
  const {count} = learned;
  return count ? {...learned, count: {...count, passed: count.passed + 1}} : learned;
}

/** Before the next one goes: whether its token has lain there for a while, so that it was not what held the call back. */
export function isSaved(learned: Learned, now: number): boolean {
  return now - dueAt(learned) > learned.intervalMs / 2;
}

/** Where something was saved up, more may have come than was counted. */
export const unlessSaved = (learned: Learned, now: number): Learned =>
  learned.count && isSaved(learned, now) ? {...learned, count: undefined} : learned;

/** When the next token came. */
const dueAt = ({fullAt, takenSince, size, intervalMs}: Learned): number =>
  fullAt + (takenSince + 1 - size) * intervalMs;

/** A limit that was met while some calls should have been left: the bucket holds less than it was thought to. */
function sizeAfter(learned: Learned, {probe}: LimitMet, now: number): number {
  return !probe && levelOf(learned, now) >= 1 ? Math.max(1, Math.floor(learned.size / 2)) : learned.size;
}

/** After a success that had to wait, the last call having gone at `lastAt`. `undefined`: no pace is needed any more. */
export function hastened(learned: Learned, lastAt: number): Learned | undefined {
  const pace = quickened(wholePace(learned));
  if (pace?.intervalMs === learned.intervalMs) return {...learned, manner: mannerOf(pace)};
  const {size, count} = learned;
  return pace && emptiedUntil({...withPace(pace, size), count}, lastAt + pace.intervalMs);
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
  // What others let through was not counted here.
  if (learned) return {...learned, intervalMs, size, manner, count: undefined};
  return emptiedUntil({intervalMs, size, fullAt: -Infinity, takenSince: 0, manner, count: undefined}, now);
}

/** Written out, as an object that grows takes more memory. */
function withPace(pace: Pace, size: number): Learned {
  return {
    intervalMs: pace.intervalMs,
    size,
    fullAt: -Infinity,
    takenSince: 0,
    manner: shared(mannerOf(pace)),
    count: undefined,
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
