import {describe, expect, it} from 'vitest';
import {account} from '../../../src/core/hints/account.ts';
import {compatibility} from '../../../src/core/hints/compatibility.ts';
import {connect} from '../../../src/core/hints/connect.ts';
import {oldDialect} from '../../../src/core/hints/unsaid.ts';
import {vehicleState} from '../../../src/core/hints/vehicle-state.ts';
import {asked, CAR, facts, saying, V2, v2Failure, V3} from './facts.ts';

const ACCOUNT = 'CONNECTED_SERVICES_ACCOUNT';

describe('hints about the car and its maker', () => {
  it.each([
    [vehicleState, 'VEHICLE_STATE', 'ASLEEP', /was not sent.*60, 300 and 900 s.*GM/],
    [vehicleState, 'vehicle_state_error', 'VS_006', /was not sent/],
    [vehicleState, 'VEHICLE_STATE', 'NOT_CHARGING', /A normal answer/],
    [vehicleState, 'VEHICLE_STATE', 'DOOR_OPEN', undefined],
    [vehicleState, 'VEHICLE_STATE', undefined, undefined],
    [vehicleState, 'VEHICLE_STATE', 'FULLY_CHARGED', /This is no start of charging/],
    [vehicleState, 'VEHICLE_STATE', 'VS_006', undefined],
    [vehicleState, 'vehicle_state_error', 'VS_000', undefined],
    [vehicleState, 'UPSTREAM', 'ASLEEP', undefined],
    [vehicleState, 'UPSTREAM', 'UNKNOWN', undefined],
    [
      compatibility,
      'COMPATIBILITY',
      'VEHICLE_NOT_CAPABLE',
      /`36ab.*GET \/v2\.0\/compatibility` tells by VIN and `read_tires`/,
    ],
    [compatibility, 'COMPATIBILITY', 'MAKE_NOT_COMPATIBLE', /before an owner is sent to Connect/],
    [compatibility, 'COMPATIBILITY', 'PLATFORM_NOT_CAPABLE', /when the owner connects again/],
    [compatibility, 'COMPATIBILITY', 'SMARTCAR_NOT_CAPABLE', /ask Smartcar when/],
    [compatibility, 'not_capable_error', undefined, /before the first call/],
    [compatibility, 'VEHICLE_STATE', 'MAKE_NOT_COMPATIBLE', undefined],
    [account, ACCOUNT, 'AUTHENTICATION_FAILED', /two cars of one account/],
    [account, 'vehicle_owner_action_required', 'VOA_000', /two cars of one account/],
    [account, ACCOUNT, 'NO_VEHICLES', /added there first/],
    [account, ACCOUNT, 'PERMISSION', /at the maker, not in Connect/],
    [account, ACCOUNT, 'VIRTUAL_KEY_REQUIRED', /Only commands/],
    [account, ACCOUNT, 'ACCOUNT_ISSUE', undefined],
    [account, ACCOUNT, undefined, undefined],
    [account, ACCOUNT, 'VEHICLE_MISSING', /has sold the car/],
    [account, 'PERMISSION', 'PERMISSION', undefined],
    [oldDialect, 'not_capable_error', undefined, /v1\.0/],
    [oldDialect, 'monthly_limit_exceeded', undefined, /v1\.0/],
    [oldDialect, 'vehicle_owner_action_required', undefined, /v1\.0/],
    [oldDialect, 'invalid_grant', undefined, undefined],
    [oldDialect, '_error', undefined, undefined],
    [oldDialect, 'not_capable_error_2', undefined, undefined],
    [oldDialect, 'my monthly_limit_exceeded', undefined, undefined],
    [oldDialect, 'SERVER', 'INTERNAL', undefined],
  ] as const)('%o %s:%s', (hint, type, code, expected) => {
    const endpoint = {permission: 'read_tires', phrase: 'read the tyre pressure of'};
    const hints = hint(facts({failure: v2Failure(type, code), vehicle: CAR, endpoint}));
    expect(hints).toEqual(saying(expected));
  });

  it.each([
    ['configuration_error', 'connect-refused', /redirect URI.*Application ID/],
    ['server_error', 'connect-refused', /episode stays open/],
    ['user_cancelled', 'connect-refused', undefined],
    [undefined, 'connect-refused', undefined],
    ['server_error', 'transient-status', undefined],
  ] as const)('what Connect says: %s with %s', (type, reason, expected) => {
    const hints = connect(facts({reason, failure: type === undefined ? {} : {type}}));
    expect(hints).toEqual(saying(expected));
  });

  it('is of no old dialect where Connect uses a name that v1.0 had too', () => {
    expect(oldDialect(facts({reason: 'connect-refused', failure: {type: 'server_error'}}))).toEqual([]);
    expect(oldDialect(facts())).toEqual([]);
  });

  it('is told of a state where nobody knows what was asked', () => {
    expect(vehicleState(facts({failure: v2Failure('VEHICLE_STATE', 'FULLY_CHARGED')}))).toEqual([]);
    expect(vehicleState(facts({failure: v2Failure('VEHICLE_STATE', 'UNREACHABLE')}))).toHaveLength(1);
  });

  it('names neither a car nor a permission that nobody knows', () => {
    expect(compatibility(facts({failure: v2Failure('COMPATIBILITY', 'VEHICLE_NOT_CAPABLE')}))).toEqual([
      'Remember it for this car and stop asking: `GET /v2.0/compatibility` tells by VIN, before the first call.',
    ]);
  });
});

it.each([
  ['POST', `${V3}/vehicles/${CAR}/commands/charge/start`, 'FULLY_CHARGED', /count it as done/],
  ['POST', `${V3}/vehicles/${CAR}/commands/charge/stop`, 'NOT_CHARGING', /the owner need not act/],
  ['GET', `${V2}/vehicles/${CAR}/odometer`, 'CHARGING_IN_PROGRESS', /This is no start of charging/],
  ['GET', `${V2}/vehicles/${CAR}/charge`, 'NOT_CHARGING', /A normal answer/],
  ['POST', `${V2}/vehicles/${CAR}/charge`, 'NOT_CHARGING', /A normal answer/],
])('what charging has to do with %s %s is told after %s', (method, url, code, expected) => {
  const known = facts({failure: v2Failure('VEHICLE_STATE', code, 409), ...asked(method, url)});
  expect(vehicleState(known)).toEqual([expect.stringMatching(expected)]);
});
