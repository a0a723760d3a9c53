import {ACCOUNT, fail, owner, passing, refresh, retry, rows, type Row} from './row.ts';

/** Rows for a known type with an unknown code. */
export const byType: readonly Row[] = [
  rows('any', 'AUTHENTICATION', '*', 401, refresh('user')),
  rows('any', 'AUTHENTICATION', '*', 403, fail('developer')),
  rows('any', 'PERMISSION', '*', 403, owner('permission')),
  rows('any', 'VALIDATION', '*', 400, fail('developer')),
  rows('any', 'RESOURCE_NOT_FOUND', '*', 404, fail('developer')),
  rows('any', 'BILLING', '*', 430, fail('support', 'vehicle')),
  rows('any', 'COMPATIBILITY', '*', 501, fail('developer', 'permission')),
  rows('any', ACCOUNT, '*', 400, fail('owner', 'vehicle')),
  rows('any', 'RATE_LIMIT', '*', 429, retry('told', 'vehicle', 'developer')),
  rows('any', 'UPSTREAM', '*', 502, passing),
  rows('any', 'SERVER', '*', 500, passing),
  // An unknown state is not repeated: the documentation names those that pass by themselves.
  rows('any', 'VEHICLE_STATE', '*', 409, fail('owner')),
].flat();

/** Rows for a response whose body has no type, and codes of a request that got no response. */
export const byStatus: readonly Row[] = [
  rows('any', null, null, 400, fail('developer')),
  rows('any', null, null, 401, refresh('user')),
  // As likely a proxy as a permission: no owner is sent away on that.
  rows('any', null, null, 403, fail('developer')),
  rows('any', null, null, 404, fail('developer')),
  rows('any', null, null, 409, fail('owner')),
  rows('any', null, null, 429, retry('told', 'vehicle', 'developer')),
  rows('any', null, null, 430, fail('support', 'vehicle')),
  rows('any', null, null, 501, fail('developer', 'permission')),
  ...[408, 500, 502, 503, 504].map(status => rows('any', null, null, status, passing)),
  rows('3', null, null, 504, passing),
].flat();

const NEVER_MADE = [
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
];
const PERHAPS_SENT = [
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'UND_ERR_SOCKET',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'TimeoutError',
];

export const network: readonly Row[] = [
  rows('network', null, NEVER_MADE, null, retry('backoff', 'call', 'support')),
  rows('network', null, PERHAPS_SENT, null, passing),
].flat();
