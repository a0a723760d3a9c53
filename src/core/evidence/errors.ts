import type {Evidence, ReadContext} from './evidence.ts';
import {readBody, statusOnly} from './bodies.ts';
import {compact, get, isObject, list, status, text, word} from './safe.ts';

/**
 * Reads what a client threw: the official SDK's `SmartcarError`, ky's and axios' errors (body in `.data` or
 * `.response.data`), openid-client's errors, and network failures of Node's fetch. Returns nothing for a stranger.
 */
export function readError(error: unknown, context: ReadContext): readonly Evidence[] {
  return (
    readSdkError(error, context) ??
    readOAuthError(error, context) ??
    readHttpError(error, context) ??
    readNetworkError(error, 0) ??
    []
  );
}

/**
 * The SDK turns every v3 `errors[]` body into `type: "SDK_ERROR"` and drops what it said: that is no type, so only
 * status, `retryAfter` and request id are left. A failing batch path comes with the outer 200.
 */
function readSdkError(error: unknown, context: ReadContext): readonly Evidence[] | undefined {
  const code = status(error, 'statusCode');
  if (code === undefined && get(error, 'name') !== 'SmartcarError') return undefined;
  const known = word(error, 'type') !== undefined && get(error, 'type') !== 'SDK_ERROR';
  const from = compact<ReadContext>({
    status: code ?? context.status,
    headers: compact({'retry-after': get(error, 'retryAfter'), 'sc-request-id': word(error, 'requestId')}),
    api: context.api,
  });
  if (!known) return [statusOnly(from)];
  const found = readBody(error, from);
  return code === 200 ? found.map(entry => partOf(entry)) : found;
}

/** The SDK reports the outer 200; the item's own status is not there, and 200 must not be taken for it. */
function partOf({status: _outer, ...entry}: Evidence): Evidence {
  return {...entry, part: true};
}

/**
 * openid-client: `ResponseBodyError` holds `error` and `status`; a `WWWAuthenticateChallengeError` its response;
 * a `ClientError` the `Response` in `.cause`, or nothing at all after `OAUTH_TIMEOUT`.
 */
function readOAuthError(error: unknown, context: ReadContext): readonly Evidence[] | undefined {
  const code = word(error, 'code');
  if (code === undefined || !code.startsWith('OAUTH_')) return undefined;
  const api = context.api ?? 'oauth-v2';
  if (code === 'OAUTH_TIMEOUT') return [{api, code: 'TimeoutError'}];
  const response = [get(error, 'response'), get(error, 'cause'), get(get(error, 'cause'), 'response')].find(
    value => status(value, 'status') !== undefined,
  );
  const from = compact<ReadContext>({
    status: status(error, 'status') ?? status(response, 'status') ?? context.status,
    headers: get(response, 'headers') ?? context.headers,
    api,
  });
  const named = word(error, 'error') === undefined ? [] : readBody(error, from);
  if (named.length > 0) return named;
  // A 200 that is no token answer: the request may have been acted on, which only a repeat can tell.
  const {status: answered, ...rest} = statusOnly(from);
  return [Object.assign(rest, {status: answered !== undefined && answered >= 400 ? answered : 500})];
}

function readHttpError(error: unknown, context: ReadContext): readonly Evidence[] | undefined {
  const response = get(error, 'response');
  const code = status(response, 'status');
  if (code === undefined) return undefined;
  const from = compact<ReadContext>({status: code, headers: get(response, 'headers'), api: context.api});
  const body = get(error, 'data') ?? get(response, 'data') ?? get(response, 'body');
  const found = readBody(body, from);
  return found.length > 0 ? found : [statusOnly(from)];
}

const NETWORK_CODE = /^(E[A-Z_]+|UND_ERR_[A-Z_]+)$/;
/** What `fetch` says in Node, Chromium, Firefox, Safari, Deno and Bun when no response came. */
const FETCH_MESSAGE =
  /^(fetch failed|terminated|failed to fetch|networkerror when|load failed|network ?error|error sending request|unable to connect)/i;
const DEEPEST_CAUSE = 5;

/** A code such as ECONNRESET sits at `.cause.code` (fetch), at `.cause.cause.code` (ky), or on the error itself. */
function readNetworkError(error: unknown, depth: number): readonly Evidence[] | undefined {
  if (!isObject(error) || depth > DEEPEST_CAUSE) return undefined;
  const name = get(error, 'name');
  if (name === 'TimeoutError') return [network('TimeoutError', error)];
  // Several addresses were tried: the members know in which phase each failed, the AggregateError doesn't.
  const several = list(error, 'errors')?.flatMap(one => readNetworkError(one, depth + 1) ?? []);
  if (several?.[0]) return [several[0]];
  const code = word(error, 'code');
  if (code !== undefined && NETWORK_CODE.test(code) && !code.startsWith('ERR_'))
    return [network(code, error)];
  const deeper = readNetworkError(get(error, 'cause'), depth + 1);
  if (deeper) return deeper;
  const said = text(error, 'message');
  const isFetch = name === 'TypeError' || name === 'NetworkError';
  return isFetch && said !== undefined && FETCH_MESSAGE.test(said) ? [network(undefined, error)] : undefined;
}

function network(code: string | undefined, error: unknown): Evidence {
  // A timeout or reset while the connection was still being made sent nothing.
  const connecting = get(error, 'syscall') === 'connect' && (code === 'ETIMEDOUT' || code === 'ECONNRESET');
  const seen = connecting ? 'UND_ERR_CONNECT_TIMEOUT' : code;
  return compact<Evidence>({api: 'network', code: seen, description: text(error, 'message')});
}
