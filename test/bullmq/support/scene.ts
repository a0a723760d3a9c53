import {onTestFinished} from 'vitest';
import {
  durableCalls,
  type DurableCalls,
  type DurableCallsOptions,
  type Handlers,
} from '../../../src/bullmq/index.ts';
import {
  createPolicy,
  userTokens,
  type AttemptContext,
  type Policy,
  type PolicyOptions,
} from '../../../src/index.ts';
import {startSimulator, type JournalEntry, type Simulator} from '../../../src/simulator/index.ts';
import {redisClient} from '../../redis/support/redis.ts';
import type {RedisServer} from '../../redis/support/server.ts';

export interface Scene {
  readonly simulator: Simulator;
  readonly policy: Policy;
  readonly vehicle: string;
  /** Of `ada`, her car, and her tokens. */
  readonly about: {readonly user: string; readonly vehicle: string};
  /** Another policy over the same simulator. */
  readonly anotherPolicy: (options?: PolicyOptions) => Promise<Policy>;
  /** Requests to the car, in the order in which they came. */
  readonly requests: () => readonly JournalEntry[];
  readonly get: (path: string) => Send;
  readonly post: (path: string, body: unknown) => Send;
}

type Send = (data: {readonly vehicle: string}, attempt: AttemptContext) => Promise<Response>;

/** A Smartcar with one owner, and a policy that has her tokens. */
export async function scene(options: PolicyOptions = {}): Promise<Scene> {
  const simulator = await startSimulator();
  onTestFinished(() => simulator.close());
  const {vehicles} = simulator.addOwner({id: 'ada'});
  const vehicle = vehicles[0]?.id ?? '';
  const anotherPolicy = async (more: PolicyOptions = {}): Promise<Policy> => {
    const {SMARTCAR_CLIENT_ID: clientId = '', SMARTCAR_CLIENT_SECRET: clientSecret = ''} = simulator.env;
    const auth = userTokens({clientId, clientSecret, redirectUri: 'https://product.example/callback'});
    const policy = createPolicy({auth, origins: simulator.origins, ...options, ...more});
    onTestFinished(() => policy.close());
    await policy.tokens.save('ada', simulator.grant('ada'));
    return policy;
  };
  const car = (id: string, path: string): string => `${simulator.origin}/v2.0/vehicles/${id}/${path}`;
  return {
    simulator,
    policy: await anotherPolicy(),
    vehicle,
    about: {user: 'ada', vehicle},
    anotherPolicy,
    requests: () => simulator.journal.filter(({path}) => path.includes('/vehicles/')),
    get:
      path =>
      (data, {headers, signal}) =>
        fetch(car(data.vehicle, path), {headers, signal}),
    post:
      (path, body) =>
      (data, {headers, signal}) =>
        fetch(car(data.vehicle, path), {
          method: 'POST',
          headers: {...headers, 'content-type': 'application/json'},
          body: JSON.stringify(body),
          signal,
        }),
  };
}

let queues = 0;

/** A queue name of the test's own. */
export const freshQueue = (): string => `queue-${++queues}`;

/** Durable calls that are closed with the test, and what they have told. */
export function durable<const H extends Handlers>(
  server: RedisServer,
  policy: Policy,
  handlers: H,
  options: Partial<DurableCallsOptions<H>> = {},
): {readonly calls: DurableCalls<H>; readonly told: Told} {
  const told: Told = [];
  const calls = durableCalls({
    policy,
    connection: redisClient(server),
    handlers,
    queue: freshQueue(),
    closeTimeoutMs: 2_000,
    ...options,
  });
  for (const event of ['done', 'deferred', 'parked', 'released', 'dead'] as const)
    calls.on(event, ({id}) => told.push([event, id]));
  onTestFinished(() => calls.close());
  return {calls, told};
}

export type Told = (readonly [event: string, id: string])[];

/** What was told of one call. */
export const toldOf = (told: Told, id: string): string[] =>
  told.filter(([, of]) => of === id).map(([event]) => event);
