import {expect, onTestFinished, test} from 'vitest';
import {fakeAuth, pair} from '../engine/support/auth.ts';
import {lostLogin, rateLimited, upstream} from '../engine/support/failures.ts';
import {createPolicy, manualClock, memoryStore, PolicyError, type Policy} from './support/front-door.ts';
import {FACTOR} from './support/factor.ts';
import {heapUsed} from './support/heap.ts';

const MANY = 10_000;
const CROWD = FACTOR > 1 ? MANY : MANY / 4;
/** They come to their waits through the crowd of all, which is let in by and by, in real time. */
const SLOW_CROWD = 400;
const READ = {idempotent: true, maxWaitMs: Infinity, operation: 'odometer'};

const failing = (error: () => Error) => async (): Promise<never> => {
  throw error();
};
const reading = async (): Promise<string> => 'a reading';
const never = (): Promise<never> => new Promise(() => undefined);

type Wait = (policy: Policy, call: number) => Promise<unknown>;

/** What a call can wait for, and how the first one brings it about. */
const WAITS: Readonly<Record<string, {readonly first?: Wait; readonly rest: Wait; readonly crowd?: number}>> =
  {
    'at the gate of one car': {
      crowd: MANY,
      first: policy =>
        policy.run(
          failing(() => rateLimited('VEHICLE', 3_600)),
          {...READ, user: 'u', vehicle: 'car', maxWaitMs: 0},
        ),
      rest: policy => policy.run(reading, {...READ, user: 'u', vehicle: 'car'}),
    },
    'at the gate of all': {
      first: policy =>
        policy.run(
          failing(() => rateLimited('SMARTCAR_API', 3_600)),
          {...READ, user: 'u', vehicle: 'x', maxWaitMs: 0},
        ),
      rest: (policy, call) => policy.run(reading, {...READ, user: 'u', vehicle: `car-${call}`}),
    },
    'each at a gate of its own': {
      crowd: SLOW_CROWD,
      rest: (policy, call) =>
        policy.run(
          failing(() => rateLimited('VEHICLE', 3_600)),
          {...READ, user: 'u', vehicle: `car-${call}`},
        ),
    },
    'for an owner to come back': {
      first: policy => policy.run(failing(lostLogin), {...READ, user: 'u', vehicle: 'car'}),
      rest: policy => policy.run(reading, {...READ, user: 'u', vehicle: 'car', waitForReauthMs: 3_600_000}),
    },
    'in a backoff': {
      crowd: SLOW_CROWD,
      rest: (policy, call) => policy.run(failing(upstream), {...READ, user: 'u', vehicle: `car-${call}`}),
    },
    'behind a command': {
      first: policy => (
        void policy.run(never, {user: 'u', vehicle: 'car', signal: ended()}).catch(() => undefined),
        Promise.resolve()
      ),
      rest: policy => policy.run(reading, {user: 'u', vehicle: 'car', maxWaitMs: Infinity}),
    },
    'for one token': {
      rest: (policy, call) => policy.run(reading, {...READ, user: 'gone', vehicle: `car-${call}`}),
    },
  };

function ended(): AbortSignal {
  const controller = new AbortController();
  onTestFinished(() => controller.abort());
  return controller.signal;
}

/** Closes while so many wait; resolves with how long that took. */
async function closing(wait: (typeof WAITS)[string], crowd: number): Promise<number> {
  const clock = manualClock();
  const renewing = Promise.withResolvers<never>();
  renewing.promise.catch(() => undefined);
  const policy = createPolicy({
    clock,
    random: () => 0.5,
    budget: false,
    store: memoryStore(),
    auth: fakeAuth(() => renewing.promise),
    attemptTimeoutMs: 2 ** 40,
  });
  await policy.tokens.save('u', pair('u', clock.now(), 86_400_000));
  await policy.tokens.save('gone', pair('gone', clock.now(), -1));
  await wait.first?.(policy, -1).catch(() => undefined);
  const ends = new Map<string, number>();
  const note = (end: unknown): void => {
    const name = PolicyError.is(end) ? end.code : end instanceof Error ? end.message : String(end);
    ends.set(name, (ends.get(name) ?? 0) + 1);
  };
  const calls = Array.from({length: crowd}, (_, call) => wait.rest(policy, call).then(note, note));
  await clock.advance(0);
  expect(ends.size).toBe(0);
  const began = performance.now();
  const over = policy.close();
  renewing.reject(new Error('the token endpoint is gone'));
  await over;
  await Promise.all(calls);
  const tookMs = performance.now() - began;
  // A call that has failed before ends with its own error.
  const own = ends.get('UPSTREAM:NO_RESPONSE') ?? ends.get('RATE_LIMIT:VEHICLE') ?? 0;
  expect((ends.get('CLOSED') ?? 0) + own).toBe(crowd);
  await clock.advance(0);
  expect(clock.waiting).toBe(wait === WAITS['behind a command'] ? 1 : 0);
  return tookMs;
}

test.each(Object.entries(WAITS))(
  'a crowd of calls that wait %s ends with close(), in a time that grows with their number and no faster',
  async (_, wait) => {
    const unheard: unknown[] = [];
    const hear = (reason: unknown): void => void unheard.push(reason);
    process.on('unhandledRejection', hear);
    onTestFinished(() => void process.off('unhandledRejection', hear));
    // Code and shapes are there before anything is measured.
    await closing(wait, 200);
    const before = await heapUsed();
    const {crowd = CROWD} = wait;
    const fewMs = Math.max(5, await closing(wait, crowd / 4));
    const manyMs = await closing(wait, crowd);
    const grownMb = ((await heapUsed()) - before) / 1e6;

    // Four times as many; were each to look at all the others, sixteen.
    expect(manyMs / fewMs).toBeLessThan(12);
    expect(grownMb).toBeLessThan(8);
    expect(unheard).toEqual([]);
  },
  60_000,
);
