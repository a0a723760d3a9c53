import type {MakeScenarios} from '../scenario.ts';
import {DAY_MS, HOUR_MS, MINUTE_MS} from './durations.ts';
import {polls} from './jobs.ts';

/** Of the application's rate. */
const LOAD = 0.95;
/** Above so many cars each is asked once a day. */
const LARGE = 10_000;

/** A fleet that is polled around the clock, close to what the application's bucket allows. */
export const steady: MakeScenarios = ({cars = 1_000, durationMs = DAY_MS}) => {
  const everyMs = cars < LARGE ? 2 * HOUR_MS : DAY_MS;
  const perMinute = cars / (everyMs / MINUTE_MS) / LOAD;
  return [
    {
      name: 'steady',
      about: 'A fleet polled around the clock at 95 % of the application’s rate; one call in 200 fails.',
      api: 'v3',
      size: {cars, durationMs},
      jobs: dice => polls({cars, durationMs}, everyMs, dice),
      service: {
        limits: {
          application: {size: 120, perMinute, retryAfter: true},
          vehicle: {size: 2, everyMs: 30_000},
        },
        latency: {baseMs: 300, spreadMs: 200},
        tokenLatencyMs: 100,
        faults: [{from: 0, until: durationMs, share: 0.005, error: 'SERVER:INTERNAL', at: 'door'}],
      },
      setUp: {limits: {application: {bucket: 120, perMinute}}},
      bounded: true,
    },
  ];
};
