// The numbers of the show: who there is, what is asked, and when something happens.

/** The simulator's dice, and what goes wrong by chance. */
export const SEED = 20;

export const OWNERS = 50;
export const CARS_OF_EACH = 4;
export const WORKERS = 3;

/** What Smartcar lets the whole application send. The policies say a little less, for requests beside them. */
export const APPLICATION = {
  simulator: {size: 60, perMinute: 1_800, retryAfter: true},
  policies: {bucket: 50, perMinute: 1_730},
} as const;

/** What Smartcar lets one car be asked: a fourth call in a row is told to come back later. */
export const VEHICLE = {size: 3, everyMs: 3_000};

export const LATENCY_MS = 60;

/** Of a worker that is not heard of any more, others take the calls after this time, or twice as long at most. */
export const LOCK_DURATION_MS = 4_000;
/** A refresh that a killed worker has begun is begun anew after this time. */
export const LEASE_MS = 2_000;

/** Milliseconds from the start of the work. */
export const EXPIRY_AT_MS = 5_000;
export const KILL_AT_MS = 8_000;
export const OWNERS_BACK_AT_MS = 11_000;
/** Something is lost if it is not done by then. */
export const GIVEN_UP_AT_MS = 75_000;

export type Reading = 'odometer' | 'battery' | 'location';

/** What a call has to know. All of it stands in Redis, so no token is in it. */
export interface AboutCar {
  readonly user: string;
  readonly vehicle: string;
}

export interface Read extends AboutCar {
  readonly reading: Reading;
}

/** One call, by a name that people can read. */
export type Planned = {readonly id: string} & (
  | {readonly kind: 'read'; readonly data: Read}
  | {readonly kind: 'lock'; readonly data: AboutCar}
);

/** Two reads of each car; every fourth is asked where it is, too, and is to be locked. */
export function callsFor(cars: readonly AboutCar[]): readonly Planned[] {
  return cars.flatMap((data, index): Planned[] => {
    const more = index % 4 === 0;
    const readings: readonly Reading[] = more ? ['odometer', 'battery', 'location'] : ['odometer', 'battery'];
    const reads = readings.map((reading): Planned => {
      return {id: `${reading} of car ${index + 1}`, kind: 'read', data: {...data, reading}};
    });
    return more ? [...reads, {id: `lock of car ${index + 1}`, kind: 'lock', data}] : reads;
  });
}
