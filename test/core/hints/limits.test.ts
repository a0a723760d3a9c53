import {describe, expect, it} from 'vitest';
import {billing} from '../../../src/core/hints/billing.ts';
import {closedGate, fewerCalls} from '../../../src/core/hints/rate-limit.ts';
import {NOW} from '../support/call.ts';
import {asked, CAR, facts, MINUTE, V2, V3, v2Failure} from './facts.ts';

describe('a limit of the plan', () => {
  it.each([
    ['VEHICLE_REQUEST_LIMIT', {}, /The calls of `36ab[^`]*` are used up until your billing period ends/],
    ['VEHICLE_REQUEST_LIMIT', {retryAt: NOW + MINUTE}, /used up until 2026-09-01T12:01:00Z/],
    ['VEHICLE_REQUEST_LIMIT', {retryAt: Infinity}, /used up until your billing period ends/],
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

  it('of calls is told with what counts as one', () => {
    expect(billing(facts({failure: v2Failure('BILLING', 'VEHICLE_REQUEST_LIMIT')}))[1]).toMatch(
      /^Each path of a batch counts/,
    );
  });

  it('is seen by its status too, and in nothing else', () => {
    expect(billing(facts({failure: {status: 430}}))).toEqual([
      'A limit of the plan holds for this car until your billing period ends; a repeat may count as a call too.',
    ]);
    expect(billing(facts({failure: v2Failure('BILLING', 'INVALID_PLAN')}))).toEqual([
      expect.stringContaining('does not include this feature'),
    ]);
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
    [
      'RATE_LIMIT',
      'VEHICLE',
      {retryAt: until, vehicle: CAR},
      `The gate of the vehicle \`${CAR}\` is closed until 2026-09-01T12:02:00Z (in 120 s).`,
    ],
    [
      'RATE_LIMIT',
      'SMARTCAR_API',
      {retryAt: until, vehicle: CAR},
      'The gate is closed until 2026-09-01T12:02:00Z (in 120 s).',
    ],
    ['RATE_LIMIT', 'VEHICLE', {retryAt: until}, 'The gate is closed until 2026-09-01T12:02:00Z (in 120 s).'],
    [
      'RATE_LIMIT',
      'VEHICLE',
      {gate: {key: `vehicle:${CAR}`, until, shutFor: 'told'}},
      `The gate of the vehicle \`${CAR}\` is closed until 2026-09-01T12:02:00Z (in 120 s).`,
    ],
    [
      'RATE_LIMIT',
      'VEHICLE',
      {gate: {key: `vehicle:${CAR}`, until, shutFor: undefined}},
      `The gate of the vehicle \`${CAR}\` has no place free until 2026-09-01T12:02:00Z (in 120 s).`,
    ],
    [
      'RATE_LIMIT',
      'VEHICLE',
      {gate: {key: `vehicle:${CAR}`, until: Infinity}},
      `The gate of the vehicle \`${CAR}\` is closed.`,
    ],
    ['RATE_LIMIT', 'VEHICLE', {}, undefined],
    ['RATE_LIMIT', 'VEHICLE', {retryAt: Infinity}, undefined],
    ['UPSTREAM', 'NO_RESPONSE', {retryAt: until}, undefined],
    ['VALIDATION', 'RATE_LIMIT', {retryAt: until}, undefined],
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
    ['commands:vehicle:1', /^The gate of commands to `vehicle:1` is closed/],
    ['permission:car-1:read_vin:x', /^The gate of the permission `read_vin:x` of `car-1` is closed/],
    ['user:ada:2', /^The gate of the user `ada:2` is closed/],
  ])('is named in words: %s', (key, expected) => {
    const known = facts({reason: 'paused', gate: {key, until}});
    expect(closedGate(known)).toEqual([expect.stringMatching(expected)]);
    expect(fewerCalls(known)).toEqual([expect.not.stringContaining('bucket')]);
  });

  it('of a place that is crowded is spoken of as of one that is shut', () => {
    const gate = {key: `vehicle:${CAR}`, until, shutFor: undefined};
    expect(closedGate(facts({reason: 'crowded', gate}))).toEqual([
      expect.stringContaining('has no place free'),
    ]);
    expect(closedGate(facts({reason: 'crowded'}))).toEqual([]);
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

  it.each([
    ['v1.0, which knew one limit', {failure: {type: 'rate_limiting_error', scope: 'vehicle'}}, /one bucket/],
    [
      'its gate',
      {failure: {status: 429, scope: 'vehicle'}, gate: {key: 'application', until: NOW}},
      /one bucket/,
    ],
    ['the gate of the car', {failure: {status: 429}, gate: {key: 'vehicle:1', until: NOW}}, /of this make/],
    ['no car', {failure: {status: 429}}, /one bucket/],
  ] as const)('is told by whose limit it is: by %s', (_, known, expected) => {
    expect(fewerCalls(facts(known))).toEqual([expect.stringMatching(expected)]);
  });

  it.each([
    ['the gate of all is shut', {key: 'application'}, /one bucket/],
    [
      'the gate of all is shut for a limit of the plan',
      {key: 'application', shutFor: 'billing'},
      /policy\.reopen/,
    ],
    ['a car is shut for a limit of the plan', {key: 'vehicle:1', shutFor: 'billing'}, /policy\.reopen/],
    ['a make fails', {key: 'make:TESLA', shutFor: 'maker-outage'}, /single samples/],
    ['a car sleeps', {key: 'vehicle:1', shutFor: 'server-says-later'}, /the `pause` event names its reason/],
    ['nobody knows why', {key: 'vehicle:1'}, /the `pause` event names its reason/],
    ['only a place is waited for', {key: 'vehicle:1', shutFor: undefined}, /`policy\.limits\(\)`/],
  ])('is said of a call that was held where %s', (_, gate, expected) => {
    expect(fewerCalls(facts({reason: 'paused', gate: {until: NOW, ...gate}}))).toEqual([
      expect.stringMatching(expected),
    ]);
  });

  it('is the rate where a place is crowded', () => {
    expect(fewerCalls(facts({reason: 'crowded'}))).toEqual([expect.stringContaining('`policy.limits()`')]);
    const gate = {key: 'application', until: NOW};
    expect(fewerCalls(facts({reason: 'crowded', gate}))).toEqual([
      expect.stringContaining('`policy.limits()`'),
    ]);
  });

  it('is not spoken of after another failure', () => {
    const gate = {key: 'vehicle:1', until: NOW};
    expect(fewerCalls(facts({failure: v2Failure('UPSTREAM', 'NO_RESPONSE'), gate}))).toEqual([]);
    expect(fewerCalls(facts({reason: 'timed-out', gate: {key: 'application', until: NOW}}))).toEqual([]);
  });
});
