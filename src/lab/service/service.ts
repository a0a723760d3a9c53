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
  const {api, service: rules, fault} = scenario;
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
    const presented = tokenParameter(arrival.call, 'refresh_token') ?? '';
    const owner = world.tokens.lookUp('refresh', presented)?.family.owner.id;
    const number = owner === undefined ? undefined : garage.carOfOwner(owner);
    const vehicle = number === undefined ? APPLICATION : garage.carId(number);
    // Whoever has left is noticed by it.
    const needed = renewals.asked(vehicle, Date.now(), number !== undefined && garage.isGone(number));
    if (told.isParked(vehicle)) {
      count(Date.now());
      tally.parked += 1;
    } else {
      tally.renewals += 1;
      if (needed) tally.needed += 1;
    }
    const asker = processes;
    await pause(rules.tokenLatencyMs);
    const outcome = arrival.handle();
    const arrives = asker === processes;
    renewals.answered(vehicle, arrives && !isFault(outcome) ? Date.now() + ttlMs : undefined);
    // A token that is spent says nothing of its grant, which may have a newer one.
    if (arrives && isFault(outcome) && world.tokens.lookUp('refresh', presented)?.valid === false)
      told.park(vehicle);
    return arrival.answer(outcome);
  }

  async function car(arrival: Arrival, signal: AbortSignal | null | undefined): Promise<Response> {
    const vehicle = /\/vehicles\/([^/]+)/.exec(arrival.call.path)?.[1] ?? '';
    const parked = note(vehicle);
    underWay += 1;
    await pause(latencyMs(rules.latency, underWay, dice));
    underWay -= 1;
    const make = garage.makeOf(garage.carOf(vehicle));
    const failing = faultNow(rules.faults, make, dice);
    const outcome = failing?.at === 'door' ? {error: failing.error} : carried(arrival, failing);
    const heard = signal?.aborted !== true;
    const refused = isFault(outcome) && isLimit(outcome);
    if (refused && !parked) tally.refused += 1;
    if (!heard && !refused && !parked) tally.unheard += 1;
    if (heard && isFault(outcome)) learn(outcome, vehicle);
    const counted = !isFault(outcome) || !UNCOUNTED.has(outcome.error.split(':', 1)[0] ?? '');
    if (failing?.at !== 'door' && counted) tally.billed += 1;
    return arrival.answer(outcome);
  }

  function count(now: number): void {
    const at = now - START;
    const step = Math.floor(at / stepMs);
    tally.calls += 1;
    tally.callsAt[step] = (tally.callsAt[step] ?? 0) + 1;
    if (fault && at >= fault.from && at < fault.until) tally.callsInFault += 1;
  }

  /** A call to a car has been sent. Returns whether its car was known to wait for somebody else. */
  function note(vehicle: string): boolean {
    const now = Date.now();
    count(now);
    if (told.isEarly([APPLICATION, vehicle], now)) tally.early += 1;
    const parked = told.anyParked && (told.isParked(vehicle) || told.isParked(monthOf(vehicle, now)));
    if (parked) tally.parked += 1;
    return parked;
  }

  /** What comes of it at the car, which may have done what it was told although the answer says otherwise. */
  function carried(arrival: Arrival, failing: Fault | undefined): Outcome {
    const outcome = arrival.handle();
    if (isFault(outcome)) return outcome;
    const done = failing === undefined || dice.share() < (failing.carriedOut ?? 0);
    const job = arrival.call.headers[JOB_HEADER];
    if (done && arrival.command && typeof job === 'string')
      tally.carriedOut.set(job, (tally.carriedOut.get(job) ?? 0) + 1);
    if (failing === undefined) return outcome;
    if (done) outcome.commit?.();
    return {error: failing.error};
  }

  /** What somebody has heard, and knows from now on. */
  function learn(answer: FaultAnswer, vehicle: string): void {
    const {error, retryAfter} = answer;
    const now = Date.now();
    if (isLimit(answer) && retryAfter !== undefined)
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
      renewals.given(garage.carId(number), pair.accessExpiresAt);
      return pair;
    },
    returns(number) {
      told.unpark(garage.carId(number));
      return garage.returns(number);
    },
    tokensEnd() {
      world.tokens.expireAccessTokens();
      renewals.ended(Date.now());
    },
    restarted: () => (processes += 1),
  };
}

const isLimit = ({error}: FaultAnswer): boolean =>
  error.includes('RATE_LIMIT') && !error.startsWith('BILLING');

/** A car's month, as its plan counts them: UTC. */
const monthOf = (vehicle: string, now: number): string =>
  `${new Date(now).toISOString().slice(0, 7)} ${vehicle}`;
