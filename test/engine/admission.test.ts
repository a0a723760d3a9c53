import {describe, expect, test} from 'vitest';
import {admit, leaveTokenPlaces, Refusal} from '../../src/engine/admission.ts';
import type {Engine} from '../../src/engine/engine.ts';
import {TokenFailure} from '../../src/engine/token-failure.ts';
import type {HeldToken, TokenKeeper} from '../../src/engine/tokens.ts';
import type {Blockade, Gates, Pass, Refused, TokenSource, Visitor} from '../../src/ports.ts';
import {errorOf} from './support/bench.ts';
import {blockadeOf, fakeCall, fakeEngine, OPEN_GATES, passOf, type FakeEngine} from './support/engine.ts';

const WHO = {user: 'ada', vehicle: 'car'};
const tokenOf = (name: string): HeldToken => ({accessToken: name, generation: `of ${name}`});
const SOURCE = {key: user => `key-${user}`} as Partial<TokenSource> as TokenSource;
const keeper = (more: Partial<TokenKeeper>): TokenKeeper =>
  ({warm: () => undefined, expiresAt: () => undefined, ...more}) as Partial<TokenKeeper> as TokenKeeper;
const gatesOf = (more: Partial<Gates>): Partial<Engine> => ({gates: {...OPEN_GATES, ...more}});
const refusalOf = async (promise: Promise<unknown>): Promise<Refusal> => (await errorOf(promise)) as Refusal;
const never = new Promise<never>(() => undefined);

const endless: Gates['enter'] = (_key, _visitor, signal) =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
const broken = (): Promise<never> => Promise.reject(new Error('broken'));

const crowd = (freeAt: number): FakeEngine => {
  let looks = 0;
  const enterAtOnce = ([key = '']: readonly string[]): readonly Pass[] | undefined =>
    ++looks >= freeAt ? [passOf(key)] : undefined;
  return fakeEngine(gatesOf({enterAtOnce, enter: endless}));
};

describe('the places of a call', () => {
  test('are taken from the narrowest on', async () => {
    const engine = fakeEngine();
    const {passes, token} = await admit(engine, fakeCall(engine, WHO, {command: true}));
    expect(passes.map(({key}) => key)).toEqual(['commands:car', 'vehicle:car', 'user:ada', 'application']);
    expect(token).toBeUndefined();
  });

  test('are given back, and taken anew before all others, where a gate has shut meanwhile', async () => {
    let looks = 0;
    const visitors: Visitor[] = [];
    const taken: ReturnType<typeof passOf>[] = [];
    const enter = async (key: string, visitor: Visitor): Promise<Pass> => {
      visitors.push(visitor);
      const pass = passOf(key);
      taken.push(pass);
      return pass;
    };
    const engine = fakeEngine(gatesOf({enterAtOnce: () => undefined, enter, holds: () => ++looks > 1}));
    const call = fakeCall(engine, {priority: 7});
    await admit(engine, call);
    expect(visitors.map(({priority}) => priority)).toEqual([7, 0]);
    expect(taken.map(({left}) => left)).toEqual([['unknown'], []]);
    expect(call.returning).toBe(false);
  });

  test('that were taken are given back when the next one cannot be had', async () => {
    const car = passOf('vehicle:car');
    const enterAtOnce = ([key]: readonly string[]): readonly Pass[] | undefined =>
      key === 'vehicle:car' ? [car] : undefined;
    const engine = fakeEngine(gatesOf({enterAtOnce, enter: broken}));
    await expect(admit(engine, fakeCall(engine, WHO))).rejects.toThrow('broken');
    expect(car.left).toEqual(['unknown']);
  });

  test('come by a turn where nothing else is lacking', async () => {
    const byTurn = passOf('application');
    const engine = fakeEngine(gatesOf({enterAtOnce: () => undefined, enterByTurn: async () => byTurn}));
    expect((await admit(engine, fakeCall(engine))).passes).toEqual([byTurn]);
  });

  test('are waited for as long as the call may, by the clock that never goes back', async () => {
    const latest: number[] = [];
    const enter = async (key: string, visitor: Visitor): Promise<Pass> => {
      latest.push(visitor.latest);
      return passOf(key);
    };
    const engine = fakeEngine(gatesOf({enterAtOnce: () => undefined, enter}));
    const now = engine.clock.monotonic();
    await admit(engine, fakeCall(engine, {maxWaitMs: 100}, {}, {waitedMs: 30}));
    await admit(engine, fakeCall(engine, {maxWaitMs: 100, deadlineMs: 50}));
    await admit(engine, fakeCall(engine, {maxWaitMs: 100, deadlineMs: 200}));
    expect(latest[0]).toBe(now + 70);
    expect(latest[1]).toBeLessThan(now + 50);
    expect(latest[1]).toBeGreaterThan(now + 49.999);
    expect(latest[2]).toBe(now + 100);
  });

  test('that come free at the very last moment are in time', async () => {
    const engine = crowd(2);
    const call = fakeCall(engine, {maxWaitMs: 100}, {}, {waitedMs: 40});
    await engine.clock.run(admit(engine, call));
    expect(call.waitedMs).toBe(100);
  });

  test('that nobody leaves in time are none', async () => {
    const engine = crowd(Infinity);
    const refusal = await engine.clock.run(refusalOf(admit(engine, fakeCall(engine, {maxWaitMs: 100}))));
    expect(refusal).toMatchObject({reason: 'paused', gate: 'application'});
    expect(refusal.error).toMatchObject({code: 'PAUSED', retryAt: engine.clock.now()});
    expect(refusal.message).toMatch(/No place of application became free/);
  });
});

