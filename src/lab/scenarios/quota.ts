import type {MakeScenarios} from '../scenario.ts';
import {DAY_MS, HOUR_MS} from './durations.ts';
import {polls} from './jobs.ts';

/** Smartcar's documented plan: https://smartcar.com/docs/help/api-limits. */
const PLAN = 500;

/** Cars that are asked more often than the plan allows. */
export const quota: MakeScenarios = ({cars = 20, durationMs = 30 * DAY_MS}) => [
  {
    name: 'quota',
    about:
      'Cars polled every hour of a month, 720 times, with a plan of 500 calls a car; one call in 100 fails.',
    api: 'v3',
    size: {cars, durationMs},
    jobs: dice => polls({cars, durationMs}, HOUR_MS, dice),
    service: {
      limits: {monthly: {calls: PLAN}},
      latency: {baseMs: 300, spreadMs: 200},
      tokenLatencyMs: 100,
      faults: [{from: 0, until: durationMs, share: 0.01, error: 'SERVER:INTERNAL', at: 'door'}],
    },
    setUp: {quota: {perVehicle: PLAN}},
    bounded: true,
  },
];
