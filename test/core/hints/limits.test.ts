import {describe, expect, it} from 'vitest';
import {billing} from '../../../src/core/hints/billing.ts';
import {closedGate, fewerCalls} from '../../../src/core/hints/rate-limit.ts';
import {NOW} from '../support/call.ts';
import {asked, CAR, facts, MINUTE, V2, V3, v2Failure} from './facts.ts';

describe('a limit of the plan', () => {
  it.each([
    ['VEHICLE_REQUEST_LIMIT', {}, /The calls of `36ab[^`]*` are used up until your billing period ends/],
    ['VEHICLE_REQUEST_LIMIT', {retryAt: NOW + MINUTE}, /used up until 2026-09-01T12:01:00Z/],
    ['VEHICLE_LIMIT', {}, /no place for another car: `36ab/],
    [
      'INVALID_PLAN',
      {endpoint: {permission: 'read_tires', phrase: 'x'}},
      /does not include what needs `read_tires`/,
    ],
    ['INVALID_PLAN', {}, /does not include this feature/],
    ['ACCOUNT_SUSPENDED', {}, /until the open invoice is paid/],
    ['BRAND_NEW', {}, /A limit of the plan holds .* a repeat may count/],
  ])('%s %j', (code, known, expected) => {
    const limit = facts({failure: v2Failure('BILLING', code, 430), vehicle: CAR, ...known});
    expect(billing(limit)[0]).toMatch(expected);
  });

  it('is seen by its status too, and in nothing else', () => {
    expect(billing(facts({failure: {status: 430}}))).toHaveLength(1);
    expect(billing(facts({failure: v2Failure('RATE_LIMIT', 'VEHICLE', 429)}))).toEqual([]);
  });
});

describe('a gate that is closed', () => {
  const until = NOW + 2 * MINUTE;
  it.each([
    [
      'RATE_LIMIT',
      'SMARTCAR_API',
      {gate: {key: 'application', until, waiting: 12}},
      'The gate of the application is closed until 2026-09-01T12:02:00Z (in 120 s); 12 calls wait behind it.',
    ],
    [
      'RATE_LIMIT',
      'VEHICLE',
      {gate: {key: `vehicle:${CAR}`, until, waiting: 1}},
      `The gate of the vehicle \`${CAR}\` is closed until 2026-09-01T12:02:00Z (in 120 s); 1 call waits behind it.`,
    ],
    [
      'UPSTREAM',
      'RATE_LIMIT',
      {retryAt: NOW + 15 * MINUTE, vehicle: CAR},
      `The gate of the vehicle \`${CAR}\` is closed until 2026-09-01T12:15:00Z (in 15 min).`,
    ],
    ['RATE_LIMIT', 'VEHICLE', {}, undefined],
    ['UPSTREAM', 'NO_RESPONSE', {retryAt: until}, undefined],
  ])('by %s:%s with %j', (type, code, known, expected) => {
    const hints = closedGate(facts({failure: {...v2Failure(type, code), scope: 'vehicle'}, ...known}));
    expect(hints).toEqual(expected === undefined ? [] : [expected]);
  });

  it('is told of where it stood in the way, and not whose it is where nobody knows', () => {
    const paused = facts({reason: 'paused', needs: 'nobody', retryAt: until, vehicle: CAR});
    expect(closedGate(paused)).toEqual(['The gate is closed until 2026-09-01T12:02:00Z (in 120 s).']);
    expect(fewerCalls(paused)).toEqual([]);
  });

  it.each([
    ['token:*', /^The gate of the token endpoint is closed/],
    ['token:user:ada', /^The gate of the token endpoint for `user:ada` is closed/],
  ])('is named in words: %s', (key, expected) => {
    const known = facts({reason: 'paused', gate: {key, until}});
    expect(closedGate(known)).toEqual([expect.stringMatching(expected)]);
    expect(fewerCalls(known)).toEqual([expect.not.stringContaining('bucket')]);
  });

  it('is not said to be closed once its time has come', () => {
    const gate = {key: `vehicle:${CAR}`, until: NOW};
    expect(closedGate(facts({failure: v2Failure('RATE_LIMIT', 'VEHICLE'), gate}))).toEqual([]);
    expect(closedGate(facts({reason: 'paused', gate}))).toEqual([
      expect.stringMatching(/is only just opening\.$/),
    ]);
  });
});

describe('what lowers the number of calls', () => {
  it.each([
    [v2Failure('RATE_LIMIT', 'SMARTCAR_API'), {}, /one bucket/],
    [v2Failure('RATE_LIMIT', 'VEHICLE'), {}, /of this make: poll this car less/],
    [v2Failure('UPSTREAM', 'RATE_LIMIT'), {}, /the maker's.*webhooks/],
    [
      v2Failure('RATE_LIMIT', 'VEHICLE'),
      asked('POST', `${V3}/vehicles/${CAR}/commands/charge/start`),
      /fewer commands/,
    ],
    [v2Failure('RATE_LIMIT', 'VEHICLE'), asked('POST', `${V2}/vehicles/${CAR}/batch`), /poll this car less/],
  ])('after %j', (failure, known, expected) => {
    const limited = facts({failure: {...failure, scope: 'vehicle'}, ...known});
    expect(fewerCalls(limited)).toEqual([expect.stringMatching(expected)]);
  });

  it('is not spoken of after another failure', () => {
    expect(fewerCalls(facts({failure: v2Failure('UPSTREAM', 'NO_RESPONSE')}))).toEqual([]);
  });
});
