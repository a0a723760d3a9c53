import {expect, test} from 'vitest';
import {runLab} from '../../src/lab/lab.ts';
import type {Size} from '../../src/lab/scenario.ts';
import {SCENARIOS} from '../../src/lab/scenarios/all.ts';

const HOUR_MS = 3_600_000;

test.each<[string, number, Partial<Size>, string]>([
  ['burst', 0, {}, 'eight readings of each of 10 cars at once'],
  ['burst', 0, {cars: 3}, 'eight readings of each of 3 cars at once'],
  ['burst', 1, {}, 'lets it through in 40 min.'],
  ['burst', 1, {cars: 240}, 'lets it through in 25 min.'],
  ['burst', 1, {cars: 50}, 'lets it through at once.'],
  ['tokens', 0, {}, 'at once, 50 cars within 4 s'],
  ['tokens', 2, {cars: 1}, 'at once, 1 car within 4 s'],
  ['quota', 0, {}, '20 cars polled every hour for 30 d, 720 times each'],
  ['quota', 0, {cars: 2, durationMs: 2_000 * HOUR_MS}, '2 cars polled every hour for 83 d, 2 000 times each'],
])('what is said of %s, %d follows from its size: %j', (name, variant, size, words) => {
  expect(SCENARIOS[name]?.(size)[variant]?.about).toContain(words);
});

test('a size at which nothing is asked is refused', async () => {
  const nothing = runLab({
    scenarios: ['steady', 'collapse'],
    seed: 1,
    size: {durationMs: 1e-9 * HOUR_MS},
    command: '',
    progress: () => undefined,
  });
  await expect(nothing).rejects.toThrow(
    'Expected a size at which something is asked in collapse, got 2000 cars for 1e-9 hours',
  );
});
