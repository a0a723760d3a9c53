/** A failure as the official SDK throws it: the facts stand on the error. */
export function sdkError(statusCode: number, type: string, code: string | null, more: object = {}): Error {
  const error = new Error(`${type}:${code ?? ''}`);
  return Object.assign(error, {name: 'SmartcarError', statusCode, type, code, resolution: null, ...more});
}

const RETRY_LATER = {resolution: {type: 'RETRY_LATER'}};
const REAUTHENTICATE = {resolution: {type: 'REAUTHENTICATE'}};

/** The car's maker did not answer; the server says to come back. */
export const upstream = (): Error => sdkError(502, 'UPSTREAM', 'NO_RESPONSE', RETRY_LATER);
/** The car sleeps: it is left alone for a minute, then for longer. */
export const asleep = (): Error => sdkError(409, 'VEHICLE_STATE', 'ASLEEP');
/** The invoice is open: nothing goes until it is paid. */
export const suspended = (): Error =>
  sdkError(430, 'BILLING', 'ACCOUNT_SUSPENDED', {resolution: {type: 'FINANCE'}});
/** The token was refused. */
export const unauthorized = (): Error => sdkError(401, 'AUTHENTICATION', null);
/** The login at the maker is lost: parks the car. */
export const lostLogin = (): Error =>
  sdkError(400, 'CONNECTED_SERVICES_ACCOUNT', 'AUTHENTICATION_FAILED', REAUTHENTICATE);
/** A permission is missing: parks that permission for that car. */
export const noPermission = (): Error => sdkError(403, 'PERMISSION', null, REAUTHENTICATE);

/** `scope` is `SMARTCAR_API` (the application) or `VEHICLE`; the server tells how many seconds to wait. */
export const rateLimited = (scope: 'SMARTCAR_API' | 'VEHICLE', seconds: number): Error =>
  sdkError(429, 'RATE_LIMIT', scope, {...RETRY_LATER, retryAfter: String(seconds)});

/** The connection broke while an answer was awaited. */
export const dropped = (): Error =>
  new TypeError('fetch failed', {
    cause: Object.assign(new Error('other side closed'), {code: 'UND_ERR_SOCKET'}),
  });

/** No connection came about. */
export const unreachable = (): Error =>
  new TypeError('fetch failed', {cause: Object.assign(new Error('connect'), {code: 'ECONNREFUSED'})});

/** A failure as it comes over the wire. */
export function response(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return Response.json(body, {status, headers});
}

export const rateLimitedResponse = (code: 'SMARTCAR_API' | 'VEHICLE', seconds: number): Response =>
  response(
    429,
    {statusCode: 429, type: 'RATE_LIMIT', code, description: 'slow down', ...RETRY_LATER},
    {'retry-after': String(seconds)},
  );

export const upstreamResponse = (): Response =>
  response(502, {
    statusCode: 502,
    type: 'UPSTREAM',
    code: 'NO_RESPONSE',
    description: 'no answer',
    ...RETRY_LATER,
  });
