import {describe, expect, test} from 'vitest';
import {Learner, type Sent, type World} from './support/learner.ts';

const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
const CALLS = 3_000;
/** The start is over: what follows is how it stays. */
const STEADY_FROM = 1_000;

/** What was sent after the limit was met for the first time, a run for each seed. */
function paced(world: Omit<World, 'seed'>): (readonly Sent[])[] {
  return SEEDS.map(seed => {
    const learner = new Learner({...world, seed});
    while (learner.intervalMs === undefined) learner.send(1);
    return learner.send(CALLS);
  });
}

const wasted = (sent: readonly Sent[]): number => sent.filter(({ok}) => !ok).length;

/** Successes in a minute. */
function rateOf(sent: readonly Sent[]): number {
  const ms = sent.at(-1)!.at - sent[0]!.at;
  return ((sent.length - wasted(sent)) * 60_000) / ms;
}

const most = (runs: (readonly Sent[])[]): number => Math.max(...runs.map(wasted));
const slowest = (runs: (readonly Sent[])[]): number =>
  Math.min(...runs.map(sent => rateOf(sent.slice(STEADY_FROM))));

const SCOPES = ['application', 'vehicle:a'] as const;

describe.each(SCOPES)('told exactly when the next call may be sent, the %s', scope => {
  const telling = 'exactly';

  test.each([
    {perMinute: 2, bucket: 120},
    {perMinute: 2, bucket: 2},
    {perMinute: 7, bucket: 120},
    {perMinute: 60, bucket: 120},
    {perMinute: 90, bucket: 20},
    {perMinute: 600, bucket: 120},
  ])('gets 99 % of $perMinute a minute, and 1 % of its calls is refused at most', ({perMinute, bucket}) => {
    const runs = paced({scope, perMinute, bucket, telling});
    expect(most(runs)).toBeLessThanOrEqual(CALLS * 0.01);
    expect(slowest(runs)).toBeGreaterThanOrEqual(perMinute * 0.99);
  });

  // Of 7 a minute 1.2 % are refused: a step that was too fast is taken back in several.
  test.each([
    {perMinute: 2, bucket: 120, share: 0.01},
    {perMinute: 2, bucket: 2, share: 0.01},
    {perMinute: 7, bucket: 120, share: 0.0125},
    {perMinute: 60, bucket: 120, share: 0.01},
    {perMinute: 90, bucket: 20, share: 0.01},
  ])('gets as much of $perMinute a minute through a network that delivers early and late', world => {
    const {perMinute, bucket, share} = world;
    const runs = paced({scope, perMinute, bucket, telling, latencyMs: 100});
    expect(most(runs)).toBeLessThanOrEqual(CALLS * share);
    expect(slowest(runs)).toBeGreaterThanOrEqual(perMinute * 0.99);
  });
});

describe.each(SCOPES)('told in whole seconds, the %s', scope => {
  // A second too many each time lets the bucket fill, and a full one hides for long that the pace is too fast.
  test.each([
    {perMinute: 2, bucket: 120, share: 0.01, throughput: 0.99},
    {perMinute: 2, bucket: 2, share: 0.01, throughput: 0.98},
    {perMinute: 7, bucket: 120, share: 0.03, throughput: 0.99},
    {perMinute: 60, bucket: 120, share: 0.03, throughput: 0.99},
    {perMinute: 90, bucket: 20, share: 0.025, throughput: 0.99},
  ])(
    'gets $throughput of $perMinute a minute with a bucket of $bucket, and $share is refused at most',
    world => {
      const {perMinute, bucket, share, throughput} = world;
      for (const latencyMs of [0, 100]) {
        const runs = paced({scope, perMinute, bucket, telling: 'in seconds', latencyMs});
        expect(most(runs)).toBeLessThanOrEqual(CALLS * share);
        expect(slowest(runs)).toBeGreaterThanOrEqual(perMinute * throughput);
      }
    },
  );
});

describe.each(SCOPES)('told nothing, the %s', scope => {
  test.each([
    {bucket: 2, latencyMs: 0},
    {bucket: 2, latencyMs: 100},
    {bucket: 120, latencyMs: 0},
    {bucket: 120, latencyMs: 100},
  ])(
    'goes as slow as 2 calls a minute with a bucket of $bucket, and up again when it may, after $latencyMs ms each',
    ({bucket, latencyMs}) => {
      for (const seed of SEEDS) {
        const world: World = {scope, perMinute: 2, bucket, telling: 'not at all', latencyMs, seed};
        const learner = new Learner(world);
        const atFirst = learner.send(CALLS);
        expect(learner.intervalMs).toBeGreaterThanOrEqual(30_000 * 0.9);
        const slow = atFirst.slice(STEADY_FROM);
        // As much as two thirds of what it could have, and a twelfth is refused.
        expect(rateOf(slow)).toBeGreaterThanOrEqual(2 * 0.64);
        expect(wasted(slow)).toBeLessThanOrEqual(slow.length / 12);

        learner.server.perMinute = 20;
        // It tries seldom what it could have sooner: 256 calls at this pace are three and a half hours.
        learner.send(1_000);
        expect(rateOf(learner.send(1_000))).toBeGreaterThanOrEqual(20 * 0.5);
      }
    },
  );
});
