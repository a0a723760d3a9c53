import {onTestFinished} from 'vitest';
import {applicationToken, createPolicy, withPolicy} from '../../src/index.ts';
import {leapingClock, originsOf} from '../doors/harness.ts';
import {stage, type Seen, type Stage} from './server.ts';

/** Where a request goes to. */
export interface Place {
  /** Everything that is asked for stands below this URL. */
  readonly at: string;
  /** Another origin, of nobody. */
  readonly elsewhere: string;
  readonly stage: Stage;
}

/** What some code does with `globalThis.fetch`, and what it sees of it. */
export type Behaviour = (place: Place) => Promise<unknown>;

export const PLACES = [
  'an origin of Smartcar’s',
  'an origin of Smartcar’s, with a token of the policy’s',
  'a stranger’s origin',
] as const;
export type PlaceName = (typeof PLACES)[number];

/** What a token of the policy's adds. */
const OURS = new Set(['authorization', 'sc-user-id']);

interface Run {
  readonly saw: unknown;
  readonly sent: readonly Seen[];
}

/**
 * Runs it with the plain fetch, then with the policy's in its place, against the same server: what it saw, and
 * what came over the wire. The policy repeats nothing here: that is what it would change. Without `framing` the
 * length of a body may be told in another way: that of a Request is read before it is sent, so that it can be repeated.
 */
export async function bothWays(
  place: PlaceName,
  behaviour: Behaviour,
  {framing = true}: {readonly framing?: boolean} = {},
): Promise<{readonly plain: Run; readonly policed: Run}> {
  const [here, elsewhere] = await Promise.all([stage(), stage()]);
  onTestFinished(() => Promise.all([here.close(), elsewhere.close()]).then(() => undefined));
  const at = `${here.origin}/v2.0/vehicles/car-1`;
  const run = async (): Promise<Run> => {
    const saw = await behaviour({at, elsewhere: elsewhere.origin, stage: here});
    return {saw, sent: [...here.take(), ...elsewhere.take()].map(one => comparable(place, framing, one))};
  };
  const plain = await run();
  return {plain, policed: await inPlaceOfFetch(here.origin, place, run)};
}

/** Puts `withPolicy(fetch)` in the place of the global fetch for as long as `run` takes. */
async function inPlaceOfFetch<T>(origin: string, place: PlaceName, run: () => Promise<T>): Promise<T> {
  const plain = globalThis.fetch;
  const withToken = place === PLACES[1];
  const policy = createPolicy({
    ...(place !== 'a stranger’s origin' && {origins: originsOf({origin: origin})}),
    ...(withToken && {auth: applicationToken({clientId: 'client', clientSecret: 'secret'})}),
    backoff: {'*': false, UPSTREAM: false, RATE_LIMIT: false, VEHICLE_STATE: false},
    clock: leapingClock(),
  });
  // Also where the test gives up waiting.
  onTestFinished(async () => {
    globalThis.fetch = plain;
    await policy.close();
  });
  globalThis.fetch = withPolicy(plain, policy, withToken ? {user: 'ada'} : {});
  try {
    return await run();
  } finally {
    globalThis.fetch = plain;
  }
}

/** Without the number in it that is another each time. */
const steady = (text: string): string => text.replaceAll(/formdata-undici-\d+/g, 'boundary');

const FRAMES = new Set(['content-length', 'transfer-encoding']);

function comparable(place: PlaceName, framing: boolean, seen: Seen): Seen {
  const headers = Object.entries(seen.headers)
    .filter(([name]) => place !== PLACES[1] || !OURS.has(name))
    .filter(([name]) => framing || !FRAMES.has(name))
    .map(([name, value]) => [name, steady(value)] as const);
  return {...seen, headers: Object.fromEntries(headers), body: steady(seen.body)};
}

/** How a promise ended: its value, or what can be told of an error. */
export async function ending(promise: Promise<unknown>): Promise<unknown> {
  try {
    return {value: await promise};
  } catch (error) {
    return {error: told(error)};
  }
}

function told(error: unknown): unknown {
  if (!(error instanceof Error || error instanceof DOMException)) return error;
  const {name, message, code, cause} = error as Error & {code?: unknown};
  return {
    type: error.constructor.name,
    name,
    message,
    ...(code !== undefined && {code}),
    ...(cause !== undefined && {cause: told(cause)}),
  };
}

/** All that a response says of itself, before its body is read. */
export function face(response: Response): unknown {
  const {status, statusText, ok, type, url, redirected, bodyUsed, headers} = response;
  const rest = [...headers].filter(([name]) => name !== 'date');
  return {status, statusText, ok, type, url, redirected, bodyUsed, hasBody: response.body !== null, rest};
}

/** The name of what was thrown, where fetch's words are its own. */
export async function thrownBy(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: Error) => error.name,
  );
}
