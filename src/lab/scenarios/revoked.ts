import type {Happening, MakeScenarios, Scenario} from '../scenario.ts';
import {HOUR_MS, MINUTE_MS} from './durations.ts';
import {polls} from './jobs.ts';

/** One owner in so many leaves. */
const LEAVES = 5;
const AWAY_MS = 4 * HOUR_MS;

/** Owners take access away, and come back hours later. */
export const revoked: MakeScenarios = size => [
  variant('v3', 'login', 'lose the login at their maker', size),
  variant('v2', 'grant', 'revoke their grant', size),
];

function variant(
  api: 'v2' | 'v3',
  leaving: 'login' | 'grant',
  words: string,
  {cars = 200, durationMs = 12 * HOUR_MS}: Partial<Scenario['size']>,
): Scenario {
  return {
    name: 'revoked',
    variant: api,
    about: `A fleet polled every 15 minutes; one owner in five comes to ${words}, and is back four hours later.`,
    api,
    size: {cars, durationMs},
    jobs: dice => polls({cars, durationMs}, 15 * MINUTE_MS, dice),
    happenings: absences(cars),
    service: {latency: {baseMs: 300, spreadMs: 200}, tokenLatencyMs: 100, leaving},
    bounded: true,
  };
}

/** One after another, over four hours. */
function absences(cars: number): readonly Happening[] {
  const happenings: Happening[] = [];
  for (let car = 0; car < cars; car += LEAVES) {
    const at = HOUR_MS + (car / cars) * 4 * HOUR_MS;
    happenings.push({at, what: 'leaves', car}, {at: at + AWAY_MS, what: 'returns', car});
  }
  return happenings.toSorted((one, other) => one.at - other.at);
}
