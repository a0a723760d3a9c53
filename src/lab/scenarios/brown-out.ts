import type {MakeScenarios, Scenario} from '../scenario.ts';
import {HOUR_MS, MINUTE_MS} from './durations.ts';
import {mixed} from './jobs.ts';

const SHARES = [0.1, 0.5, 1];
const COMMANDS = 0.1;
const FAULT = {from: 20 * MINUTE_MS, until: 40 * MINUTE_MS};

/** Smartcar fails, in part or altogether, for twenty minutes. */
export const brownOut: MakeScenarios = size => SHARES.map(share => variant(share, size));

function variant(share: number, {cars = 500, durationMs = HOUR_MS}: Partial<Scenario['size']>): Scenario {
  return {
    name: 'brown-out',
    variant: `${share * 100} %`,
    about: `For twenty minutes ${share * 100} % of all calls answer 500; half of the commands among them were carried out all the same.`,
    api: 'v3',
    size: {cars, durationMs},
    jobs: dice => mixed(2, COMMANDS, 2 * MINUTE_MS, {cars, durationMs}, dice),
    service: {
      latency: {baseMs: 300, spreadMs: 200},
      tokenLatencyMs: 100,
      faults: [{...FAULT, share, error: 'SERVER:INTERNAL', at: 'car', carriedOut: 0.5}],
    },
    fault: FAULT,
  };
}
