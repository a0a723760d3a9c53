import * as fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import type {AttemptContext} from '../../src/engine/call.ts';
import type {Policy} from '../../src/policy.ts';
import {fakeAuth, invalidGrant, pair} from './support/auth.ts';
import {bench, errorOf, onTheWire, playing, queued, stateOf, type Bench} from './support/bench.ts';
import {lostLogin, rateLimited} from './support/failures.ts';
import {crowdBench} from './support/service.ts';

const ONE_EACH = {application: {bucket: 1, perMinute: 2}, vehicle: {requests: 1}};
const read = (vehicle: string): {user: string; vehicle: string; idempotent: true} => ({
  user: 'ada',
  vehicle,
  idempotent: true,
});

/** Nobody is under way and nobody waits, anywhere. */
function expectEmpty(policy: Policy): void {
  const {application, scopes} = policy.limits();
  expect([application, ...scopes].filter(({inFlight, waiting}) => inFlight > 0 || waiting > 0)).toEqual([]);
}

/** A call that has its car's place and waits for the application's token, and one that waits for that car. */
async function holding(context: {signal?: AbortSignal; deadlineMs?: number} = {}) {
  const on = await crowdBench({limits: ONE_EACH});
  await on.policy.run(playing(1), read('other'));
  const holder = on.policy.run(playing('held'), {...read('car'), ...context});
  await queued(1);
  const behind = on.policy.run(playing('behind'), read('car'));
  await queued(2);
  expect(on.policy.limits()).toMatchObject({
    application: {waiting: 1, inFlight: 0},
    scopes: [{scope: 'vehicle:car', waiting: 1, inFlight: 1}],
  });
  return {...on, holder, behind};
}

describe('a call that holds its car’s place while it waits for the application’s', () => {
  test('gives it back when it is given up, and the next one of that car takes its turn', async () => {
    const controller = new AbortController();
    const {policy, clock, holder, behind} = await holding({signal: controller.signal});
    controller.abort('gone');

    expect(await errorOf(holder)).toBe('gone');
    expect(await clock.run(behind)).toBe('behind');
    expect(clock.now() % 86_400_000).toBe(30_000);
    expectEmpty(policy);
  });

  test('gives it back at its deadline', async () => {
    const {policy, clock} = await crowdBench({limits: {vehicle: {requests: 1}}});
    await errorOf(policy.run(playing(rateLimited('SMARTCAR_API', 1)), {...read('other'), maxWaitMs: 0}));
    await clock.advance(2_000);
    const probe = onTheWire<number>();
    const probing = policy.run(probe.send, read('other'));
    const holder = policy.run(playing('held'), {...read('car'), deadlineMs: 5_000});
    await queued(1);
    const behind = policy.run(playing('behind'), read('car'));
    await queued(2);
    expect(policy.limits().scopes).toMatchObject([
      {scope: 'vehicle:other', inFlight: 1},
      {scope: 'vehicle:car', waiting: 1, inFlight: 1},
    ]);

    expect(await clock.run(errorOf(holder))).toMatchObject({code: 'DEADLINE'});
    await queued(2);
    expect(policy.limits()).toMatchObject({application: {waiting: 1, inFlight: 1}});
    probe.resolve(1);
    expect(await clock.run(behind)).toBe('behind');
    await probing;
    expectEmpty(policy);
  });

  test('is refused at once where its deadline comes before the token', async () => {
    const {policy, clock, holder, behind} = await holding();
    const began = clock.now();
    const error = await errorOf(policy.run(playing(1), {...read('third'), deadlineMs: 40_000}));

    expect(error).toMatchObject({code: 'PAUSED', retryAt: began + 60_000});
    await clock.run(Promise.all([holder, behind]));
    expectEmpty(policy);
  });

  test('gives it back when the policy is closed', async () => {
    const {policy, clock, holder, behind} = await holding();
    const ends = Promise.all([errorOf(holder), errorOf(behind)]);
    await policy.close();

    expect(await ends).toMatchObject([{code: 'CLOSED'}, {code: 'CLOSED'}]);
    expectEmpty(policy);
    expect(policy.limits().scopes).toEqual([]);
    expect(clock.waiting).toBe(0);
  });

  test('gives it back when it may wait no longer', async () => {
    const {policy, clock} = await crowdBench({limits: ONE_EACH});
    await policy.run(playing(1), read('other'));
    const holder = policy.run(playing('held'), {...read('car'), maxWaitMs: 30_000});
    await queued(1);
    const urgent = policy.run(playing('urgent'), {...read('third'), priority: 0});
    await queued(2);

    expect(await clock.run(errorOf(holder))).toMatchObject({code: 'PAUSED'});
    expect(await urgent).toBe('urgent');
    expectEmpty(policy);
  });
});

/** Each takes a tenth of a second. Tells when each was sent, and how many were under way at most. */
function counted({clock}: Bench) {
  const seen = {sentAt: [] as number[], most: 0, began: clock.now()};
  let under = 0;
  const send = async (): Promise<void> => {
    seen.sentAt.push(clock.now() - seen.began);
    seen.most = Math.max(seen.most, ++under);
    await clock.sleep(100);
    under -= 1;
  };
  return {seen, send};
}

