import {OPERATIONS, SIGNAL_PREFIXES, type RequestFacts} from '../endpoints.ts';
import type {HintFacts} from './facts.ts';

/** What v3 has below a car; all else is of v2.0, and the car itself of both. */
const OF_V3 = /^(commands|signals|charge-schedules)\b/;

type Version = '2.0' | '3';

const BELOW: readonly (readonly [method: string, below: string])[] = [
  ...OPERATIONS,
  'POST webhooks/{id}',
  'DELETE webhooks/{id}',
  'GET signals/{code}',
  'POST charge-schedules/daily',
  'POST charge-schedules/weekly',
  'POST charge-schedules/workweek',
  'DELETE charge-schedules/{id}',
].map(operation => {
  const space = operation.indexOf(' ');
  return [operation.slice(0, space), operation.slice(space + 1)];
});

/** Paths that name no car. */
const BESIDES: Readonly<Record<Version, readonly string[]>> = {
  '2.0': ['GET vehicles', 'GET user', 'GET compatibility', 'GET compatibility/matrix'],
  '3': ['GET connections', 'GET connections/{id}', 'DELETE connections/{id}', 'DELETE users/{id}'],
};

/** Below a car: the paths that this version has for a method. */
export function pathsBelow(version: Version, method: string): readonly string[] {
  return BELOW.filter(
    ([verb, below]) => verb === method && below !== '' && OF_V3.test(below) === (version === '3'),
  ).map(([, below]) => below);
}

/** Every whole path, with `{id}` for the car: `vehicles/{id}/odometer`. */
export function wholePaths(version: Version, method: string): readonly string[] {
  const besides = BESIDES[version].flatMap(operation =>
    operation.startsWith(`${method} `) ? [operation.slice(method.length + 1)] : [],
  );
  return [...besides, ...pathsBelow(version, method).map(below => `vehicles/{id}/${below}`)];
}

/** The methods under which a path below a car is known, of whichever version. */
export function methodsOf(below: string): readonly string[] {
  return [...new Set(BELOW.flatMap(([verb, known]) => (known === below ? [verb] : [])))];
}

/** Which version has this path below a car; nothing where none or both have it. */
export function versionOf(below: string): Version | undefined {
  if (below === '' || methodsOf(templated(below)).length === 0) return undefined;
  return OF_V3.test(below) ? '3' : '2.0';
}

const templated = (below: string): string =>
  below.replace(/signals\/[^/]+/, 'signals/{code}').replace(/webhooks\/[^/]+/, 'webhooks/{id}');

const COMMANDS_IN_V3: ReadonlyMap<string, readonly string[]> = new Map([
  ['security', ['commands/security/lock', 'commands/security/unlock']],
  ['charge', ['commands/charge/start', 'commands/charge/stop']],
  ['charge/limit', ['commands/charge/set-limit']],
  ['navigation/destination', ['commands/navigation/set-destination']],
]);

/** Where v3 has what a path of v2.0 asks for; its signals are found by the permission they share. */
export function inV3(below: string, permission: string | undefined): readonly string[] {
  const commands = COMMANDS_IN_V3.get(below);
  if (commands && permission?.startsWith('control_')) return commands;
  const prefixes = SIGNAL_PREFIXES.filter(([, needed]) => needed === permission);
  return prefixes.map(([prefix]) => `signals/${prefix}-…`);
}

/** A URL in parts. `path` begins with a slash and has no query. */
export interface Address {
  readonly origin: string;
  readonly path: string;
}

export function addressOf({sent}: HintFacts): Address | undefined {
  const parts = /^(https?:\/\/[^/?#]+)([^?#]*)/i.exec(sent?.url ?? '');
  return parts ? {origin: parts[1] ?? '', path: parts[2] || '/'} : undefined;
}

/** The names in the query. */
export function queryNames({sent}: HintFacts): readonly string[] {
  const query = /\?([^#]*)/.exec(sent?.url ?? '')?.[1] ?? '';
  return query.split('&').map(pair => pair.replace(/=.*/s, ''));
}

/** What follows `/vehicles/{id}/` in an operation's name; nothing where it names no car. */
export function belowOf(request: Pick<RequestFacts, 'operation'> | undefined): string | undefined {
  const parts = /^[A-Z]+ \/vehicles\/\{id\}(?:\/(.*))?$/.exec(request?.operation ?? '');
  return parts ? (parts[1] ?? '') : undefined;
}
