import {describe, expect, test} from 'vitest';
import type {Engine} from '../../src/engine/engine.ts';
import {createEvents} from '../../src/engine/events.ts';
import {explain} from '../../src/engine/explain.ts';
import {runCall} from '../../src/engine/loop.ts';
import type {Budget, Gates, Outages, Pass, Tracing} from '../../src/ports.ts';
import {errorOf, playing, stateOf} from './support/bench.ts';
import {
  asleep,
  dropped,
  rateLimited,
  sdkError,
  unreachable,
  upstream,
  upstreamResponse,
} from './support/failures.ts';
import {ran} from './support/ran.ts';
import {
  fakeCall,
  fakeEngine,
  OPEN_GATES,
  passOf,
  type FakeEngine,
  type WatchedPass,
} from './support/engine.ts';

const WHO = {user: 'ada', vehicle: 'car', operation: 'odometer'};

function placed(more: Partial<Gates> = {}): {readonly engine: FakeEngine; readonly taken: WatchedPass[]} {
  const taken: WatchedPass[] = [];
  const enterAtOnce = (keys: readonly string[]): readonly Pass[] =>
    keys.map(key => {
      const pass = passOf(key);
      taken.push(pass);
      return pass;
    });
  return {engine: fakeEngine({gates: {...OPEN_GATES, quiet: false, enterAtOnce, ...more}}), taken};
}

describe('a call', () => {
  test('that succeeds comes out as it is, and one that is followed is told of', async () => {
    const engine = fakeEngine();
    expect(await ran(engine, fakeCall(engine, WHO), 'a reading')).toBe('a reading');
    const told: unknown[] = [];
    const trace = {attempt: () => undefined};
    const by = {call: (what: unknown, run: (trace: unknown) => unknown) => (told.push(what), run(trace))};
    const call = fakeCall(engine, WHO);
    const followed = fakeEngine({followed: {by: by as Partial<Tracing> as Tracing}});
    expect(await ran(followed, call, 'a reading')).toBe('a reading');
    expect(call.trace).toBe(trace);
    expect(told).toHaveLength(1);
  });

  test('is repeated after its backoff, counted under its key, and paid for from the budget', async () => {
    const spent: number[] = [];
    const budget = {affordable: true, spend: () => void spent.push(1), deposit: () => undefined};
    const engine = fakeEngine({budget: budget as Partial<Budget> as Budget});
    const call = fakeCall(engine, WHO);
    expect(await ran(engine, call, upstream(), upstream(), 'a reading')).toBe('a reading');
    expect(call.waitedMs).toBe(3_000);
    expect(Object.values(call.retries)).toEqual([2]);
    expect(spent).toHaveLength(2);
  });

  test('that is not repeated draws nothing on the budget, and no refused token is remembered', async () => {
    const spent: number[] = [];
    const budget = {affordable: true, spend: () => void spent.push(1), deposit: () => undefined};
    const tokens = {warm: () => ({accessToken: 'a', generation: 'g'})} as Partial<Engine['tokens']>;
    const source = {headers: () => ({})} as Partial<Engine['source']>;
    const auth = {tokens, source} as Partial<Engine>;
    const engine = fakeEngine({budget: budget as Partial<Budget> as Budget, ...auth});
    await ran(engine, fakeCall(engine, WHO), sdkError(400, 'VALIDATION', null));
    expect(spent).toEqual([]);
    expect(engine.rejected.size).toBe(0);
  });

  test('that meets a gate draws nothing on the budget and waits there, not before it', async () => {
    const spent: number[] = [];
    const budget = {affordable: true, spend: () => void spent.push(1), deposit: () => undefined};
    const closed: string[] = [];
    const gates = {...OPEN_GATES, close: (key: string) => void closed.push(key)};
    const engine = fakeEngine({budget: budget as Partial<Budget> as Budget, gates});
    const call = fakeCall(engine, WHO);
    await ran(engine, call, rateLimited('VEHICLE', 10), 'a reading');
    expect(closed).toEqual(['vehicle:car']);
    expect(spent).toEqual([]);
    expect(call.waitedMs).toBe(0);
  });

  test('that names no car closes no gate of one, and waits by itself', async () => {
    const engine = fakeEngine();
    const call = fakeCall(engine, {operation: 'odometer'});
    expect(await ran(engine, call, rateLimited('VEHICLE', 10), 'a reading')).toBe('a reading');
    expect(call.waitedMs).toBe(10_250);
  });

  test('waits as long as the key of its failure allows, from then on', async () => {
    const setting = {delaysMs: [100], maxWaitMs: 90_000};
    const engine = fakeEngine({backoff: {'*': false, 'VEHICLE_STATE:ASLEEP': setting} as never});
    const call = fakeCall(engine, {operation: 'odometer'});
    await ran(engine, call, asleep(), 'a reading');
    expect(call.maxWaitMs).toBe(90_000);
    const plain = fakeCall(engine, {operation: 'odometer', maxWaitMs: 70_000});
    await ran(engine, plain, asleep(), 'a reading');
    expect(plain.maxWaitMs).toBe(70_000);
  });

  test('holds the last answer, and throws away the one before it', async () => {
    const engine = fakeEngine();
    const [first, second] = [upstreamResponse(), upstreamResponse()];
    const call = fakeCall(engine, {...WHO, maxWaitMs: 1_000});
    expect(await ran(engine, call, first, second)).toBe(second);
    expect([first.bodyUsed, second.bodyUsed]).toEqual([true, false]);
    expect(explain(second)).toMatchObject({reason: 'wait-too-long', attempts: 2});
  });

  test('says what was decided about each failure, where somebody listens', async () => {
    const engine = fakeEngine();
    const call = fakeCall(engine, {...WHO, maxWaitMs: 0});
    await ran(engine, call, upstream());
    const decided = engine.said.filter(([event]) => event === 'decision').map(([, payload]) => payload);
    expect(decided).toEqual([
      expect.objectContaining({call: call.id, ...WHO, attempt: 1, action: 'fail', reason: 'wait-too-long'}),
    ]);
    const quiet = createEvents();
    const emitted: string[] = [];
    const events = {...quiet, emit: (event: string) => void emitted.push(event)};
    await ran({...engine, events}, fakeCall(engine, {...WHO, maxWaitMs: 0}), upstream());
    expect(emitted).toEqual(['defer']);
  });

  test('tells the breaker of its maker of what it met', async () => {
    const told: unknown[] = [];
    const outages = {
      makeOf: () => 'tesla',
      failed: (...what: unknown[]) => void told.push(what),
    } as Partial<Outages> as Outages;
    const engine = fakeEngine({outages});
    const call = fakeCall(engine, {...WHO, maxWaitMs: 0});
    await ran(engine, call, upstream());
    expect(told).toEqual([[call, expect.objectContaining({type: 'UPSTREAM'}), expect.any(Array)]]);
  });
});

