import {onTestFinished} from 'vitest';
import {
  applicationToken,
  createPolicy,
  memoryStore,
  userTokens,
  withPolicy,
  type BackoffTable,
  type CallContext,
  type Clock,
  type Policy,
  type PolicyFetch,
  type PolicyOptions,
} from '../../src/index.ts';
import {startSimulator, type JournalEntry, type Simulator} from '../../src/simulator/index.ts';

export type Version = 'v2' | 'v3';

/** A car on the wire, and a policy in front of it. */
export interface World {
  readonly version: Version;
  readonly simulator: Simulator;
  readonly policy: Policy;
  readonly smartcar: PolicyFetch;
  readonly user: string;
  readonly vehicle: string;
  /** Of a reading, and of a command that locks. */
  readonly readPath: string;
  readonly lockPath: string;
  readonly lockBody: string;
  /** Waits that the policy slept through, in milliseconds; none of them took real time. */
  readonly slept: number[];
  readonly url: (path: string) => string;
  /** Requests to the vehicle API, or to the token endpoints. */
  requests(api?: 'vehicles' | 'tokens'): readonly JournalEntry[];
}

/** Every kind of failure is repeated twice, at once. */
export const HASTY: BackoffTable = Object.fromEntries(
  ['*', 'UPSTREAM', 'UPSTREAM:RATE_LIMIT', 'RATE_LIMIT', 'VEHICLE_STATE'].map(key => [
    key,
    {retries: 2, baseDelayMs: 1, maxDelayMs: 1},
  ]),
);

export async function open(version: Version, options: PolicyOptions = {}): Promise<World> {
  const simulator = await simulated();
  const owner = simulator.addOwner({id: 'ada'});
  const vehicle = owner.vehicles[0]?.id ?? '';
  const slept: number[] = [];
  const policy = createPolicy({
    auth: authOf(version, simulator),
    store: memoryStore(),
    origins: originsOf(simulator),
    connect: {applicationId: 'simulator-application', redirectUri: 'https://example.com/back'},
    backoff: HASTY,
    clock: leapingClock(slept),
    ...options,
  });
  onTestFinished(() => policy.close());
  if (version === 'v2') await policy.tokens.save('ada', simulator.grant('ada'));
  const base = version === 'v2' ? `/v2.0/vehicles/${vehicle}` : `/v3/vehicles/${vehicle}`;
  return {
    version,
    simulator,
    policy,
    smartcar: withPolicy(fetch, policy, {user: 'ada'}),
    user: 'ada',
    vehicle,
    readPath: version === 'v2' ? `${base}/odometer` : `${base}/signals/odometer-traveleddistance`,
    lockPath: version === 'v2' ? `${base}/security` : `${base}/commands/security/lock`,
    lockBody: version === 'v2' ? '{"action":"LOCK"}' : '{}',
    slept,
    url: path => simulator.origin + path,
    requests: (api = 'vehicles') =>
      simulator.journal.filter(entry => (entry.api === 'oauth') === (api === 'tokens')),
  };
}

async function simulated(): Promise<Simulator> {
  const simulator = await startSimulator();
  onTestFinished(() => simulator.close());
  return simulator;
}

/** All hosts of Smartcar at one place. */
export function originsOf({origin}: {readonly origin: string}): NonNullable<PolicyOptions['origins']> {
  return {api: origin, apiV3: origin, auth: origin, authV3: origin, connect: origin, management: origin};
}

function authOf(version: Version, {env}: Simulator): NonNullable<PolicyOptions['auth']> {
  const given = {clientId: env['SMARTCAR_CLIENT_ID']!, clientSecret: env['SMARTCAR_CLIENT_SECRET']!};
  return version === 'v2' ? userTokens(given) : applicationToken(given);
}

/** Real time, except that every sleep is over at once and moves the clock on by as much. */
export function leapingClock(slept: number[] = []): Clock & {timer: NonNullable<Clock['timer']>} {
  let ahead = 0;
  return {
    now: () => Date.now() + ahead,
    monotonic: () => performance.now() + ahead,
    timer(ms, callback) {
      const timer = setTimeout(callback, Math.min(ms, 2 ** 31 - 1));
      return () => clearTimeout(timer);
    },
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      ahead += ms;
      slept.push(ms);
      await new Promise(resolve => setImmediate(resolve));
      signal?.throwIfAborted();
    },
  };
}

export interface Ask {
  readonly path: string;
  readonly method?: string;
  readonly body?: string;
  readonly context?: CallContext;
}

/** How a call ended, whichever door it went through. */
export interface Ended {
  /** Of the success, or of the failure that was handed out; absent where no response came. */
  readonly status?: number;
  readonly data?: unknown;
  /** What `explain` is asked about: the `Response`, or what was thrown. */
  readonly subject: unknown;
}

export interface Door {
  readonly name: 'fetch' | 'ky' | 'run';
  call(world: World, ask: Ask): Promise<Ended>;
}

/** The error of some client that throws on every failure, as axios does. */
class ClientError extends Error {
  readonly response: {readonly status: number; readonly headers: Headers; readonly data: string};

  constructor(response: Response, data: string) {
    super(`Request failed with status code ${response.status}`);
    this.response = {status: response.status, headers: response.headers, data};
  }
}

const json = {'content-type': 'application/json'};

export const doors: readonly Door[] = [
  {
    name: 'fetch',
    async call({smartcar, url}, {path, method = 'GET', body, context = {}}) {
      const more = body === undefined ? {} : {body, headers: json};
      try {
        const response = await smartcar(url(path), {method, ...more, policy: context});
        return {status: response.status, data: await read(response), subject: response};
      } catch (error) {
        return failed(error);
      }
    },
  },
  {
    name: 'ky',
    async call({policy, url}, {path, method = 'GET', body, context = {}}) {
      const http = policy.ky({user: 'ada'});
      const more = body === undefined ? {} : {body, headers: json};
      try {
        const response = await http(url(path), {method, ...more, policy: context});
        return {status: response.status, data: await read(response), subject: response};
      } catch (error) {
        return failed(error);
      }
    },
  },
  {
    name: 'run',
    async call({policy, url, vehicle}, {path, method = 'GET', body, context = {}}) {
      try {
        const known = {user: 'ada', vehicle, operation: operationOf(method, path)};
        const [status, value] = await policy.run(
          async ({headers, signal}) => {
            const response = await fetch(url(path), {
              method,
              headers: {...headers, ...(body !== undefined && json)},
              signal,
              ...(body !== undefined && {body}),
            });
            if (!response.ok) throw new ClientError(response, await response.text());
            return [response.status, await read(response)] as const;
          },
          {...known, idempotent: method === 'GET', ...context},
        );
        return {status, data: value, subject: undefined};
      } catch (error) {
        return failed(error);
      }
    },
  },
];

function failed(error: unknown): Ended {
  const status = (error as {response?: {status: number}}).response?.status;
  return {...(status !== undefined && {status}), subject: error};
}

async function read(response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function operationOf(method: string, path: string): string {
  return `${method} ${path.replace(/^\/v[^/]+/, '').replace(/\/vehicles\/[^/]+/, '/vehicles/{id}')}`;
}
