import {rmSync} from 'node:fs';
import {mkdtemp} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {onTestFinished} from 'vitest';
import {
  applicationToken,
  createPolicy,
  sqliteStore,
  userTokens,
  type Policy,
  type PolicyEvents,
  type PolicyOptions,
} from '../../../src/index.ts';
import {startSimulator, type Simulator} from '../../../src/simulator/index.ts';
import {manualClock, type ManualClock} from '../../../src/testing/index.ts';

export const REDIRECT_URI = 'https://product.example/callback';

/** An owner "ada" with two cars before a simulator, whose clock stands still with the policy's. */
export interface World {
  readonly simulator: Simulator;
  readonly clock: ManualClock;
  readonly cars: readonly [string, string];
  /** A policy; each call makes one more, on the same store where the options name one. */
  readonly policyOf: (options?: PolicyOptions) => Made;
}

export interface Made {
  readonly policy: Policy;
  readonly events: readonly (readonly [string, unknown])[];
  /** Reads the odometer of the first car; resolves with the status, or the error. */
  readonly read: (context?: object) => Promise<unknown>;
}

export async function world(version: 'v2' | 'v3' = 'v2'): Promise<World> {
  const clock = manualClock();
  const simulator = await startSimulator({clock, seed: 1});
  onTestFinished(() => simulator.close());
  const {SMARTCAR_CLIENT_ID: clientId = '', SMARTCAR_CLIENT_SECRET: clientSecret = ''} = simulator.env;
  const {vehicles} = simulator.addOwner({id: 'ada', vehicles: [{}, {}]});
  const [first, second] = vehicles.map(({id}) => id);
  const secret = {clientId, clientSecret};
  const url = `${simulator.origin}/v2.0/vehicles/${first}/odometer`;
  return {
    simulator,
    clock,
    cars: [first!, second!],
    policyOf(options = {}) {
      const policy = createPolicy({
        auth:
          version === 'v2' ? userTokens({...secret, redirectUri: REDIRECT_URI}) : applicationToken(secret),
        origins: simulator.origins,
        clock,
        random: () => 0,
        ...options,
        connect: {
          ...(version === 'v3' && {applicationId: 'simulator-application', redirectUri: REDIRECT_URI}),
          ...options.connect,
        },
      });
      onTestFinished(() => policy.close());
      const events: (readonly [string, unknown])[] = [];
      for (const name of ['reauth', 'reauth-resolved', 'refresh'] as const)
        policy.on(name, (event: PolicyEvents[typeof name]) => events.push([name, event]));
      const read = async (context: object = {}): Promise<unknown> => {
        try {
          const response = await policy.fetch({user: 'ada', ...context})(url);
          await response.body?.cancel();
          return response.status;
        } catch (error) {
          return error;
        }
      };
      return {policy, events, read};
    },
  };
}

/** Follows a link as a program does: Connect consents at once, and sends back. */
export async function follow(link: string | undefined, more: Record<string, string> = {}): Promise<Request> {
  const url = new URL(link ?? '');
  for (const [name, value] of Object.entries(more)) url.searchParams.set(name, value);
  const answer = await fetch(url, {redirect: 'manual'});
  return new Request(answer.headers.get('location') ?? '');
}

/** The link of the only open episode. */
export async function openLink({policy}: Made): Promise<string | undefined> {
  const [episode, ...others] = await policy.reauth.list();
  if (!episode || others.length > 0) throw new Error('expected one open episode');
  return episode.connectUrl;
}

/** What a promise rejects with. */
export const rejection = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    value => {
      throw new Error(`expected a rejection, got ${JSON.stringify(value)}`);
    },
    (error: unknown) => error,
  );

export const named = (made: Made, event: string): unknown[] =>
  made.events.filter(([name]) => name === event).map(([, payload]) => payload);

export interface Holding {
  readonly fetch: typeof fetch;
  /** Settles when the first such answer has come. */
  readonly answered: Promise<void>;
  readonly letGo: () => void;
}

/** A fetch that keeps the answers to such requests until it is told to let go of them. */
export function holding(such: (init: RequestInit) => boolean = () => true): Holding {
  const answered = Promise.withResolvers<void>();
  const letGo = Promise.withResolvers<void>();
  const held: typeof fetch = async (url, init = {}) => {
    const answer = await fetch(url, init);
    if (!such(init)) return answer;
    answered.resolve();
    await letGo.promise;
    return answer;
  };
  return {fetch: held, answered: answered.promise, letGo: () => letGo.resolve()};
}

/** The path of a SQLite file that goes with the test. */
export async function databaseFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'smartcar-policy-'));
  onTestFinished(() => rmSync(folder, {recursive: true, force: true}));
  return join(folder, 'smartcar.db');
}

/** A policy that is closed again at once, as by a restart. */
export async function restart(
  on: World,
  path: string,
  act: (made: Made) => Promise<unknown>,
  options: PolicyOptions = {},
): Promise<Made> {
  const made = on.policyOf({...options, store: sqliteStore(path)});
  await act(made);
  await made.policy.close();
  return made;
}
