import type {Job, Scenario} from '../scenario.ts';
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
  const used = new Map<number, number>();
  let good = 0;
  for (const {job, at} of ready) {
    const calls = used.get(job.car) ?? 0;
    if (monthly && calls >= monthly.calls) continue;
    if (admit(at, latest(job)) === undefined) continue;
    used.set(job.car, calls + 1);
    good += 1;
  }
  return good;
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
