import type {MakeScenarios} from '../scenario.ts';
import {count, counted, lasting} from '../show/words.ts';
import {DAY_MS, HOUR_MS} from './durations.ts';
import {polls} from './jobs.ts';

/** Smartcar's documented plan: https://smartcar.com/docs/help/api-limits. */
const PLAN = 500;

/** Cars that are asked more often than the plan allows. */
export const quota: MakeScenarios = ({cars = 20, durationMs = 30 * DAY_MS}) => [
  {
    name: 'quota',
    about: `${counted(cars, 'car')} polled every hour for ${lasting(durationMs)}, ${count(Math.ceil(durationMs / HOUR_MS))} times each, with a plan of ${PLAN} calls a car and month; one call in 100 fails.`,
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
