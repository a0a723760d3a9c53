import {ACCOUNT, fail, owner, passing, refresh, retry, rows, type Row} from './row.ts';

/** Inside a 200 (https://smartcar.com/docs/api-reference/get-signal): judged for this signal alone. */
export const signals: readonly Row[] = [
  rows('3-signal', ACCOUNT, 'AUTHENTICATION_FAILED', 200, owner('call')),
  rows('3-signal', 'PERMISSION', [null, 'UNKNOWN'], 200, owner('call')),
  rows('3-signal', 'COMPATIBILITY', 'VEHICLE_NOT_CAPABLE', 200, fail('developer')),
  rows('3-signal', 'VEHICLE_STATE', 'NOT_CHARGING', 200, fail('owner')),
  rows('3-signal', 'SignalError', 'SIGNAL_NOT_FOUND', 200, fail('developer')),
  // The OpenAPI text of the same page has another envelope: lower-case codes and no type.
  rows('3-openapi', null, 'bad_request', 400, fail('developer')),
  rows('3-openapi', null, 'unauthorized', 401, refresh('application')),
  rows('3-openapi', null, 'forbidden', 403, fail('developer')),
  rows('3-openapi', null, 'not_found', 404, fail('developer')),
  rows('3-openapi', null, 'internal_error', 500, passing),
].flat();

/** https://smartcar.com/docs/api-reference/webhooks/events/vehicle-error */
export const webhooks: readonly Row[] = [
  rows('webhook-4.0', ACCOUNT, ['ACCOUNT_ISSUE', 'SUBSCRIPTION'], null, fail('owner', 'vehicle')),
  rows('webhook-4.0', ACCOUNT, ['AUTHENTICATION_FAILED', 'PERMISSION'], null, owner('vehicle')),
  rows('webhook-4.0', ACCOUNT, 'VIRTUAL_KEY_REQUIRED', null, fail('owner', 'permission')),
  rows('webhook-4.0', 'VEHICLE_STATE', 'REMOTE_ACCESS_DISABLED', null, fail('owner', 'vehicle')),
  rows('webhook-4.0', 'VEHICLE_STATE', ['ASLEEP', 'UNREACHABLE'], null, retry('minutes', 'vehicle', 'owner')),
  rows('webhook-4.0', 'COMPATIBILITY', 'MAKE_NOT_COMPATIBLE', null, fail('developer')),
  rows(
    'webhook-4.0',
    'COMPATIBILITY',
    ['SMARTCAR_NOT_CAPABLE', 'VEHICLE_NOT_CAPABLE'],
    null,
    fail('support'),
  ),
  rows('webhook-4.0', 'PERMISSION', null, null, owner('permission')),
].flat();

/** RFC 6749 section 5.2, and https://smartcar.com/docs/guides/error-handling for what Smartcar makes of it. */
export const oauth: readonly Row[] = [
  rows('oauth-v2', 'invalid_grant', null, 400, owner('user')),
  rows('oauth-v2', 'invalid_request', null, 400, fail('developer', 'user')),
  rows(['oauth-v2', 'oauth-v3'], 'invalid_client', null, 401, fail('developer', 'application')),
  rows('oauth-v3', 'invalid_request', null, 400, fail('developer', 'application')),
  // 500 stands for 5xx, timeouts and a lost connection. Asking for a v3 token again has no effect on anything.
  rows('oauth-v2', null, null, 500, retry('backoff', 'user', 'support', 'possible')),
  rows('oauth-v2', null, null, 429, retry('told', 'application', 'support')),
  rows('oauth-v3', null, null, 500, retry('backoff', 'application', 'support')),
].flat();

/** `error=` in Connect's redirect (https://smartcar.com/docs/errors/connect-errors): the episode stays open on each. */
export const connect: readonly Row[] = [
  [
    'access_denied',
    'vehicle_incompatible',
    'invalid_subscription',
    'no_vehicles',
    'user_manually_returned_to_application',
    'oem_cancelled_login',
    'user_cancelled',
  ].flatMap(type => rows('connect', type, null, 302, fail('owner', 'vehicle'))),
  rows('connect', 'configuration_error', null, 302, fail('developer', 'vehicle')),
  rows('connect', 'server_error', null, 302, fail('nobody', 'vehicle')),
].flat();

/** Unsupported since January 2023, still worth reading: `error` plays the type. Source: smartcar/node-sdk at 6a35fe9. */
export const v1: readonly Row[] = [
  rows('1.0', 'validation_error', null, 400, fail('developer')),
  rows('1.0', 'authentication_error', null, 401, refresh('user')),
  rows('1.0', 'permission_error', null, 403, owner('permission')),
  rows('1.0', 'resource_not_found_error', null, 404, fail('developer')),
  rows('1.0', 'vehicle_state_error', null, 409, fail('owner')),
  rows('1.0', 'vehicle_state_error', 'VS_006', 409, retry('minutes', 'vehicle', 'owner')),
  rows('1.0', 'rate_limiting_error', null, 429, retry('minutes', 'application', 'support')),
  rows('1.0', 'monthly_limit_exceeded', null, 430, fail('support', 'vehicle')),
  rows('1.0', 'server_error', null, 500, passing),
  rows('1.0', 'not_capable_error', null, 501, fail('developer', 'permission')),
  rows('1.0', 'vehicle_not_capable_error', null, 501, fail('developer', 'permission')),
  rows('1.0', 'smartcar_gateway_timeout_error', null, 504, passing),
  rows('1.0', 'vehicle_owner_action_required', 'VOA_000', null, owner('vehicle')),
  rows('1.0', 'vehicle_owner_action_required', 'VOA_001', null, fail('owner', 'vehicle')),
].flat();
