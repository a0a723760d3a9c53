import type {TokenOptions} from '../../simulator/index.ts';
import type {Happening, Job, MakeScenarios, Scenario} from '../scenario.ts';
import type {Dice} from '../service/smartcar.ts';
import {HOUR_MS, MINUTE_MS, SECOND_MS} from './durations.ts';

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
    about: `Eight readings of each of 50 cars within 4 s, every 10 minutes; tokens end under them.${strictly}`,
    api,
    size: {cars, durationMs},
    jobs: dice => rounds({cars, durationMs}, dice),
    happenings,
    service: {latency: {baseMs: 100, spreadMs: 300}, tokenLatencyMs: 150, tokens: rules},
  };
}

function* rounds({cars, durationMs}: Scenario['size'], dice: Dice): Generator<Job> {
  for (let start = 0; start < durationMs; start += 10 * MINUTE_MS) {
    const times = Array.from({length: cars * 8}, () => start + dice.share() * 4 * SECOND_MS).toSorted(
      (one, other) => one - other,
    );
    for (const [index, at] of times.entries())
      yield {at, car: index % cars, kind: 'read', reading: Math.floor(index / cars), patienceMs: MINUTE_MS};
  }
}
