import {describe, expect, it} from 'vitest';
import {
  makeInCapitals,
  misspeltScope,
  neededPermission,
  simulatedMode,
} from '../../../src/core/hints/permission.ts';
import {PERMISSIONS} from '../../../src/core/hints/permissions.ts';
import {asked, CAR, facts, V2, V3, v2Failure} from './facts.ts';

const failure = v2Failure('PERMISSION', undefined, 403);
const odometer = asked('GET', `${V2}/vehicles/${CAR}/odometer`);

describe('the permission that is missing', () => {
  it.each([
    [['read_vin'], /needs `read_odometer`, which is not in `connect\.scope`/],
    [['read_odometer'], /which `connect\.scope` has: the owner unticked it/],
    [['required:read_odometer'], /which `connect\.scope` has: the owner/],
    [['read_odomter'], /`connect\.scope` has misspelt/],
    [['read_vin', 'read_odomter'], /`connect\.scope` has misspelt/],
    [undefined, /^This needs `read_odometer`\.$/],
  ])('is held against the scope %j', (scope, expected) => {
    const known = facts({failure, ...odometer, ...(scope && {scope})});
    expect(neededPermission(known)).toEqual([expect.stringMatching(expected)]);
  });

  it.each([
    ['a signal', 'GET', `${V3}/vehicles/${CAR}/signals/charge-voltage`, /`read_charge`/],
    ['a list of signals', 'GET', `${V3}/vehicles/${CAR}/signals`, /outside the plan/],
    ['a batch', 'POST', `${V2}/vehicles/${CAR}/batch`, /Each path of a batch/],
    ['a stranger', 'GET', `${V2}/vehicles/${CAR}/brand_new`, /\/permissions`/],
  ])('is told of %s', (_, method, url, expected) => {
    expect(neededPermission(facts({failure, ...asked(method, url)}))).toEqual([
      expect.stringMatching(expected),
    ]);
  });

  it.each([
    ['a batch', 'POST /vehicles/{id}/batch', /Each path of a batch/],
    ['signals', 'GET /vehicles/{id}/signals', /outside the plan/],
    ['what only begins like them', 'GET /vehicles/{id}/signalsx', /\/permissions`/],
    ['nothing', undefined, /\/permissions`/],
  ])('is told by the name of the call, where no request is known: %s', (_, operation, expected) => {
    const known = operation === undefined ? {} : {operation};
    expect(neededPermission(facts({failure, ...known}))).toEqual([expect.stringMatching(expected)]);
  });

  it('is told by the path rather than by a name of the caller’s', () => {
    const {request} = asked('POST', `${V2}/vehicles/${CAR}/batch`);
    expect(neededPermission(facts({failure, request: request!, operation: 'nightly'}))).toEqual([
      'Each path of a batch needs its own permission.',
    ]);
  });

  it('is no question where the account at the maker lacks it, nor where the make is in capitals', () => {
    const account = v2Failure('CONNECTED_SERVICES_ACCOUNT', 'PERMISSION', 400);
    expect(neededPermission(facts({failure: account, ...odometer}))).toEqual([]);
    expect(neededPermission(facts({failure, reason: 'make-in-capitals', ...odometer}))).toEqual([]);
  });
});

describe('names of the scope', () => {
  it.each([
    [['read_odomter'], ['`read_odomter` in `connect.scope` is no permission: `read_odometer` is meant.']],
    [['required:read-vin'], ['`read-vin` in `connect.scope` is no permission: `read_vin` is meant.']],
    [['READ_VIN'], ['`READ_VIN` in `connect.scope` is no permission: `read_vin` is meant.']],
    // New names come: one that is like none may be right.
    [['xyz'], []],
    [['read_odometer', 'required:control_security'], []],
    // Two are enough to see what is wrong.
    [
      ['read_odomter', 'read_vni', 'read_fule'],
      [expect.stringContaining('`read_odometer` is'), expect.stringContaining('`read_vin` is')],
    ],
    [['not-required:read_vin'], [expect.stringContaining('`not-required:read_vin`')]],
  ])('%j', (scope, expected) => {
    expect(misspeltScope(facts({failure, scope}))).toEqual(expected);
  });

  it('are known, all of them', () => {
    expect(misspeltScope(facts({failure, scope: PERMISSIONS}))).toEqual([]);
    expect(PERMISSIONS).toHaveLength(29);
  });

  it('are looked at after invalid_scope as well, and after no other answer of a token endpoint', () => {
    const scope = ['read_vni'];
    expect(misspeltScope(facts({failure: {type: 'invalid_scope'}, scope}))).toHaveLength(1);
    expect(misspeltScope(facts({failure: {type: 'invalid_grant'}, scope}))).toEqual([]);
    expect(misspeltScope(facts({reason: 'connect-refused', scope}))).toHaveLength(1);
    expect(misspeltScope(facts({failure: v2Failure('VALIDATION'), scope}))).toEqual([]);
    expect(misspeltScope(facts({failure: {type: 'invalid_scope'}}))).toEqual([]);
  });
});

describe('a make in capitals', () => {
  it.each([
    [
      asked('POST', `${V2}/vehicles/${CAR}/TESLA/charge`),
      `Write the make in lower case: \`${V2}/vehicles/${CAR}/tesla/charge\`.`,
    ],
    [
      {operation: 'POST /vehicles/{id}/TESLA/charge'},
      'Write the make in lower case: `/vehicles/{id}/tesla/charge`.',
    ],
  ])('is shown as it should be written', (known, expected) => {
    expect(makeInCapitals(facts({failure, reason: 'make-in-capitals', ...known}))).toEqual([expected]);
  });

  it('is not shown where nobody knows the path, nor where it is in order', () => {
    expect(makeInCapitals(facts({failure, reason: 'make-in-capitals'}))).toEqual([]);
    const inOrder = asked('POST', `${V2}/vehicles/${CAR}/tesla/charge`);
    expect(makeInCapitals(facts({failure, reason: 'make-in-capitals', ...inOrder}))).toEqual([]);
  });

  it('is nothing to speak of after another reason', () => {
    expect(makeInCapitals(facts({failure, ...asked('POST', `${V2}/vehicles/${CAR}/TESLA/charge`)}))).toEqual(
      [],
    );
  });
});

describe('a simulated vehicle', () => {
  it('is not thought of after another failure', () => {
    expect(simulatedMode(facts({failure: v2Failure('UPSTREAM'), mode: 'test'}))).toEqual([]);
  });

  it.each([
    ['simulated', 1],
    ['test', 1],
    ['live', 0],
  ])('is thought of in mode %s', (mode, count) => {
    expect(simulatedMode(facts({failure, mode}))).toHaveLength(count);
  });
});
