import {onTestFinished} from 'vitest';
import {startSimulator, type Simulator, type SimulatorOptions} from '../../src/simulator/index.ts';
import {
  createPolicy,
  memoryStore,
  type AuthMethod,
  type Policy,
  type PolicyOptions,
} from '../../src/index.ts';
import {isTokenRequest} from '../tokens/support/bench.ts';
import {manualClock, type ManualClock} from '../../src/testing/index.ts';

export interface Sent {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  readonly body: URLSearchParams;
}

export interface Wire {
  readonly simulator: Simulator;
  readonly clock: ManualClock;
  readonly policy: Policy;
  readonly origin: string;
  /** Requests to a token endpoint, as they went out. */
  readonly sent: readonly Sent[];
  readonly tokenRequests: () => Simulator['journal'];
}

/** A policy before a simulator, with an ear on what goes to the token endpoints. */
export async function wire(
  auth: AuthMethod,
  options: {readonly simulator?: SimulatorOptions; readonly policy?: PolicyOptions} = {},
): Promise<Wire> {
  const clock = manualClock();
  const simulator = await startSimulator({clock, ...options.simulator});
  const {origin} = simulator;
  const sent: Sent[] = [];
  const policy = createPolicy({
    auth,
    origins: {api: origin, apiV3: origin, auth: origin, authV3: origin},
    store: memoryStore(),
    clock,
    random: () => 0,
    fetch(url, init) {
      if (isTokenRequest(url)) {
        const {method = 'GET', headers, body} = init ?? {};
        sent.push({
          url: url as string,
          method,
          headers: new Headers(headers),
          body: body as URLSearchParams,
        });
      }
      return fetch(url, init);
    },
    ...options.policy,
  });
  onTestFinished(async () => {
    await policy.close();
    await simulator.close();
  });
  const tokenRequests = (): Simulator['journal'] => simulator.journal.filter(({api}) => api === 'oauth');
  return {simulator, clock, policy, origin, sent, tokenRequests};
}
