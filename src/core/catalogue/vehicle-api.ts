import type {Api} from '../evidence/evidence.ts';
import {ACCOUNT, fail, owner, passing, refresh, retry, rows, type Row} from './row.ts';

const BOTH: readonly Api[] = ['2.0', '3'];
/** https://smartcar.com/docs/errors/api-errors/<type>-errors and its v3 pages; v3's gaps are carried over from v2. */
export const vehicleApi: readonly Row[] = [
  rows('2.0', 'VALIDATION', [null, 'PARAMETER'], 400, fail('developer')),
  rows('3', 'VALIDATION', ['INVALID_INPUT_FORMAT', 'MISSING_PARAMETER'], 400, fail('developer')),
  rows('2.0', 'AUTHENTICATION', null, 401, refresh('user')),
  rows('3', 'AUTHENTICATION', 'UNAUTHORIZED', 401, refresh('application')),
  rows('3', 'AUTHENTICATION', 'ACCESS_DENIED', 403, fail('developer')),
  rows('2.0', 'PERMISSION', null, 403, owner('permission')),
  rows(BOTH, 'RESOURCE_NOT_FOUND', ['PATH', 'VERSION'], 404, fail('developer')),
  rows('3', 'RESOURCE_NOT_FOUND', ['INVALID_PATH', 'SIGNAL_NOT_FOUND'], 404, fail('developer')),
  rows('3', 'RESOURCE_NOT_FOUND', 'VEHICLE_NOT_FOUND', 404, {
    ...fail('developer', 'vehicle'),
    ifPersists: 'support',
  }),
  // The prose of SERVER:INTERNAL says to write to Smartcar, its body says RETRY_LATER: the body wins.
  rows(BOTH, 'SERVER', 'INTERNAL', 500, passing),
  rows(BOTH, 'SERVER', ['RECORD_NOT_FOUND', 'MULTIPLE_RECORDS_FOUND'], 500, fail('support')),
  rows(BOTH, 'BILLING', ['VEHICLE_LIMIT', 'VEHICLE_REQUEST_LIMIT'], 430, fail('support', 'vehicle')),
  rows(BOTH, 'BILLING', 'INVALID_PLAN', 430, fail('support')),
  rows(BOTH, 'BILLING', 'ACCOUNT_SUSPENDED', 430, fail('finance', 'application')),
  rows(BOTH, 'COMPATIBILITY', 'MAKE_NOT_COMPATIBLE', 501, fail('developer', 'vehicle')),
  rows(BOTH, 'COMPATIBILITY', 'PLATFORM_NOT_CAPABLE', 501, owner('permission')),
  rows(BOTH, 'COMPATIBILITY', 'SMARTCAR_NOT_CAPABLE', 501, fail('support', 'permission')),
  rows(BOTH, 'COMPATIBILITY', 'VEHICLE_NOT_CAPABLE', 501, fail('developer', 'permission')),
  rows(BOTH, ACCOUNT, ['ACCOUNT_ISSUE', 'SUBSCRIPTION', 'VEHICLE_MISSING'], 400, fail('owner', 'vehicle')),
  // NO_VEHICLES has a null resolution, yet its prose sends the owner through Connect.
  rows(BOTH, ACCOUNT, ['AUTHENTICATION_FAILED', 'NO_VEHICLES', 'PERMISSION'], 400, owner('vehicle')),
  rows(BOTH, ACCOUNT, 'VIRTUAL_KEY_REQUIRED', 400, fail('owner', 'permission')),
  rows(BOTH, 'RATE_LIMIT', 'SMARTCAR_API', 429, retry('minutes', 'application', 'support')),
  rows(BOTH, 'RATE_LIMIT', 'VEHICLE', 429, retry('told', 'vehicle', 'developer')),
  rows(BOTH, 'UPSTREAM', ['INVALID_DATA', 'KNOWN_ISSUE', 'NO_RESPONSE', 'UNKNOWN_ISSUE'], 502, passing),
  rows(BOTH, 'UPSTREAM', 'RATE_LIMIT', 502, retry('minutes', 'vehicle', 'developer', 'possible')),
].flat();

/** A null resolution says nothing here, so the prose of the page decides: only what passes by itself is repeated. */
export const vehicleState: readonly Row[] = [
  rows(
    BOTH,
    'VEHICLE_STATE',
    ['ASLEEP', 'UNREACHABLE', 'VEHICLE_OFFLINE_FOR_SERVICE'],
    409,
    retry('minutes', 'vehicle', 'owner'),
  ),
  rows('2.0', 'VEHICLE_STATE', 'LOW_BATTERY', 409, retry('minutes', 'vehicle', 'owner')),
  rows(BOTH, 'VEHICLE_STATE', ['IGNITION_ON', 'IN_MOTION'], 409, retry('minutes', 'call', 'owner')),
  rows(BOTH, 'VEHICLE_STATE', 'UNKNOWN', 409, retry('minutes', 'call', 'support')),
  rows(BOTH, 'VEHICLE_STATE', ['CHARGING_IN_PROGRESS', 'FULLY_CHARGED'], 409, fail('nobody')),
  rows(
    BOTH,
    'VEHICLE_STATE',
    ['CHARGING_PLUG_NOT_CONNECTED', 'NOT_CHARGING', 'CHARGE_FAULT'],
    409,
    fail('owner'),
  ),
  rows(BOTH, 'VEHICLE_STATE', ['DOOR_OPEN', 'HOOD_OPEN', 'TRUNK_OPEN'], 409, fail('owner')),
  rows('2.0', 'VEHICLE_STATE', 'CHARGING_PLUG_CONNECTED', 409, fail('owner')),
  rows(BOTH, 'VEHICLE_STATE', 'REMOTE_ACCESS_DISABLED', 409, fail('owner', 'vehicle')),
].flat();