const leftAfter = async (error: Error, context: object = {}): Promise<Record<string, readonly string[]>> => {
  const {engine, taken} = placed();
  await ran(engine, fakeCall(engine, {...WHO, maxWaitMs: 0, ...context}), error);
  return Object.fromEntries(taken.map(({key, left}) => [key, left]));
};

describe('the places of an attempt that failed', () => {
  test('are left as passed where an answer came, but for the one whose gate it shuts', async () => {
    expect(await leftAfter(rateLimited('VEHICLE', 100))).toEqual({
      'permission:car:odometer': ['passed'],
      'vehicle:car': ['unknown'],
      'user:ada': ['passed'],
      application: ['passed'],
    });
  });

  test.each<[string, Error]>([
    ['no answer came', dropped()],
    ['nothing was reached', unreachable()],
    ['nobody knows whether it was carried out', upstream()],
    ['it is no failure of Smartcar’s', new Error('a stranger')],
  ])('are left as unknown where %s', async (_name, error) => {
    const left = Object.values(await leftAfter(error)).flat();
    expect(new Set(left)).toEqual(new Set(['unknown']));
  });
});

describe('a caller who gives up', () => {
  test('during an attempt gets the reason, and the answer that came is thrown away', async () => {
    const {engine, taken} = placed();
    const caller = new AbortController();
    const answer = upstreamResponse();
    const send = async (): Promise<Response> => {
      queueMicrotask(() => caller.abort('gone'));
      return answer;
    };
    const call = fakeCall(engine, {...WHO, signal: caller.signal});
    expect(await errorOf(runCall(engine, call, {send, endsByItself: true}))).toBe('gone');
    expect(answer.bodyUsed).toBe(true);
    expect(engine.said.map(([event]) => event)).toEqual(['attempt', 'fail']);
    expect(taken.every(({left}) => left[0] === 'unknown')).toBe(true);
  });

  test('during its backoff gets the reason at once', async () => {
    const engine = fakeEngine();
    const caller = new AbortController();
    const call = fakeCall(engine, {...WHO, signal: caller.signal});
    const outcome = errorOf(runCall(engine, call, {send: playing(upstream())}));
    await engine.clock.advance(10);
    expect(await stateOf(outcome)).toBe('pending');
    caller.abort('gone');
    expect(await outcome).toBe('gone');
    expect(engine.said.at(-1)).toEqual(['fail', expect.objectContaining({reason: 'aborted'})]);
  });
});
