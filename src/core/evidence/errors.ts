import type {Evidence, ReadContext} from './evidence.ts';
import {readBody, statusOnly} from './bodies.ts';
import {compact, get, isObject, list, parsed, status, text, word} from './safe.ts';

/**
 * Reads what a client threw: the official SDK's `SmartcarError`, ky's and axios' errors (body in `.data` or
 * `.response.data`), openid-client's errors, and network failures of Node's fetch. Returns nothing for a stranger.
 */
export function readError(error: unknown, context: ReadContext): readonly Evidence[] {
  return (
    readSdkError(error, context) ??
    readOAuthError(error, context) ??
    readHttpError(error, context) ??
    readNetworkError(error, 0, new Set()) ??
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
  const found = known ? readBody(error, from) : [statusOnly(from)];
  return code === 200 ? found.map(entry => partOf(entry)) : found;
}

/** The SDK reports the outer 200; the item's own status is not there, and 200 must not be taken for it. */
function partOf({status: _outer, ...entry}: Evidence): Evidence {
  return {...entry, part: true};
}

/** openid-client's codes for an answer of the token endpoint; its others are mistakes made before any request. */
const ANSWERED = /^OAUTH_(INVALID_RESPONSE|PARSE_ERROR|RESPONSE_IS_NOT_(JSON|CONFORM))$/;

/**
 * openid-client: `ResponseBodyError` holds `error` and `status`; a `WWWAuthenticateChallengeError` its response;
 * a `ClientError` the `Response` in `.cause`, or nothing at all after `OAUTH_TIMEOUT`.
 */
function readOAuthError(error: unknown, context: ReadContext): readonly Evidence[] | undefined {
  const code = word(error, 'code');
  if (code === undefined || !code.startsWith('OAUTH_')) return undefined;
  const api = context.api ?? 'oauth-v2';
  if (code === 'OAUTH_TIMEOUT') return [{api, code: 'TimeoutError'}];
  const response = [get(error, 'response'), get(error, 'cause')].find(
    value => status(value, 'status') !== undefined,
  );
  const from = compact<ReadContext>({
    status: status(error, 'status') ?? status(response, 'status') ?? context.status,
    headers: get(response, 'headers') ?? context.headers,
    api,
  });
  const named = word(error, 'error');
  if (named !== undefined)
    return readBody({error: named, error_description: get(error, 'error_description')}, from);
  if (response === undefined && !ANSWERED.test(code)) return undefined;
  // A 200 that is no token answer is no success: its status says nothing.
  const {status: answered = 0, ...rest} = statusOnly(from);
  return [answered < 400 ? rest : {...rest, status: answered}];
}

function readHttpError(error: unknown, context: ReadContext): readonly Evidence[] | undefined {
  const response = get(error, 'response');
  const code = status(response, 'status');
  if (code === undefined) return undefined;
  const from = compact<ReadContext>({status: code, headers: get(response, 'headers'), api: context.api});
  const body = get(error, 'data') ?? get(response, 'data') ?? get(response, 'body');
  const found = readBody(parsed(body), from);
  return found.length > 0 ? found : [statusOnly(from)];
}

/** Codes of sockets, name look-up and undici. Not every `E…`: ENOENT or EACCES is the caller's own file. */
const NETWORK_CODE =
  /^(ECONN[A-Z]+|EHOST[A-Z]+|ENET[A-Z]+|EAI_[A-Z]+|ENOTFOUND|EPIPE|EPROTO|ETIMEDOUT|UND_ERR_(SOCKET|[A-Z]+_TIMEOUT|RES_[A-Z_]+))$/;
/** What `fetch` says in Node, Chromium, Firefox, Safari, Deno and Bun when no response came. */
const FETCH_MESSAGE =
  /^(fetch failed|terminated|failed to fetch|networkerror when|load failed|network ?error|error sending request|unable to connect)/i;
/**
 * Node's fetch says "fetch failed" of its own rules too; its cause tells them apart: an `Error` without a code, in these
 * words, or one of undici's about the request itself. It would refuse the same again.
 * https://fetch.spec.whatwg.org/#main-fetch
 */
const FETCH_RULE =
  /^(integrity mismatch|bad port|unknown scheme|invalid method|blocked|cors failure|only if cached|unexpected redirect|redirect count exceeded|proxy authentication required|(request mode cannot be|cross origin not allowed|URL scheme must be) .*)$/;
const WRONG_REQUEST = /^UND_ERR_(INVALID_ARG|NOT_SUPPORTED|REQ_[A-Z_]+)$/;
const DEEPEST_CAUSE = 5;
/** Causes that make others as they are read would never come to an end. */
const MOST_LOOKED_AT = 1_000;

/**
 * A code such as ECONNRESET sits at `.cause.code` (fetch), at `.cause.cause.code` (ky), or on the error itself.
 * `seen`: errors that hold each other are looked at once.
 */
function readNetworkError(
  error: unknown,
  depth: number,
  seen: Set<unknown>,
): readonly Evidence[] | undefined {
  if (!isObject(error) || depth > DEEPEST_CAUSE || seen.has(error)) return undefined;
  if (seen.size >= MOST_LOOKED_AT) return undefined;
  seen.add(error);
  const name = get(error, 'name');
  if (name === 'TimeoutError') return [network('TimeoutError', error)];
  // Several addresses were tried: the members know in which phase each failed, the AggregateError doesn't.
  for (const one of list(error, 'errors') ?? []) {
    const found = readNetworkError(one, depth + 1, seen);
    if (found) return found;
  }
  const code = word(error, 'code');
  if (code !== undefined && NETWORK_CODE.test(code)) return [network(code, error)];
  const deeper = readNetworkError(get(error, 'cause'), depth + 1, seen);
  if (deeper) return deeper;
  const said = text(error, 'message');
  const isFetch = name === 'TypeError' || name === 'NetworkError';
  if (!isFetch || said === undefined || !FETCH_MESSAGE.test(said)) return undefined;
  return isRefusal(get(error, 'cause')) ? undefined : [network(undefined, error)];
}

function isRefusal(cause: unknown): boolean {
  const code = word(cause, 'code');
  return code === undefined ? FETCH_RULE.test(text(cause, 'message') ?? '') : WRONG_REQUEST.test(code);
}

function network(code: string | undefined, error: unknown): Evidence {
  // A timeout or reset while the connection was still being made sent nothing.
  const connecting = get(error, 'syscall') === 'connect' && (code === 'ETIMEDOUT' || code === 'ECONNRESET');
  const seen = connecting ? 'UND_ERR_CONNECT_TIMEOUT' : code;
  return compact<Evidence>({api: 'network', code: seen, description: text(error, 'message')});
}
