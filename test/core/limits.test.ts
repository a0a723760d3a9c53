import {describe, expect, it} from 'vitest';
import {mergeBackoff, type BackoffTable} from '../../src/core/backoff.ts';
import type {CallState} from '../../src/core/decide.ts';
import {judge, NOW, RETRY_LATER, told, v2} from './support/call.ts';

const upstream = v2('UPSTREAM', 'NO_RESPONSE', 502, RETRY_LATER);
const asleep = v2('VEHICLE_STATE', 'ASLEEP', 409);
const limited = v2('RATE_LIMIT', 'VEHICLE', 429, RETRY_LATER);

describe('a retry', () => {
  it('says how long to wait, until when, and what it is counted under', () => {
    expect(judge(upstream, {moment: {now: NOW, dice: 0.5}})).toMatchObject({
      action: 'retry',
      delayMs: 1_000,
      retryAt: NOW + 1_000,
      backoffKey: 'UPSTREAM',
    });
  });

  it('waits longer the more retries there were', () => {
    const moment = {now: NOW, dice: 0.5};
    const delays = [0, 1, 2].map(
      used => judge(upstream, {moment, state: {retries: {UPSTREAM: used}}}).delayMs,
    );
    expect(delays).toEqual([1_000, 2_000, 4_000]);
  });

  it('is counted apart from retries of another kind', () => {
    expect(judge(upstream, {state: {retries: {'*': 99, RATE_LIMIT: 99}}}).action).toBe('retry');
  });

  it('waits as long as the server told, not as long as the backoff', () => {
    expect(judge(limited, {context: told('120')})).toMatchObject({delayMs: 120_000, retryAt: NOW + 120_000});
  });

  it('waits minutes where the server told nothing', () => {
    expect(judge(limited).delayMs).toBe(60_001);
    expect(judge(asleep).delayMs).toBe(60_001);
    expect(judge({error: 'vehicle_state_error', code: 'VS_006'}, {context: {status: 409}}).delayMs).toBe(
      60_001,
    );
    expect(judge('', {context: {status: 429}}).delayMs).toBe(60_001);
  });

  it('waits minutes where the server told nonsense', () => {
    expect(judge(limited, {context: told('soon')}).delayMs).toBe(60_001);
  });
});

describe('a retry is refused', () => {
  interface Refusal {
    readonly because: string;
    readonly body: object;
    readonly state: Partial<CallState>;
    readonly reason: string;
    readonly needs: string;
    readonly after?: string;
    readonly table?: BackoffTable;
  }

  it.each<Refusal>([
    {
      because: 'when as many retries as allowed were spent',
      body: upstream,
      state: {retries: {UPSTREAM: 3}},
      reason: 'retries-spent',
      needs: 'support',
    },
    {
      because: 'when the owner has to act after the last one',
      body: asleep,
      state: {retries: {VEHICLE_STATE: 3}},
      reason: 'retries-spent',
      needs: 'owner',
    },
    {
      because: 'when the wait alone is longer than the call may wait',
      body: asleep,
      state: {maxWaitMs: 60_000},
      reason: 'wait-too-long',
      needs: 'nobody',
    },
    {
      because: 'when the wait is longer than what is left of it',
      body: limited,
      state: {maxWaitMs: 60_000, waitedMs: 55_001},
      after: '5',
      reason: 'wait-too-long',
      needs: 'nobody',
    },
    {
      because: 'when the deadline comes first',
      body: limited,
      state: {deadlineAt: NOW + 5_000},
      after: '5',
      reason: 'past-deadline',
      needs: 'nobody',
    },
    {
      because: 'when the body is a stream',
      body: upstream,
      state: {replayable: false},
      reason: 'body-not-replayable',
      needs: 'developer',
    },
    {
      because: 'when `backoff` says false',
      body: upstream,
      state: {},
      table: mergeBackoff({UPSTREAM: false}),
      reason: 'retries-off',
      needs: 'support',
    },
    {
      because: 'when `backoff` says no retries',
      body: upstream,
      state: {},
      table: mergeBackoff({UPSTREAM: {retries: 0}}),
      reason: 'retries-spent',
      needs: 'support',
    },
  ])('$because', ({body, state, reason, needs, after, table}) => {
    const context = after === undefined ? {} : told(after);
    const decision = judge(body, {state, context, ...(table && {table})});
    expect(decision).toMatchObject({action: 'fail', reason, needs});
    expect(decision.retryAt).toBeGreaterThanOrEqual(NOW);
    expect(decision).not.toHaveProperty('delayMs');
    expect(decision).not.toHaveProperty('backoffKey');
  });

  it('with the time when it would make sense', () => {
    const state = {maxWaitMs: 1_000};
    expect(judge(limited, {state, context: told('5')}).retryAt).toBe(NOW + 5_000);
  });

  it('at once for a refresh too, where the body is a stream', () => {
    const decision = judge(v2('AUTHENTICATION', null, 401), {state: {replayable: false}});
    expect(decision).toMatchObject({action: 'fail', reason: 'body-not-replayable', needs: 'developer'});
  });
});

