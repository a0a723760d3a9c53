import {createRequire} from 'node:module';
import {expect, onTestFinished, test, vi} from 'vitest';
import type {Simulator} from '../../src/simulator/index.ts';
import {applicationToken, start} from './harness.ts';

/** The official SDK ships no types; this is the part of it that the test uses. */
interface Sdk {
  readonly AuthClient: new (options: {redirectUri?: string}) => {
    getAuthUrl(scope: readonly string[], options: {user: string; state: string}): string;
    exchangeCode(code: string): Promise<Access>;
    exchangeRefreshToken(token: string): Promise<Access>;
  };
  readonly Vehicle: new (
    id: string,
    token: string,
    options?: {unitSystem?: string},
  ) => {
    odometer(): Promise<{distance: number; meta: {dataAge: Date; requestId: string; unitSystem: string}}>;
    attributes(): Promise<{make: string}>;
    serviceHistory(): Promise<{data: unknown[]}>;
    permissions(paging?: object): Promise<{permissions: string[]; paging: {count: number}}>;
    lock(): Promise<{status: string}>;
    setChargeLimit(limit: number): Promise<{status: string}>;
    sendDestination(latitude: number, longitude: number): Promise<{status: string}>;
    batch(paths: readonly string[]): Promise<Record<string, () => unknown>>;
    request(
      method: string,
      path: string,
      body?: unknown,
    ): Promise<{body: unknown; meta: {requestId: string}}>;
    getSignals(): Promise<unknown>;
    getSignal(code: string): Promise<unknown>;
    disconnect(): Promise<{status: string}>;
  };
  getVehicles(token: string): Promise<{vehicles: string[]}>;
  getUser(token: string): Promise<{id: string}>;
  getVehicle(token: string, vehicle: string): Promise<{body: {data: {id: string}}}>;
  getCompatibility(vin: string, scope: readonly string[]): Promise<{compatible: boolean}>;
  getCompatibilityMatrix(region: string): Promise<Record<string, {model: string}[]>>;
}

interface Access {
  readonly accessToken: string;
  readonly refreshToken: string;
}

const sdk = createRequire(import.meta.url)('smartcar') as Sdk;

function pointSdkAt(simulator: Simulator): void {
  for (const [name, value] of Object.entries(simulator.env)) vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());
}

test('the official SDK works against the simulator as it is', async () => {
  const simulator = await start();
  pointSdkAt(simulator);
  const scope = [
    'read_odometer',
    'read_vehicle_info',
    'read_service_history',
    'control_security',
    'control_charge',
  ];
  const owner = simulator.addOwner({id: 'ada', scope});
  const car = owner.vehicles[0];

  const client = new sdk.AuthClient({redirectUri: 'https://example.com/back'});
  const link = client.getAuthUrl(scope, {user: 'ada', state: 's'});
  expect(link.startsWith(`${simulator.origin}/oauth/authorize?`)).toBe(true);
  const redirect = await fetch(link, {redirect: 'manual'});
  const code = new URL(redirect.headers.get('location') ?? '').searchParams.get('code') ?? '';
  const first = await client.exchangeCode(code);
  const {accessToken} = await client.exchangeRefreshToken(first.refreshToken);

  expect(await sdk.getUser(accessToken)).toMatchObject({id: 'ada'});
  const {vehicles} = await sdk.getVehicles(accessToken);
  expect(vehicles).toEqual([car?.id]);
  const vehicle = new sdk.Vehicle(car?.id ?? '', accessToken, {unitSystem: 'imperial'});
  const {distance, meta} = await vehicle.odometer();
  expect(distance).toBe(23505.85);
  expect(meta).toMatchObject({
    unitSystem: 'imperial',
    requestId: expect.any(String),
    dataAge: new Date(simulator.now()),
  });
  expect(await vehicle.attributes()).toMatchObject({make: 'TESLA'});
  expect((await vehicle.serviceHistory()).data).toHaveLength(1);
  expect(await vehicle.lock()).toMatchObject({status: 'success'});
  expect(await vehicle.setChargeLimit(0.9)).toMatchObject({status: 'success'});
  expect(simulator.vehicle(car?.id ?? '')).toMatchObject({locked: true, chargeLimit: 0.9});

  const batch = await vehicle.batch(['/odometer', '/location', '/']);
  expect(batch['odometer']?.()).toMatchObject({distance: 23505.85});
  expect(() => batch['location']?.()).toThrow('PERMISSION');
  expect(batch['attributes']?.()).toMatchObject({id: car?.id});
  expect(await sdk.getCompatibility(car?.vin ?? '', ['read_odometer'])).toMatchObject({compatible: true});
  expect(await vehicle.disconnect()).toMatchObject({status: 'success'});
});

