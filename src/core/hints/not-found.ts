import {SIGNAL_PREFIXES} from '../endpoints.ts';
import {aboutOf, isV3} from './about.ts';
import type {Hint, HintFacts} from './facts.ts';
import {meant} from './likeness.ts';
import {addressOf, belowOf, pathsBelow, versionOf, wholePaths} from './paths.ts';
import {quoted} from './wording.ts';

const isNotFound = (facts: HintFacts): boolean => aboutOf(facts) === 'RESOURCE_NOT_FOUND';

/** Slashes, spaces and marks that got into the path. */
export const pathJunk: Hint = facts => {
  const address = addressOf(facts);
  if (!isNotFound(facts) || !address) return [];
  const {origin, path} = address;
  const clean = path
    .replace(/\/{2,}/g, '/')
    .replace(/%20|%09|%0a|%0d/gi, '')
    .replace(/(?:%22|%7d|%5d|%60|[.,;:'")\]}])+(?=\/|$)/gi, '')
    .replace(/(?<=.)\/$/, '');
  if (clean === path) return [];
  const what = path.includes('//')
    ? 'an empty segment'
    : path.endsWith('/')
      ? 'a slash at its end'
      : 'marks that do not belong there';
  return [`The path has ${what}: ${quoted(origin + clean)} is meant.`];
};

/** An id that was never filled in: a name in braces, or what JavaScript writes for nothing. */
const UNFILLED = /^(undefined|null|nan|\[object.*|:.+|\{.*\}|%7b.*%7d|<.*>|%3c.*%3e)$/i;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const VIN = /^[A-HJ-NPR-Z0-9]{17}$/i;

/** What stands where the vehicle's id belongs. */
export const vehicleId: Hint = facts => {
  const id = facts.request?.vehicle ?? facts.vehicle;
  if (!isNotFound(facts) || id === undefined || UUID.test(id)) return [];
  if (UNFILLED.test(id))
    return [`The vehicle's id in the path is ${quoted(id)}: a variable was not filled in.`];
  const list = isV3(facts) ? '`GET /v3/connections`' : '`GET /v2.0/vehicles`';
  return VIN.test(id)
    ? [`${quoted(id)} looks like a VIN; the path takes Smartcar's own id, from ${list}.`]
    : [`${quoted(id)} is no vehicle's id: those are UUIDs, from ${list}.`];
};

/** The nearest path that there is, whole. */
export const nearestPath: Hint = facts => {
  const {request, nearest, failure} = facts;
  if (!isNotFound(facts) || !request || failure.code === 'SIGNAL_NOT_FOUND') return [];
  if (pathJunk(facts).length > 0) return [];
  const version = isV3(facts) ? '3' : '2.0';
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  const below = belowOf(request);
  if (below !== undefined && (versionOf(below) !== undefined || request.endpoint)) return [];
  const parts = below === undefined ? unversioned(request.operation) : ['vehicles', request.vehicle ?? ''];
  const [asked, known] =
    below === undefined
      ? [templated(parts), wholePaths(version, method)]
      : [below, pathsBelow(version, method)];
  const right = meant(asked, known, nearest);
  if (right === undefined) return [];
  const path = below === undefined ? right : `vehicles/{id}/${right}`;
  const filled = path.replace('{id}', () => parts[1] || '{id}');
  const whole = `${method} ${addressOf(facts)?.origin ?? ''}/v${version}/${filled}`;
  return [`The nearest that there is: ${quoted(whole)}.`];
};

/** The segments of a path that names no car; a version without its `v` is none of them. */
function unversioned(operation: string): readonly string[] {
  const parts = operation.slice(operation.indexOf('/') + 1).split('/');
  return /^v?\d[\d.]*$/.test(parts[0] ?? '') ? parts.slice(1) : parts;
}

/** `vehicle/36ab…/odometer` → `vehicle/{id}/odometer`. */
const templated = (parts: readonly string[]): string =>
  parts
    .map((part, index) => ((index === 1 && parts.length > 2) || UUID.test(part) ? '{id}' : part))
    .join('/');

/** Groups of signals without a permission that is known. */
const OTHER_GROUPS = [
  'connectivitystatus',
  'connectivitysoftware',
  'transmission',
  'surveillance',
  'vehicleidentification',
  'wheel',
];
const GROUPS: readonly string[] = [...SIGNAL_PREFIXES.map(([prefix]) => prefix), ...OTHER_GROUPS];

const OF_SOMETHING_ELSE: ReadonlySet<string | undefined> = new Set(['VERSION', 'VEHICLE_NOT_FOUND']);

/** What can be said of a signal's code without a list of all. */
export const signalCode: Hint = facts => {
  const {failure, request, nearest} = facts;
  const below = belowOf(request) ?? '';
  if (OF_SOMETHING_ELSE.has(failure.code)) return [];
  if (!isNotFound(facts) || (failure.code !== 'SIGNAL_NOT_FOUND' && !below.startsWith('signals'))) return [];
  const code = below.startsWith('signals/') ? below.slice('signals/'.length) : '';
  if (code === '') return [failure.code === 'SIGNAL_NOT_FOUND' ? unnamedSignal : unsubscribed];
  if (/[A-Z._\s]/.test(code)) {
    const right = code.replace(/[._\s]+/g, '-').toLowerCase();
    return [
      `Codes of signals are in lower case with one hyphen, group first: ${quoted(right)} rather than ${quoted(code)}.`,
    ];
  }
  const group = code.split('-')[0] ?? '';
  if (GROUPS.some(known => code.startsWith(known))) {
    return [
      `The group ${quoted(group)} is known: either the name behind it is wrong, or this car does not report it; \`/signals\` lists what it has.`,
    ];
  }
  const right = meant(group, GROUPS, nearest);
  return [
    right === undefined
      ? `No group of signals is known that ${quoted(code)} could be of; \`/signals\` lists what the car has.`
      : `No group of signals is called ${quoted(group)}: ${quoted(right)} is meant, perhaps.`,
  ];
};

const unnamedSignal = 'The codes that this car has are listed by `GET /v3/vehicles/{id}/signals`.';
const unsubscribed =
  'v3 reads what webhooks have brought: a car without a webhook subscription may have no signals yet.';

/** A car that v3 does not know, or not for this owner. */
export const unknownVehicle: Hint = ({failure, vehicle, auth}) => {
  if (failure.code !== 'VEHICLE_NOT_FOUND') return [];
  const car = vehicle === undefined ? 'the car' : quoted(vehicle);
  const user = auth?.byPolicy === true ? 'the `user` of the call' : '`sc-user-id`';
  return [
    `See whether \`GET /v3/connections\` lists ${car} for ${user}; if it does, the fault is Smartcar's.`,
  ];
};

/** The path as it was asked for, where nothing is known to be wrong with it. */
export const askedPath: Hint = facts => {
  const {request, failure} = facts;
  if (!isNotFound(facts) || !request || failure.code === 'SIGNAL_NOT_FOUND') return [];
  const address = addressOf(facts);
  return [
    `Asked for was ${quoted(address ? `${request.method} ${address.origin}${address.path}` : request.operation)}.`,
  ];
};
