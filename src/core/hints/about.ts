import type {HintFacts} from './facts.ts';

/** What a failure is about, in the words of v2.0 where those have one, whichever dialect told of it. */
export type About =
  | 'VALIDATION'
  | 'AUTHENTICATION'
  | 'ACCESS_DENIED'
  | 'PERMISSION'
  | 'RESOURCE_NOT_FOUND'
  | 'BILLING'
  | 'RATE_LIMIT'
  | 'UPSTREAM'
  | 'SERVER'
  | 'VEHICLE_STATE'
  | 'COMPATIBILITY'
  | 'ACCOUNT'
  | 'OAUTH'
  | 'CONNECT';

const NAMES: ReadonlyMap<string, About> = new Map<string, About>([
  ['VALIDATION', 'VALIDATION'],
  ['AUTHENTICATION', 'AUTHENTICATION'],
  ['PERMISSION', 'PERMISSION'],
  ['RESOURCE_NOT_FOUND', 'RESOURCE_NOT_FOUND'],
  ['BILLING', 'BILLING'],
  ['RATE_LIMIT', 'RATE_LIMIT'],
  ['UPSTREAM', 'UPSTREAM'],
  ['SERVER', 'SERVER'],
  ['VEHICLE_STATE', 'VEHICLE_STATE'],
  ['COMPATIBILITY', 'COMPATIBILITY'],
  ['CONNECTED_SERVICES_ACCOUNT', 'ACCOUNT'],
  // v1.0
  ['validation_error', 'VALIDATION'],
  ['authentication_error', 'AUTHENTICATION'],
  ['permission_error', 'PERMISSION'],
  ['resource_not_found_error', 'RESOURCE_NOT_FOUND'],
  ['version_not_found_error', 'RESOURCE_NOT_FOUND'],
  ['vehicle_state_error', 'VEHICLE_STATE'],
  ['rate_limiting_error', 'RATE_LIMIT'],
  ['monthly_limit_exceeded', 'BILLING'],
  ['server_error', 'SERVER'],
  ['not_capable_error', 'COMPATIBILITY'],
  ['vehicle_not_capable_error', 'COMPATIBILITY'],
  ['smartcar_gateway_timeout_error', 'UPSTREAM'],
  ['vehicle_owner_action_required', 'ACCOUNT'],
  // RFC 6749
  ['invalid_request', 'OAUTH'],
  ['invalid_client', 'OAUTH'],
  ['invalid_grant', 'OAUTH'],
  ['invalid_scope', 'OAUTH'],
  ['unauthorized_client', 'OAUTH'],
  ['unsupported_grant_type', 'OAUTH'],
]);

/** For bodies without a type; what 403 and 5xx mean then is anybody's guess. */
const STATUSES: ReadonlyMap<number | undefined, About> = new Map<number | undefined, About>([
  [400, 'VALIDATION'],
  [401, 'AUTHENTICATION'],
  [404, 'RESOURCE_NOT_FOUND'],
  [405, 'RESOURCE_NOT_FOUND'],
  [415, 'VALIDATION'],
  [422, 'VALIDATION'],
  [429, 'RATE_LIMIT'],
  [501, 'COMPATIBILITY'],
]);

export function aboutOf({reason, oauth, failure: {type, code, status}}: HintFacts): About | undefined {
  if (reason === 'connect-refused') return 'CONNECT';
  if (oauth === true) return 'OAUTH';
  if (status === 430) return 'BILLING';
  if (code === 'SIGNAL_NOT_FOUND') return 'RESOURCE_NOT_FOUND';
  if (type === undefined && code === 'internal_error') return 'SERVER';
  if (type === undefined) return STATUSES.get(status);
  const about = NAMES.get(type);
  return about === 'AUTHENTICATION' && (status === 403 || code === 'ACCESS_DENIED') ? 'ACCESS_DENIED' : about;
}

/** Whether the call goes to v3, as far as anything tells. */
export function isV3({request, sent, auth}: HintFacts): boolean {
  if (request?.version !== undefined) return Number(request.version) >= 3;
  if (sent?.host === 'apiV3' || sent?.host === 'authV3') return true;
  return sent?.host !== 'api' && sent?.host !== 'auth' && auth?.version === '3';
}
