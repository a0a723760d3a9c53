import {requestFacts, type RequestFacts} from '../../core/endpoints.ts';
import type {PartsKind} from '../../core/parts.ts';
import {wrong} from '../../core/wrong.ts';

/** The part of a path that stands before what is asked for. */
const ROOTS: Readonly<Record<PartsKind, RegExp>> = {
  batch: /^(.*)\/batch\/?$/,
  signals: /^(.*)\/signals(?:\/[^/]*)?\/?$/,
};

/** Stands in for a car that nobody has named: the rest of the path tells enough. */
const SOMEWHERE: Readonly<Record<PartsKind, string>> = {
  batch: '/v2.0/vehicles/unknown',
  signals: '/v3/vehicles/unknown',
};

/** The request that would ask for one part alone. */
export function requestOf(kind: PartsKind, name: string, url: URL | undefined): RequestFacts {
  const root = url && ROOTS[kind].exec(url.pathname)?.[1];
  const below = kind === 'signals' ? `signals/${name}` : name.replace(/^\//, '').replace(/[?#].*$/s, '');
  const facts = requestFacts('GET', `${root ?? SOMEWHERE[kind]}/${below.slice(0, 200)}`);
  if (root !== undefined) return facts;
  const {vehicle: _unknown, ...rest} = facts;
  return rest;
}

/** Where the failed parts of a batch can be asked for. */
export function batchUrl(url: URL | undefined): string {
  return located('batch', url).href;
}

/** Where one signal can be asked for. */
export function signalUrl(url: URL | undefined, code: string): string {
  const {origin, pathname} = located('signals', url);
  return `${origin}${ROOTS.signals.exec(pathname)?.[1]}/signals/${encodeURIComponent(code)}`;
}

function located(kind: PartsKind, url: URL | undefined): URL {
  if (url && ROOTS[kind].test(url.pathname)) return url;
  const example = kind === 'batch' ? '…/v2.0/vehicles/{id}/batch' : '…/v3/vehicles/{id}/signals';
  throw wrong('`url`', `where to ask again, such as ${example}`, url?.pathname);
}

/** @throws `PolicyError` with code `CONFIGURATION` for what is no URL. */
export function checkedUrl(url: string | URL): URL {
  if (URL.canParse(String(url))) return new URL(url);
  throw wrong('`url`', 'a whole URL', url);
}