const refusedBy = async (
  refused: Refused,
  more: Partial<Gates> = {},
  context: object = {},
): Promise<Refusal> => {
  const enter = async (): Promise<Refused> => refused;
  const engine = fakeEngine(gatesOf({enterAtOnce: () => undefined, enter, ...more}));
  return refusalOf(admit(engine, fakeCall(engine, context)));
};

describe('a call that may not wait so long', () => {
  const until = Date.UTC(2026, 0, 2);

  test('is refused where too many wait', async () => {
    const full = await refusedBy({refused: 'full', key: 'application', until}, {waiting: () => 9});
    expect(full).toMatchObject({
      reason: 'crowded',
      gate: 'application',
      error: {code: 'PAUSED', retryAt: until},
    });
    expect(full.message).toMatch(/^9 calls wait for application already/);
  });

  test('is refused where its place would come too late, for want of patience or of time', async () => {
    const late = await refusedBy({refused: 'too-long', key: 'application', until});
    expect(late).toMatchObject({reason: 'paused', gate: 'application', error: {retryAt: until}});
    expect(late.message).toMatch(/comes at 2026-01-02T00:00:00.000Z, later than/);
    const context = {deadlineMs: 50};
    const past = await refusedBy({refused: 'too-long', key: 'application', until: Infinity}, {}, context);
    expect(past.reason).toBe('past-deadline');
    expect(past.message).toMatch(/comes at \+275760-09-13/);
  });

  test('is told of the gate that is shut, unless the place is lacking for others', async () => {
    let looks = 0;
    const shut = (): Blockade | undefined => (++looks > 1 ? blockadeOf('vehicle:car', until, 9) : undefined);
    const tooLong = await refusedBy({refused: 'too-long', key: 'application', until: 5}, {shut});
    expect(tooLong).toMatchObject({reason: 'paused', gate: 'vehicle:car', error: {retryAt: until}});
    expect(tooLong.message).toMatch(/gate of vehicle:car is closed until 2026-01-02T.*server-says-retry/);
    looks = 0;
    const full = await refusedBy({refused: 'full', key: 'application', until: 5}, {shut});
    expect(full.gate).toBe('application');
  });

  test.each<[number, object, boolean, string?]>([
    [100, {maxWaitMs: 100}, true],
    [101, {maxWaitMs: 100}, false, 'paused'],
    [50, {maxWaitMs: 100, deadlineMs: 50}, false, 'past-deadline'],
    [49, {maxWaitMs: 100, deadlineMs: 50}, true],
    [100, {maxWaitMs: 100, deadlineMs: 100}, false, 'past-deadline'],
  ])(
    'is refused before its token is renewed: a gate shut for %i ms, %j',
    async (restMs, context, goes, reason) => {
      const obtained: unknown[] = [];
      const obtain = async (): Promise<HeldToken> => (obtained.push(1), tokenOf('a'));
      const shut = (): Blockade => blockadeOf('application', until, restMs);
      const engine = fakeEngine({...gatesOf({shut}), source: SOURCE, tokens: keeper({obtain})});
      const outcome = await admit(engine, fakeCall(engine, context)).catch((error: unknown) => error);
      expect(obtained).toHaveLength(goes ? 1 : 0);
      expect(outcome).toMatchObject(goes ? {left: false} : {reason, gate: 'application'});
    },
  );
});

const trying = (
  obtain: TokenKeeper['obtain'],
): {readonly engine: FakeEngine; readonly taken: Map<string, ReturnType<typeof passOf>>} => {
  const taken = new Map<string, ReturnType<typeof passOf>>();
  const enterAtOnce = ([key = '']: readonly string[]): readonly Pass[] => {
    const pass = passOf(key);
    taken.set(key, pass);
    return [pass];
  };
  return {engine: fakeEngine({...gatesOf({enterAtOnce}), source: SOURCE, tokens: keeper({obtain})}), taken};
};

describe('places at the token endpoint', () => {
  test('are given back, once', () => {
    const passes = [passOf('token:ada'), passOf('token:*')];
    const call = fakeCall(fakeEngine(), {}, {}, {tokenPasses: passes});
    leaveTokenPlaces(call);
    leaveTokenPlaces(call);
    expect(passes.map(({left}) => left)).toEqual([['unknown'], ['unknown']]);
  });

  test('are left as passed when a token has come', async () => {
    const {engine, taken} = trying(async () => tokenOf('a'));
    const call = fakeCall(engine, WHO);
    expect(await admit(engine, call)).toMatchObject({token: {accessToken: 'a'}});
    expect(taken.get('token:key-ada')?.left).toEqual(['passed']);
    expect(taken.get('token:*')?.left).toEqual(['passed']);
    expect(call.tokenPasses).toEqual([]);
    expect(call.waitedMs).toBe(0);
  });

  test('are kept when the endpoint has said no, and given back when anything else went wrong', async () => {
    const no = trying(() => Promise.reject(new TokenFailure('oauth-v2', new Error('down'), undefined)));
    const call = fakeCall(no.engine, WHO);
    await expect(admit(no.engine, call)).rejects.toBeInstanceOf(TokenFailure);
    expect(no.taken.get('token:*')?.left).toEqual([]);
    expect(call.tokenPasses).toHaveLength(2);
    const other = trying(broken);
    await expect(admit(other.engine, fakeCall(other.engine, WHO))).rejects.toThrow('broken');
    expect(other.taken.get('token:*')?.left).toEqual(['unknown']);
  });
});

test('a call that is refused waits for nobody', async () => {
  const closing = AbortSignal.abort('closed');
  const engine = fakeEngine({...gatesOf({shared: true, current: false, sync: () => never}), closing});
  await expect(admit(engine, fakeCall(engine))).rejects.toBe('closed');
});
