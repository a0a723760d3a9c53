import {Redis} from 'ioredis';
import {createPolicy, userTokens, type Policy} from 'smartcar-policy';
import {durableCalls, type CallHandler, type DurableCalls} from 'smartcar-policy/bullmq';
import {redisPorts} from 'smartcar-policy/redis';
import {APPLICATION, LEASE_MS, LOCK_DURATION_MS, type AboutCar, type Read} from './plan.ts';

/** Where the processes meet. `run` stands in the names of all keys. */
export interface Meeting {
  readonly redis: string;
  readonly run: string;
}

const REDIRECT_URI = 'https://product.example/callback';

/** The same in all processes: tokens, gates, episodes and the application's rate are shared through Redis. */
export function fleetPolicy({redis, run}: Meeting): Policy {
  return createPolicy({
    ...redisPorts(new Redis(redis, {lazyConnect: true}), {prefix: run, leaseMs: LEASE_MS}),
    auth: userTokens({redirectUri: REDIRECT_URI}),
    connect: {scope: ['read_odometer', 'read_battery', 'read_location', 'read_security', 'control_security']},
    limits: {application: APPLICATION.policies},
    // Nobody watches a show for minutes.
    backoff: {
      UPSTREAM: {retries: 3, baseDelayMs: 300, maxDelayMs: 2_000},
      VEHICLE_STATE: {delaysMs: [4_000, 4_000]},
    },
  });
}

/** What the fleet is asked. A type, since an interface fits no `Record`. */
export type FleetHandlers = {
  readonly read: CallHandler<Read>;
  readonly lock: CallHandler<AboutCar>;
};

export type FleetCalls = DurableCalls<FleetHandlers>;

/** `sending`: told of each command right before it is sent. */
export function fleetHandlers(sending: (car: AboutCar) => void = () => undefined): FleetHandlers {
  const {SMARTCAR_API_ORIGIN: origin = ''} = process.env;
  const url = (vehicle: string, path: string): string => `${origin}/v2.0/vehicles/${vehicle}/${path}`;
  return {
    read: {
      context: ({user, vehicle, reading}) => ({user, vehicle, operation: reading, idempotent: true}),
      call: ({vehicle, reading}, {headers, signal}) => fetch(url(vehicle, reading), {headers, signal}),
    },
    lock: {
      // Commands would go before all reads; here they stand in line, so that some are left when a worker is killed.
      context: ({user, vehicle}) => ({user, vehicle, priority: 5}),
      call(car, {headers, signal}) {
        sending(car);
        return fetch(url(car.vehicle, 'security'), {
          method: 'POST',
          headers: {...headers, 'content-type': 'application/json'},
          body: JSON.stringify({action: 'LOCK'}),
          signal,
        });
      },
      verifyAfterMs: 2_000,
      async verify({vehicle}, {headers, signal}) {
        const response = await fetch(url(vehicle, 'security'), {headers, signal});
        return response.ok ? ((await response.json()) as {isLocked: boolean}).isLocked : response;
      },
    },
  };
}

export interface Part {
  /** `false`: only adds. @default true */
  readonly work?: boolean;
  /** How often a connection to Redis is tried before what waits for it fails. @default as ioredis */
  readonly patience?: number;
}

export function fleetCalls(
  policy: Policy,
  {redis, run}: Meeting,
  handlers: FleetHandlers,
  {work = true, patience: maxRetriesPerRequest = 20}: Part = {},
): FleetCalls {
  return durableCalls({
    policy,
    connection: new Redis(redis, {lazyConnect: true, maxRetriesPerRequest}),
    handlers,
    work,
    prefix: `{${run}}:calls`,
    lockDurationMs: LOCK_DURATION_MS,
    recheckMs: 5_000,
    roundDelayMs: 1_000,
  });
}
