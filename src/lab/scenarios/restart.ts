import type {Happening, MakeScenarios} from '../scenario.ts';
import {HOUR_MS, MINUTE_MS} from './durations.ts';
import {mixed} from './jobs.ts';

const COMMANDS = 0.2;
const TOKEN_LATENCY_MS = 150;

/** The process is killed again and again, in the middle of its refreshes. */
export const restart: MakeScenarios = ({cars = 100, durationMs = HOUR_MS}) => [
  {
    name: 'restart',
    about:
      'All tokens end every ten minutes, and a moment later the process is killed and starts again; reads go on with it.',
    api: 'v2',
    size: {cars, durationMs},
    jobs: dice => mixed(4, COMMANDS, MINUTE_MS, {cars, durationMs}, dice),
    happenings: kills(durationMs),
    service: {latency: {baseMs: 300, spreadMs: 200}, tokenLatencyMs: TOKEN_LATENCY_MS},
  },
];

/** A little later each time, so that each kill meets other refreshes at another step. */
function kills(durationMs: number): readonly Happening[] {
  const happenings: Happening[] = [];
  for (let at = 5 * MINUTE_MS, later = 500; at < durationMs; at += 10 * MINUTE_MS, later += 400) {
    happenings.push({at, what: 'tokens-end'}, {at: at + later, what: 'restart'});
  }
  return happenings;
}
