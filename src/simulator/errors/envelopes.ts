import type {Call, Fault, Outcome} from '../http/answer.ts';
import {isFault} from '../http/answer.ts';
import {type ErrorRow, findErrorRow, ownerMessage} from './table.ts';

/** An answer ready for the wire. */
export interface Rendered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly type?: string;
  readonly code?: string;
}

const unknownRow: ErrorRow = {
  status: 500,
  resolution: null,
  text: 'An error that the documentation does not list.',
};

/** Writes an outcome in the language of the API that was called. */
export function render(outcome: Outcome, call: Call): Rendered {
  const headers = {'content-type': 'application/json; charset=utf-8', 'sc-request-id': call.requestId};
  if (!isFault(outcome)) {
    const {status, html} = outcome;
    if (html !== undefined) {
      const page = {...headers, 'content-type': 'text/html; charset=utf-8', ...outcome.headers};
      return {status, headers: page, body: html};
    }
    const body = outcome.body === undefined ? undefined : JSON.stringify(outcome.body);
    return {status, headers: {...headers, ...outcome.headers}, body};
  }
  const row = findErrorRow(outcome.error) ?? unknownRow;
  const [type = '', code] = outcome.error.split(':');
  return {
    status: outcome.status ?? row.status,
    headers: {
      ...headers,
      ...(outcome.retryAfter === undefined ? {} : {'retry-after': String(outcome.retryAfter)}),
      ...outcome.headers,
    },
    body: JSON.stringify(envelope(outcome, row, call)),
    type,
    ...(code === undefined ? {} : {code}),
  };
}

function envelope(fault: Fault, row: ErrorRow, call: Call): unknown {
  if (call.api === 'oauth' || call.api === 'connect') return oauthBody(fault, row);
  if (speaksV3(call)) return {errors: [v3Error(fault, row, call.requestId)]};
  return v2Error(fault, call.requestId);
}

/** v3 and whatever comes after it answer with `errors[]`; a host of one version speaks it whatever the path. */
function speaksV3({api, path}: Call): boolean {
  if (api === '2.0') return false;
  return api === '3' || Number(/^\/v(\d{1,3})/.exec(path)?.[1] ?? 2) >= 3;
}

/**
 * The flat body of v2, which is also the body of a failed batch item.
 * @see https://smartcar.com/docs/errors/api-errors
 */
export function v2Error(fault: Fault, requestId: string): Record<string, unknown> {
  const row = findErrorRow(fault.error) ?? unknownRow;
  const [type = '', code = null] = fault.error.split(':');
  const message = ownerMessage(type, row);
  return {
    type,
    code,
    description: fault.description ?? row.text,
    docURL: docUrl(type, code),
    statusCode: fault.status ?? row.status,
    requestId,
    ...resolutionMember(fault, row),
    ...(message === undefined ? {} : {suggestedUserMessage: message}),
    ...(fault.detail === undefined ? {} : {detail: fault.detail}),
  };
}

function v3Error(fault: Fault, row: ErrorRow, requestId: string): Record<string, unknown> {
  const [type = '', code = null] = fault.error.split(':');
  const message = ownerMessage(type, row);
  // Entries of this type carry no resolution: https://smartcar.com/docs/errors/api-errors/v3/authentication-errors
  const bare = type === 'AUTHENTICATION' && fault.resolution === undefined;
  return {
    status: String(fault.status ?? row.status),
    type,
    code,
    title: titleOf(code ?? type),
    detail: fault.description ?? row.text,
    links: {about: docUrl(type, code, 'v3/')},
    ...(bare ? {} : resolutionMember(fault, row)),
    ...(message === undefined ? {} : {suggestedUserMessage: message}),
    meta: {debug: {requestId}},
  };
}

/** The error inside a v3 signal, which arrives in a 200. */
export function signalError(fault: Fault): Record<string, unknown> {
  const row = findErrorRow(fault.error) ?? unknownRow;
  const [type = '', code = null] = fault.error.split(':');
  const text = fault.description ?? row.text;
  return {
    type,
    code,
    title: titleOf(code ?? type),
    detail: text,
    description: text,
    ...resolutionMember(fault, row),
  };
}

function oauthBody(fault: Fault, row: ErrorRow): Record<string, unknown> {
  const error = fault.error.split(':', 1)[0]?.toLowerCase() ?? 'server_error';
  return {error, error_description: fault.description ?? row.text};
}

function resolutionMember(fault: Fault, row: ErrorRow): {resolution?: unknown} {
  if (fault.resolution === 'omit') return {};
  if (fault.resolution !== undefined) return {resolution: fault.resolution};
  return {resolution: {type: row.resolution, ...(row.url === undefined ? {} : {url: row.url})}};
}

function docUrl(type: string, code: string | null, version = ''): string {
  const page = `https://smartcar.com/docs/errors/api-errors/${version}${type.toLowerCase().replaceAll('_', '-')}-errors`;
  return code === null ? page : `${page}#${code.toLowerCase().replaceAll('_', '-')}`;
}

function titleOf(code: string): string {
  return code
    .toLowerCase()
    .replace(/_/g, ' ')
    .replace(/\b[a-z]/g, letter => letter.toUpperCase());
}
