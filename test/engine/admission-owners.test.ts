import {describe, expect, test} from 'vitest';
import {admit, ownerBack, Refusal} from '../../src/engine/admission.ts';
import type {HeldToken, TokenKeeper} from '../../src/engine/tokens.ts';
import type {Episode, Episodes, TokenSource} from '../../src/ports.ts';
import {errorOf, stateOf} from './support/bench.ts';
import {fakeCall, fakeEngine, NOBODY_AWAY, OPEN_GATES} from './support/engine.ts';

const WHO = {user: 'ada', vehicle: 'car'};
const EPISODE: Episode = {
  episode: 'e1',
  user: 'ada',
  vehicle: 'car',
  scope: 'vehicle',
  reason: 'PERMISSION',
  connectUrl: 'https://connect.test/back',
  since: 1,
};
const tokenOf = (name: string): HeldToken => ({accessToken: name, generation: `of ${name}`});
const away = (more: Partial<Episodes>): {readonly episodes: Episodes} => ({
  episodes: {...NOBODY_AWAY, ...more},
});
const over = (_episode: string, signal: AbortSignal): Promise<void> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

describe('a wait for the owner', () => {
  test('is refused at once where the call may not wait, with the link', async () => {
    const engine = fakeEngine();
    const refusal = (await errorOf(ownerBack(engine, fakeCall(engine, WHO), EPISODE))) as Refusal;
    expect(refusal).toBeInstanceOf(Refusal);
    expect(refusal).toMatchObject({reason: 'parked', episode: EPISODE});
    expect(refusal.error).toMatchObject({
      code: 'REAUTH_REQUIRED',
      connectUrl: 'https://connect.test/back',
      message:
        'Calls of user "ada" for vehicle car are parked until the owner reconnects at `connectUrl` (PERMISSION).',
    });
  });

  test('names no car and no link where there is none', async () => {
    const engine = fakeEngine();
    const {vehicle: _vehicle, connectUrl: _url, ...whole} = EPISODE;
    const {error} = (await errorOf(ownerBack(engine, fakeCall(engine, WHO), whole))) as Refusal;
    expect(error.message).toBe('Calls of user "ada" are parked until the owner reconnects (PERMISSION).');
    expect(error.connectUrl).toBeUndefined();
  });

  test('counts against its own limit, and not against that of other waits', async () => {
    const engine = fakeEngine();
    const back = {...engine, ...away({over: () => engine.clock.sleep(30)})};
    const call = fakeCall(engine, {...WHO, waitForReauthMs: 100}, {}, {waitedMs: 5});
    await engine.clock.run(ownerBack(back, call, EPISODE));
    expect(call.waitForReauthMs).toBe(70);
    expect(call.waitedMs).toBe(5);
  });

  test('is over with the patience of the call', async () => {
    const engine = fakeEngine(away({over, probeInMs: () => 100}));
    const call = fakeCall(engine, {...WHO, waitForReauthMs: 100});
    const outcome = errorOf(ownerBack(engine, call, EPISODE));
    await engine.clock.advance(99);
    expect(await stateOf(outcome)).toBe('pending');
    await engine.clock.advance(1);
    expect(await outcome).toMatchObject({reason: 'parked', episode: EPISODE});
  });

  test('ends early, and without a refusal, for the one who may probe', async () => {
    const engine = fakeEngine(away({over, probeInMs: () => 60}));
    const call = fakeCall(engine, {...WHO, waitForReauthMs: 100});
    const outcome = ownerBack(engine, call, EPISODE);
    await engine.clock.advance(60);
    await expect(outcome).resolves.toBeUndefined();
    expect(call.waitForReauthMs).toBe(40);
  });

  test('without end holds a process of its own clock: a timer as long as can be', async () => {
    const asked: number[] = [];
    const engine = fakeEngine(away({over: async () => undefined}));
    const timer = (ms: number): (() => void) => (asked.push(ms), () => undefined);
    const call = fakeCall(engine, {...WHO, waitForReauthMs: Infinity});
    await ownerBack({...engine, clock: {...engine.clock, timer}}, call, EPISODE);
    expect(asked).toEqual([Number.MAX_SAFE_INTEGER]);
  });

  test('that breaks otherwise rejects with what broke', async () => {
    const engine = fakeEngine(away({over: () => Promise.reject(new Error('broken'))}));
    const call = fakeCall(engine, {...WHO, waitForReauthMs: 100});
    await expect(ownerBack(engine, call, EPISODE)).rejects.toThrow('broken');
  });
});

