import {afterEach, beforeEach, expect, onTestFinished, test} from 'vitest';
import {
  applicationToken,
  createPolicy,
  explain,
  userTokens,
  type CallContext,
  type Policy,
  type PolicyEvents,
  type PolicyOptions,
} from '../../src/index.ts';
import {startSimulator, type Simulator} from '../../src/simulator/index.ts';
import {HASTY, leapingClock} from '../doors/harness.ts';
import {sdk} from './sdk.ts';

const {Vehicle, SmartcarError, getVehicles, getVehicle} = sdk;

let simulator: Simulator;
let policy: Policy;
let id: string;
let events: string[];
let slept: number[];
const before = {...process.env};

beforeEach(async () => {
  simulator = await startSimulator();
  // Before the policy is made: it reads the environment as the SDK does, and needs no other setting.
  Object.assign(process.env, simulator.env);
  slept = [];
  id = simulator.addOwner({id: 'ada'}).vehicles[0]?.id ?? '';
  policy = policyOf({auth: userTokens({redirectUri: 'https://example.com/back'})});
  await policy.tokens.save('ada', simulator.grant('ada'));
  events = [];
  policy.on('refresh', ({outcome}) => events.push(`refresh ${outcome}`));
  policy.on('decision', ({action, reason}) => events.push(`${action}: ${reason}`));
});

afterEach(async () => {
  for (const name of Object.keys(simulator.env)) {
    if (before[name] === undefined) delete process.env[name];
    else process.env[name] = before[name];
  }
  await simulator.close();
});

function policyOf(options: PolicyOptions): Policy {
  const made = createPolicy({backoff: HASTY, clock: leapingClock(slept), ...options});
  onTestFinished(() => made.close());
  return made;
}

const read = (more: CallContext = {}): CallContext => ({user: 'ada', vehicle: id, idempotent: true, ...more});
const command = (): CallContext => ({user: 'ada', vehicle: id});
const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

test('a reading comes through the SDK as it is, its meta included', async () => {
  const reading = await policy.run(({accessToken}) => new Vehicle(id, accessToken).odometer(), read());
  expect(reading).toMatchObject({distance: 37_829, meta: {requestId: expect.any(String)}});
  expect(simulator.journal).toHaveLength(1);
});

test('an expired token is renewed once, for a Vehicle that is built anew for each attempt', async () => {
  simulator.expireAccessTokens('ada');
  const tokens: string[] = [];
  const odometer = () =>
    policy.run(({accessToken}) => {
      tokens.push(accessToken);
      return new Vehicle(id, accessToken).odometer();
    }, read());
  const readings = await Promise.all(Array.from({length: 5}, odometer));
  expect(readings.map(({distance}) => distance)).toEqual(Array(5).fill(37_829));
  expect(new Set(tokens).size).toBe(2);
  expect(simulator.journal.filter(({grantType}) => grantType === 'refresh_token')).toHaveLength(1);
  expect(events.filter(event => event === 'refresh renewed')).toHaveLength(1);
});

test('a Vehicle that keeps its token is refused a second time: the developer is told, nothing is parked', async () => {
  const {accessToken} = (await policy.tokens.get('ada'))!;
  const vehicle = new Vehicle(id, accessToken);
  simulator.expireAccessTokens('ada');
  const error = await failure(policy.run(() => vehicle.odometer(), read()));
  expect(error).toBeInstanceOf(SmartcarError);
  expect(explain(error)).toMatchObject({action: 'fail', reason: 'token-rejected', needs: 'developer'});
  expect(await policy.reauth.list()).toEqual([]);
});

