import type {MakeScenarios} from '../scenario.ts';
import {HOUR_MS, MINUTE_MS} from './durations.ts';
import {polls} from './jobs.ts';

const FAULT = {from: HOUR_MS, until: 2 * HOUR_MS};

/** The service of one maker is down; the cars of the others are not. */
export const makerOutage: MakeScenarios = ({cars = 400, durationMs = 3 * HOUR_MS}) => [
  {
    name: 'maker-outage',
    about: 'Cars of four makes polled every 10 minutes; for an hour every call to those of one maker fails.',
    api: 'v2',
    makes: ['TESLA', 'FORD', 'BMW', 'VOLVO'],
    size: {cars, durationMs},
    jobs: dice => polls({cars, durationMs}, 10 * MINUTE_MS, dice),
    service: {
      latency: {baseMs: 300, spreadMs: 200},
      tokenLatencyMs: 100,
      faults: [{...FAULT, share: 1, error: 'UPSTREAM:NO_RESPONSE', at: 'car', make: 'BMW'}],
    },
    setUp: {outages: true},
    fault: FAULT,
  },
];
