import {endpointNamed, requestFacts, type RequestFacts} from '../core/endpoints.ts';
import type {Origins} from '../ports.ts';

export type {RequestFacts};
export {endpointNamed};

/** How far the policy goes for a URL: `foreign` ones pass through untouched. */
export type Reach = 'vehicle-api' | 'management' | 'foreign';

export function reachOf(origins: Origins, url: URL): Reach {
  const {origin, pathname} = url;
  // On one machine one origin can serve everything: the token endpoint and Connect are not the API.
  if (/^\/oauth2?\//.test(pathname)) return 'foreign';
  if (origin === origins.management && /^\/v[\d.]+\/management\//.test(pathname)) return 'management';
  if (origin === origins.api || origin === origins.apiV3) return 'vehicle-api';
  return origin === origins.management ? 'management' : 'foreign';
}

/** Where a request goes, and what it is about. */
export interface Target {
  readonly reach: Exclude<Reach, 'foreign'>;
  readonly request: RequestFacts;
}

/** Pollers ask the same URLs again and again: as many as this are taken apart only once. */
const MOST_TARGETS = 1_000;

/** Reads methods and URLs, and remembers the latest of them; `undefined` for what is foreign. */
export function targetsOf(origins: Origins): (method: string, input: string | URL) => Target | undefined {
  const known = new Map<string, Map<string, Target>>();
  const read = (method: string, input: string | URL): Target | undefined => {
    const url = typeof input === 'string' ? URL.parse(input) : input;
    const reach = url ? reachOf(origins, url) : 'foreign';
    if (!url || reach === 'foreign') return undefined;
    return {reach, request: requestFacts(method, url.pathname)};
  };
  return (method, input) => {
    // A URL can be changed by its owner; only a text stays what it is.
    if (typeof input !== 'string') return read(method, input);
    const found = known.get(method)?.get(input);
    if (found) return found;
    const target = read(method, input);
    // Nothing is kept of the foreign: a `data:` URL may be megabytes long.
    if (!target) return undefined;
    const ofMethod = known.get(method) ?? new Map<string, Target>();
    if (ofMethod.size >= MOST_TARGETS) ofMethod.clear();
    known.set(method, ofMethod.set(input, target));
    return target;
  };
}

/** v3 answers these without `sc-user-id` with an error only. */
export function needsUserHeader({version, vehicle, operation}: RequestFacts): boolean {
  return (
    Number(version) >= 3 &&
    vehicle !== undefined &&
    /\{id\}\/(signals|commands|charge-schedules)/.test(operation)
  );
}
