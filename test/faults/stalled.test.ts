import {expect, test} from 'vitest';
import {fakeAuth, pair} from '../engine/support/auth.ts';
import {rateLimited, upstream} from '../engine/support/failures.ts';
import {lateClock, quiet} from '../engine/support/service.ts';
import {
  createPolicy,
  manualClock,
  PolicyError,
  type CallContext,
  type ManualClock,
  type Policy,
  type PolicyOptions,
} from './support/front-door.ts';

const READ = {user: 'ada', vehicle: 'car', idempotent: true, maxWaitMs: 600_000};
const [FROM, TO] = [10_000, 15_000];

interface World {
  readonly clock: ManualClock;
  readonly policy: Policy;
  /** When calls were sent, in milliseconds since the start. */
  readonly sentAt: number[];
  readonly read: (context?: CallContext) => Promise<unknown>;
}

/** Nothing that falls due in those five seconds happens before their end. */
async function world(options: PolicyOptions = {}): Promise<World> {
  await quiet();
  const clock = manualClock();
  const stalled = lateClock(clock, due => (due > FROM && due < TO ? TO : due));
  const policy = createPolicy({clock: stalled, random: () => 0.5, ...options});
  const sentAt: number[] = [];
  const read = (context: CallContext = {}): Promise<unknown> =>
    policy
      .run(async () => sentAt.push(clock.monotonic()), {...READ, ...context})
      .catch((error: unknown) => (PolicyError.is(error) ? error.code : error));
  return {clock, policy, sentAt, read};
}

test('after five seconds in which nothing happened no more go at once than the bucket holds', async () => {
  const [bucket, perMinute] = [5, 60];
  const {clock, policy, sentAt, read} = await world({limits: {application: {bucket, perMinute}}});
  await clock.run(Promise.all(Array.from({length: 60}, (_, car) => read({vehicle: `car-${car}`}))));
  expect(sentAt).toHaveLength(60);
  expect(sentAt.filter(at => at > FROM && at < TO)).toEqual([]);
  for (const from of sentAt)
    for (const to of sentAt.filter(at => at >= from)) {
      const sent = sentAt.filter(at => at >= from && at <= to).length;
      expect(sent).toBeLessThanOrEqual(bucket + ((to - from) * perMinute) / 60_000 + 1e-6);
    }
  await policy.close();
});

test('a car that was limited is asked at its pace, not in a burst of what the stall has kept', async () => {
  const {clock, policy, sentAt, read} = await world();
  const told = policy.run(async () => Promise.reject(rateLimited('VEHICLE', 2)), {...READ, maxWaitMs: 0});
  await told.catch(() => undefined);
  await clock.run(Promise.all(Array.from({length: 20}, () => read())));
  const gaps = sentAt.slice(1).map((at, index) => at - sentAt[index]!);
  expect(sentAt[0]).toBeGreaterThanOrEqual(2_000);
  // Told two seconds, quickened to one after eight, and so on: never several at a time.
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(250);
  await policy.close();
});

test('a deadline that passes in the stall is told at its end, and nothing of such a call is sent', async () => {
  const {clock, policy, sentAt, read} = await world();
  const told = policy.run(async () => Promise.reject(rateLimited('VEHICLE', 12)), {...READ, maxWaitMs: 0});
  await told.catch(() => undefined);
  await clock.advance(100);
  const ends = await clock.run(
    Promise.all([12_000, 13_000, 14_900].map(deadlineMs => read({deadlineMs: deadlineMs - 100}))),
  );
  expect(ends.every(end => end === 'DEADLINE' || end === 'PAUSED')).toBe(true);
  expect(sentAt).toEqual([]);
  await policy.close();
});

test('a token that ends in the stall is not sent after it', async () => {
  const sent: (readonly [string, number])[] = [];
  let renewals = 0;
  const {clock, policy} = await world({auth: fakeAuth(async () => pair(`new-${++renewals}`, clock.now()))});
  await policy.tokens.save('ada', pair('old', clock.now(), 14_000));
  let failed = false;
  const call = policy.run(async ({accessToken}) => {
    sent.push([accessToken, clock.monotonic()]);
    if (failed) return 'ok';
    failed = true;
    await clock.sleep(9_500);
    throw upstream();
  }, READ);
  await clock.run(call);
  expect(sent.map(([token]) => token)).toEqual(['access-old', 'access-new-1']);
  expect(sent[1]![1]).toBeGreaterThanOrEqual(TO);
  await policy.close();
});

test('a real loop that is blocked for a second and a half: nothing early, no deadline missed in silence, no burst', async () => {
  const policy = createPolicy({random: () => 0.5, limits: {application: {bucket: 3, perMinute: 240}}});
  const began = performance.now();
  const sentAt: number[] = [];
  const read = (context: CallContext): Promise<unknown> =>
    policy
      .run(async () => sentAt.push(performance.now() - began), {...READ, ...context})
      .catch((error: unknown) => (PolicyError.is(error) ? error.code : error));
  const told = policy.run(async () => Promise.reject(rateLimited('VEHICLE', 1)), {
    ...READ,
    vehicle: 'slow',
    maxWaitMs: 0,
  });
  await told.catch(() => undefined);
  const slow = read({vehicle: 'slow'});
  const crowd = Array.from({length: 8}, (_, car) => read({vehicle: `car-${car}`}));
  const late = read({vehicle: 'slow', deadlineMs: 1_050});
  setTimeout(() => {
    const until = performance.now() + 1_500;
    while (performance.now() < until);
  }, 20);
  const ends = await Promise.all([slow, late, ...crowd]);
  expect(ends[1] === 'DEADLINE' || ends[1] === 'PAUSED').toBe(true);
  expect(sentAt).toHaveLength(9);
  // One token went to the call that was limited: two at once, then one each quarter of a second.
  for (const [index, at] of sentAt.entries()) {
    const before = sentAt.slice(0, index + 1).filter(other => at - other < 250).length;
    expect(before).toBeLessThanOrEqual(4);
  }
  await policy.close();
});
