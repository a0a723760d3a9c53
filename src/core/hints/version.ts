import {aboutOf} from './about.ts';
import type {Hint} from './facts.ts';
import {addressOf, belowOf, inV3, versionOf} from './paths.ts';
import {listed, quoted} from './wording.ts';

const V2 = 'https://api.smartcar.com/v2.0';
const V3 = 'https://vehicle.api.smartcar.com/v3';

/** The path's first segment, written as it should be: `v1.0`, `v2`, `2.0` → `v2.0`; `v3.0`, `3` → `v3`. */
function rightVersion(segment: string): string | undefined {
  const number = /^v?([1-3])(?:\.\d+)?$/i.exec(segment)?.[1];
  if (number === undefined) return undefined;
  const right = number === '3' ? 'v3' : 'v2.0';
  return right === segment ? undefined : right;
}

/** The version as it stands in the path. */
export const writtenVersion: Hint = facts => {
  const {request, failure} = facts;
  if (aboutOf(facts) !== 'RESOURCE_NOT_FOUND') return [];
  const address = addressOf(facts);
  const segment = address
    ? (address.path.split('/')[1] ?? '')
    : request?.version
      ? `v${request.version}`
      : '';
  const right = rightVersion(segment);
  if (right !== undefined) {
    const whole = address && `${address.origin}/${right}${address.path.slice(segment.length + 1)}`;
    return whole
      ? [`${quoted(segment)} is no version of the API: write ${quoted(whole)}.`]
      : [`${quoted(segment)} is no version of the API: ${quoted(right)} is.`];
  }
  if (failure.code === 'VERSION' || failure.type === 'version_not_found_error')
    return [`The versions are ${quoted(V2)} and ${quoted(V3)}.`];
  const unversioned = address && /^(vehicles|user|connections|compatibility)$/.test(segment);
  return unversioned
    ? [`The path lacks its version: ${quoted(`/v2.0${address.path}`)} or ${quoted(`/v3${address.path}`)}.`]
    : [];
};

/** A path of one API on the other's host, or under the other's version. */
export const wrongApi: Hint = facts => {
  const {request, sent} = facts;
  if (aboutOf(facts) !== 'RESOURCE_NOT_FOUND') return [];
  const host = sent?.host;
  if (host === 'api' && addressOf(facts)?.path.startsWith('/management/'))
    return ['The management API has a host of its own: `https://management.smartcar.com/v2.0`.'];
  if (request?.version === undefined) return [];
  const {version} = request;
  const isOfV3 = Number(version) >= 3;
  if (host === 'apiV3' && !isOfV3)
    return [`The path is of v${version}, the host is v3's: v2.0 is at ${quoted(V2)}.`];
  if (host === 'api' && isOfV3)
    return [`The path is of v${version}, the host is v2's: v3 is at ${quoted(V3)}.`];
  const below = belowOf(request) ?? '';
  const own = versionOf(below);
  if (isOfV3 && own === '2.0') return [inV3Instead(below, (facts.endpoint ?? request.endpoint)?.permission)];
  return !isOfV3 && own === '3'
    ? [`${quoted(`/${below}`)} is a path of v3: ${quoted(`${V3}/vehicles/{id}/${below}`)}.`]
    : [];
};

function inV3Instead(below: string, permission: string | undefined): string {
  const there = inV3(below, permission).map(path => `/v3/vehicles/{id}/${path}`);
  const instead =
    there.length > 0 ? `v3 has ${listed(there, 'or')}` : 'v3 reads signals, `/v3/vehicles/{id}/signals`';
  return `${quoted(`/${below}`)} is a path of v2.0; ${instead}.`;
}
