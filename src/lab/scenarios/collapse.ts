import type {MakeScenarios} from '../scenario.ts';
import {MINUTE_MS, SECOND_MS} from './durations.ts';
import {arrivals} from './jobs.ts';

const SPIKE = {from: 30 * SECOND_MS, until: 35 * SECOND_MS};

/**
 * A service that takes longer the more it has to do, and a spike that fills it: 200 ms and 20 ms more for each request
 * under way, which makes 50 answers a second at most. After M. Brooker, https://brooker.co.za/blog/2022/02/28/retries.html.
 */
export const collapse: MakeScenarios = ({cars = 2_000, durationMs = 3 * MINUTE_MS}) => [
  {
    name: 'collapse',
    about:
      'Answers take longer the more requests are under way: 40 calls a second are well, 80 for 5 s are too many.',
    api: 'v3',
    size: {cars, durationMs},
    jobs: dice =>
      arrivals(
        at => (at >= SPIKE.from && at < SPIKE.until ? 80 : 40),
        durationMs,
        dice,
        (at, number) => ({
          at,
          car: Math.floor(dice.share() * cars),
          kind: 'read',
          reading: number,
          patienceMs: 20 * SECOND_MS,
        }),
      ),
    service: {latency: {baseMs: 200, perRequestMs: 20}, tokenLatencyMs: 100},
    attemptTimeoutMs: 3 * SECOND_MS,
    fault: SPIKE,
  },
];
