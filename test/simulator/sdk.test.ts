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
    lock(): Promise<{status: string}>;
    setChargeLimit(limit: number): Promise<{status: string}>;
    batch(paths: readonly string[]): Promise<Record<string, () => unknown>>;
    disconnect(): Promise<{status: string}>;
  };
  getVehicles(token: string): Promise<{vehicles: string[]}>;
  getUser(token: string): Promise<{id: string}>;
  getVehicle(token: string, vehicle: string): Promise<{body: {data: {id: string}}}>;
  getCompatibility(vin: string, scope: readonly string[]): Promise<{compatible: boolean}>;
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
