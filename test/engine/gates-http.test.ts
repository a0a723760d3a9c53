import {expect, onTestFinished, test} from 'vitest';
import {
  applicationToken,
  createPolicy,
  userTokens,
  type Policy,
  type PolicyOptions,
} from '../../src/index.ts';
import {
  startSimulator,
  type JournalEntry,
  type LimitOptions,
  type Simulator,
} from '../../src/simulator/index.ts';
import {manualClock, type ManualClock} from '../../src/testing/index.ts';
import {eventually} from './support/bench.ts';

interface World {
  readonly simulator: Simulator;
  readonly clock: ManualClock;
  readonly policy: Policy;
  readonly cars: readonly string[];
  /** Requests to the vehicle APIs, oldest first. */
  readonly requests: () => JournalEntry[];
}

/** A simulator with limits, and a policy before it; one clock that stands still for both. */
async function open(
  version: 'v2' | 'v3',
  limits: LimitOptions,
  options: PolicyOptions = {},
  vehicles = 3,
): Promise<World> {
  const clock = manualClock();
  const simulator = await startSimulator({clock, limits, seed: 1});
  const {SMARTCAR_CLIENT_ID: clientId = '', SMARTCAR_CLIENT_SECRET: clientSecret = ''} = simulator.env;
  const secret = {clientId, clientSecret};
  const policy = createPolicy({
    auth: version === 'v2' ? userTokens(secret) : applicationToken(secret),
    origins: simulator.origins,
    clock,
    maxWaitMs: Infinity,
    random: () => 0,
    ...options,
  });
  onTestFinished(async () => {
    await policy.close();
    await simulator.close();
  });
  const owner = simulator.addOwner({id: 'ada', vehicles: Array.from({length: vehicles}, () => ({}))});
  if (version === 'v2') await policy.tokens.save('ada', simulator.grant('ada'));
  const requests = (): JournalEntry[] =>
    simulator.journal.filter(({api, vehicle}) => (api === '2.0' || api === '3') && vehicle !== undefined);
  return {simulator, clock, policy, cars: owner.vehicles.map(({id}) => id), requests};
}

const READINGS = ['odometer', 'battery', 'charge', 'location', 'vin', 'security'];

const url = ({simulator}: World, version: 'v2' | 'v3', car: string, index: number): string =>
  version === 'v2'
    ? `${simulator.origin}/v2.0/vehicles/${car}/${READINGS[index] ?? 'odometer'}`
    : `${simulator.origin}/v3/vehicles/${car}/signals?page[number]=${index + 1}`;

/** Every reading of every car at once; time goes on when so many wait. Resolves with the statuses. */
async function burst(world: World, version: 'v2' | 'v3', waiting = 0): Promise<number[]> {
  const smartcar = world.policy.fetch({user: 'ada'});
  const reads = world.cars.flatMap(car =>
    READINGS.map(async (_, index) => {
      const response = await smartcar(url(world, version, car, index));
      await response.body?.cancel();
      return response.status;
    }),
  );
  const all = Promise.all(reads);
  // Real bytes are under way, which the clock does not wait for.
  const waits = (): number => world.policy.limits().scopes.reduce((sum, scope) => sum + scope.waiting, 0);
  await eventually(() => waits() >= waiting);
  return world.clock.run(all);
}

/** Requests for a scope that came before a time told to it. */
function early(requests: readonly JournalEntry[], toldMs: number): JournalEntry[] {
  return requests.filter(({at, vehicle}) =>
    requests.some(
      other => other.status === 429 && other.vehicle === vehicle && other.at < at && at < other.at + toldMs,
    ),
  );
}

test.each(['v2', 'v3'] as const)(
  'a burst on a few cars that may be asked twice and then each 30 s: all is read, and nothing early, on %s',
  async version => {
    const world = await open(version, {vehicle: {size: 2, everyMs: 30_000}});
    const statuses = await burst(world, version, 3 * 4);

    expect(statuses).toEqual(Array.from({length: 18}, () => 200));
    const requests = world.requests();
    expect(early(requests, 30_000)).toEqual([]);
    // Two of each car's six go through at once, four meet the limit together, and none of them again.
    expect(requests.filter(({status}) => status === 429)).toHaveLength(3 * 4);
    expect(requests).toHaveLength(3 * 10);
  },
);

test('with the bucket of the application set, not one call is refused', async () => {
  const options: PolicyOptions = {limits: {application: {bucket: 4, perMinute: 6}}};
  const world = await open('v2', {application: {size: 4, perMinute: 6}}, options);
  const began = world.clock.now();
  const statuses = await burst(world, 'v2');

  expect(statuses.every(status => status === 200)).toBe(true);
  expect(world.requests()).toHaveLength(18);
  expect(world.requests().every(({status}) => status === 200)).toBe(true);
  // 14 more than the bucket holds, one each ten seconds.
  expect(world.clock.now() - began).toBe(140_000);
});

test('the billing period of a car is over: one request says so, and later ones are not sent', async () => {
  const world = await open('v2', {monthly: {calls: 1}}, {maxWaitMs: 60_000, quota: {perVehicle: 1}}, 1);
  const smartcar = world.policy.fetch({user: 'ada'});
  const at = (index: number): string => url(world, 'v2', world.cars[0] ?? '', index);
  expect((await smartcar(at(0))).status).toBe(200);
  expect((await smartcar(at(1))).status).toBe(430);
  const refused = await smartcar(at(2)).catch((error: unknown) => error);

  // The clock begins at the new year of 2026.
  expect(refused).toMatchObject({code: 'PAUSED', retryAt: Date.UTC(2026, 1, 1)});
  expect(world.requests()).toHaveLength(2);
  expect(await world.policy.usage(world.cars[0] ?? '')).toMatchObject({period: '2026-01-01', calls: 2});
});
