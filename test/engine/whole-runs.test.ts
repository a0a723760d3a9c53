import * as fc from 'fast-check';
import {expect, test} from 'vitest';
import {createPolicy, type Policy} from '../../src/policy.ts';
import {manualClock, type ManualClock} from '../../src/testing/manual-clock.ts';
import {fakeAuth, invalidGrant, pair} from './support/auth.ts';
import {caller, errorIn, POSSIBLE_EFFECT, type Caller, type Scene} from './support/story.ts';

const RUNS = 300;
const ATTEMPT_TIMEOUT_MS = 30_000;
const A_DAY = 86_400_000;

/** A Smartcar that plays the callers' scenes and notices whatever must never happen. */
class World {
  readonly wrongs: string[] = [];
  readonly #clock: ManualClock;
  /** Per scope: the time before which nothing may be sent. */
  readonly #told = new Map<string, number>();

  constructor(clock: ManualClock) {
    this.#clock = clock;
  }

  async answer(
    {context: {vehicle, idempotent}, scenes}: Caller,
    played: Scene[],
    signal: AbortSignal,
  ): Promise<string> {
    const now = this.#clock.now();
    for (const scope of ['application', vehicle]) {
      const until = this.#told.get(scope) ?? 0;
      if (now < until) this.wrongs.push(`sent ${until - now} ms before the time told for ${scope}`);
    }
    const before = played.at(-1);
    if (!idempotent && before && (POSSIBLE_EFFECT.has(before.ends) || before.tookMs >= ATTEMPT_TIMEOUT_MS))
      this.wrongs.push(`a command was repeated after ${before.ends}`);
    const scene = scenes[played.length] ?? {tookMs: 100, ends: 'success', seconds: 0};
    played.push(scene);
    if (scene.tookMs > 0) await this.#clock.sleep(scene.tookMs);
    const error = errorIn(scene);
    if (!error) return 'done';
    // What nobody waits for any more, nobody hears.
    if (!signal.aborted) this.#hear(scene, vehicle);
    throw error;
  }

  #hear({ends, seconds}: Scene, vehicle: string): void {
    const scope = ends === 'carLimit' ? vehicle : ends === 'applicationLimit' ? 'application' : undefined;
    if (scope === undefined) return;
    this.#told.set(scope, Math.max(this.#told.get(scope) ?? 0, this.#clock.now() + seconds * 1_000));
  }
}

async function live(policy: Policy, clock: ManualClock, world: World, one: Caller): Promise<unknown> {
  await clock.sleep(one.startsAt);
  const controller = new AbortController();
  const reason = new Error('the caller left');
  const cancel =
    one.abortsAfter === undefined ? undefined : clock.timer(one.abortsAfter, () => controller.abort(reason));
  const played: Scene[] = [];
  const context = {...one.context, signal: controller.signal};
  const began = clock.now();
  const end = await policy
    .run(({signal}) => world.answer(one, played, signal), context)
    .catch((error: unknown) => error);
  cancel?.();
  const tookMs = clock.now() - began;
  if (tookMs > (one.abortsAfter ?? Infinity)) world.wrongs.push('a call outlived its abort');
  if (tookMs > (one.context.deadlineMs ?? Infinity)) world.wrongs.push('a call outlived its deadline');
  if (controller.signal.aborted && end !== reason) world.wrongs.push(`an abort came out as ${String(end)}`);
  if (end === 'done' && played.at(-1)?.ends === undefined) world.wrongs.push('a success out of nothing');
  return end;
}

test('whatever happens to several callers at once, every call ends and keeps every rule', async () => {
  const property = fc.asyncProperty(
    fc.array(caller, {minLength: 1, maxLength: 8}),
    fc.array(fc.boolean(), {maxLength: 4}),
    fc.double({min: 0, max: 0.999, noNaN: true}),
    async (callers, renewals, dice) => {
      const clock = manualClock();
      const world = new World(clock);
      let renewed = 0;
      const auth = fakeAuth(async () => {
        if (renewals[renewed++ % Math.max(1, renewals.length)] === false) throw invalidGrant();
        return pair(`${renewed}`, clock.now());
      });
      const policy = createPolicy({clock, auth, random: () => dice, attemptTimeoutMs: ATTEMPT_TIMEOUT_MS});
      const ends = new Map<number, number>();
      const limits: number[] = [];
      const noteEnd = ({call, waitedMs}: {call: number; waitedMs: number}): void => {
        ends.set(call, (ends.get(call) ?? 0) + 1);
        limits.push(waitedMs);
      };
      policy.on('success', noteEnd).on('fail', noteEnd);
      for (const user of ['ada', 'bob']) await policy.tokens.save(user, pair(user, clock.now(), 25_000));

      await clock.run(Promise.all(callers.map(one => live(policy, clock, world, one))));

      expect(world.wrongs).toEqual([]);
      expect([...ends.values()].every(count => count === 1)).toBe(true);
      expect(ends.size).toBe(callers.length);
      expect(Math.max(...limits)).toBeLessThanOrEqual(Math.max(...callers.map(one => one.context.maxWaitMs)));

      // No slot has leaked: later, even a call that may not wait gets through.
      await clock.advance(A_DAY);
      for (const user of ['ada', 'bob'])
        await policy.tokens.save(user, pair(`${user}-2`, clock.now(), A_DAY));
      for (const user of ['ada', 'bob'])
        for (const vehicle of ['a', 'b'])
          await clock.run(
            policy.run(async () => 'through', {user, vehicle, maxWaitMs: 0, deadlineMs: 1_000}),
          );
      await policy.close();
      expect(clock.waiting).toBe(0);
    },
  );
  await fc.assert(property, {numRuns: RUNS});
}, 120_000);

test('no call waits longer than its own maxWaitMs', async () => {
  const property = fc.asyncProperty(fc.array(caller, {minLength: 1, maxLength: 5}), async callers => {
    const clock = manualClock();
    const world = new World(clock);
    const policy = createPolicy({clock, random: () => 0.5, attemptTimeoutMs: ATTEMPT_TIMEOUT_MS});
    const allowed = new Map(callers.map((one, index) => [`${index}`, one.context.maxWaitMs]));
    const wrong: string[] = [];
    const check = ({operation = '', waitedMs}: {operation?: string; waitedMs: number}): void => {
      const most = allowed.get(operation) ?? 0;
      if (waitedMs > most) wrong.push(`waited ${waitedMs} of ${most}`);
    };
    policy.on('success', check).on('fail', check);
    const named = callers.map((one, index) => ({...one, context: {...one.context, operation: `${index}`}}));
    await clock.run(Promise.all(named.map(one => live(policy, clock, world, one))));
    await policy.close();

    expect(wrong).toEqual([]);
    expect(world.wrongs).toEqual([]);
  });
  await fc.assert(property, {numRuns: RUNS});
}, 120_000);
