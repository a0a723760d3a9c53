import {describe, expect, onTestFinished, test} from 'vitest';
import {
  applicationToken,
  createPolicy,
  userTokens,
  type Policy,
  type PolicyEvents,
  type WebhookOptions,
} from '../../src/index.ts';
import {send, toRequest} from '../../src/http/node.ts';
import type {Simulator} from '../../src/simulator/index.ts';
import {manualClock, type ManualClock} from '../../src/testing/manual-clock.ts';
import {serve} from '../http/server.ts';
import {noon, start} from '../simulator/harness.ts';
import {managementToken} from '../simulator/webhook-receiver.ts';

const SCOPE = ['read_odometer', 'read_location', 'read_battery'];

interface Story {
  readonly policy: Policy;
  readonly simulator: Simulator;
  readonly clock: ManualClock;
  readonly seen: {readonly [E in keyof PolicyEvents]?: PolicyEvents[E][]};
  /** Time passes for Smartcar and for the product alike; all that was told has arrived. */
  readonly pass: (ms: number) => Promise<void>;
  readonly signals: () => Promise<Response>;
}

/** A product on v3 that is told about Ada's two cars. */
async function story(options: Parameters<typeof createPolicy>[0] = {}): Promise<Story> {
  const clock = manualClock(noon);
  const simulator = await start({clock});
  simulator.addOwner({id: 'ada', vehicles: [{id: 'car'}, {id: 'other'}]});
  const {SMARTCAR_CLIENT_ID: clientId = '', SMARTCAR_CLIENT_SECRET: clientSecret = ''} = simulator.env;
  const policy = createPolicy({
    auth: applicationToken({clientId, clientSecret}),
    connect: {
      scope: SCOPE,
      applicationId: 'simulator-application',
      redirectUri: 'https://product.example/callback',
    },
    webhooks: {applicationManagementToken: managementToken},
    origins: simulator.origins,
    clock,
    random: () => 0,
    ...options,
  });
  onTestFinished(() => policy.close());
  const seen: Record<string, unknown[]> = {};
  for (const event of ['reauth', 'reauth-resolved', 'webhook', 'webhook-rejected', 'pause'] as const)
    policy.on(event, payload => void (seen[event] ??= []).push(payload));
  const url = await serve(async (req, res) => send(await policy.webhooks.handle(toRequest(req)), res));
  await simulator.webhooks.add({url});
  const door = policy.fetch({user: 'ada'});
  return {
    policy,
    simulator,
    clock,
    seen,
    async pass(ms) {
      await simulator.webhooks.idle();
      await clock.advance(ms);
    },
    signals: () => door(`${simulator.origins.apiV3}/v3/vehicles/car/signals/odometer-traveleddistance`),
  };
}

test('a login that is lost parks the car before any call has failed, and its return ends that', async () => {
  const {policy, simulator, seen, pass, signals} = await story();
  simulator.revoke({owner: 'ada', how: 'login', vehicle: 'car'});
  await pass(1_000);
  expect(seen.reauth).toMatchObject([
    {
      user: 'ada',
      vehicle: 'car',
      scope: 'vehicle',
      reason: 'CONNECTED_SERVICES_ACCOUNT:AUTHENTICATION_FAILED',
    },
  ]);
  expect(seen.reauth?.[0]?.userMessage).toContain(seen.reauth?.[0]?.connectUrl);
  await expect(signals()).rejects.toMatchObject({code: 'REAUTH_REQUIRED'});
  expect(simulator.journal.some(({path}) => path.includes('/signals/'))).toBe(false);

  simulator.restore({owner: 'ada', how: 'login', vehicle: 'car'});
  await pass(1_000);
  expect(seen['reauth-resolved']).toMatchObject([{user: 'ada', vehicle: 'car', by: 'webhook'}]);
  expect((await signals()).status).toBe(200);
  expect(await policy.reauth.list()).toEqual([]);
});

test('a car that falls asleep shuts its gate without a call, and opens it when it is awake', async () => {
  const {policy, simulator, seen, pass, signals} = await story({maxWaitMs: 0});
  const gate = () => policy.limits().scopes.find(({scope}) => scope === 'vehicle:car');
  simulator.updateVehicle('car', {fault: 'VEHICLE_STATE:ASLEEP'});
  await pass(1_000);
  expect(seen.pause).toMatchObject([{scope: 'vehicle:car', reason: 'passes-by-itself'}]);
  await expect(signals()).rejects.toMatchObject({code: 'PAUSED', retryAt: gate()?.until});

  simulator.updateVehicle('car', {fault: undefined});
  await pass(0);
  expect(gate()?.until).toBeUndefined();
  expect((await signals()).status).toBe(200);
});

