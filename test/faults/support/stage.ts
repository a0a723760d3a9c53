import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {inspect} from 'node:util';
import {onTestFinished} from 'vitest';
import {send, toRequest} from '../../../src/http/node.ts';
import {instrument} from '../../../src/otel/index.ts';
import {
  divideScenario,
  startSimulator,
  type Playing,
  type Scenario,
  type Simulator,
} from '../../../src/simulator/index.ts';
import {telemetry, type Telemetry} from '../../otel/support.ts';
import type {Canaries} from './canaries.ts';
import {
  applicationToken,
  explain,
  manualClock,
  userTokens,
  type ManualClock,
  type Policy,
} from './front-door.ts';
import {AMT, canariesOf, CLIENT_SECRET, STATE_SECRET, watchedPolicy} from './secret-world.ts';

export interface Stage {
  readonly canaries: Canaries;
  readonly simulator: Simulator;
  readonly clock: ManualClock;
  readonly policy: Policy;
  readonly sdk: Telemetry;
  readonly playing: Playing;
  readonly version: '2' | '3';
  /** Brings the simulator's time up to ours, then asks. */
  readonly fetch: typeof fetch;
}

const REDIRECT_URI = 'https://product.example/callback';
const CREDENTIALS = {clientId: 'client_simulator', clientSecret: CLIENT_SECRET};

/** A scenario before a policy of which nothing goes unheard. `scenarioOf` is told where webhooks may go. */
export async function staged(scenarioOf: (hook: string) => Scenario, version: '2' | '3'): Promise<Stage> {
  const canaries = canariesOf();
  const hook = await receiver(request => handled(request));
  const {atStart, toPlay} = divideScenario(scenarioOf(hook));
  const clock = manualClock();
  const began = clock.now();
  // Its steps follow `advance` alone: before each request its time is brought up to ours.
  const simulator = await startSimulator({
    ...atStart,
    clock: {now: () => began},
    clientSecret: CLIENT_SECRET,
    applicationManagementToken: AMT,
  });
  let advanced = 0;
  const fetching: typeof fetch = async (input, init) => {
    const release = clock.hold();
    try {
      simulator.advance(clock.monotonic() - advanced);
      advanced = clock.monotonic();
      await new Promise(resolve => setImmediate(resolve));
      return await canaries.fetch(input, init);
    } finally {
      release();
    }
  };
  const policy = watchedPolicy(canaries, simulator, clock, {
    auth:
      version === '2'
        ? userTokens({...CREDENTIALS, redirectUri: REDIRECT_URI})
        : applicationToken(CREDENTIALS),
    fetch: fetching,
    connect: {
      stateSecret: STATE_SECRET,
      applicationId: simulator.applicationId,
      redirectUri: REDIRECT_URI,
    },
    outages: true,
    quota: {perVehicle: 20},
    maxWaitMs: 120_000,
  });
  async function handled(request: Request): Promise<Response> {
    const response = await policy.webhooks.handle(request);
    canaries.show('the answer to a webhook', [response, [...response.headers]]);
    return response;
  }
  const sdk = telemetry();
  instrument(policy, sdk.providers);
  const playing = simulator.play(toPlay);
  for (const {id, tokens} of playing.owners) {
    canaries.add('access token', tokens?.accessToken);
    canaries.add('refresh token', tokens?.refreshToken);
    if (tokens && version === '2') await policy.tokens.save(id, tokens);
  }
  return {canaries, simulator, clock, policy, sdk, playing, version, fetch: fetching};
}

