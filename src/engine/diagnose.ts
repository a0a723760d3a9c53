import type {Failure} from '../core/failure.ts';
import type {Origins} from '../ports.ts';
import type {Call} from './call.ts';
import {explain, type Explanation} from './explain.ts';

/** A `fetch` through the policy, with the token of one owner. */
type Ask = (user: string, url: string) => Promise<Response>;

/** Who failed; what a diagnosis has found is kept with it, so that nothing is asked twice. */
interface Note extends Pick<Call, 'user' | 'vehicle'> {
  found?: Promise<readonly string[]>;
}

/** By the explanation, which all share who shared a request. */
const notes = new WeakMap<Explanation, Note>();

export function remember(explanation: Explanation, {user, vehicle}: Call): void {
  notes.set(explanation, {user, vehicle});
}

/**
 * Asks Smartcar about a failure that may mean that the token does not cover the car: one request to `/vehicles` (v2) or
 * `/connections` (v3), more only where an owner has more than 50 cars, and none the second time. Resolves with what it
 * found, in sentences; with nothing where there is nothing to ask.
 */
export function diagnosis(
  origins: Origins,
  version: '2' | '3',
  ask: Ask,
): (subject: unknown) => Promise<readonly string[]> {
  return async (subject: unknown): Promise<readonly string[]> => {
    const explanation = explain(subject);
    const note = explanation && notes.get(explanation);
    if (!note || !mayBeTheWrongCar(explanation.failure)) return [];
    const {user, vehicle} = note;
    if (user === undefined || vehicle === undefined)
      return ['Without `user` and `vehicle` nobody can ask whether the token covers the car.'];
    const look = version === '2' ? covered : connected;
    return (note.found ??= look(origins, ask, user, vehicle).catch((error: unknown) => {
      // What could not be asked may be asked again.
      delete note.found;
      return [error instanceof Error ? error.message : String(error)];
    }));
  };
}

function mayBeTheWrongCar({type, code, status}: Failure): boolean {
  return (
    (type === 'AUTHENTICATION' && (status === 401 || status === 403)) ||
    (type === undefined && status === 401) ||
    code === 'VEHICLE_NOT_FOUND'
  );
}

const PAGE = 50;
/** An owner with more cars is a fleet: the first thousand tell enough. */
const MOST_PAGES = 20;

/** https://smartcar.com/docs/api-reference/all-vehicles */
async function covered(
  origins: Origins,
  ask: Ask,
  user: string,
  vehicle: string,
): Promise<readonly string[]> {
  let seen = 0;
  for (let page = 0; page < MOST_PAGES; page++) {
    const answer = await answered(ask, user, `${origins.api}/v2.0/vehicles?limit=${PAGE}&offset=${seen}`);
    const ids = listOf(answer, 'vehicles');
    if (ids.includes(vehicle)) return [itIsCovered(user, vehicle)];
    seen += ids.length;
    if (ids.length < PAGE) break;
  }
  return [
    `The token of user "${user}" covers ${cars(seen)}, and ${vehicle} is not among them: it belongs to another user, or was disconnected.`,
  ];
}

/** https://smartcar.com/docs/api-reference/get-connections */
async function connected(
  origins: Origins,
  ask: Ask,
  user: string,
  vehicle: string,
): Promise<readonly string[]> {
  const query = new URLSearchParams({'filter[vehicleId]': vehicle});
  const answer = await answered(ask, user, `${origins.apiV3}/v3/connections?${query.toString()}`);
  const here = listOf(answer, 'data').length > 0;
  return [
    here
      ? itIsCovered(user, vehicle)
      : `User "${user}" has no connection to vehicle ${vehicle}: it belongs to another user, or was disconnected.`,
  ];
}

const cars = (count: number): string => (count === 1 ? '1 car' : `${count} cars`);

const itIsCovered = (user: string, vehicle: string): string =>
  `Vehicle ${vehicle} is connected for user "${user}": the token is not the cause.`;

/** @throws an `Error` that says why nobody could be asked */
async function answered(ask: Ask, user: string, url: string): Promise<object> {
  const why = (subject: unknown, otherwise: string): Error =>
    new Error(`Which cars user "${user}" has could not be asked (${explain(subject)?.reason ?? otherwise}).`);
  const response = await ask(user, url).catch((error: unknown) => Promise.reject(why(error, 'no answer')));
  const body: unknown = await response.json().catch(() => undefined);
  if (response.ok && typeof body === 'object' && body !== null) return body;
  throw why(response, `status ${response.status}`);
}

function listOf(body: object, name: string): readonly unknown[] {
  const value = (body as Readonly<Record<string, unknown>>)[name];
  return Array.isArray(value) ? value : [];
}
