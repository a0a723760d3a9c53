import type {TokenOptions} from '../../simulator/index.ts';
import type {Happening, Job, MakeScenarios, Scenario} from '../scenario.ts';
import type {Dice} from '../service/smartcar.ts';
import {counted} from '../show/words.ts';
import {HOUR_MS, MINUTE_MS, SECOND_MS} from './durations.ts';

const ROUND_MS = 4 * SECOND_MS;

/** Tokens that end while many calls are under way with them: at their time, and once before it. */
export const tokens: MakeScenarios = size => [
  variant('v3', 'v3', {}, size),
  variant('v2', 'v2', {}, size),
  variant('v2, strict', 'v2', {graceMs: 0, revokeFamilyOnReuse: true}, size),
];

function variant(
  name: string,
  api: 'v2' | 'v3',
  rules: TokenOptions,
  {cars = 50, durationMs = 5 * HOUR_MS}: Partial<Scenario['size']>,
): Scenario {
  const happenings: readonly Happening[] = [
    // In the middle of a round.
    {at: 90 * MINUTE_MS + 2 * SECOND_MS, what: 'tokens-end'},
  ];
  const strictly =
    rules.revokeFamilyOnReuse === true ? ' A refresh token that is used twice ends the grant.' : '';
  return {
    name: 'tokens',
    variant: name,
    about: `Every 10 minutes eight readings of each car at once, ${counted(cars, 'car')} within 4 s; tokens end under them.${strictly}`,
    api,
    size: {cars, durationMs},
    jobs: dice => rounds({cars, durationMs}, dice),
    happenings,
    service: {latency: {baseMs: 100, spreadMs: 300}, tokenLatencyMs: 150, tokens: rules},
  };
}

/** Eight readings of a car at one moment, as a dashboard asks for them; the cars within some seconds. */
function* rounds({cars, durationMs}: Scenario['size'], dice: Dice): Generator<Job> {
  for (let start = 0; start < durationMs; start += 10 * MINUTE_MS) {
    for (let car = 0; car < cars; car++) {
      const at = start + ((car + dice.share()) / cars) * ROUND_MS;
      for (let reading = 0; reading < 8; reading++)
        yield {at, car, kind: 'read', reading, patienceMs: MINUTE_MS};
    }
  }
}
