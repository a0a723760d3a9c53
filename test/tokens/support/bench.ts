import {onTestFinished} from 'vitest';
import {
  createPolicy,
  memoryStore,
  userTokens,
  type Policy,
  type PolicyEvents,
  type PolicyOptions,
  type TokenStore,
} from '../../../src/index.ts';
import {
  startSimulator,
  type Reply,
  type Simulator,
  type TokenOptions,
  type TokenPair,
} from '../../../src/simulator/index.ts';
import {EVENT_NAMES} from '../../../src/engine/events.ts';
import {manualClock, type ManualClock} from '../../../src/testing/index.ts';

/** A used refresh token ends the grant, and a refresh ends the old access token: the strictest reading of OAuth. */
export const STRICT: TokenOptions = {graceMs: 0, revokeFamilyOnReuse: true, keepOldAccessTokens: false};

export interface BenchOptions {
  readonly tokens?: TokenOptions;
  readonly policy?: PolicyOptions;
  readonly latencyMs?: number;
}

/** An owner "ada" with fifty cars and a fresh pair, a policy before a simulator, and one clock that stands still for both. */
export interface Bench {
  readonly simulator: Simulator;
  readonly clock: ManualClock;
  readonly policy: Policy;
  readonly store: TokenStore;
  readonly owner: string;
  readonly vehicle: string;
  readonly pair: TokenPair;
  /** Every event so far, as `[name, event]`. */
  readonly events: readonly (readonly [keyof PolicyEvents, unknown])[];
  /** Reads the odometer; resolves with the status. */
  readonly read: (user?: string) => Promise<number>;
  /** As many reads at once. */
  readonly readMany: (count: number, user?: string) => Promise<number[]>;
  readonly tokenRequests: () => Simulator['journal'];
  readonly reads: () => Simulator['journal'];
  /** Another owner under this key, with an own pair in the store. */
  readonly another: (user: string) => Promise<TokenPair>;
}

export async function bench({
  tokens = {},
  policy: options = {},
  latencyMs = 0,
}: BenchOptions = {}): Promise<Bench> {
  const clock = manualClock();
  const simulator = await startSimulator({clock, tokens, latencyMs});
  const {origin, env} = simulator;
  const store = options.store ?? memoryStore();
  const policy = createPolicy({
    auth: userTokens({clientId: env['SMARTCAR_CLIENT_ID']!, clientSecret: env['SMARTCAR_CLIENT_SECRET']!}),
    origins: simulator.origins,
    clock,
    // No jitter: a retry with backoff goes at once.
    random: () => 0,
    ...options,
    store,
  });
  onTestFinished(async () => {
    await policy.close().catch(() => undefined);
    await simulator.close();
  });
  const events: (readonly [keyof PolicyEvents, unknown])[] = [];
  for (const name of EVENT_NAMES) policy.on(name, event => void events.push([name, event]));
  // A car for each of many calls: those to one car may go one after another.
  const {id: owner, vehicles} = simulator.addOwner({vehicles: Array.from({length: 50}, () => ({}))});
  const vehicle = vehicles[0]?.id ?? '';
  const pair = simulator.grant(owner);
  await policy.tokens.save('ada', pair);
  const cars = new Map([['ada', vehicles.map(({id}) => id)]]);
  let reads = 0;
  const read = async (user = 'ada'): Promise<number> => {
    // Each a URL of its own: identical reads may share one request.
    const theirs = cars.get(user) ?? [];
    const url = `${origin}/v2.0/vehicles/${theirs[++reads % theirs.length]}/odometer?read=${reads}`;
    const response = await policy.fetch({user})(url);
    await response.body?.cancel();
    return response.status;
  };
  return {
    simulator,
    clock,
    policy,
    store,
    owner,
    vehicle,
    pair,
    events,
    read,
    readMany: (count, user) => Promise.all(Array.from({length: count}, () => read(user))),
    tokenRequests: () => simulator.journal.filter(({api}) => api === 'oauth'),
    reads: () => simulator.journal.filter(({api}) => api === '2.0'),
    async another(user) {
      const other = simulator.addOwner({vehicles: Array.from({length: 10}, () => ({}))});
      cars.set(
        user,
        other.vehicles.map(({id}) => id),
      );
      const theirs = simulator.grant(other.id);
      await policy.tokens.save(user, theirs);
      return theirs;
    },
  };
}

export const all = (count: number, status = 200): number[] => Array.from({length: count}, () => status);

/** What a promise rejects with. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('Expected a rejection, and the promise resolved.');
}

/** Whether this is what the policy sends to a token endpoint. */
export const isTokenRequest = (url: Parameters<typeof fetch>[0]): boolean =>
  !(url instanceof Request) && /\/oauth2?\//.test(url.toString());

/** A fetch that holds back requests to the token endpoint until they are let go. */
export interface HeldFetch {
  readonly fetch: typeof fetch;
  /** Resolves when the token endpoint is asked. */
  readonly asked: Promise<void>;
  readonly letGo: () => void;
}

export function heldFetch(): HeldFetch {
  const asked = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  return {
    asked: asked.promise,
    letGo: () => gate.resolve(),
    async fetch(url, init) {
      if (isTokenRequest(url)) {
        asked.resolve();
        await gate.promise;
      }
      return fetch(url, init);
    },
  };
}

/** A reply that comes after so many real milliseconds. */
export function late(delayMs: number, reply: Reply): Reply {
  // oxlint-disable-next-line unicorn/no-thenable -- the script's own word for it
  return {delayMs, then: reply};
}
