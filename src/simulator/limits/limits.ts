import type {Fault} from '../http/answer.ts';
import {type Bucket, type Buckets, createBucket, createBuckets} from './bucket.ts';
import {type MonthlyCount, createMonthlyCount} from './monthly.ts';
import {type RetryAfterNotation, writeRetryAfter} from './notation.ts';
import {type LimitOptions, checkLimits} from './options.ts';

export type {RetryAfterNotation} from './notation.ts';
export type {LimitOptions} from './options.ts';

/**
 * Each draws, and returns the refusal where there was nothing to draw. A request meets them from the outside in, as it
 * would meet whoever set them: Smartcar's gateway, which only knows the application; the car's bucket, which spares the
 * car; the plan, which counts what got so far, failures included; and, when nothing else is in the way of asking the
 * car, its maker.
 */
export interface Limits {
  /** The application's bucket. */
  readonly drawApplication: (now: number) => Fault | undefined;
  /** The car's bucket, then its month. */
  readonly drawVehicle: (vehicle: string, now: number) => Fault | undefined;
  /** The maker's bucket; the last thing before the car is asked. */
  readonly drawMaker: (vehicle: string, now: number) => Fault | undefined;
  /** Lays other limits over those that hold: what is named starts anew, `false` switches off, the rest stays. */
  readonly set: (options: LimitOptions) => void;
}

export function createLimits(options: LimitOptions = {}): Limits {
  let notation: RetryAfterNotation = 'seconds';
  let application: ApplicationBucket | undefined;
  let vehicles: Buckets | undefined;
  let makers: Buckets | undefined;
  let month: MonthlyCount | undefined;

  function set(given: LimitOptions): void {
    const named = checkLimits(given);
    if (named.retryAfter !== undefined) notation = named.retryAfter;
    if (named.application !== undefined) application = applicationBucket(named.application);
    if (named.vehicle !== undefined) vehicles = named.vehicle ? createBuckets(named.vehicle) : undefined;
    if (named.maker !== undefined) makers = named.maker ? createBuckets(named.maker) : undefined;
    if (named.monthly !== undefined) {
      month = named.monthly ? createMonthlyCount(named.monthly.calls) : undefined;
    }
  }

  function withWait(error: string, waitMs: number, now: number): Fault {
    const retryAfter = writeRetryAfter(notation, waitMs, now);
    return {error, ...(retryAfter === undefined ? {} : {retryAfter})};
  }

  set(options);
  return {
    drawApplication(now) {
      const waitMs = application?.draw(now) ?? 0;
      if (waitMs === 0) return undefined;
      const error = 'RATE_LIMIT:SMARTCAR_API';
      return application?.tells === true ? withWait(error, waitMs, now) : {error};
    },
    drawVehicle(vehicle, now) {
      const waitMs = vehicles?.draw(vehicle, now) ?? 0;
      if (waitMs > 0) return withWait('RATE_LIMIT:VEHICLE', waitMs, now);
      return month?.draw(vehicle, now) === false ? {error: 'BILLING:VEHICLE_REQUEST_LIMIT'} : undefined;
    },
    drawMaker: (vehicle, now) =>
      (makers?.draw(vehicle, now) ?? 0) > 0 ? {error: 'UPSTREAM:RATE_LIMIT'} : undefined,
    set,
  };
}

interface ApplicationBucket {
  readonly draw: Bucket['draw'];
  /** Whether the refusal says how long to wait. */
  readonly tells: boolean;
}

function applicationBucket(limit: NonNullable<LimitOptions['application']>): ApplicationBucket | undefined {
  if (!limit) return undefined;
  const {size, perMinute, retryAfter: tells = false} = limit;
  return {draw: createBucket({size, everyMs: 60_000 / perMinute}).draw, tells};
}
