import {expect} from 'vitest';
import type {OutageOption} from '../../../src/options.ts';
import {bench, errorOf, playing, type Bench} from './bench.ts';
import {upstream} from './failures.ts';

const TESLA = /^t/;
export const makeOf = (vehicle: string): string | undefined => (TESLA.test(vehicle) ? 'TESLA' : 'BMW');

/** Reads fail at once and are not repeated. */
export function without(outages: boolean | OutageOption | undefined): Bench {
  return bench({
    ...(outages !== undefined && {outages}),
    backoff: {UPSTREAM: false, VEHICLE_STATE: false, RATE_LIMIT: false},
  });
}

export const fail = (
  {policy}: Bench,
  vehicle: string,
  end: Error = upstream(),
  more: object = {},
): Promise<unknown> => errorOf(policy.run(playing(end), {vehicle, idempotent: true, ...more}));
export const answer = ({policy}: Bench, vehicle: string, more: object = {}): Promise<unknown> =>
  policy.run(playing('a reading'), {vehicle, idempotent: true, maxWaitMs: 0, ...more});
export const pauses = ({log}: Bench): string[] => log.filter(line => /pause make|resume make/.test(line));
export const cars = (count: number, letter = 't'): string[] =>
  Array.from({length: count}, (_, index) => `${letter}${index}`);

/** Five cars of one make have failed. */
export async function outage(options: OutageOption = {makeOf}): Promise<Bench> {
  const on = without(options);
  for (const vehicle of cars(5)) await fail(on, vehicle);
  expect(pauses(on)).toEqual(['0 pause make:tesla until 30000, maker-outage']);
  return on;
}
