import {describe, expect, test} from 'vitest';
import type {Decision} from '../../src/core/decide.ts';
import type {PolicyError} from '../../src/core/policy-error.ts';
import type {Call} from '../../src/engine/call.ts';
import {stopped, succeeded} from '../../src/engine/ending.ts';
import type {Engine} from '../../src/engine/engine.ts';
import {explain} from '../../src/engine/explain.ts';
import type {TokenKeeper} from '../../src/engine/tokens.ts';
import {bodyOf, DECISION, ended, EPISODE, eventsOf, holding, WHO} from './support/endings.ts';
import {blockadeOf, fakeCall, fakeEngine, OPEN_GATES} from './support/engine.ts';

describe('a call that has succeeded', () => {
  test('tells how long it took, and throws away the answer before the good one', async () => {
    const engine = fakeEngine();
    const {response, cancelled} = bodyOf();
    const call = holding(engine, {outcome: {threw: false, value: response}, decision: DECISION});
    call.attempts = 2;
    call.waitedMs = 30.4;
    await engine.clock.advance(70);
    succeeded(engine, call);
    expect(cancelled()).toBe(true);
    expect(call.held).toBeUndefined();
    const facts = {call: call.id, ...WHO};
    expect(engine.said).toEqual([['success', {...facts, attempts: 2, waitedMs: 30, durationMs: 70}]]);
  });
});

const shut = (keys: readonly string[]) => blockadeOf(keys[0] ?? '', 99, 9);

describe('a call that does not go on', () => {
  test('ends with the error it holds, which is explained, and says so', () => {
    const engine = fakeEngine();
    const error = new Error('of the call');
    const call = holding(engine, {outcome: {threw: true, error}, decision: DECISION});
    const stop = stopped(engine, call, {...DECISION, retryAt: 77});
    expect(stop.outcome).toEqual({threw: true, error});
    expect(explain(error)).toMatchObject({
      reason: 'retries-spent',
      needs: 'support',
      attempts: 1,
      retryAt: 77,
    });
    expect(eventsOf(engine, 'defer')).toEqual([
      {call: call.id, ...WHO, retryAt: 77, reason: 'retries-spent'},
    ]);
    expect(eventsOf(engine, 'fail')).toEqual([
      {
        call: call.id,
        ...WHO,
        action: 'fail',
        reason: 'retries-spent',
        needs: 'support',
        failure: DECISION.failure,
        retryAt: 77,
        attempts: 1,
        waitedMs: 0,
        durationMs: 0,
      },
    ]);
  });

  test('ends with the answer it holds, its body unread', () => {
    const engine = fakeEngine();
    const {response, cancelled} = bodyOf();
    const call = holding(engine, {outcome: {threw: false, value: response}, decision: DECISION});
    const stop = stopped(engine, call, DECISION, EPISODE);
    expect(stop.outcome).toEqual({threw: false, value: response});
    expect(cancelled()).toBe(false);
    expect(explain(response)).toMatchObject({connectUrl: 'https://connect.test/back'});
    expect(eventsOf(engine, 'defer')).toEqual([]);
    expect(eventsOf(engine, 'fail')[0]).not.toHaveProperty('retryAt');
  });

  test('tells of the gate that it has closed, and how many wait there', () => {
    const engine = fakeEngine({gates: {...OPEN_GATES, shut, waiting: () => 3}});
    const error = new Error('of the call');
    const limit: Decision = {...DECISION, failure: {type: 'RATE_LIMIT', scope: 'vehicle', effect: 'none'}};
    const call = holding(engine, {outcome: {threw: true, error}, decision: limit});
    const until = engine.clock.now() + 60_000;
    const hintsWith = (more: Partial<Decision>, of: Call = call): string => {
      stopped(engine, of, {...limit, ...more});
      return explain(error)?.hints.join(' ') ?? '';
    };
    expect(hintsWith({gate: {scope: 'vehicle', until}})).toMatch(/vehicle `car` is closed.*3 calls wait/);
    expect(hintsWith({})).not.toMatch(/3 calls/);
    expect(hintsWith({gate: {scope: 'user', until}}, {...call, user: undefined})).not.toMatch(/3 calls/);
  });
});

