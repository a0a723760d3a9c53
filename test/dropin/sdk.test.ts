import {expect, onTestFinished, test} from 'vitest';
import {createPolicy, withPolicy} from '../../src/index.ts';
import {startSimulator, type Simulator} from '../../src/simulator/index.ts';
import {HASTY, leapingClock} from '../doors/harness.ts';
import {sdk, type SdkVehicle} from '../sdk/sdk.ts';

const {Vehicle, getVehicles} = sdk;

type Use = (vehicle: SdkVehicle, simulator: Simulator) => Promise<unknown>;

/** The SDK sends by the global fetch, a `Request` and a timeout each time; the bearer that it brings is its own. */
async function through(use: Use, policed: boolean): Promise<{readonly saw: unknown; readonly sent: unknown}> {
  const simulator = await startSimulator({seed: 1});
  const plain = globalThis.fetch;
  const before = {...process.env};
  Object.assign(process.env, simulator.env);
  const policy = createPolicy({backoff: HASTY, clock: leapingClock()});
  onTestFinished(async () => {
    globalThis.fetch = plain;
    for (const name of Object.keys(simulator.env)) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
    await policy.close();
    await simulator.close();
  });
  const id = simulator.addOwner({id: 'ada', vehicles: [{id: ID}]}).vehicles[0]?.id ?? '';
  const {accessToken} = simulator.grant('ada');
  if (policed) globalThis.fetch = withPolicy(plain, policy);
  const saw = await use(new Vehicle(id, accessToken), simulator).catch(told);
  globalThis.fetch = plain;
  const sent = simulator.journal.map(({method, path, status}) => ({method, path, status}));
  return {saw: JSON.parse(JSON.stringify(saw).replaceAll(CHANGING, '"$1":""')), sent};
}

/** Different in each answer. */
const CHANGING = /"(requestId|dataAge|fetchedAt)":"[^"]*"/g;
const ID = '36ab27d0-fd9d-4455-823a-ce30af709ffc';

function told(error: unknown): unknown {
  const {name, message, type, code, statusCode, requestId, suggestedUserMessage, resolution} =
    error as Record<string, unknown>;
  return {name, message, type, code, statusCode, requestId, suggestedUserMessage, resolution};
}

const alike: Readonly<Record<string, Use>> = {
  reads: vehicle => vehicle.odometer(),
  'sends commands': async vehicle => [await vehicle.lock(), await vehicle.setChargeLimit(0.7)],
  'reads a batch': async vehicle => {
    const batch = await vehicle.batch(['/odometer', '/location']);
    return [batch['odometer']?.(), batch['location']?.()];
  },
  'lists vehicles': (_vehicle, simulator) => getVehicles(simulator.grant('ada').accessToken),
  'throws a SmartcarError that nothing can mend': (vehicle, simulator) => {
    simulator.next({path: '/odometer'}, {error: 'COMPATIBILITY:VEHICLE_NOT_CAPABLE'});
    return vehicle.odometer();
  },
  'throws a SmartcarError of an expired token': (vehicle, simulator) => {
    simulator.expireAccessTokens('ada');
    return vehicle.odometer();
  },
  'throws a SmartcarError of a page that is no JSON': (vehicle, simulator) => {
    simulator.next({path: '/security'}, {html: 502});
    return vehicle.lock();
  },
};

/** Every method of the SDK's vehicle, with what it is given. */
const every: Readonly<Record<string, readonly unknown[]>> = {
  ...Object.fromEntries(
    Object.getOwnPropertyNames(Vehicle.prototype)
      .filter(name => name !== 'constructor')
      .map(name => [name, []]),
  ),
  permissions: [{limit: 1}],
  serviceHistory: ['2024-01-01', '2024-02-01'],
  sendDestination: [47.6, -122.3],
  setChargeLimit: [0.7],
  batch: [['/odometer', '/fuel', '/vin']],
  subscribe: ['webhook-1'],
  unsubscribe: ['amt', 'webhook-1'],
  request: ['GET', '/odometer'],
  getSignal: ['odometer-traveleddistance'],
};

test('the SDK has the methods that are tried here', () => {
  expect(Object.keys(every).length).toBeGreaterThan(28);
});

test.each(Object.entries(every))("the SDK's %s is as with the plain fetch", async (name, args) => {
  const use: Use = async vehicle => {
    const methods = vehicle as unknown as Record<string, (...args: readonly unknown[]) => Promise<unknown>>;
    const result = await methods[name]?.(...args);
    const items = Object.entries(result ?? {}).filter(([, value]) => typeof value === 'function');
    return [result, items.map(([path, item]) => [path, (item as () => unknown)()])];
  };
  const [plain, policed] = [await through(use, false), await through(use, true)];
  expect(policed).toEqual(plain);
});

test.each(Object.entries(alike))('the official SDK %s as with the plain fetch', async (_name, use) => {
  const [plain, policed] = [await through(use, false), await through(use, true)];
  expect(policed).toEqual(plain);
});

const unlucky: Use = (vehicle, simulator) => {
  simulator.next({path: '/odometer'}, {error: 'UPSTREAM:NO_RESPONSE'});
  return vehicle.odometer();
};

test('what may be repeated, the official SDK now gets an answer to', async () => {
  const [plain, policed] = [await through(unlucky, false), await through(unlucky, true)];
  expect(plain).toMatchObject({saw: {type: 'UPSTREAM', statusCode: 502}, sent: [{status: 502}]});
  expect(policed).toMatchObject({saw: {distance: 37_829}, sent: [{status: 502}, {status: 200}]});
});