/** The methods of a vehicle that take nothing. */
function callPlain(vehicle: InstanceType<Sdk['Vehicle']>, method: string): Promise<Record<string, unknown>> {
  const called: unknown = (vehicle as unknown as Record<string, () => unknown>)[method]?.();
  return called as Promise<Record<string, unknown>>;
}

async function sdkVehicle(spec: Parameters<Simulator['addOwner']>[0] = {}) {
  const simulator = await start();
  pointSdkAt(simulator);
  const owner = simulator.addOwner(spec);
  const id = owner.vehicles[0]?.id ?? '';
  const {accessToken} = simulator.grant(owner.id);
  return {simulator, owner, id, accessToken, vehicle: new sdk.Vehicle(id, accessToken)};
}

test('every reading that the SDK has a method for answers, with its meta', async () => {
  const {simulator, vehicle} = await sdkVehicle({vehicles: [{powertrain: 'PHEV'}]});
  const readings: Readonly<Record<string, object>> = {
    vin: {vin: expect.any(String)},
    charge: {isPluggedIn: true, state: 'NOT_CHARGING'},
    battery: {percentRemaining: 0.62, range: 290},
    batteryCapacity: {capacity: 75},
    nominalCapacity: {capacity: {nominal: 75, source: 'SMARTCAR'}},
    fuel: {range: 400, percentRemaining: 0.5, amountRemaining: 25},
    tirePressure: {frontLeft: 250, backRight: 250},
    engineOil: {lifeRemaining: 0.86},
    odometer: {distance: 37_829},
    location: {latitude: 52.52, longitude: 13.405},
    attributes: {make: 'TESLA', model: 'Model 3', year: 2023},
    lockStatus: {isLocked: false},
    getChargeLimit: {limit: 0.8},
    diagnosticSystemStatus: {systems: expect.any(Array)},
    diagnosticTroubleCodes: {activeCodes: []},
  };
  for (const [method, body] of Object.entries(readings)) {
    const answer = await callPlain(vehicle, method);
    expect([method, answer]).toEqual([method, expect.objectContaining(body)]);
    expect(answer['meta']).toEqual({
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      unitSystem: 'metric',
      dataAge: new Date(simulator.now()),
      fetchedAt: new Date(simulator.now()),
    });
  }
  const {permissions, paging} = await vehicle.permissions({limit: 3, offset: 1});
  expect([permissions.length, paging.count > 20]).toEqual([3, true]);
});

test('every command that the SDK has a method for reaches the car', async () => {
  const {simulator, id, vehicle} = await sdkVehicle();
  for (const method of ['lock', 'unlock', 'startCharge', 'stopCharge', 'startCharge']) {
    expect(await callPlain(vehicle, method)).toMatchObject({status: 'success'});
  }
  expect(await vehicle.setChargeLimit(0.7)).toMatchObject({status: 'success'});
  expect(await vehicle.sendDestination(47.62, -122.32)).toMatchObject({status: 'success'});
  const trunk = await vehicle.request('POST', 'tesla/security/trunk', {action: 'OPEN'});
  expect(trunk).toMatchObject({body: {status: 'success'}, meta: {requestId: expect.any(String)}});
  expect(simulator.vehicle(id)).toMatchObject({
    locked: false,
    charging: true,
    chargeLimit: 0.7,
    trunkOpen: true,
    destination: {latitude: 47.62, longitude: -122.32},
  });
  await expect(callPlain(vehicle, 'lock')).rejects.toMatchObject({
    statusCode: 409,
    type: 'VEHICLE_STATE',
    code: 'TRUNK_OPEN',
  });
  expect(simulator.commandCount(id)).toBe(8);
  expect((await vehicle.request('GET', 'tesla/compass')).body).toMatchObject({direction: 'N'});
});

