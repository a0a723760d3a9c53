import type {Evidence} from '../evidence/evidence.ts';
import {byStatus, byType, network} from './fallbacks.ts';
import {connect, oauth, signals, v1, webhooks} from './other-dialects.ts';
import type {Row} from './row.ts';
import {vehicleApi, vehicleState} from './vehicle-api.ts';

export type {Row} from './row.ts';

/** Every error that is known, in the order of the documentation. */
export const CATALOGUE: readonly Row[] = Object.freeze([
  ...vehicleApi,
  ...vehicleState,
  ...signals,
  ...webhooks,
  ...oauth,
  ...connect,
  ...v1,
  ...byType,
  ...byStatus,
  ...network,
]);

const index = new Map<string, Row>();
for (const row of CATALOGUE) {
  index.set(keyOf(row.api, row.type, row.code), row);
  if (row.status !== null) index.set(keyOf(row.api, row.type, row.code, row.status), row);
}

function keyOf(api: string, type: string | null, code: string | null, status?: number): string {
  return `${api}|${type}|${code}|${status ?? ''}`;
}

function find(api: string, type: string | null, code: string | null, status?: number): Row | undefined {
  return index.get(keyOf(api, type, code, status)) ?? index.get(keyOf(api, type, code));
}

/**
 * The row for a piece of evidence: its own dialect's, else the other vehicle API's (v3 documents only what differs
 * from v2), else the row of its type, else of its status. `undefined` where not even the status is known.
 */
export function lookUp(evidence: Evidence): Row | undefined {
  const {api, type = null, code = null, status} = evidence;
  // A token endpoint that is down or busy is never a reason to send the owner away, whatever its body says.
  if (isOAuth(api) && (isDown(status) || status === 429)) return byStatusOf(api, status);
  if (type === null)
    return (code === null ? undefined : find(api, null, code, status)) ?? byStatusOf(api, status);
  for (const dialect of [api, '2.0', '3', '1.0']) {
    const row = find(dialect, type, code, status);
    if (!row) continue;
    // Another dialect's row says nothing about another status: a 403 of AUTHENTICATION is no expired token.
    const elsewhere = dialect !== api && status !== undefined && row.status !== status;
    return (elsewhere ? index.get(keyOf('any', type, '*', status)) : undefined) ?? row;
  }
  if (isOAuth(api) || api === '1.0') {
    // OAuth answers and v1 names are read by their name alone where the code is new.
    const row = find(api, type, null, status);
    if (row) return row;
  }
  return find('any', type, '*', status) ?? byStatusOf(api, status);
}

function isOAuth(api: string): boolean {
  return api.startsWith('oauth');
}

function isDown(status = 0): boolean {
  return status >= 500 || status === 408;
}

function byStatusOf(api: string, status: number | undefined): Row | undefined {
  if (api === 'network') return find('network', null, 'UND_ERR_SOCKET');
  if (isOAuth(api)) {
    if (status === undefined || isDown(status)) return find(api, null, null, 500);
    if (status === 429) return find('oauth-v2', null, null, 429);
    // RFC 6749 section 5.2 knows 401 for the client alone; another token would be refused as well.
    if (status === 401) return find(api, 'invalid_client', null);
  }
  if (status === undefined || status < 400) return undefined;
  const exact = index.get(keyOf(api, null, null, status)) ?? index.get(keyOf('any', null, null, status));
  return exact ?? index.get(keyOf('any', null, null, status < 500 ? 400 : 500));
}

/** Every key that `backoff` can name: `*`, each type, each `TYPE:CODE`. */
export function backoffKeys(): readonly string[] {
  const keys = new Set(['*']);
  for (const {type, code} of CATALOGUE) {
    if (type === null) continue;
    keys.add(type);
    if (code !== null && code !== '*') keys.add(`${type}:${code}`);
  }
  return [...keys];
}

const DOCS = 'https://smartcar.com/docs';

/**
 * The vendor's page about an error, else the overview of all. Paths as of 2026; the body's own `docURL` has changed too
 * often to be used.
 */
export function docUrl(evidence: Pick<Evidence, 'api' | 'type' | 'status'>): string | undefined {
  const {api, type, status} = evidence;
  // A stranger's error is on no page of Smartcar's.
  if (api === 'any' && type === undefined && status === undefined) return undefined;
  if (api === 'connect') return `${DOCS}/errors/connect-errors`;
  if (api.startsWith('oauth')) return `${DOCS}/guides/error-handling`;
  if (api === 'webhook-4.0') return `${DOCS}/api-reference/webhooks/events/vehicle-error`;
  if (api === '3-signal' || api === '3-openapi') return `${DOCS}/api-reference/get-signal`;
  if (type === undefined || !index.has(keyOf('any', type, '*'))) return `${DOCS}/api-reference/api-errors`;
  const page = `${type.toLowerCase().replaceAll('_', '-')}-errors`;
  const v3 = api === '3' && V3_PAGES.has(type) ? 'v3/' : '';
  return `${DOCS}/errors/api-errors/${v3}${page}`;
}

/** v3 pages that are published; the other types are described on v2's. */
const V3_PAGES = new Set(['AUTHENTICATION', 'UPSTREAM', 'BILLING', 'COMPATIBILITY']);
