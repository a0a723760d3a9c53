import {onTestFinished} from 'vitest';
import {
  applicationToken,
  createPolicy,
  userTokens,
  withPolicy,
  type CallContext,
  type PolicyFetch,
  type PolicyOptions,
} from '../../src/index.ts';
import {startEchoServer, type EchoServer} from './echo-server.ts';
import {HASTY, leapingClock, originsOf} from './harness.ts';

export interface Wire {
  readonly server: EchoServer;
  readonly smartcar: PolicyFetch;
  readonly v2: string;
  readonly v3: string;
}

const secrets = {clientId: 'client', clientSecret: 'client-secret'};
const hour = 3_600_000;

/** A fetch with a policy in front of a server that shows every byte it gets. */
export async function wire(
  auth: 'v2' | 'v3' | 'none' = 'v3',
  context: CallContext = {user: 'ada'},
  options: PolicyOptions = {},
): Promise<Wire> {
  const server = await startEchoServer();
  const {origin} = server;
  const smartcar = withPolicy(
    fetch,
    createPolicy({
      ...(auth !== 'none' && {auth: auth === 'v2' ? userTokens(secrets) : applicationToken(secrets)}),
      origins: originsOf(server),
      backoff: HASTY,
      clock: leapingClock(),
      ...options,
    }),
    context,
  );
  onTestFinished(() => smartcar.policy.close());
  if (auth === 'v2') {
    const pair = {accessToken: 'ada-token', refreshToken: 'r', accessExpiresAt: Date.now() + hour};
    await smartcar.policy.tokens.save('ada', pair);
  }
  return {server, smartcar, v2: `${origin}/v2.0/vehicles/car-1`, v3: `${origin}/v3/vehicles/car-1`};
}
