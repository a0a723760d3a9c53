import {START, pause} from '../time.ts';
import type {Fault, Scenario} from '../scenario.ts';
import {type Garage, createGarage} from './garage.ts';
import {
  type Arrival,
  type FaultAnswer,
  type Outcome,
  createDice,
  isFault,
  smartcarInMemory,
  tokenParameter,
  type World,
} from './smartcar.ts';
import {type Tally, Renewals, Told, emptyTally} from './tally.ts';
import {faultNow, latencyMs} from './weather.ts';

/** Where Smartcar's hosts are in the lab. Nothing is there. */
export const ORIGINS = {
  api: 'https://api.lab.invalid',
  apiV3: 'https://vehicle.lab.invalid',
  auth: 'https://auth.lab.invalid',
  authV3: 'https://iam.lab.invalid',
  connect: 'https://connect.lab.invalid',
  management: 'https://management.lab.invalid',
} as const;

export const CREDENTIALS = {clientId: 'lab', clientSecret: 'lab-secret'} as const;

/** Names the job that a command belongs to, so that one that is carried out twice is seen. */
export const JOB_HEADER = 'lab-job';

/** A Smartcar in memory, in virtual time, with the weather of a scenario. */
export interface LabService {
  readonly fetch: typeof fetch;
  readonly tally: Tally;
  readonly world: World;
  readonly garage: Garage;
  /** The pair that an owner comes with (v2). */
  readonly firstPair: Garage['grant'];
  /** An owner goes through Connect again: what v2 gets of it. */
  readonly returns: Garage['returns'];
  readonly tokensEnd: () => void;
  /** Who asked until now is gone. */
  readonly restarted: () => void;
}

/** Refused before the plan counts a call. */
const UNCOUNTED: ReadonlySet<string> = new Set([
  'AUTHENTICATION',
  'BILLING',
  'RATE_LIMIT',
  'RESOURCE_NOT_FOUND',
  'VALIDATION',
]);
const NEEDS_OWNER = 'CONNECTED_SERVICES_ACCOUNT';
const APPLICATION = 'application';