describe('a permission that is missing', () => {
  test('brings the owner back where the product asks for it, one event for each', async () => {
    const {policy, simulator, seen, pass} = await story();
    simulator.revoke({owner: 'ada', how: 'permission', vehicle: 'car', permission: 'read_location'});
    await pass(1_000);
    const open = {user: 'ada', vehicle: 'car', scope: 'permission', permission: 'read_location'};
    expect(seen.reauth).toMatchObject([open]);
    expect(seen.reauth?.[0]?.userMessage).toMatch(/locate/);
    simulator.restore({owner: 'ada', how: 'permission', vehicle: 'car', permission: 'read_location'});
    await pass(0);
    expect(seen['reauth-resolved']).toMatchObject([{...open, by: 'webhook'}]);
    expect(await policy.reauth.list()).toEqual([]);
  });

  test('is told and nothing else where it does not', async () => {
    const {policy, simulator, seen, pass} = await story();
    simulator.revoke({owner: 'ada', how: 'permission', vehicle: 'car', permission: 'read_vin'});
    await pass(0);
    expect(seen.webhook).toMatchObject([{user: 'ada', errors: [{type: 'PERMISSION', state: 'ERROR'}]}]);
    expect([seen.reauth, await policy.reauth.list()]).toEqual([undefined, []]);
  });
});

test('the end of one error leaves what another has opened', async () => {
  const {policy, simulator, pass} = await story();
  simulator.revoke({owner: 'ada', how: 'login', vehicle: 'car'});
  simulator.revoke({owner: 'ada', how: 'login', vehicle: 'other'});
  simulator.webhooks.send({vehicle: 'car', error: 'PERMISSION', signals: ['odometer-traveleddistance']});
  await pass(1_000);
  expect(await policy.reauth.list()).toHaveLength(3);
  simulator.webhooks.send({vehicle: 'car', error: 'VEHICLE_STATE:ASLEEP', state: 'RESOLVED'});
  await pass(0);
  expect(await policy.reauth.list()).toHaveLength(3);
  simulator.restore({owner: 'ada', how: 'login', vehicle: 'car'});
  await pass(0);
  const left = (await policy.reauth.list()).map(({vehicle, scope}) => `${vehicle}: ${scope}`);
  expect(left.toSorted()).toEqual(['car: permission', 'other: vehicle']);
});

test('a reading that comes after a false alarm ends it', async () => {
  const {simulator, seen, pass} = await story();
  simulator.webhooks.send({vehicle: 'car', error: 'CONNECTED_SERVICES_ACCOUNT:AUTHENTICATION_FAILED'});
  await pass(1_000);
  expect(seen.reauth).toHaveLength(1);
  simulator.updateVehicle('car', {odometerKm: 5});
  await pass(0);
  expect(seen['reauth-resolved']).toMatchObject([{vehicle: 'car', scope: 'vehicle', by: 'webhook'}]);
});

describe('on v2, where stores have keys of their own', () => {
  const auth = userTokens({clientId: 'id', clientSecret: 'secret'});
  const lost = {vehicle: 'car', error: 'CONNECTED_SERVICES_ACCOUNT:AUTHENTICATION_FAILED'};

  test('nothing is done about an owner without a key', async () => {
    const {simulator, seen, pass} = await story({auth, connect: {}});
    simulator.webhooks.send(lost);
    await pass(0);
    expect(seen.webhook).toMatchObject([{smartcarUser: 'ada', vehicle: 'car'}]);
    expect(seen.webhook?.[0]).not.toHaveProperty('user');
    expect(seen.reauth).toBeUndefined();
  });

  test('`userFor` gives it', async () => {
    const webhooks: WebhookOptions = {
      applicationManagementToken: managementToken,
      userFor: async ({smartcarUser, vehicle}) => `${smartcarUser}/${vehicle}`,
    };
    const {simulator, seen, pass} = await story({auth, connect: {}, webhooks});
    simulator.webhooks.send(lost);
    await pass(0);
    expect([seen.webhook?.[0]?.user, seen.reauth?.[0]?.user]).toEqual(['ada/car', 'ada/car']);
  });
});

test('a refused delivery is told to the developer', async () => {
  const {policy, seen} = await story();
  const request = new Request('https://product.example/', {method: 'POST', body: '{}'});
  expect((await policy.webhooks.handle(request)).status).toBe(401);
  expect(seen['webhook-rejected']).toMatchObject([{why: 'unsigned', status: 401}]);
});

test('without the option a webhook is a mistake of the product', async () => {
  const policy = createPolicy();
  const request = new Request('https://product.example/', {method: 'POST', body: '{}'});
  await expect(policy.webhooks.handle(request)).rejects.toMatchObject({code: 'CONFIGURATION'});
});

test.each([
  [{}, '`webhooks.applicationManagementToken`'],
  [{applicationManagementToken: ''}, 'got an empty text'],
  [{applicationManagementToken: 'x', userFor: 'ada'}, '`webhooks.userFor`'],
  [{applicationManagementToken: 'x', user: () => 'ada'}, 'Unknown option `webhooks.user`'],
])('options that cannot work are named: %j', (webhooks, said) => {
  expect(() => createPolicy({webhooks: webhooks as never})).toThrow(said);
});