test('retryAfter of a 429 is waited for', async () => {
  simulator.next({vehicle: id}, {error: 'RATE_LIMIT:VEHICLE', retryAfter: 12});
  await policy.run(({accessToken}) => new Vehicle(id, accessToken).odometer(), read());
  expect(slept.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThanOrEqual(12_000);
  expect(events).toEqual(['retry: server-says-retry']);
});

test('a failing path of a batch counts where its function is called inside the call', async () => {
  simulator.revoke({how: 'permission', owner: 'ada', permission: 'read_location', vehicle: id});
  const call = policy.run(
    async ({accessToken}) => {
      const batch = await new Vehicle(id, accessToken).batch(['/odometer', '/location']);
      return [batch['odometer']?.(), batch['location']?.()];
    },
    read({operation: 'batch'}),
  );
  const error = await failure(call);
  expect(error).toMatchObject({name: 'SmartcarError', type: 'PERMISSION', statusCode: 200});
  expect(explain(error)).toMatchObject({
    action: 'reauthenticate',
    needs: 'owner',
    failure: {type: 'PERMISSION', scope: 'call'},
  });
  // A part of a batch parks nothing but itself.
  expect(await policy.reauth.list()).toEqual([]);
  const {distance} = await policy.run(
    ({accessToken}) => new Vehicle(id, accessToken).odometer(),
    read({operation: 'odometer'}),
  );
  expect(distance).toBe(37_829);
});

test('a v3 error that the SDK flattens to SDK_ERROR is judged by its status', async () => {
  const v3 = policyOf({auth: applicationToken()});
  // getSignals sends no sc-user-id, which v3 answers with 400.
  const signals = ({accessToken}: {accessToken: string}) =>
    new Vehicle(id, accessToken, {version: '3'}).getSignals();
  const error = await failure(v3.run(signals, read()));
  expect(error).toMatchObject({type: 'SDK_ERROR', statusCode: 400});
  expect(explain(error)).toMatchObject({action: 'fail', needs: 'developer', failure: {status: 400}});
  expect(explain(error)?.failure).not.toHaveProperty('type');

  simulator.next({path: `/vehicles/${id}`}, {error: 'UPSTREAM:NO_RESPONSE'});
  const vehicle = await v3.run(({accessToken}) => getVehicle(accessToken, id), read());
  expect(vehicle.body).toMatchObject({data: {id}});

  simulator.expireAccessTokens();
  expect(await v3.run(({accessToken}) => getVehicle(accessToken, id), read())).toBeDefined();
});

test('a lock command that was cut off after it took effect is not sent again', async () => {
  simulator.next({path: '/security'}, {drop: 'after'});
  const error = await failure(
    policy.run(({accessToken}) => new Vehicle(id, accessToken).lock(), {...command(), operation: 'lock'}),
  );
  expect(simulator.commandCount(id, 'lock')).toBe(1);
  expect(simulator.journal).toHaveLength(1);
  expect(explain(error)).toMatchObject({action: 'fail', reason: 'outcome-unknown', needs: 'developer'});
  expect(explain(error)?.userMessage).toBe(
    "We don't know whether we could lock your car: no clear answer came. Please check your car before you try again.",
  );
});

test('a read that was cut off is sent again', async () => {
  simulator.next({path: '/odometer'}, {drop: 'mid-body'});
  await policy.run(({accessToken}) => new Vehicle(id, accessToken).odometer(), read());
  expect(simulator.journal).toHaveLength(2);
});

test('a lost login becomes an event with Smartcar’s own link, completed, and the car is parked', async () => {
  const reauth: PolicyEvents['reauth'][] = [];
  policy.on('reauth', event => reauth.push(event));
  const access = {how: 'login', owner: 'ada', vehicle: id} as const;
  simulator.revoke(access);
  const odometer = (context: CallContext) =>
    policy.run(({accessToken}) => new Vehicle(id, accessToken).odometer(), context);
  const error = await failure(odometer(read()));
  expect(error).toBeInstanceOf(SmartcarError);
  const link = new URL(reauth[0]?.connectUrl ?? '');
  expect(link.origin + link.pathname).toBe(`${simulator.origin}/oauth/reauthenticate`);
  expect(Object.fromEntries(link.searchParams)).toMatchObject({
    vehicle_id: id,
    redirect_uri: 'https://example.com/back',
    state: expect.any(String),
  });
  const requests = simulator.journal.length;
  expect(await failure(odometer(read()))).toMatchObject({code: 'REAUTH_REQUIRED', connectUrl: link.href});
  expect(simulator.journal).toHaveLength(requests);

  const waiting = odometer(read({waitForReauthMs: 600_000}));
  simulator.restore(access);
  await policy.reauth.resolve('ada', id);
  expect((await waiting).distance).toBe(37_829);
});

test('a dead grant parks the owner, with a link of our own', async () => {
  simulator.revoke({how: 'grant', owner: 'ada'});
  const error = await failure(policy.run(({accessToken}) => getVehicles(accessToken), read()));
  expect(explain(error)).toMatchObject({action: 'reauthenticate', reason: 'grant-dead'});
  expect(await policy.reauth.list()).toMatchObject([{scope: 'user', user: 'ada'}]);
  expect(explain(error)?.connectUrl).toContain(`${simulator.origin}/oauth/authorize?`);
});

test('v2’s commands go out once each', async () => {
  const commands = ['lock', 'unlock', 'startCharge', 'stopCharge'] as const;
  for (const operation of commands) {
    const answer = await policy.run(({accessToken}) => new Vehicle(id, accessToken)[operation](), {
      ...command(),
      operation,
    });
    expect(answer.status).toBe('success');
  }
  await policy.run(({accessToken}) => new Vehicle(id, accessToken).setChargeLimit(0.7), command());
  expect(simulator.commandCount(id)).toBe(5);
  expect(simulator.vehicle(id)).toMatchObject({locked: false, charging: false, chargeLimit: 0.7});
});

test('a proxy’s page, which the SDK throws as a text, is judged by its status', async () => {
  simulator.next({path: '/odometer'}, {html: 503});
  await policy.run(({accessToken}) => new Vehicle(id, accessToken).odometer(), read());
  simulator.next({path: '/security'}, {html: 503});
  const error = await failure(policy.run(({accessToken}) => new Vehicle(id, accessToken).lock(), command()));
  expect(explain(error)).toMatchObject({reason: 'outcome-unknown', failure: {status: 503}});
});
