import {describe, expect, test} from 'vitest';
import {explain} from '../../src/engine/explain.ts';
import {TokenFailure} from '../../src/engine/token-failure.ts';
import type {HeldToken, TokenKeeper} from '../../src/engine/tokens.ts';
import type {Closing, Episode, Episodes, Finding, Gates, TokenSource} from '../../src/ports.ts';
import {invalidGrant} from './support/auth.ts';
import {fakeCall, fakeEngine, NOBODY_AWAY, OPEN_GATES, passOf} from './support/engine.ts';
import {unauthorized} from './support/failures.ts';
import {ran} from './support/ran.ts';

const WHO = {user: 'ada', vehicle: 'car', operation: 'odometer'};
const EPISODE = {
  episode: 'e1',
  user: 'ada',
  scope: 'user',
  reason: 'grant-dead',
  connectUrl: 'https://connect.test/back',
  since: 1,
} as Partial<Episode> as Episode;
const tokenOf = (name: string): HeldToken => ({accessToken: name, generation: `of ${name}`});
const SOURCE = {
  key: user => `key-${user}`,
  headers: () => ({}),
} as Partial<TokenSource> as TokenSource;
const keeper = (more: Partial<TokenKeeper>): TokenKeeper =>
  ({warm: () => undefined, expiresAt: () => undefined, ...more}) as Partial<TokenKeeper> as TokenKeeper;

describe('a token that was refused', () => {
  test('is renewed, and one that is refused afresh is remembered for that car', async () => {
    const asked: (string | undefined)[] = [];
    const obtain = async (_user: string | undefined, stale: string | undefined): Promise<HeldToken> => {
      asked.push(stale);
      return tokenOf('new');
    };
    const warm = (): HeldToken | undefined => (asked.length === 0 ? tokenOf('old') : tokenOf('new'));
    const engine = fakeEngine({source: SOURCE, tokens: keeper({warm, obtain})});
    const errors = [unauthorized(), unauthorized()];
    expect(await ran(engine, fakeCall(engine, WHO), ...errors)).toBe(errors[1]);
    expect(asked).toEqual(['old']);
    expect([...engine.rejected.values()]).toEqual(['of new']);
    expect(explain(errors[1])).toMatchObject({reason: 'token-rejected'});
  });
});

const failing = (failure: TokenFailure, more: Partial<Gates> = {}) => {
  const closed: unknown[][] = [];
  const gates = {...OPEN_GATES, close: (...what: unknown[]) => void closed.push(what), ...more};
  const found: (readonly [object, Finding])[] = [];
  const open: Episodes['open'] = async (place, finding) => (found.push([place, finding]), EPISODE);
  const episodes = {...NOBODY_AWAY, open};
  const obtain = (): Promise<never> => Promise.reject(failure);
  return {engine: fakeEngine({gates, episodes, source: SOURCE, tokens: keeper({obtain})}), closed, found};
};

const dead = (): TokenFailure => {
  const failure = new TokenFailure('oauth-v2', invalidGrant(), undefined);
  failure.generation = 'g1';
  return failure;
};
/** From the third look on, this pair is there. */
const later = (pair: HeldToken): TokenKeeper['warm'] => {
  let looks = 0;
  return () => (++looks > 2 ? pair : undefined);
};