describe('a hundred parked calls that are resumed at once', () => {
  const patient = {waitForReauthMs: 3_600_000};

  async function carResumed(on: Bench) {
    const {policy, clock} = on;
    await errorOf(policy.run(playing(lostLogin()), read('car')));
    const {seen, send} = counted(on);
    const calls = Array.from({length: 100}, () => policy.run(send, {...read('car'), ...patient}));
    await clock.advance(0);
    await policy.reauth.resolve('ada');
    await clock.run(Promise.all(calls));
    expectEmpty(policy);
    return seen;
  }

  test('for one car go one after another', async () => {
    const {sentAt, most} = await carResumed(await crowdBench());

    expect(most).toBe(1);
    expect(sentAt).toEqual(Array.from({length: 100}, (_, index) => index * 100));
  });

  test('keep the rate of the application too', async () => {
    const {sentAt} = await carResumed(await crowdBench({limits: {application: {bucket: 5, perMinute: 60}}}));

    // The call that parked them had a token as well.
    const paced = Array.from({length: 96}, (_, index) => (index + 1) * 1_000);
    expect(sentAt).toEqual([0, 100, 200, 300, ...paced]);
  });

  test('for all cars of an owner start with one, and each round lets twice as many go', async () => {
    let dead = true;
    const auth = fakeAuth(async () => {
      if (dead) throw invalidGrant();
      return pair('new', Date.now());
    });
    const on = await crowdBench({auth});
    const {policy, clock} = on;
    await policy.tokens.save('ada', pair('old', clock.now(), 1));
    await clock.advance(2);
    expect(await errorOf(policy.run(playing(1), read('car 0')))).toMatchObject({code: 'REAUTH_REQUIRED'});
    const {seen, send} = counted(on);
    const calls = Array.from({length: 100}, (_, index) =>
      policy.run(send, {...read(`car ${index}`), ...patient}),
    );
    await clock.advance(0);
    dead = false;
    await policy.tokens.save('ada', pair('new', clock.now()));
    await clock.run(Promise.all(calls));

    const at = (ms: number): number => seen.sentAt.filter(one => one === ms).length;
    expect([0, 100, 200, 300, 400, 500, 600].map(at)).toEqual([1, 2, 4, 8, 16, 32, 100 - 63]);
    expectEmpty(policy);
  });
});

test('whoever gives up, whenever: no place is lost, and no limit is passed', async () => {
  const story = fc.record({
    startsAt: fc.nat(5_000),
    abortsAfter: fc.option(fc.nat(8_000), {nil: undefined}),
    deadlineMs: fc.option(fc.integer({min: 1, max: 9_000}), {nil: undefined, freq: 2}),
    maxWaitMs: fc.constantFrom(0, 1_000, 6_000, 3_600_000),
    priority: fc.integer({min: 0, max: 9}),
    vehicle: fc.constantFrom('a', 'b', 'c'),
    idempotent: fc.boolean(),
    tookMs: fc.constantFrom(0, 1, 700, 3_000),
    ends: fc.constantFrom('well', 'well', 'well', 'carLimit', 'applicationLimit', 'badly'),
  });
  const limits = {application: {bucket: 2, perMinute: 60}, vehicle: {requests: 1, spacingMs: 300}};
  const property = fc.asyncProperty(
    fc.array(story, {minLength: 2, maxLength: 12}),
    fc.option(fc.nat(9_000), {nil: undefined, freq: 4}),
    async (stories, closesAt) => {
      const {policy, clock} = bench({limits});
      const under = new Map<string, number>();
      const sentAt: number[] = [];
      const wrongs: string[] = [];
      const live = async (one: (typeof stories)[number]): Promise<void> => {
        await clock.sleep(one.startsAt);
        const controller = new AbortController();
        const cancel = clock.timer(one.abortsAfter ?? 3_600_000, () => controller.abort('gone'));
        const {vehicle, deadlineMs, maxWaitMs, priority, idempotent} = one;
        const send = async ({signal}: AttemptContext): Promise<void> => {
          sentAt.push(clock.monotonic());
          const count = (under.get(vehicle) ?? 0) + 1;
          under.set(vehicle, count);
          if (count > 1) wrongs.push(`${count} for one car`);
          await clock.sleep(one.tookMs, signal).finally(() => under.set(vehicle, count - 1));
          if (one.ends === 'carLimit') throw rateLimited('VEHICLE', 2);
          if (one.ends === 'applicationLimit') throw rateLimited('SMARTCAR_API', 2);
          if (one.ends === 'badly') throw new Error('a stranger');
        };
        const patience = {maxWaitMs, priority, idempotent, ...(deadlineMs !== undefined && {deadlineMs})};
        await policy.run(send, {vehicle, ...patience, signal: controller.signal}).catch(() => undefined);
        cancel();
      };
      if (closesAt !== undefined) clock.timer(closesAt, () => void policy.close());
      await clock.run(Promise.all(stories.map(live)));

      expectEmpty(policy);
      const [from = 0] = sentAt;
      for (const [index, at] of sentAt.entries())
        if (index >= 2 && at - from < (index - 1) * 1_000) wrongs.push(`sent ${index} at ${at - from}`);
      expect(wrongs).toEqual([]);
      await clock.advance(600_000);
      const last = policy.run(playing('free'), {vehicle: 'a', maxWaitMs: 0});
      expect(await stateOf(last)).toBe(closesAt === undefined ? 'resolved' : 'rejected');
      expect(await stateOf(policy.close())).toBe('resolved');
      expect(clock.waiting).toBe(0);
    },
  );
  await fc.assert(property, {numRuns: 200});
}, 60_000);
