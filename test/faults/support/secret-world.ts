import {Buffer} from 'node:buffer';
import {onTestFinished} from 'vitest';
import {startSimulator, type Simulator} from '../../../src/simulator/index.ts';
import {Canaries, watchChannels} from './canaries.ts';
import {
  createPolicy,
  explain,
  manualClock,
  userTokens,
  type ManualClock,
  type Policy,
  type PolicyOptions,
} from './front-door.ts';

export const CLIENT_SECRET: string = 'canary-"client+/=\\secret-é-51';
export const STATE_SECRET: string = 'canary-state-secret-that-is-long-enough-52';
export const AMT: string = 'canary-management-token-53';
export const PASSWORD: string = 'canary-password-54';
export const KEY: Buffer = Buffer.from('canary-encryption-key-of-32-byt!');
const REDIRECT_URI = 'https://product.example/callback';

export interface World {
  readonly canaries: Canaries;
  readonly simulator: Simulator;
  readonly clock: ManualClock;
  readonly policy: Policy;
  readonly car: string;
}

/** All secrets that there are from the beginning; tokens and codes join them. */
export function canariesOf(): Canaries {
  const canaries = new Canaries({
    clientSecret: CLIENT_SECRET,
    basic: Buffer.from(`client_simulator:${CLIENT_SECRET}`).toString('base64'),
    stateSecret: STATE_SECRET,
    managementToken: AMT,
    password: PASSWORD,
    encryptionKey: KEY.toString(),
  });
  watchChannels(canaries);
  return canaries;
}

/** A policy of which everything that it says is shown to the canaries. */
export function watchedPolicy(
  canaries: Canaries,
  simulator: Simulator,
  clock: ManualClock,
  options: PolicyOptions = {},
): Policy {
  const clientId = 'client_simulator';
  const policy = createPolicy({
    auth: userTokens({clientId, clientSecret: CLIENT_SECRET, redirectUri: REDIRECT_URI}),
    origins: simulator.origins,
    clock,
    random: () => 0,
    fetch: canaries.fetch,
    logger: canaries.logger,
    connect: {stateSecret: STATE_SECRET},
    webhooks: {applicationManagementToken: AMT},
    maxWaitMs: 1_000,
    ...options,
  });
  onTestFinished(async () => {
    await policy.close().catch(() => undefined);
    await simulator.close();
  });
  return canaries.watch(policy);
}

export async function world(options: PolicyOptions = {}): Promise<World> {
  const clock = manualClock();
  const simulator = await startSimulator({
    clock,
    clientSecret: CLIENT_SECRET,
    applicationManagementToken: AMT,
  });
  const canaries = canariesOf();
  const {id} = simulator.addOwner({id: 'ada'}).vehicles[0]!;
  const policy = watchedPolicy(canaries, simulator, clock, options);
  await saved(canaries, policy, simulator);
  return {canaries, simulator, clock, policy, car: id};
}

async function saved(canaries: Canaries, policy: Policy, simulator: Simulator): Promise<void> {
  const pair = simulator.grant('ada');
  canaries.add('access token', pair.accessToken);
  canaries.add('refresh token', pair.refreshToken);
  await policy.tokens.save('ada', pair);
}

/** One call, and everything that can be asked about its end. */
export async function asked(
  {canaries, policy, simulator, car}: World,
  path = 'odometer',
  init: RequestInit = {},
): Promise<void> {
  const url = `${simulator.origin}/v2.0/vehicles/${car}/${path}`;
  const end: unknown = await policy
    .fetch({user: 'ada', deadlineMs: 3_000})(url, init)
    .catch((error: unknown) => error);
  canaries.show('the end of a call', end instanceof Response ? [...end.headers.keys()] : end);
  canaries.show('explain()', explain(end));
  canaries.show('reauth.list()', await policy.reauth.list().catch((error: unknown) => error));
  canaries.show('limits()', policy.limits());
  if (end instanceof Response) await end.body?.cancel().catch(() => undefined);
}

export function shown({canaries, simulator, policy}: World): string[] {
  canaries.show('the policy', policy);
  canaries.show('a door', [
    policy.fetch({user: 'ada'}),
    policy.ky({user: 'ada'}),
    policy.tokens,
    policy.connect,
  ]);
  canaries.show('the journal', simulator.journal);
  return canaries.leaks();
}