const failing = (
  more: Partial<Decision>,
  user: string | undefined = 'ada',
  message?: string,
): PolicyError => {
  const engine = fakeEngine();
  const decision = {...DECISION, ...more};
  const call = fakeCall(
    engine,
    {...WHO, user},
    {},
    {
      tokenFailure: message === undefined ? undefined : {decision, message},
    },
  );
  const stop = stopped(engine, call, decision, more.action === 'reauthenticate' ? EPISODE : undefined);
  return ended(stop).error as PolicyError;
};

describe('a call that had no token', () => {
  test.each<[Partial<Decision>, string | undefined, object]>([
    [
      {action: 'reauthenticate', reason: 'grant-missing'},
      undefined,
      {
        code: 'REAUTH_REQUIRED',
        message: 'No tokens are stored for user "ada": the owner has to go through Connect (grant-missing).',
        connectUrl: 'https://connect.test/back',
      },
    ],
    [
      {action: 'reauthenticate', reason: 'grant-dead'},
      'invalid_grant',
      {
        code: 'REAUTH_REQUIRED',
        message: 'The grant for user "ada" is gone: the owner has to go through Connect (invalid_grant).',
      },
    ],
    [
      {needs: 'developer'},
      'invalid_client',
      {
        code: 'CONFIGURATION',
        message: 'No access token for user "ada": the token endpoint answered invalid_client.',
      },
    ],
    [
      {needs: 'nobody', retryAt: 5},
      undefined,
      {
        code: 'PAUSED',
        message: 'No access token for user "ada": the token endpoint answered retries-spent.',
        retryAt: 5,
      },
    ],
  ])('says so: %j', (more, message, error) => {
    expect(failing(more, 'ada', message)).toMatchObject(error);
  });

  test('names no user where there is none, and no time that nobody knows', () => {
    const engine = fakeEngine();
    const {error} = ended(stopped(engine, fakeCall(engine), {...DECISION, needs: 'nobody'}));
    expect(error).toMatchObject({message: 'No access token: the token endpoint answered retries-spent.'});
    expect((error as PolicyError).retryAt).toBeUndefined();
    expect((error as PolicyError).connectUrl).toBeUndefined();
  });
});

describe('what a hint is made of', () => {
  const tokens = {expiresAt: () => Date.UTC(2025, 11, 31)} as Partial<TokenKeeper> as TokenKeeper;
  const auth = {version: '2', byPolicy: false} as const;
  const settings: Engine['settings'] = {nearest: () => undefined, auth};
  const hintsOf = (call: Partial<Call>, decision: Partial<Decision>): string => {
    const engine = fakeEngine({tokens, settings});
    const error = new Error('of the call');
    const held = {outcome: {threw: true, error}, decision: DECISION} as const;
    stopped(engine, {...holding(engine, held), ...call}, {...DECISION, ...decision});
    return explain(error)?.hints.join(' ') ?? '';
  };
  const REFUSED: Partial<Decision> = {
    reason: 'token-expired',
    failure: {type: 'AUTHENTICATION', status: 401, scope: 'call', effect: 'none'},
  };
  const UNKNOWN: Partial<Decision> = {
    reason: 'past-deadline',
    failure: {...DECISION.failure, effect: 'possible'},
  };
  const tokenFailure = {decision: DECISION, message: 'down'};

  test('includes the end of the token where the policy put it on the call', () => {
    expect(hintsOf({authorized: true}, REFUSED)).toMatch(/2025-12-31/);
    expect(hintsOf({authorized: false}, REFUSED)).not.toMatch(/2025-12-31/);
  });

  test('is the token endpoint where no token could be had', () => {
    const down: Partial<Decision> = {failure: {code: 'ECONNREFUSED', scope: 'application', effect: 'none'}};
    expect(hintsOf({}, down)).not.toMatch(/token endpoint/);
    expect(hintsOf({tokenFailure}, down)).toMatch(/token endpoint/);
  });

  test('says of a command that nobody knows its outcome, and not of a command that had no token', () => {
    const sent = hintsOf({command: true}, UNKNOWN);
    expect(hintsOf({command: false}, UNKNOWN)).not.toBe(sent);
    expect(hintsOf({command: true, tokenFailure}, UNKNOWN)).not.toBe(sent);
  });
});