async function receiver(handle: (request: Request) => Promise<Response>): Promise<string> {
  const server = createServer((request, response) => {
    handle(toRequest(request)).then(
      answer => send(answer, response),
      () => response.destroy(),
    );
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
}

/** When something has just happened in a scenario, in ms since its beginning, and when each token has ended after all. */
export function momentsOf({script = [], timeline = []}: Scenario): readonly number[] {
  const passing = [
    ...script.map(line => ({atMs: 0, ...line})),
    ...timeline.map(step => ({atMs: step.atMs, ...('next' in step && step.next)})),
  ];
  const times = passing.flatMap(({atMs, ...line}) => [atMs, atMs + (('forMs' in line && line.forMs) || 0)]);
  const last = Math.max(0, ...times);
  return [...new Set([0, ...times, last + 7_200_000])]
    .toSorted((one, other) => one - other)
    .map(ms => ms + 1_000);
}

/** Everybody is asked for everything once, in each way there is, and all that can be said of each end is shown. */
export async function round(stage: Stage): Promise<void> {
  const {canaries, clock, policy, simulator} = stage;
  for (const {id: user, vehicles} of simulator.owners())
    for (const {id: vehicle} of vehicles)
      for (const [door, call] of Object.entries(callsOf(stage, user, vehicle))) {
        const end: unknown = await clock.run(call().catch((error: unknown) => error));
        canaries.show(`the end of ${door}`, end instanceof Response ? [end, [...end.headers]] : end);
        canaries.show(`explain() after ${door}`, explain(end));
        canaries.show(`diagnose() after ${door}`, await clock.run(policy.diagnose(end)));
        if (end instanceof Response) await end.body?.cancel().catch(() => undefined);
      }
  canaries.show('reauth.list()', await policy.reauth.list());
  canaries.show('limits()', policy.limits());
}

function callsOf(
  stage: Stage,
  user: string,
  vehicle: string,
): Readonly<Record<string, () => Promise<unknown>>> {
  const {policy, version} = stage;
  const {origin} = stage.simulator;
  const context = {user, vehicle};
  const lock = {method: 'POST', headers: {'content-type': 'application/json'}};
  if (version === '3') {
    const car = `${origin}/v3/vehicles/${vehicle}`;
    return {
      fetch: () => policy.fetch(context)(`${car}/signals`),
      'fetch of a command': () => policy.fetch(context)(`${car}/commands/security/lock`, lock),
      ky: () => policy.ky(context)(`${car}/signals/odometer-traveleddistance`).json(),
    };
  }
  const car = `${origin}/v2.0/vehicles/${vehicle}`;
  const body = JSON.stringify({requests: [{path: '/odometer'}, {path: '/location'}]});
  return {
    fetch: () => policy.fetch(context)(`${car}/odometer`),
    'fetch of a command': () =>
      policy.fetch(context)(`${car}/security`, {...lock, body: '{"action":"LOCK"}'}),
    'fetch of a batch': () => policy.fetch(context)(`${car}/batch`, {...lock, body}),
    ky: () => policy.ky(context)(`${car}/battery`).json(),
    run: () =>
      policy.run(({headers}) => asAnotherClient(stage, `${car}/charge`, headers), {
        ...context,
        idempotent: true,
      }),
  };
}

/** Throws what went wrong as axios does, with what was sent on it: all but its credentials. */
async function asAnotherClient(stage: Stage, url: string, headers: Record<string, string>): Promise<unknown> {
  const response = await stage.fetch(url, {headers});
  const data: unknown = await response.json();
  if (response.ok) return data;
  const {status} = response;
  throw Object.assign(new Error(`status ${status}`), {config: {url}, response: {status, data, headers: {}}});
}

/** Whoever is away follows their link, and is taken back. */
export async function ownersReturn({canaries, clock, policy}: Stage): Promise<number> {
  let count = 0;
  for (const {user, connectUrl} of await policy.reauth.list()) {
    if (connectUrl === undefined) continue;
    const answer = await fetch(connectUrl, {redirect: 'manual'});
    const back = answer.headers.get('location');
    if (back === null) continue;
    canaries.add('code', new URL(back).searchParams.get('code'));
    const end: unknown = await clock.run(
      policy.connect.handleCallback(new Request(back), {user}).catch((error: unknown) => error),
    );
    canaries.show('handleCallback()', end);
    if (!(end instanceof Error)) count += 1;
  }
  return count;
}

/** Where a secret has come out, of all that was told anywhere. */
export async function leaksOf({canaries, policy, sdk, simulator}: Stage): Promise<readonly string[]> {
  canaries.show('spans', sdk.spans());
  canaries.show('metrics', await sdk.metrics());
  canaries.show('the journal', simulator.journal);
  canaries.show('the deliveries', simulator.webhooks.deliveries);
  canaries.show('the policy', policy);
  canaries.show('the policy, inspected', inspect(policy, {depth: Infinity, showHidden: true}));
  return canaries.leaks();
}
