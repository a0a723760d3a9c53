import {describe, expect, it} from 'vitest';
import {judge, NOW, REAUTHENTICATE, RETRY_LATER, told, v2, v3Entry} from './support/call.ts';

const retry = v3Entry('UPSTREAM', 'NO_RESPONSE', 502, RETRY_LATER);
const refresh = v3Entry('AUTHENTICATION', 'UNAUTHORIZED', 401);
const fail = v3Entry('VALIDATION', 'MISSING_PARAMETER', 400);
const reauthenticate = v3Entry('PERMISSION', null, 403, REAUTHENTICATE);
const carLimit = v3Entry('RATE_LIMIT', 'VEHICLE', 429, RETRY_LATER);
const doorOpen = v3Entry('VEHICLE_STATE', 'DOOR_OPEN', 409);

/** An item of a batch that met the limit of the car. */
const limitedItem = (seconds: number): object => ({
  path: '/odometer',
  code: 429,
  body: {type: 'RATE_LIMIT', code: 'VEHICLE', ...RETRY_LATER},
  headers: {'retry-after': seconds},
});

describe('of several entries the one that blocks most decides', () => {
  it.each([
    ['reauthenticate', [retry, refresh, fail, reauthenticate]],
    ['fail', [retry, refresh, fail]],
    ['refresh', [retry, refresh]],
    ['retry', [retry]],
  ])('%s', (action, errors) => {
    expect(judge({errors}).action).toBe(action);
    expect(judge({errors: errors.toReversed()}).action).toBe(action);
  });

  it('the first of equals', () => {
    expect(judge({errors: [doorOpen, fail]}).failure.code).toBe('DOOR_OPEN');
    expect(judge({errors: [fail, doorOpen]}).failure.code).toBe('MISSING_PARAMETER');
  });

  it.each([
    ['a limit', [retry, carLimit]],
    ['a limit that comes first', [carLimit, retry]],
  ])('%s is waited for behind a failure that passes sooner', (_, errors) => {
    expect(judge({errors})).toMatchObject({action: 'retry', failure: {code: 'VEHICLE'}, delayMs: 60_001});
  });

  it('the longest of the told times in a batch is waited for', () => {
    expect(judge({responses: [limitedItem(2), limitedItem(120), limitedItem(7)]})).toMatchObject({
      action: 'retry',
      delayMs: 120_000,
    });
  });

  it('what is refused for lack of time is refused, whatever else could be repeated', () => {
    const decision = judge({errors: [retry, carLimit]}, {state: {maxWaitMs: 1_000}});
    expect(decision).toMatchObject({action: 'fail', reason: 'wait-too-long', retryAt: NOW + 60_001});
  });

  it('retryAt is never before a time that another entry was told', () => {
    const state = {retries: {UPSTREAM: 3}};
    const decision = judge({errors: [retry, carLimit]}, {state});
    expect(decision).toMatchObject({action: 'fail', reason: 'retries-spent', retryAt: NOW + 60_001});
  });

  it('a repeat that is no longer allowed does not stand in the way of a new token', () => {
    const state = {retries: {UPSTREAM: 3}};
    expect(judge({errors: [refresh, retry]}, {state}).action).toBe('refresh');
  });

  it.each([
    ['fail', [fail, retry]],
    ['reauthenticate', [reauthenticate, retry]],
  ])('a %s says more than an unknown outcome beside it', (action, errors) => {
    const decision = judge({errors}, {state: {command: true}});
    expect(decision.action).toBe(action);
    expect(decision.reason).not.toBe('outcome-unknown');
  });

  it.each([
    ['retry', [v3Entry('VEHICLE_STATE', 'ASLEEP', 409), retry]],
    ['refresh', [refresh, retry]],
  ])('a command is not sent again after a %s beside an unknown outcome', (_, errors) => {
    const state = {command: true};
    expect(judge({errors}, {state})).toMatchObject({action: 'fail', reason: 'outcome-unknown'});
  });
});

