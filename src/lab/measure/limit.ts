import type {Job, Scenario} from '../scenario.ts';
import {START} from '../time.ts';
import {type BucketSize, createBucket, createDice} from '../service/smartcar.ts';

/** Lets requests through a bucket in the order in which they come. */
type Admit = (at: number, latest: number) => number | undefined;

/** When the request can go; `undefined` for one that would be too late, which takes nothing. */
function admitting(size: BucketSize | undefined): Admit {
  if (!size) return (at, latest) => (at > latest ? undefined : at);
  const bucket = createBucket(size);
  let last = 0;
  return (at, latest) => {
    const soonest = Math.max(last, at);
    if (soonest > latest) return undefined;
    const waitMs = bucket.draw(soonest);
    if (soonest + waitMs > latest) return undefined;
    last = soonest + waitMs;
    if (waitMs > 0) bucket.draw(last);
    return last;
  };
}

/** A request that its car's bucket lets through. */
interface Ready {
  readonly job: Job;
  readonly at: number;
}

/**
 * The most answers in time that a client could have which knows all limits and all that will be asked. An upper bound:
 * the cars' buckets first, as if each request went on at once; what they let through at the application's, in that
 * order; what passed both against the months. Whoever would come too late takes nothing.
 */
export function physicalLimit(scenario: Scenario, seed: number): number {
  const {limits = {}, latency} = scenario.service;
  const {vehicle, application, monthly} = limits;
  const latest = ({at, patienceMs}: Job): number => at + patienceMs - latency.baseMs;

  const isAway = absences(scenario);
  const cars = new Map<number, Admit>();
  const ready: Ready[] = [];
  for (const job of scenario.jobs(createDice(seed, 'jobs'))) {
    if (isAway(job)) continue;
    const admit = cars.get(job.car) ?? admitting(vehicle || undefined);
    cars.set(job.car, admit);
    const at = admit(job.at, latest(job));
    if (at !== undefined) ready.push({job, at});
  }
  ready.sort((one, other) => one.at - other.at);

  const admit = admitting(
    application ? {size: application.size, everyMs: 60_000 / application.perMinute} : undefined,
  );
  const months = monthsOf(monthly ? monthly.calls : Infinity);
  let good = 0;
  for (const {job, at} of ready) {
    // The plan counts a call when it is answered.
    const month = months.withRoom(job.car, at + latency.baseMs, job.at + job.patienceMs);
    if (month === undefined || admit(at, latest(job)) === undefined) continue;
    months.take(month);
    good += 1;
  }
  return good;
}

/** What the cars have left of each month (UTC). */
interface Months {
  /** The first month between two times that has room for a call of this car. */
  readonly withRoom: (car: number, from: number, until: number) => string | undefined;
  readonly take: (month: string) => void;
}

/** Who asks later waits until later: so the first month with room is never a loss to those who come after. */
function monthsOf(calls: number): Months {
  const used = new Map<string, number>();
  return {
    withRoom(car, from, until) {
      const last = monthAt(until);
      for (let month = monthAt(from); month <= last; month++) {
        const key = `${car} ${month}`;
        if ((used.get(key) ?? 0) < calls) return key;
      }
      return undefined;
    },
    take: month => void used.set(month, (used.get(month) ?? 0) + 1),
  };
}

/** `at`: milliseconds from the start. */
function monthAt(at: number): number {
  const date = new Date(START + at);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

/** Whether a job's owner is away for as long as its answer would be of use. */
function absences({happenings = []}: Scenario): (job: Job) => boolean {
  const away = new Map<number, {readonly from: number; until: number}[]>();
  for (const happening of happenings) {
    if (happening.what === 'leaves') {
      const times = away.get(happening.car) ?? [];
      away.set(happening.car, [...times, {from: happening.at, until: Infinity}]);
    }
    const last = happening.what === 'returns' ? away.get(happening.car)?.at(-1) : undefined;
    if (last) last.until = happening.at;
  }
  return ({car, at, patienceMs}) =>
    away.get(car)?.some(({from, until}) => at >= from && at + patienceMs <= until) ?? false;
}
