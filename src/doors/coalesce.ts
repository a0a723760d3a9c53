import type {Call, CallContext} from '../engine/call.ts';
import type {Engine} from '../engine/engine.ts';
import {explain, record} from '../engine/explain.ts';
import {endOfShared} from '../engine/tracing.ts';
import {endedBy, likened} from './likeness.ts';
import type {Parts} from './replay.ts';

/** Starts the call that is shared; the signal aborts when everybody who waited for it has gone. `opened` is told which it is. */
export type Start = (signal: AbortSignal | undefined, opened?: (call: Call) => void) => Promise<Response>;

/** Reads in flight, by what makes them identical. */
export type Flights = Map<string, Flight>;

interface Flight {
  /** None where somebody rides who can't leave: then nobody can stop it. */
  readonly controller: AbortController | undefined;
  readonly riders: Set<Rider>;
  call?: Call;
}

interface Rider {
  readonly signal: AbortSignal | undefined;
  readonly arrive: (response: Response) => void;
  readonly fail: (error: unknown) => void;
  /** Stops the rider's signal from being heard. */
  readonly unhear: () => void;
}

const flightsOf = new WeakMap<Engine, WeakMap<typeof fetch, Flights>>();

/** One policy's reads through one `fetch` share; those of another never do. */
export function flightsThrough(engine: Engine, base: typeof fetch): Flights {
  const ofEngine = flightsOf.get(engine) ?? new WeakMap<typeof fetch, Flights>();
  flightsOf.set(engine, ofEngine);
  const flights = ofEngine.get(base) ?? new Map<string, Flight>();
  ofEngine.set(base, flights);
  return flights;
}

/**
 * What makes two reads the same: user, method, URL, headers, and everything that sets how long the call may take.
 * `undefined` for a call that shares with nobody: a command, one with a body, or one that has said so.
 */
export function sharingKey({clock}: Engine, parts: Parts, context: CallContext): string | undefined {
  const {method, headers, body, rest, redirect} = parts;
  if (context.coalesce === false || !(method === 'GET' || /^(get|head)$/i.test(method))) return undefined;
  if (body !== null && body !== undefined) return undefined;
  const options = restKey(rest);
  if (options === undefined) return undefined;
  // The same deadline is the same moment: who comes later may take longer.
  const {deadlineMs} = context;
  const until = deadlineMs === undefined ? '' : Math.ceil(clock.monotonic() + deadlineMs);
  const url = String(parts.url);
  const hash = url.indexOf('#');
  const own = headers === undefined ? '' : JSON.stringify([...headers]);
  return [
    method.toUpperCase(),
    hash < 0 ? url : url.slice(0, hash),
    redirect,
    until,
    own,
    options,
    contextKey(context),
  ].join('\n');
}

/** fetch's other options. `undefined` where nobody can tell whether two are alike: a dispatcher, say. */
function restKey(rest: RequestInit): string | undefined {
  let key = '';
  for (const [name, value] of Object.entries(rest)) {
    if (value === undefined) continue;
    if (typeof value === 'object' || typeof value === 'function') return undefined;
    key += `${name}=${String(value)}&`;
  }
  return key;
}

/** A door's own context is the same object in every call. */
const contextKeys = new WeakMap<CallContext, string>();

function contextKey(context: CallContext): string {
  const known = contextKeys.get(context);
  if (known !== undefined) return known;
  const {user, vehicle, operation, idempotent, priority, maxWaitMs, waitForReauthMs, locale} = context;
  const key = JSON.stringify([
    user,
    vehicle,
    operation,
    idempotent,
    priority,
    String(maxWaitMs),
    String(waitForReauthMs),
    locale,
  ]);
  contextKeys.set(context, key);
  return key;
}

/** Joins the flight under this key, or starts it. A rider's signal ends that rider's wait and no other's. */
export function shared(
  flights: Flights,
  key: string,
  signal: AbortSignal | undefined,
  start: Start,
): Promise<Response> {
  if (signal?.aborted) return Promise.reject(signal.reason);
  const known = flights.get(key);
  const flight: Flight = known ?? {controller: signal && new AbortController(), riders: new Set<Rider>()};
  const outcome = new Promise<Response>((arrive, fail) => board(flights, key, flight, signal, arrive, fail));
  if (known) {
    known.call?.trace?.joined(endOfShared(outcome));
    return outcome;
  }
  flights.set(key, flight);
  const landed = (): readonly Rider[] => {
    if (flights.get(key) === flight) flights.delete(key);
    return [...flight.riders];
  };
  // What throws at once must land, too: else all who come later would board a flight that never does.
  (async () => start(flight.controller?.signal, call => (flight.call = call)))().then(
    response => handOut(response, landed()),
    error => {
      for (const {unhear, fail} of landed()) {
        unhear();
        fail(error);
      }
    },
  );
  return outcome;
}

function board(
  flights: Flights,
  key: string,
  flight: Flight,
  signal: AbortSignal | undefined,
  arrive: Rider['arrive'],
  fail: Rider['fail'],
): void {
  const leave = (): void => {
    flight.riders.delete(rider);
    fail(signal?.reason);
    if (flight.riders.size > 0) return;
    // Whoever comes from now on must not join a flight that is being given up.
    if (flights.get(key) === flight) flights.delete(key);
    flight.controller?.abort(signal?.reason);
  };
  const unhear = (): void => signal?.removeEventListener('abort', leave);
  const rider: Rider = {signal, arrive, fail, unhear};
  flight.riders.add(rider);
  signal?.addEventListener('abort', leave, {once: true});
}

/** One rider gets the response itself, and goes on to stop its body; several get a copy each, read by itself. */
function handOut(response: Response, riders: readonly Rider[]): void {
  const [only, ...others] = riders;
  if (others.length === 0) return only?.arrive(response);
  const explanation = explain(response);
  for (const [index, {signal, arrive, unhear}] of riders.entries()) {
    unhear();
    const copy = copyOf(response, signal, index === riders.length - 1);
    if (explanation) record(copy, explanation);
    arrive(copy);
  }
}

/**
 * The last copy is made of the response itself. A copy's body is cut off, or let go of, by itself. What cannot be
 * copied, from a fetch of another make, is the same for all.
 */
function copyOf(response: Response, signal: AbortSignal | undefined, last: boolean): Response {
  try {
    const {status, statusText, headers} = response;
    const copy = last ? response : response.clone();
    if (!copy.body) return copy;
    return likened(new Response(endedBy(copy.body, signal), {status, statusText, headers}), response);
  } catch {
    return response;
  }
}
