import {describe, expect, test} from 'vitest';
import {PolicyError} from '../../src/core/policy-error.ts';
import {explain} from '../../src/engine/explain.ts';
import {runCall} from '../../src/engine/loop.ts';
import type {Gates} from '../../src/ports.ts';
import {errorOf, playing} from './support/bench.ts';
import {fakeCall, fakeEngine, OPEN_GATES} from './support/engine.ts';
import {rateLimitedResponse, upstream, upstreamResponse} from './support/failures.ts';
import {ran} from './support/ran.ts';

const WHO = {user: 'ada', vehicle: 'car', operation: 'odometer'};

describe('a caller who has given up before', () => {
  test('is told so once, and nothing is sent', async () => {
    const engine = fakeEngine();
    const call = fakeCall(engine, {...WHO, signal: AbortSignal.abort('gone')});
    expect(await ran(engine, call, 'never sent')).toBe('gone');
    expect(engine.said.map(([event]) => event)).toEqual(['fail']);
  });
});

const sleep = (): Promise<never> => Promise.reject(new Error('broken'));

describe('a clock that breaks', () => {
  test('breaks the call that waits by it, with its own error', async () => {
    const engine = fakeEngine();
    const broken = {...engine, clock: {...engine.clock, sleep}};
    await expect(runCall(broken, fakeCall(engine, WHO), {send: playing(upstream())})).rejects.toThrow(
      'broken',
    );
  });
});

describe('a policy that closes', () => {
  test('during a backoff ends the call with its own error, which says so', async () => {
    const closing = new AbortController();
    const engine = fakeEngine({closing: closing.signal});
    const error = upstream();
    const outcome = errorOf(runCall(engine, fakeCall(engine, WHO), {send: playing(error)}));
    await engine.clock.advance(10);
    const closed = new PolicyError('CLOSED', 'closed');
    closing.abort(closed);
    expect(await outcome).toBe(closed);
    expect(explain(closed)).toMatchObject({reason: 'closed'});
  });
});

describe('a deadline', () => {
  const late = new PolicyError('DEADLINE', 'late');
  test('that passes during an attempt leaves a read the answer it holds', async () => {
    const engine = fakeEngine();
    const held = upstreamResponse();
    expect(await ran(engine, fakeCall(engine, WHO), held, late)).toBe(held);
    expect(explain(held)).toMatchObject({reason: 'past-deadline'});
  });

  test.each<[string, boolean, unknown]>([
    ['a command may have been carried out', true, rateLimitedResponse('VEHICLE', 1)],
    ['what is held is an error', false, upstream()],
  ])('that passes during an attempt is the error where %s', async (_name, command, first) => {
    const engine = fakeEngine();
    const call = fakeCall(engine, {...WHO, idempotent: true}, {command});
    expect(await ran(engine, call, first, late)).toBe(late);
    expect(explain(late)).toMatchObject({failure: {effect: command ? 'possible' : 'none'}});
  });

  test('of a client’s own, or another error of a policy, is a failure like any other', async () => {
    const engine = fakeEngine();
    const own = Object.assign(new Error('x'), {code: 'DEADLINE'});
    expect(await ran(engine, fakeCall(engine, WHO), own)).toBe(own);
    expect(explain(own)).toMatchObject({reason: 'unrecognised'});
    const paused = new PolicyError('PAUSED', 'of another policy');
    expect(await ran(engine, fakeCall(engine, WHO), paused)).toBe(paused);
    expect(explain(paused)?.reason).not.toBe('past-deadline');
  });
});

const stoppedBy = (no: unknown): Promise<unknown> => {
  const enter = async (): Promise<never> => {
    throw no;
  };
  const engine = fakeEngine({
    gates: {...OPEN_GATES, enterAtOnce: () => undefined, enter},
  });
  return ran(engine, fakeCall(engine, WHO), 'never sent');
};

describe('what stops a call before it is sent', () => {
  test.each<[PolicyError['code'], string, string]>([
    ['CLOSED', 'closed', 'nobody'],
    ['DEADLINE', 'past-deadline', 'nobody'],
    ['PAUSED', 'paused', 'nobody'],
    ['CONFIGURATION', 'unrecognised', 'developer'],
  ])('is an error of the policy with the code %s', async (code, reason, needs) => {
    const error = new PolicyError(code, 'no');
    expect(await stoppedBy(error)).toBe(error);
    expect(explain(error)).toMatchObject({reason, needs, attempts: 0});
  });

  test('is its own refusal, whose error comes out', async () => {
    const until = 99;
    const enter: Gates['enter'] = async key => ({refused: 'too-long', key, until});
    const engine = fakeEngine({gates: {...OPEN_GATES, enterAtOnce: () => undefined, enter}});
    const error = await ran(engine, fakeCall(engine, WHO), 'never sent');
    expect(error).toMatchObject({code: 'PAUSED', retryAt: until});
    expect(explain(error)).toMatchObject({reason: 'paused', retryAt: until});
  });

  test('or a stranger’s error, which comes out as it is', async () => {
    const error = new Error('a stranger');
    expect(await stoppedBy(error)).toBe(error);
    expect(explain(error)).toBeUndefined();
  });
});
