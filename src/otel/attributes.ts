import type {Attributes} from '@opentelemetry/api';
import {compact} from '../core/evidence/safe.ts';
import type {AttemptEnd, TracedCall} from '../ports.ts';
import {isWord, OTHER, templated} from './low-cardinality.ts';

/** Names of attributes. Those of HTTP are the conventions': https://opentelemetry.io/docs/specs/semconv/http/http-spans */
export const ATTRIBUTE = {
  operation: 'smartcar_policy.operation',
  command: 'smartcar_policy.command',
  outcome: 'smartcar_policy.outcome',
  action: 'smartcar_policy.action',
  reason: 'smartcar_policy.reason',
  needs: 'smartcar_policy.needs',
  scope: 'smartcar_policy.scope',
  /** Smartcar's `TYPE:CODE`, or the network's code. */
  failure: 'smartcar_policy.failure',
  attempts: 'smartcar_policy.attempts',
  attempt: 'smartcar_policy.attempt',
  waited: 'smartcar_policy.waited',
  shared: 'smartcar_policy.shared',
  waitFor: 'smartcar_policy.wait.for',
  waitSeconds: 'smartcar_policy.wait.duration',
  delay: 'smartcar_policy.delay',
  retryAt: 'smartcar_policy.retry_at',
  errorType: 'error.type',
  method: 'http.request.method',
  originalMethod: 'http.request.method_original',
  resends: 'http.request.resend_count',
  status: 'http.response.status_code',
  url: 'url.full',
  template: 'url.template',
  address: 'server.address',
  port: 'server.port',
} as const;

/** The same without the members that are `undefined`, which the SDK would keep in a metric. */
export const filled = (attributes: Readonly<Record<string, Attributes[string]>>): Attributes =>
  compact<Attributes>(attributes);

const METHODS: ReadonlySet<string> = new Set(
  'CONNECT DELETE GET HEAD OPTIONS PATCH POST PUT TRACE QUERY'.split(' '),
);

/** `GET /v2.0/vehicles/{id}/odometer`, or the operation's own name. */
export function spanName({request, operation}: TracedCall): string {
  if (!request) return operation === undefined ? 'smartcar call' : templated(operation);
  return `${knownMethod(request.method)} ${templated(request.template)}`;
}

const knownMethod = (method: string): string => (METHODS.has(method) ? method : 'HTTP');

export function callAttributes(call: TracedCall): Attributes {
  const {operation, command} = call;
  return filled({
    [ATTRIBUTE.operation]: operation && templated(operation),
    [ATTRIBUTE.command]: command,
    ...httpAttributes(call),
  });
}

/** Of the request: all but what its query holds, and a name in front of the host. */
export function attemptAttributes(call: TracedCall, attempt: number): Attributes {
  const {operation, request} = call;
  return filled({
    [ATTRIBUTE.operation]: operation && templated(operation),
    ...httpAttributes(call),
    [ATTRIBUTE.url]: request && withoutSecrets(new URL(request.url)),
    [ATTRIBUTE.resends]: attempt > 1 ? attempt - 1 : undefined,
  });
}

function httpAttributes({request}: TracedCall): Record<string, Attributes[string]> {
  if (!request) return {};
  const {method, url, template} = request;
  const {hostname, port, protocol} = new URL(url);
  const known = METHODS.has(method);
  return {
    [ATTRIBUTE.method]: known ? method : '_OTHER',
    [ATTRIBUTE.originalMethod]: known ? undefined : method,
    [ATTRIBUTE.template]: templated(template),
    // Of version 6 without its brackets, which belong to the URL.
    [ATTRIBUTE.address]: hostname.replace(/^\[(.*)\]$/, '$1'),
    [ATTRIBUTE.port]: port === '' ? (protocol === 'http:' ? 80 : 443) : Number(port),
  };
}

/** A query may hold anything: what is known to be the name of a parameter stays, such as `limit`. */
function withoutSecrets({origin, pathname, searchParams}: URL): string {
  const shown = [...searchParams].map(([name, value]) =>
    value !== '' && isWord(name) ? `${name}=REDACTED` : 'REDACTED',
  );
  return `${origin}${pathname}${shown.length > 0 ? `?${[...new Set(shown)].join('&')}` : ''}`;
}

export function endAttributes({status, failure}: AttemptEnd): Attributes {
  return filled({
    [ATTRIBUTE.status]: status,
    [ATTRIBUTE.errorType]: failure && errorType({...(status !== undefined && {status}), ...failure}),
    [ATTRIBUTE.failure]: failure && failureName(failure),
  });
}

/** As the conventions want it: the status where there is one, else what kind of error it was. */
export function errorType(
  failure: {readonly status?: number; readonly code?: string; readonly thrown?: string},
  otherwise: string = OTHER,
): string {
  const {status, code, thrown} = failure;
  if (status !== undefined) return String(status);
  if (code !== undefined && CODE.test(code)) return code;
  return thrown !== undefined && CLASS.test(thrown) ? thrown : otherwise;
}

/** `ECONNRESET`, `AbortError`. What looks like neither may be anything, and has no place in a metric. */
const CODE = /^[A-Z][A-Z_]{1,40}$/;
const CLASS = /^[A-Z][A-Za-z]{1,60}$/;

/** `UPSTREAM:NO_RESPONSE`, `ECONNRESET`. */
export function failureName({
  type,
  code,
}: {
  readonly type?: string;
  readonly code?: string;
}): string | undefined {
  const words = [type, code].filter(word => word !== undefined);
  return words.length === 0 ? undefined : words.join(':');
}
