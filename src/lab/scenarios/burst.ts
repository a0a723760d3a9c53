import type {MakeScenarios, Scenario} from '../scenario.ts';
import {counted, lasting} from '../show/words.ts';
import {HOUR_MS, MINUTE_MS, SECOND_MS} from './durations.ts';
import {bursts} from './jobs.ts';

/** The car's bucket is a model: Smartcar publishes no figures. */
const CAR = {size: 2, everyMs: 30 * SECOND_MS};
/** Of the application, as Smartcar documents it. */
const BUCKET = 120;
const SPREAD_MS = 200;
/** Networks deliver early and late: who sends exactly in the rhythm of a bucket comes too soon every other time. */
const CAR_SPACING_MS = CAR.everyMs + SPREAD_MS;
const LATENCY = {latency: {baseMs: 300, spreadMs: SPREAD_MS}, tokenLatencyMs: 100};

/** Much at once: of few cars, or of a whole fleet at the full hour. */
export const burst: MakeScenarios = size => [fewCars(size), fullHour(size)];

function fewCars({cars = 10, durationMs = 6 * HOUR_MS}): Scenario {
  const perMinute = 30;
  return {
    name: 'burst',
    variant: 'few cars',
    about: `Every 15 minutes eight readings of each of ${counted(cars, 'car')} at once; a car’s bucket holds 2 and gets one each 30 s.`,
    api: 'v3',
    size: {cars, durationMs},
    jobs: () => bursts({cars, durationMs}, 15 * MINUTE_MS, 8, 10 * MINUTE_MS),
    service: {
      limits: {application: {size: BUCKET, perMinute, retryAfter: true}, vehicle: CAR},
      ...LATENCY,
    },
    setUp: {
      limits: {
        application: {bucket: BUCKET, perMinute},
        vehicle: {bucket: CAR.size, spacingMs: CAR_SPACING_MS},
      },
    },
    bounded: true,
  };
}

function fullHour({cars = 600, durationMs = 6 * HOUR_MS}): Scenario {
  const perMinute = cars / 50;
  const last = (Math.max(0, cars - BUCKET) / perMinute) * MINUTE_MS;
  return {
    name: 'burst',
    variant: 'full hour',
    about: `A whole fleet is asked at each full hour, at once; the application’s bucket lets it through ${last > 0 ? `in ${lasting(last)}` : 'at once'}.`,
    api: 'v3',
    size: {cars, durationMs},
    jobs: () => bursts({cars, durationMs}, HOUR_MS, 1, HOUR_MS),
    service: {
      limits: {application: {size: BUCKET, perMinute, retryAfter: true}, vehicle: CAR},
      ...LATENCY,
    },
    setUp: {
      limits: {
        application: {bucket: BUCKET, perMinute},
        vehicle: {bucket: CAR.size, spacingMs: CAR_SPACING_MS},
      },
    },
    bounded: true,
  };
}
