import {onTestFinished} from 'vitest';
import {
  applicationToken,
  createPolicy,
  userTokens,
  type Policy,
  type PolicyEvents,
  type PolicyOptions,
} from '../../../src/index.ts';
import {redisPorts, type RedisPortsOptions} from '../../../src/redis/index.ts';
import {
  startSimulator,
  type Simulator,
  type SimulatorOptions,
  type TokenOptions,
} from '../../../src/simulator/index.ts';
import {started, type Started} from '../../stores/support/processes.ts';
import type {CallerJob, CallerReport} from './caller.ts';
import {redisClient} from './redis.ts';
import type {RedisServer} from './server.ts';

/** A used refresh token ends the grant, and a refresh ends the old access token. */
export const STRICT: TokenOptions = {graceMs: 0, revokeFamilyOnReuse: true, keepOldAccessTokens: false};

/** Somebody with one car, and a reading of it. */
export interface Owner {
  readonly user: string;
  readonly vehicle: string;
  readonly url: string;
}

export interface Caller extends Omit<Started, 'said'> {
  /** What its calls came to. */
  readonly report: () => Promise<CallerReport>;
  /** All that it says until it ends. */
  readonly lastWords: () => Promise<readonly unknown[]>;
}

/** A Smartcar, a Redis, and policies in this process and in others that share it. */
export interface Scene {
  readonly simulator: Simulator;
  readonly prefix: string;
  readonly policy: (options?: PolicyOptions, ports?: RedisPortsOptions) => Policy;
  /** Another process, ready to make its calls. */
  readonly caller: (
    owner: Owner,
    job?: Partial<CallerJob>,
    env?: Readonly<Record<string, string>>,
  ) => Promise<Caller>;
  readonly owner: () => Owner;
  readonly tokenRequests: (user?: string) => Simulator['journal'];
  /** Requests for one car. */
  readonly requests: (vehicle: string) => Simulator['journal'];
}

let scenes = 0;

export async function scene(
  server: RedisServer,
  options: SimulatorOptions = {},
  version: '2' | '3' = '2',
): Promise<Scene> {
  const simulator = await startSimulator({seed: 1, ...options});
  onTestFinished(() => simulator.close());
  const {SMARTCAR_CLIENT_ID: clientId = '', SMARTCAR_CLIENT_SECRET: clientSecret = ''} = simulator.env;
  const prefix = `scene-${++scenes}`;
  const auth = version === '3' ? applicationToken : userTokens;
  return {
    simulator,
    prefix,
    policy(more = {}, ports = {}) {
      const made = createPolicy({
        ...redisPorts(redisClient(server, {lazyConnect: true}), {prefix, timeoutMs: 2_000, ...ports}),
        auth: auth({clientId, clientSecret}),
        origins: simulator.origins,
        ...more,
      });
      onTestFinished(() => made.close().catch(() => undefined));
      return made;
    },
    async caller({user, url}, more = {}, env = {}) {
      const {ports, ...rest} = more;
      const job: CallerJob = {
        port: server.port,
        version,
        user,
        url,
        calls: 1,
        ...rest,
        ports: {prefix, timeoutMs: 2_000, ...ports},
      };
      const script = '../../redis/support/caller.ts';
      const {said, ...process} = await started(script, [JSON.stringify(job)], {...simulator.env, ...env});
      return {
        ...process,
        report: async () => (await said()) as CallerReport,
        lastWords: () => untilTheEnd(said),
      };
    },
    owner() {
      const {id: user, vehicles} = simulator.addOwner();
      const vehicle = vehicles[0]?.id ?? '';
      const path = version === '3' ? `/v3/vehicles/${vehicle}/signals` : `/v2.0/vehicles/${vehicle}/odometer`;
      return {user, vehicle, url: simulator.origin + path};
    },
    tokenRequests: user =>
      simulator.journal.filter(entry => entry.api === 'oauth' && (user === undefined || entry.user === user)),
    requests: vehicle => simulator.journal.filter(entry => entry.vehicle === vehicle),
  };
}

async function untilTheEnd(said: Started['said']): Promise<readonly unknown[]> {
  const all: unknown[] = [];
  try {
    for (;;) all.push(await said());
  } catch {
    return all;
  }
}

/** Collects one kind of event. */
export function heard<E extends keyof PolicyEvents>(policy: Policy, event: E): readonly PolicyEvents[E][] {
  const all: PolicyEvents[E][] = [];
  policy.on(event, one => void all.push(one));
  return all;
}

/** What became of a call, and how long it took. */
export async function timed(call: Promise<Response>): Promise<{
  readonly ms: number;
  readonly status: number | undefined;
  readonly response: Response | undefined;
  readonly error: unknown;
}> {
  const began = performance.now();
  const [{value: response, reason: error}] = (await Promise.allSettled([call])) as [
    {readonly value?: Response; readonly reason?: unknown},
  ];
  return {ms: performance.now() - began, status: response?.status, response, error};
}