describe('a token that cannot be had', () => {
  test('because the grant is dead sends the owner to Connect, and parks the pair that is dead', async () => {
    const failure = new TokenFailure('oauth-v2', invalidGrant(), undefined);
    failure.generation = 'g1';
    const {engine, found} = failing(failure);
    const error = await ran(engine, fakeCall(engine, WHO, {command: true, replayable: false}), 'never sent');
    expect(error).toMatchObject({code: 'REAUTH_REQUIRED', connectUrl: EPISODE.connectUrl});
    expect((error as Error).message).toContain(failure.message);
    expect(found[0]?.[1]).toMatchObject({scope: 'user', generation: 'g1'});
    expect(found[0]?.[1]).not.toHaveProperty('sentAt');
  });

  test('because none is stored says so', async () => {
    const {engine} = failing(new TokenFailure('oauth-v2', invalidGrant(), undefined, true));
    const error = await ran(engine, fakeCall(engine, WHO), 'never sent');
    expect(explain(error)).toMatchObject({reason: 'grant-missing'});
  });

  test('because the endpoint is down shuts its gate, and gives back the places behind it', async () => {
    const down = Object.assign(new Error('down'), {status: 503, error: 'temporarily_unavailable'});
    const passes = new Map<string, ReturnType<typeof passOf>>();
    const enterAtOnce: Gates['enterAtOnce'] = ([key = '']) => {
      const pass = passOf(key);
      passes.set(key, pass);
      return [pass];
    };
    const {engine, closed} = failing(new TokenFailure('oauth-v2', down, undefined), {enterAtOnce});
    const call = fakeCall(engine, {...WHO, maxWaitMs: 0});
    await ran(engine, call, 'never sent');
    expect(closed.map(([key]) => String(key)).every(key => key.startsWith('token:'))).toBe(true);
    expect([...passes.values()].filter(({key}) => key.startsWith('token:')).map(({left}) => left)).toEqual([
      ['unknown'],
      ['unknown'],
    ]);
    expect(call.tokenPasses).toEqual([]);
  });

  test('is forgotten when somebody has saved another pair meanwhile', async () => {
    const {engine, found} = failing(dead());
    const tokens = {...engine.tokens, warm: later(tokenOf('saved'))} as TokenKeeper;
    const call = fakeCall(engine, WHO);
    expect(await ran({...engine, tokens}, call, 'a reading')).toBe('a reading');
    expect(found).toEqual([]);
    expect(call.tokenFailure).toBeUndefined();
  });

  test.each<[string, HeldToken, string | undefined]>([
    ['the very pair that is dead', {...tokenOf('a'), generation: 'g1'}, undefined],
    ['another that holds the token that was refused', tokenOf('refused'), 'refused'],
  ])('is not mended by %s', async (_name, pair, stale) => {
    const {engine, found} = failing(dead());
    let looks = 0;
    const warm = (): HeldToken | undefined => (looks++ < (stale === undefined ? 1 : 0) ? undefined : pair);
    const tokens = {...engine.tokens, warm} as TokenKeeper;
    const call = fakeCall(engine, WHO, {}, {stale: stale ?? 'older'});
    expect(await ran({...engine, tokens}, call, 'never sent')).toMatchObject({code: 'REAUTH_REQUIRED'});
    expect(found).toHaveLength(1);
  });

  test('keeps nothing from being sent once the owner is back, also a command whose body goes once', async () => {
    const {engine} = failing(dead());
    let tries = 0;
    const obtain = async (): Promise<HeldToken> => {
      if (tries++ === 0) throw dead();
      return tokenOf('new');
    };
    const tokens = {...engine.tokens, obtain} as TokenKeeper;
    const call = fakeCall(engine, {...WHO, waitForReauthMs: 100}, {command: true, replayable: false});
    expect(await ran({...engine, tokens}, call, 'done')).toBe('done');
  });
});

const down = (api: TokenSource['api'] = 'oauth-v2', status = 503): TokenFailure =>
  new TokenFailure(api, Object.assign(new Error('down'), {status}), undefined);

/** Its renewals fail so, and then bring a token; what closes is `[key, closing]`. */
const mending = (failures: readonly TokenFailure[], failedProbes = 0) => {
  const closed: (readonly [string, Closing])[] = [];
  let tries = 0;
  const obtain = async (): Promise<HeldToken> => {
    const failure = failures[tries++];
    if (failure) throw failure;
    return tokenOf('new');
  };
  const enterAtOnce: Gates['enterAtOnce'] = keys => keys.map(key => passOf(key, {failedProbes}));
  const close = (key: string, closing: Closing): void => void closed.push([key, closing]);
  const gates = {...OPEN_GATES, enterAtOnce, close};
  return {engine: fakeEngine({gates, source: SOURCE, tokens: keeper({obtain})}), closed};
};

const untilAfter = async (failedProbes: number): Promise<number> => {
  const {engine, closed} = mending([down()], failedProbes);
  const began = engine.clock.now();
  await ran(engine, fakeCall(engine, {...WHO, maxWaitMs: 0}), 'never sent');
  return (closed[0]?.[1].until ?? began) - began;
};

describe('a token endpoint that is down', () => {
  test('keeps no command from being sent later, nor one whose body goes once', async () => {
    const {engine, closed} = mending([down()]);
    const call = fakeCall(engine, WHO, {command: true, replayable: false});
    expect(await ran(engine, call, 'done')).toBe('done');
    expect(call.tokenFailure).toBeUndefined();
    expect(call.attempts).toBe(1);
    expect(engine.said[0]).toEqual([
      'decision',
      expect.objectContaining({call: call.id, attempt: 0, action: 'retry'}),
    ]);
    for (const [, closing] of closed)
      expect(closing).toMatchObject({until: expect.any(Number), reason: expect.any(String)});
  });

  test.each([
    ['oauth-v3', 500, 'token:*'],
    ['oauth-v2', 503, 'token:key-ada'],
  ] as const)('shuts the gate of everybody or of the one pair: %s %i, %s', async (api, status, key) => {
    const {engine, closed} = mending([down(api, status)]);
    await ran(engine, fakeCall(engine, {...WHO, maxWaitMs: 0}), 'never sent');
    expect(closed.map(([one]) => one)).toEqual([key]);
  });

  test('is left alone for longer after each probe that has failed', async () => {
    expect(await untilAfter(3)).toBeGreaterThan(await untilAfter(0));
  });
});