describe('whoever has to act when the retries are spent', () => {
  it.each([
    ['UPSTREAM', 'RATE_LIMIT', 502, 'developer'],
    ['UPSTREAM', 'NO_RESPONSE', 502, 'support'],
    ['VEHICLE_STATE', 'LOW_BATTERY', 409, 'owner'],
    ['BRAND_NEW', 'BRAND_NEW', 500, 'support'],
    ['VALIDATION', null, 400, 'support'],
  ])(
    'is named by the catalogue, although the server said RETRY_LATER: %s:%s',
    (type, code, status, needs) => {
      const retries = {'*': 9, UPSTREAM: 9, 'UPSTREAM:RATE_LIMIT': 9, VEHICLE_STATE: 9};
      const decision = judge(v2(type, code, status, RETRY_LATER), {state: {retries}});
      expect(decision).toMatchObject({action: 'fail', reason: 'retries-spent', needs});
    },
  );
});

describe('the last millisecond of a budget', () => {
  it('is still waited for', () => {
    const state = {maxWaitMs: 60_000, waitedMs: 55_000};
    expect(judge(limited, {state, context: told('5')})).toMatchObject({action: 'retry', delayMs: 5_000});
  });

  it('is not passed by the spread after a told time', () => {
    const state = {maxWaitMs: 5_000};
    const moment = {now: NOW, dice: 0.999};
    expect(judge(limited, {state, moment, context: told('5')})).toMatchObject({
      action: 'retry',
      delayMs: 5_000,
    });
  });

  it('before a deadline is still used', () => {
    const state = {deadlineAt: NOW + 5_001};
    expect(judge(limited, {state, context: told('5')})).toMatchObject({action: 'retry'});
  });
});

describe("a key's own maxWaitMs", () => {
  const table = mergeBackoff({'VEHICLE_STATE:ASLEEP': {maxWaitMs: 3_600_000}, UPSTREAM: {maxWaitMs: 100}});

  it('beats a shorter one of the call', () => {
    const decision = judge(asleep, {table, state: {maxWaitMs: 60_000}});
    expect(decision).toMatchObject({action: 'retry', delayMs: 60_001, backoffKey: 'VEHICLE_STATE:ASLEEP'});
  });

  it('beats a longer one of the call', () => {
    const decision = judge(upstream, {table, state: {maxWaitMs: 60_000}, context: told('1')});
    expect(decision).toMatchObject({action: 'fail', reason: 'wait-too-long'});
  });

  it('is laid against all that the call has waited', () => {
    const decision = judge(asleep, {table, state: {waitedMs: 3_600_000}});
    expect(decision).toMatchObject({action: 'fail', reason: 'wait-too-long'});
  });

  it('holds for the call from then on', () => {
    expect(judge(asleep, {table}).maxWaitMs).toBe(3_600_000);
    expect(judge(limited, {table})).not.toHaveProperty('maxWaitMs');
  });

  it('gives way to one that the call itself names', () => {
    const own = {maxWaitMs: 60_001, maxWaitIsOwn: true};
    expect(judge(asleep, {table, state: own})).toMatchObject({action: 'retry', delayMs: 60_001});
    expect(judge(asleep, {table, state: own})).not.toHaveProperty('maxWaitMs');
    expect(judge(asleep, {table, state: {...own, maxWaitMs: 60_000}}).reason).toBe('wait-too-long');
  });

  it('leaves other failures alone', () => {
    const moving = v2('VEHICLE_STATE', 'IN_MOTION', 409);
    expect(judge(moving, {table, state: {maxWaitMs: 60_000}}).reason).toBe('wait-too-long');
  });
});

describe('retries switched off', () => {
  it.each([
    ['until the told time', '5', 5_000],
    ['as long as the default pace, where no time was told', undefined, 60_001],
  ])('do not make the next attempt sensible at once, but wait %s', (_, after, ms) => {
    const table = mergeBackoff({'RATE_LIMIT:VEHICLE': false});
    const decision = judge(limited, {table, context: after === undefined ? {} : told(after)});
    expect(decision).toMatchObject({
      action: 'fail',
      reason: 'retries-off',
      retryAt: NOW + ms,
      gate: {scope: 'vehicle', until: NOW + ms},
    });
  });
});