test('the SDK reads each error off a reply, a batch item and a wrong make', async () => {
  const {simulator, id, vehicle} = await sdkVehicle({
    scope: ['read_odometer', 'read_fuel', 'read_speedometer'],
  });
  await expect(callPlain(vehicle, 'location')).rejects.toMatchObject({
    name: 'SmartcarError',
    statusCode: 403,
    type: 'PERMISSION',
    resolution: {type: 'REAUTHENTICATE'},
    requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
  await expect(vehicle.request('GET', 'TESLA/speedometer')).rejects.toMatchObject({type: 'PERMISSION'});
  await expect(vehicle.request('GET', 'nowhere')).rejects.toMatchObject({type: 'RESOURCE_NOT_FOUND'});
  const batch = await vehicle.batch(['/odometer', '/fuel', '/location', '/tesla/speedometer', '/nowhere']);
  expect(batch['odometer']?.()).toMatchObject({distance: 37_829, meta: {unitSystem: 'metric'}});
  expect(batch['teslaSpeedometer']?.()).toMatchObject({speed: 0});
  expect(() => batch['fuel']?.()).toThrow('COMPATIBILITY:VEHICLE_NOT_CAPABLE');
  expect(() => batch['location']?.()).toThrow('PERMISSION');
  expect(() => batch['nowhere']?.()).toThrow('RESOURCE_NOT_FOUND:PATH');
  simulator.updateVehicle(id, {fault: 'RATE_LIMIT:VEHICLE'});
  await expect(vehicle.odometer()).rejects.toMatchObject({statusCode: 429, retryAfter: '60'});
  const limited = await vehicle.batch(['/odometer']);
  expect(() => limited['odometer']?.()).toThrow(expect.objectContaining({retryAfter: '60'}));
});

test('the SDK’s signals lack the owner, and are refused for it', async () => {
  const {simulator, owner, id} = await sdkVehicle();
  const token = await applicationToken(simulator);
  const vehicle = new sdk.Vehicle(id, token);
  for (const ask of [() => vehicle.getSignals(), () => vehicle.getSignal('odometer-traveleddistance')]) {
    // The SDK loses what an `errors[]` body says; the journal has it.
    await expect(ask()).rejects.toMatchObject({statusCode: 400, type: 'SDK_ERROR'});
    expect(simulator.journal.at(-1)).toMatchObject({type: 'VALIDATION', code: 'MISSING_PARAMETER'});
    expect(simulator.journal.at(-1)).not.toHaveProperty('user');
  }
  expect(owner.vehicles).toHaveLength(1);
});

test('the SDK asks for compatibility with its secret', async () => {
  const {owner} = await sdkVehicle();
  const vin = owner.vehicles[0]?.vin ?? '';
  expect(await sdk.getCompatibility(vin, ['read_odometer', 'read_fuel'])).toMatchObject({
    compatible: true,
    capabilities: [{capable: true}, {capable: false, reason: 'VEHICLE_NOT_CAPABLE'}],
  });
  expect(await sdk.getCompatibility('1FTFW1E50PFA00000', ['read_vin'])).toMatchObject({compatible: false});
  expect((await sdk.getCompatibilityMatrix('US'))['TESLA']?.[0]).toMatchObject({model: 'Model 3'});
});

test('without a redirect URI, the SDK posts the text "undefined", and gets its tokens all the same', async () => {
  const simulator = await start({redirectUris: ['https://example.com/back']});
  pointSdkAt(simulator);
  simulator.addOwner({id: 'ada'});
  const client = new sdk.AuthClient({});
  const redirect = await fetch(client.getAuthUrl([], {user: 'ada', state: 's'}), {redirect: 'manual'});
  const code = new URL(redirect.headers.get('location') ?? '').searchParams.get('code') ?? '';
  expect(await client.exchangeCode(code)).toMatchObject({accessToken: expect.any(String)});
});

test('the SDK’s v3 calls reach the simulator', async () => {
  const simulator = await start();
  pointSdkAt(simulator);
  const {vehicles} = simulator.addOwner();
  const token = await applicationToken(simulator);
  const answer = await sdk.getVehicle(token, vehicles[0]?.id ?? '');
  expect(answer.body.data.id).toBe(vehicles[0]?.id);
  await expect(new sdk.Vehicle('x', 'nonsense').odometer()).rejects.toMatchObject({
    type: 'AUTHENTICATION',
    statusCode: 401,
  });
});
