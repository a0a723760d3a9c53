import type {FieldProblem, Resolution} from '../failure.ts';
import type {Api, Evidence, ReadContext} from './evidence.ts';
import {compact, cut, get, header, isObject, list, parsed, status, text, word} from './safe.ts';

/**
 * Reads a parsed body in any of the dialects Smartcar has spoken: v2 flat, v3 `errors[]`, OAuth, v1, a batch, v3
 * signals, a `VEHICLE_ERROR` webhook. Returns one entry for each error in it, or nothing for a body that
 * reports no error it knows how to read.
 */
export function readBody(body: unknown, context: ReadContext): readonly Evidence[] {
  if (!isObject(body)) return [];
  const errors = list(body, 'errors');
  if (errors) return errors.flatMap(entry => readEntry(entry, context));
  const responses = list(body, 'responses');
  if (responses) return responses.flatMap(item => readBatchItem(item, context));
  if (isBatchItem(body)) return readBatchItem(body, context);
  if (get(body, 'data') !== undefined) return readData(get(body, 'data'), context);
  const signal = signalError(body);
  if (signal) return [entryOf('3-signal', signal, context, {part: true, status: context.status ?? 200})];
  if (word(body, 'type') !== undefined) return readFlat(body, context);
  if (word(body, 'error') !== undefined) return readNamed(body, context);
  return [];
}

/** One member of `errors[]`: v3 names a type, v3's OpenAPI text a lower-case code alone, a webhook a state. */
function readEntry(entry: unknown, context: ReadContext): readonly Evidence[] {
  if (!isObject(entry) || isResolved(entry)) return [];
  const api = word(entry, 'type') === undefined ? '3-openapi' : isWebhook(entry) ? 'webhook-4.0' : '3';
  return [entryOf(api, entry, context)];
}

function isResolved(entry: unknown): boolean {
  return get(entry, 'state') === 'RESOLVED';
}

function isWebhook(entry: unknown): boolean {
  return get(entry, 'state') !== undefined || get(entry, 'signals') !== undefined;
}

function isBatchItem(body: unknown): boolean {
  return typeof get(body, 'path') === 'string' && typeof get(body, 'code') === 'number';
}

function readBatchItem(item: unknown, context: ReadContext): readonly Evidence[] {
  const own = status(item, 'code');
  if (own === undefined || own < 400) return [];
  const outer = compact<ReadContext>({status: own, headers: get(item, 'headers'), api: context.api});
  const body = parsed(get(item, 'body'));
  // A batch is no part of a batch: one that claims to be is not followed.
  const inner = isBatchItem(body) || list(body, 'responses') ? [] : readBody(body, outer);
  const found = inner.length > 0 ? inner : [statusOnly(outer)];
  return found.map(entry => Object.assign({}, entry, {part: true}));
}

function readData(data: unknown, context: ReadContext): readonly Evidence[] {
  const nested = list(data, 'errors');
  if (nested) return nested.flatMap(entry => readEntry(entry, Object.assign({api: 'webhook-4.0'}, context)));
  const signals = Array.isArray(data) ? (list({data}, 'data') ?? []) : [data];
  return signals.flatMap(one => {
    const error = signalError(one);
    return error ? [entryOf('3-signal', error, context, {part: true, status: 200})] : [];
  });
}

function signalError(signal: unknown): unknown {
  const holder = get(signal, 'attributes') ?? signal;
  const state = get(holder, 'status');
  if (!isObject(state) || get(state, 'value') !== 'ERROR') return undefined;
  const error = get(state, 'error');
  return isObject(error) ? error : {};
}

/** v2's flat body; also the official SDK's error, which copies it, and one entry of v3 on its own. */
function readFlat(body: unknown, context: ReadContext): readonly Evidence[] {
  if (isResolved(body)) return [];
  const type = word(body, 'type') ?? '';
  if (/^[a-z_]+$/.test(type)) return readNamed(body, context);
  const v3 = typeof get(body, 'status') === 'string' || get(body, 'links') !== undefined;
  return [entryOf(isWebhook(body) ? 'webhook-4.0' : v3 ? '3' : '2.0', body, context)];
}

const V1_ERRORS = new Set([
  'validation_error',
  'authentication_error',
  'permission_error',
  'resource_not_found_error',
  'vehicle_state_error',
  'rate_limiting_error',
  'monthly_limit_exceeded',
  'server_error',
  'not_capable_error',
  'vehicle_not_capable_error',
  'smartcar_gateway_timeout_error',
  'vehicle_owner_action_required',
]);

