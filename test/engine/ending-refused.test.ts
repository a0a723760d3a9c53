import {describe, expect, test} from 'vitest';
import {PolicyError} from '../../src/core/policy-error.ts';
import {Refusal} from '../../src/engine/admission.ts';
import {abandoned, outOfTime, refused} from '../../src/engine/ending.ts';
import {bodyOf, DECISION, ended, EPISODE, eventsOf, holding, WHO} from './support/endings.ts';
import {fakeCall, fakeEngine, OPEN_GATES} from './support/engine.ts';

describe('the policy’s own no', () => {
  const paused = new PolicyError('PAUSED', 'The gate is closed.', {retryAt: 99});

  test('is the error where nothing was sent', () => {
    const engine = fakeEngine();
    const {error, explanation} = ended(refused(engine, fakeCall(engine, WHO), new Refusal(paused, 'paused')));
    expect(error).toBe(paused);
    expect(explanation).toMatchObject({
      action: 'fail',
      reason: 'paused',
      needs: 'nobody',
      failure: {scope: 'call', effect: 'none'},
      retryAt: 99,
      attempts: 0,
    });
    expect(explanation).not.toHaveProperty('connectUrl');
    expect(eventsOf(engine, 'defer')).toHaveLength(1);
  });

  test('leaves a call the answer that it holds, and the failure of that', () => {
    const engine = fakeEngine();
    const error = new Error('of the call');
    const call = holding(engine, {outcome: {threw: true, error}, decision: DECISION});
    expect(ended(refused(engine, call, new Refusal(paused, 'paused')))).toMatchObject({
      error,
      explanation: {reason: 'paused', failure: DECISION.failure},
    });
  });

  test('sends the owner of a parked call to its link', () => {
    const engine = fakeEngine();
    const parked = new PolicyError('REAUTH_REQUIRED', 'parked');
    const {explanation} = ended(
      refused(engine, fakeCall(engine, WHO), new Refusal(parked, 'parked', EPISODE)),
    );
    expect(explanation).toMatchObject({
      action: 'reauthenticate',
      needs: 'owner',
      connectUrl: 'https://connect.test/back',
      failure: {scope: 'vehicle', effect: 'none'},
    });
    expect(explanation).not.toHaveProperty('retryAt');
    expect(explanation?.userMessage).toMatch(/login/);
    expect(eventsOf(engine, 'defer')).toEqual([]);
  });

  test('about the configuration is for developers', () => {
    const engine = fakeEngine();
    const wrong = new PolicyError('CONFIGURATION', 'The store threw.');
    const {explanation} = ended(refused(engine, fakeCall(engine, WHO), new Refusal(wrong, 'unrecognised')));
    expect(explanation).toMatchObject({action: 'fail', needs: 'developer'});
  });

  test('of a closed policy throws away the answer that is held', () => {
    const engine = fakeEngine();
    const {response, cancelled} = bodyOf();
    const call = holding(engine, {outcome: {threw: false, value: response}, decision: DECISION});
    const closed = new PolicyError('CLOSED', 'closed');
    expect(ended(refused(engine, call, new Refusal(closed, 'closed'))).error).toBe(closed);
    expect(cancelled()).toBe(true);
  });

  test('tells of the gate that stood in the way, where somebody knows until when', () => {
    const engine = fakeEngine({gates: {...OPEN_GATES, waiting: () => 3}});
    const hintsOf = (error: PolicyError, gate?: string): string => {
      const stop = refused(engine, fakeCall(engine, WHO), new Refusal(error, 'paused', undefined, gate));
      return ended(stop).explanation?.hints.join(' ') ?? '';
    };
    expect(hintsOf(paused, 'vehicle:car')).toMatch(/vehicle `car` is only just opening; 3 calls wait/);
    expect(hintsOf(paused)).not.toMatch(/3 calls/);
    expect(hintsOf(new PolicyError('PAUSED', 'x'), 'vehicle:car')).not.toMatch(/3 calls/);
  });
});

describe('a call that is interrupted', () => {
  const late = new PolicyError('DEADLINE', 'late');

  test.each<[string, boolean, number, string]>([
    ['a command on the wire', true, 1, 'possible'],
    ['a command that was not sent', true, 0, 'none'],
    ['a read', false, 1, 'none'],
  ])('may have changed the car or not: %s', (_name, command, attempts, effect) => {
    const engine = fakeEngine();
    const call = fakeCall(engine, WHO, {command}, {attempts});
    const {error, explanation} = ended(outOfTime(engine, call, late));
    expect(error).toBe(late);
    expect(explanation).toMatchObject({
      action: 'fail',
      reason: 'past-deadline',
      needs: 'nobody',
      failure: {scope: 'call', effect},
    });
  });

  test('by its caller rejects with the reason of the signal, and drops what it holds', () => {
    const engine = fakeEngine();
    const {response, cancelled} = bodyOf();
    const reason = new Error('gone');
    const held = {outcome: {threw: false, value: response}, decision: DECISION} as const;
    const call = {...holding(engine, held), signal: AbortSignal.abort(reason)};
    const {error, explanation} = ended(abandoned(engine, call));
    expect(error).toBe(reason);
    expect(explanation).toMatchObject({reason: 'aborted', needs: 'nobody'});
    expect(cancelled()).toBe(true);
  });
});
