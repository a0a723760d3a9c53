import {onTestFinished} from 'vitest';
import {createPolicy, userTokens, type Policy, type PolicyOptions} from '../../../src/index.ts';
import {redisPorts, type RedisPortsOptions} from '../../../src/redis/index.ts';
import {startSimulator, type LimitOptions, type Simulator} from '../../../src/simulator/index.ts';
import {redisClient} from './redis.ts';
import type {RedisServer} from './server.ts';

/** A Smartcar, a Redis, and policies that share it as processes would. */
export interface World {
  readonly simulator: Simulator;
  /** Of its keys in Redis. */
  readonly prefix: string;
  readonly cars: readonly string[];
  /** Another member, with connections of its own. */
  readonly policy: (options?: PolicyOptions, ports?: RedisPortsOptions) => Policy;
  readonly url: (car: string, reading?: string) => string;
  /** Requests to one car, oldest first. */
  readonly requests: (car?: string) => Simulator['journal'];
}

let worlds = 0;

export async function world(
  server: RedisServer,
  limits: LimitOptions = {},
  vehicles: number = 2,
): Promise<World> {
  const simulator = await startSimulator({limits, seed: 1});
  onTestFinished(() => simulator.close());
  const {SMARTCAR_CLIENT_ID: clientId = '', SMARTCAR_CLIENT_SECRET: clientSecret = ''} = simulator.env;
  const owner = simulator.addOwner({id: 'ada', vehicles: Array.from({length: vehicles}, () => ({}))});
  const prefix = `world-${++worlds}`;
  const policy = (options: PolicyOptions = {}, ports: RedisPortsOptions = {}): Policy => {
    const made = createPolicy({
      ...redisPorts(redisClient(server), {prefix, timeoutMs: 2_000, ...ports}),
      auth: userTokens({clientId, clientSecret, redirectUri: 'https://example.com/callback'}),
      origins: simulator.origins,
      random: () => 0,
      ...options,
    });
    onTestFinished(() => made.close());
    return made;
  };
  await policy().tokens.save('ada', simulator.grant('ada'));
  return {
    simulator,
    prefix,
    cars: owner.vehicles.map(({id}) => id),
    policy,
    url: (car, reading = 'odometer') => `${simulator.origin}/v2.0/vehicles/${car}/${reading}`,
    requests: car =>
      simulator.journal.filter(
        ({api, vehicle}) => api === '2.0' && vehicle !== undefined && (car === undefined || vehicle === car),
      ),
  };
}