export function createService(scenario: Scenario, seed: number, stepMs: number): LabService {
  const {api, service: rules} = scenario;
  const options = {
    ...CREDENTIALS,
    seed,
    clock: {now: () => Date.now()},
    limits: rules.limits ?? {},
    tokens: rules.tokens ?? {},
  };
  const {world, receive} = smartcarInMemory(options, ORIGINS);
  const garage = createGarage(world, scenario);
  const tally = emptyTally();
  const dice = createDice(seed, 'weather');
  const renewals = new Renewals();
  const told = new Told();
  const ttlMs = api === 'v2' ? world.tokens.options.accessTtlMs : world.tokens.options.applicationTtlMs;
  let underWay = 0;
  let processes = 1;

  function fetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
    const signal = init?.signal ?? (input instanceof Request ? input.signal : undefined);
    return new Promise((resolve, reject) => {
      // The service goes on, whether or not anybody waits.
      const abort = (): void => reject(signal?.reason as Error);
      if (signal?.aborted === true) return abort();
      signal?.addEventListener('abort', abort, {once: true});
      receive(input, init)
        .then(arrival => (arrival.call.api === 'oauth' ? token(arrival) : car(arrival, signal)))
        .finally(() => signal?.removeEventListener('abort', abort))
        .then(resolve, reject);
    });
  }

  async function token(arrival: Arrival): Promise<Response> {
    const refreshed = world.tokens.lookUp('refresh', tokenParameter(arrival.call, 'refresh_token') ?? '');
    const key = refreshed?.family.owner.id ?? APPLICATION;
    // Whoever has left is noticed by it.
    const gone = refreshed !== undefined && garage.isGone(garage.carOfOwner(key));
    const needed = renewals.asked(key, Date.now()) || gone;
    // For an owner who has to come back first it is neither a refresh nor a call for a reading.
    if (!told.isParked(key)) {
      tally.renewals += 1;
      if (needed) tally.needed += 1;
    }
    const asker = processes;
    await pause(rules.tokenLatencyMs);
    const outcome = arrival.handle();
    const arrives = !isFault(outcome) && asker === processes;
    renewals.answered(key, arrives ? Date.now() + ttlMs : undefined);
    if (isFault(outcome) && outcome.error === 'invalid_grant') told.park(key);
    return arrival.answer(outcome);
  }

  async function car(arrival: Arrival, signal: AbortSignal | null | undefined): Promise<Response> {
    const vehicle = /\/vehicles\/([^/]+)/.exec(arrival.call.path)?.[1] ?? '';
    note(vehicle);
    underWay += 1;
    await pause(latencyMs(rules.latency, underWay, dice));
    underWay -= 1;
    const make = garage.makeOf(garage.carOf(vehicle));
    const fault = faultNow(rules.faults, make, dice);
    const outcome = fault?.at === 'door' ? {error: fault.error} : carried(arrival, fault);
    const heard = signal?.aborted !== true;
    if (!heard) tally.unheard += 1;
    if (isFault(outcome)) learn(outcome, vehicle, heard);
    const counted = !isFault(outcome) || !UNCOUNTED.has(outcome.error.split(':', 1)[0] ?? '');
    if (fault?.at !== 'door' && counted) tally.billed += 1;
    return arrival.answer(outcome);
  }

  function note(vehicle: string): void {
    const now = Date.now();
    const step = Math.floor((now - START) / stepMs);
    tally.calls += 1;
    tally.callsAt[step] = (tally.callsAt[step] ?? 0) + 1;
    if (told.isEarly([APPLICATION, vehicle], now)) tally.early += 1;
    if (told.anyParked && (told.isParked(vehicle) || told.isParked(monthOf(vehicle, now)))) tally.parked += 1;
  }

  /** What comes of it at the car, which may have done what it was told although the answer says otherwise. */
  function carried(arrival: Arrival, fault: Fault | undefined): Outcome {
    const outcome = arrival.handle();
    if (isFault(outcome)) return outcome;
    const done = fault === undefined || dice.share() < (fault.carriedOut ?? 0);
    const job = arrival.call.headers[JOB_HEADER];
    if (done && arrival.command && typeof job === 'string')
      tally.carriedOut.set(job, (tally.carriedOut.get(job) ?? 0) + 1);
    if (fault === undefined) return outcome;
    if (done) outcome.commit?.();
    return {error: fault.error};
  }

  function learn({error, retryAfter}: FaultAnswer, vehicle: string, heard: boolean): void {
    const limited = error.includes('RATE_LIMIT') && !error.startsWith('BILLING');
    if (limited) tally.refused += 1;
    if (!heard) return;
    const now = Date.now();
    if (limited && retryAfter !== undefined)
      told.limit(
        error === 'RATE_LIMIT:SMARTCAR_API' ? APPLICATION : vehicle,
        now + Number(retryAfter) * 1_000,
      );
    if (error.startsWith(NEEDS_OWNER)) told.park(vehicle);
    if (error === 'BILLING:VEHICLE_REQUEST_LIMIT') told.park(monthOf(vehicle, now));
  }

  return {
    fetch,
    tally,
    world,
    garage,
    firstPair(number) {
      const pair = garage.grant(number);
      renewals.given(garage.ownerId(number), pair.accessExpiresAt);
      return pair;
    },
    returns(number) {
      told.unpark(garage.carId(number));
      told.unpark(garage.ownerId(number));
      return garage.returns(number);
    },
    tokensEnd() {
      world.tokens.expireAccessTokens();
      renewals.ended(Date.now());
    },
    restarted: () => (processes += 1),
  };
}

/** A car's month, as its plan counts them: UTC. */
const monthOf = (vehicle: string, now: number): string =>
  `${new Date(now).toISOString().slice(0, 7)} ${vehicle}`;