describe('a decision closes a gate', () => {
  it.each([
    ['the car by its own limit', v2('RATE_LIMIT', 'VEHICLE', 429, RETRY_LATER), 'vehicle'],
    ['the application by its limit', v2('RATE_LIMIT', 'SMARTCAR_API', 429, RETRY_LATER), 'application'],
    ['the car by the limit of its maker', v2('UPSTREAM', 'RATE_LIMIT', 502, RETRY_LATER), 'vehicle'],
    ['the car while it is asleep', v2('VEHICLE_STATE', 'ASLEEP', 409), 'vehicle'],
    ['the application by a 429 without a type', '', 'application'],
  ])('of %s', (_, subject, scope) => {
    const context = typeof subject === 'string' ? {status: 429} : {};
    expect(judge(subject, {context}).gate).toEqual({scope, until: NOW + 60_001});
  });

  it('until the told time and its spread', () => {
    const subject = v2('RATE_LIMIT', 'SMARTCAR_API', 429, RETRY_LATER);
    const decision = judge(subject, {context: told('20'), moment: {now: NOW, dice: 0.5}});
    expect(decision).toMatchObject({
      retryAt: NOW + 20_500,
      gate: {scope: 'application', until: NOW + 20_500},
    });
  });

  it.each([[[30, 120, 7]], [[120, 30]], [[30, 120]]])('until the longest of %j seconds is over', seconds => {
    const responses = seconds.map(one => limitedItem(one));
    expect(judge({responses}).gate).toEqual({scope: 'vehicle', until: NOW + 120_000});
  });

  it('although this call has no time to wait for it', () => {
    const subject = v2('RATE_LIMIT', 'VEHICLE', 429, RETRY_LATER);
    const decision = judge(subject, {context: told('3600'), state: {maxWaitMs: 60_000}});
    expect(decision).toMatchObject({
      action: 'fail',
      reason: 'wait-too-long',
      gate: {scope: 'vehicle', until: NOW + 3_600_000},
    });
  });

  it('although the command itself is not repeated', () => {
    const decision = judge(v2('UPSTREAM', 'RATE_LIMIT', 502, RETRY_LATER), {state: {command: true}});
    expect(decision).toMatchObject({
      reason: 'outcome-unknown',
      gate: {scope: 'vehicle', until: NOW + 60_001},
    });
  });

  it('for an item of a batch that reports a limit, whatever the other items say', () => {
    const permission = {path: '/fuel', code: 403, body: v2('PERMISSION', null, 403, REAUTHENTICATE)};
    const body = v2('RATE_LIMIT', 'VEHICLE', 429, RETRY_LATER);
    const limit = {path: '/odometer', code: 429, body, headers: {'Retry-After': '30'}};
    for (const responses of [
      [permission, limit],
      [limit, permission],
    ]) {
      expect(judge({responses})).toMatchObject({
        action: 'reauthenticate',
        failure: {scope: 'call'},
        gate: {scope: 'vehicle', until: NOW + 30_000},
      });
    }
  });
});

describe('a gate that shuts on its probe', () => {
  it.each([
    [0, 60_001],
    [1, 300_001],
    [2, 900_001],
    [7, 900_001],
  ])('after %s vain probes shuts for %s ms, however fresh the call', (probes, ms) => {
    const state = {failedProbes: () => probes, maxWaitMs: Infinity};
    expect(judge(v2('VEHICLE_STATE', 'ASLEEP', 409), {state}).gate?.until).toBe(NOW + ms);
  });

  it('is told by the permission alone where the failure is about one', () => {
    const decision = judge(v2('PERMISSION', null, 403, RETRY_LATER));
    expect(decision).toMatchObject({action: 'retry', gate: {scope: 'permission'}});
  });
});

describe('the budget of retries', () => {
  const spent = {affordable: false};

  it('refuses a retry that nothing else bounds, and says when it would make sense', () => {
    const decision = judge(v2('UPSTREAM', 'NO_RESPONSE', 502, RETRY_LATER), {state: spent});
    expect(decision).toMatchObject({action: 'fail', reason: 'budget', needs: 'nobody'});
    expect(decision.retryAt).toBeGreaterThanOrEqual(NOW);
  });

  it.each([
    ['a repeat after a refresh', v2('AUTHENTICATION', null, 401), 'refresh'],
    ['a repeat behind a gate that has closed', v2('RATE_LIMIT', 'VEHICLE', 429, RETRY_LATER), 'retry'],
  ])('does not ask %s', (_, subject, action) => {
    expect(judge(subject, {state: spent}).action).toBe(action);
  });
});

describe('a decision closes no gate', () => {
  it.each([
    ['for a failure of this call alone', v2('UPSTREAM', 'NO_RESPONSE', 502, RETRY_LATER)],
    ['for what is refused for good', v2('VALIDATION', null, 400)],
    ['for a 430 that does not say what it is about', {status: 430}],
    ['for a 430 that speaks of something else', v2('RATE_LIMIT', 'VEHICLE', 430)],
    [
      'for a car whose owner has to connect',
      v2('CONNECTED_SERVICES_ACCOUNT', 'AUTHENTICATION_FAILED', 400, REAUTHENTICATE),
    ],
    ['for a refused token', v2('AUTHENTICATION', null, 401)],
    [
      'for a signal',
      {attributes: {status: {value: 'ERROR', error: {type: 'VEHICLE_STATE', code: 'ASLEEP'}}}},
    ],
    ['for a connection that was lost', Object.assign(new Error('reset'), {code: 'ECONNRESET'})],
  ])('%s', (_, subject) => {
    expect(judge(subject)).not.toHaveProperty('gate');
  });
});
