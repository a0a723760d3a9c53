import {describe, expect, test} from 'vitest';
import {CONTENDERS} from '../../src/lab/contenders/all.ts';
import {ours, oursSetUp} from '../../src/lab/contenders/ours.ts';
import {handWritten} from '../../src/lab/contenders/hand-written.ts';
import {noRetry} from '../../src/lab/contenders/no-retry.ts';
import type {Contender} from '../../src/lab/contenders/contender.ts';
import {goalsOf} from '../../src/lab/measure/goals.ts';
import {physicalLimit} from '../../src/lab/measure/limit.ts';
import {type Result, resultOf} from '../../src/lab/measure/result.ts';
import {run} from '../../src/lab/run.ts';
import type {Size} from '../../src/lab/scenario.ts';
import {SCENARIOS} from '../../src/lab/scenarios/all.ts';

const MINUTE_MS = 60_000;

async function results(
  name: string,
  variant: number,
  size: Partial<Size>,
  contenders: readonly Contender[],
): Promise<readonly Result[]> {
  const scenario = SCENARIOS[name]?.(size)[variant];
  if (!scenario) throw new Error(`Expected a scenario, got ${name} ${variant}`);
  const limit = scenario.bounded ? physicalLimit(scenario, 1) : undefined;
  const all: Result[] = [];
  for (const contender of contenders) all.push(resultOf(await run(scenario, contender, 1), limit));
  return all;
}

const SMALL = {
  steady: {cars: 50, durationMs: 120 * MINUTE_MS},
  burst: {cars: 4, durationMs: 20 * MINUTE_MS},
  tokens: {cars: 4, durationMs: 130 * MINUTE_MS},
  'brown-out': {cars: 20},
  'maker-outage': {cars: 40},
  collapse: {},
  revoked: {cars: 10},
  quota: {cars: 2},
  restart: {cars: 20},
} as const;

describe.each(Object.entries(SMALL))('the scenario %s', (name, size) => {
  test('gives the same numbers twice, and real timers back', async () => {
    const before = [setTimeout, Date, Math.random];
    const once = await results(name, 0, size, [ours, noRetry]);
    expect(await results(name, 0, size, [ours, noRetry])).toEqual(once);
    expect([setTimeout, Date, Math.random]).toEqual(before);
    for (const {asked, good, limit} of once) {
      expect(asked).toBeGreaterThan(0);
      expect(good).toBeLessThanOrEqual(limit ?? asked);
    }
  }, 60_000);
});

test.each([
  ['steady', {cars: 30, durationMs: 130 * MINUTE_MS}],
  ['burst', {cars: 3, durationMs: 31 * MINUTE_MS}],
  ['burst', {cars: 30, durationMs: 16 * MINUTE_MS}],
  ['revoked', {cars: 5, durationMs: 7 * 60 * MINUTE_MS}],
  ['quota', {cars: 1, durationMs: 2_000 * 60 * MINUTE_MS}],
  ['quota', {cars: 2, durationMs: 745 * 60 * MINUTE_MS}],
] as const)(
  'nobody gets more than the limit of %s allows: %j',
  async (name, size) => {
    const variants = SCENARIOS[name]?.(size).length ?? 0;
    for (let variant = 0; variant < variants; variant++)
      for (const {good, limit} of await results(name, variant, size, [oursSetUp, noRetry, handWritten]))
        expect(good).toBeLessThanOrEqual(limit ?? 0);
  },
  60_000,
);

test('who repeats nothing sends one call for each answer asked for in a fault, however long the steps are', async () => {
  const [peer] = await results('collapse', 0, {}, [noRetry]);
  expect(peer?.amplificationInFault).toBeCloseTo(1, 1);
}, 60_000);

test('a fault that outlasts the run has no recovery, and no goal for it', async () => {
  const size = {durationMs: 33_000};
  const all = await results('collapse', 0, size, [ours, noRetry]);
  expect(all.map(({recoveryMs}) => recoveryMs)).toEqual([undefined, undefined]);
  const [scenario] = SCENARIOS['collapse']?.(size) ?? [];
  expect(scenario && goalsOf(scenario, all).filter(({goal}) => goal.includes('recovered'))).toEqual([]);
}, 60_000);

test('an owner is one false alarm, however many callers hear that the grant is dead', async () => {
  const size = {cars: 4, durationMs: 240 * MINUTE_MS};
  const [byHand] = await results('tokens', 2, size, [handWritten]);
  expect(byHand?.lostGrants).toBeGreaterThan(0);
  expect(byHand?.falseAlarms).toBe(byHand?.lostGrants);
}, 60_000);

test('calls for owners who are known to have revoked their grant are parked, whatever they ask for', async () => {
  const [own, peer] = await results('revoked', 1, SMALL.revoked, [ours, noRetry]);
  expect(peer?.refreshesPerGeneration).toBe(1);
  expect(peer?.parked).toBeGreaterThan(10);
  expect(own?.parked).toBeGreaterThan(0);
  expect(own?.parked).toBeLessThan((peer?.parked ?? 0) / 4);
}, 60_000);

test('every policy gets its answers where nothing is in the way', async () => {
  const all = await results('steady', 0, SMALL.steady, CONTENDERS);
  for (const {good, asked, early, twice} of all) {
    expect(good / asked).toBeGreaterThanOrEqual(0.97);
    expect([early, twice]).toEqual([0, 0]);
  }
}, 60_000);

test('a developer who knows the limits wastes no call, and gets all that they allow', async () => {
  const [own] = await results('burst', 0, SMALL.burst, [oursSetUp]);
  expect(own).toMatchObject({refused: 0, early: 0, wasted: 0});
  expect(own?.good).toBe(own?.limit);
}, 60_000);

test('where a refresh token must not be used twice, the wrapper by hand loses grants, and ours none', async () => {
  const [own, byHand] = await results('tokens', 2, SMALL.tokens, [ours, handWritten]);
  expect(own).toMatchObject({lostGrants: 0, refreshesPerGeneration: 1, falseAlarms: 0});
  expect(byHand?.lostGrants).toBeGreaterThan(0);
}, 60_000);

test('while all fails ours sends at most 1.12 calls for each answer asked, and no command twice', async () => {
  const [own, byHand] = await results('brown-out', 2, {cars: 50}, [ours, handWritten]);
  expect(own?.amplificationInFault).toBeLessThanOrEqual(1.12);
  expect(own?.twice).toBe(0);
  expect(byHand?.amplificationInFault).toBeGreaterThan(3);
  expect(byHand?.twice).toBeGreaterThan(0);
}, 60_000);