/** RFC 6749, sections 4.1.2.1 and 5.2. */
const OAUTH_ERRORS = new Set([
  'invalid_request',
  'invalid_client',
  'invalid_grant',
  'invalid_scope',
  'unauthorized_client',
  'unsupported_grant_type',
  'access_denied',
  'temporarily_unavailable',
]);

/**
 * A lower-case `error` (OAuth, v1, Connect), or the same word where the SDK puts it: in `type`. A proxy's
 * `{"error": "Bad Gateway"}` is none of them: it says no more than its status.
 */
function readNamed(body: unknown, context: ReadContext): readonly Evidence[] {
  const name = word(body, 'error') ?? word(body, 'type') ?? '';
  const api = context.api ?? (V1_ERRORS.has(name) ? '1.0' : OAUTH_ERRORS.has(name) ? 'oauth-v2' : undefined);
  const own = status(body, 'statusCode') ?? context.status;
  if (api === undefined && own === undefined) return [];
  return [
    compact<Evidence>({
      api: api ?? 'any',
      type: api && name,
      code: api && word(body, 'code'),
      status: own,
      retryAfter: header(context.headers, 'retry-after'),
      requestId: requestIdOf(body, context),
      description: text(body, 'error_description') ?? text(body, 'description') ?? text(body, 'message'),
    }),
  ];
}

function entryOf(
  api: Api,
  entry: unknown,
  context: ReadContext,
  over: {readonly part?: boolean; readonly status?: number} = {},
): Evidence {
  return compact<Evidence>({
    api: context.api ?? api,
    part: over.part,
    type: word(entry, 'type'),
    code: word(entry, 'code'),
    status: over.status ?? status(entry, 'statusCode') ?? status(entry, 'status') ?? context.status,
    resolution: resolutionOf(entry),
    retryAfter: header(context.headers, 'retry-after') ?? get(entry, 'retryAfter'),
    requestId: requestIdOf(entry, context),
    description: text(entry, 'description') ?? text(entry, 'detail') ?? text(entry, 'message'),
    suggestedUserMessage: text(entry, 'suggestedUserMessage'),
    detail: detailOf(entry),
  });
}

/** v2's `[{field: ['limit'], message}]`; v3's `detail` is a text. */
function detailOf(entry: unknown): readonly FieldProblem[] | undefined {
  const problems = (list(entry, 'detail') ?? []).slice(0, 20).flatMap(problem => {
    const path = list(problem, 'field')
      ?.filter(part => typeof part === 'string')
      .join('.');
    const field = path ?? word(problem, 'field');
    const message = text(problem, 'message');
    return field === undefined && message === undefined
      ? []
      : [{field: cut(field ?? '', 100), message: message ?? ''}];
  });
  return problems.length > 0 ? problems : undefined;
}

function requestIdOf(entry: unknown, context: ReadContext): string | undefined {
  const sent = header(context.headers, 'sc-request-id');
  return (
    word(entry, 'requestId') ??
    word(get(get(entry, 'meta'), 'debug'), 'requestId') ??
    (typeof sent === 'string' ? cut(sent, 100) : undefined)
  );
}

/** An object, a bare string, null or absent. */
function resolutionOf(entry: unknown): Resolution | undefined {
  const value = get(entry, 'resolution');
  if (typeof value === 'string' && value !== '') return {type: cut(value, 100)};
  if (value === null) return {type: null};
  if (!isObject(value)) return undefined;
  return compact<Resolution>({type: cut(text(value, 'type') ?? '', 100) || null, url: urlOf(value)});
}

function urlOf(resolution: unknown): string | undefined {
  const value = get(resolution, 'url');
  if (typeof value !== 'string' || value.length > 2_000 || !URL.canParse(value)) return undefined;
  // It becomes a link that an owner follows; one with `javascript:` would run where it is shown.
  return /^https?:$/.test(new URL(value).protocol) ? value : undefined;
}

/** Where the body says nothing: HTML of a proxy, an empty body, a shape never seen. */
export function statusOnly(context: ReadContext): Evidence {
  return compact<Evidence>({
    api: context.api ?? 'any',
    status: context.status,
    retryAfter: header(context.headers, 'retry-after'),
    requestId: requestIdOf(undefined, context),
  });
}