describe('a parked call', () => {
  test('goes on when the owner is back', async () => {
    let parked = true;
    const parking = (): Episode | undefined => (parked ? EPISODE : undefined);
    const back = async (): Promise<void> => void (parked = false);
    const engine = fakeEngine(away({parking, over: back}));
    const call = fakeCall(engine, {...WHO, waitForReauthMs: 100});
    await expect(admit(engine, call)).resolves.toMatchObject({left: false});
    expect(call.probing).toBe(false);
  });

  test('goes on when the store says that the episode is over', async () => {
    let parked = true;
    const parking = (): Episode | undefined => (parked ? EPISODE : undefined);
    const holds = async (): Promise<boolean> => (parked = false);
    const engine = fakeEngine(away({parking, holds}));
    const call = fakeCall(engine, WHO);
    await admit(engine, call);
    expect(call.probing).toBe(false);
  });

  test('may be the one that probes, and is parked no more', async () => {
    const asked: string[] = [];
    const probe = async (episode: string): Promise<boolean> => (asked.push(episode), true);
    const engine = fakeEngine(away({parking: () => EPISODE, probe}));
    const call = fakeCall(engine, WHO);
    await admit(engine, call);
    expect(call.probing).toBe(true);
    expect(asked).toEqual(['e1']);
  });

  test('is one that was parked while it waited for its place', async () => {
    let looks = 0;
    const parking = (): Episode | undefined => (++looks === 2 ? EPISODE : undefined);
    const left: string[] = [];
    const pass = {key: 'application', epoch: 0, failedProbes: 0, sent: () => undefined};
    const enterAtOnce = () => [{...pass, leave: (how: string) => void left.push(how)}];
    const engine = fakeEngine({...away({parking}), gates: {...OPEN_GATES, enterAtOnce}});
    await admit(engine, fakeCall(engine));
    expect(left).toEqual(['unknown']);
  });
});

describe('the token of a call', () => {
  const SOURCE = {key: () => 'key'} as Partial<TokenSource> as TokenSource;
  const trying = async (more: Partial<TokenKeeper>, stale?: string) => {
    const obtained: (string | undefined)[] = [];
    const obtain = async (_user: string | undefined, old: string | undefined): Promise<HeldToken> => {
      obtained.push(old);
      return tokenOf(`obtained-${obtained.length}`);
    };
    const none = {warm: () => undefined, expiresAt: () => undefined, obtain};
    const tokens = {...none, ...more} as Partial<TokenKeeper> as TokenKeeper;
    const engine = fakeEngine({source: SOURCE, tokens});
    const {token} = await admit(engine, fakeCall(engine, WHO, {}, {stale}));
    return {name: token?.accessToken, obtained};
  };

  test('is the warm one', async () => {
    expect(await trying({warm: () => tokenOf('warm')})).toEqual({name: 'warm', obtained: []});
  });

  test('is obtained where none is warm, or the warm one may be the one that was refused', async () => {
    expect(await trying({})).toEqual({name: 'obtained-1', obtained: [undefined]});
    expect(await trying({warm: () => tokenOf('old')}, 'old')).toEqual({
      name: 'obtained-1',
      obtained: ['old'],
    });
  });

  test('is the one that another call has renewed meanwhile', async () => {
    expect((await trying({warm: () => tokenOf('newer')}, 'old')).name).toBe('newer');
  });

  test('is obtained again where it has come to its end meanwhile, three times at most', async () => {
    const now = fakeEngine().clock.now();
    expect(await trying({expiresAt: () => now})).toMatchObject({name: 'obtained-3'});
    expect(await trying({expiresAt: () => now + 1})).toMatchObject({name: 'obtained-1'});
  });

  test('is none without auth, or where the caller has brought one', async () => {
    const engine = fakeEngine();
    expect((await admit(engine, fakeCall(engine, WHO))).token).toBeUndefined();
    const tokens = {warm: () => tokenOf('warm')} as Partial<TokenKeeper> as TokenKeeper;
    const withAuth = fakeEngine({source: SOURCE, tokens});
    const own = fakeCall(withAuth, WHO, {ownAuthorization: true});
    expect((await admit(withAuth, own)).token).toBeUndefined();
  });
});
