import {describe, expect, test} from 'vitest';
import {errorKeys} from '../../src/simulator/errors/table.ts';
import {start, v2Owner, v3Owner} from './harness.ts';

/** The dialect of the token endpoints is no error of a car. */
const vehicleErrors = errorKeys.filter(key => key === key.toUpperCase());
const readable = vehicleErrors.filter(key => !key.endsWith('VIRTUAL_KEY_REQUIRED'));

const emailOf = (error: string) => `${error.replace(':', '.')}@smartcar.com`;

/** What the other version says where a code belongs to one only. */
const onV2: Readonly<Record<string, string>> = {
  'AUTHENTICATION:UNAUTHORIZED': 'AUTHENTICATION',
  'AUTHENTICATION:ACCESS_DENIED': 'AUTHENTICATION',
  'PERMISSION:UNKNOWN': 'PERMISSION',
  'VALIDATION:INVALID_INPUT_FORMAT': 'VALIDATION',
  'VALIDATION:MISSING_PARAMETER': 'VALIDATION:PARAMETER',
  'RESOURCE_NOT_FOUND:INVALID_PATH': 'RESOURCE_NOT_FOUND:PATH',
  'RESOURCE_NOT_FOUND:VEHICLE_NOT_FOUND': 'RESOURCE_NOT_FOUND:PATH',
  'RESOURCE_NOT_FOUND:SIGNAL_NOT_FOUND': 'RESOURCE_NOT_FOUND:PATH',
};
const onV3: Readonly<Record<string, string>> = {
  AUTHENTICATION: 'AUTHENTICATION:UNAUTHORIZED',
  VALIDATION: 'VALIDATION:INVALID_INPUT_FORMAT',
  'VALIDATION:PARAMETER': 'VALIDATION:INVALID_INPUT_FORMAT',
  'RESOURCE_NOT_FOUND:PATH': 'RESOURCE_NOT_FOUND:INVALID_PATH',
  'RESOURCE_NOT_FOUND:VERSION': 'RESOURCE_NOT_FOUND:INVALID_PATH',
};

const keyOf = ({type, code}: {readonly type: string; readonly code: string | null}) =>
  code === null ? type : `${type}:${code}`;

test('every error of a car can be had by a login', () => {
  expect(readable.length).toBeGreaterThan(50);
});

describe('a test login', () => {
  test.each(readable)('%s answers on v2, but not where Smartcar needs no car', async error => {
    const simulator = await start();
    const {vehicle, send} = v2Owner(simulator, {email: emailOf(error)});
    const base = `/v2.0/vehicles/${vehicle}`;
    const {status, body, headers} = await send('GET', `${base}/odometer`);
    expect(keyOf(body)).toBe(onV2[error] ?? error);
    expect(body.statusCode).toBe(status);
    expect(headers.get('retry-after')).toBe(error === 'RATE_LIMIT:VEHICLE' ? '60' : null);
    expect(keyOf((await send('POST', `${base}/security`, {action: 'LOCK'})).body)).toBe(onV2[error] ?? error);
    for (const path of ['/', '/vin', '/permissions'])
      expect((await send('GET', base + path)).status).toBe(200);
    expect(simulator.commandCount(vehicle)).toBe(0);
  });

  test.each(readable)('%s fails commands on v3, but not what needs no car', async error => {
    const simulator = await start();
    const {vehicle, send} = await v3Owner(simulator, {email: emailOf(error)});
    const base = `/v3/vehicles/${vehicle}`;
    const {status, body} = await send('POST', `${base}/commands/security/lock`);
    expect(keyOf(body.errors[0])).toBe(onV3[error] ?? error);
    expect(body.errors[0].status).toBe(String(status));
    expect((await send('GET', base)).status).toBe(200);
    expect((await send('GET', `${base}/signals/vehicleidentification-vin`)).status).toBe(200);
    expect((await send('GET', '/v3/connections')).body.meta.totalCount).toBe(1);
    expect(simulator.commandCount(vehicle)).toBe(0);
  });

  const inside = readable.filter(key => /^(VEHICLE_STATE|COMPATIBILITY|UPSTREAM)/.test(key));

  test.each(inside)('%s sits inside the signals of v3', async error => {
    const simulator = await start();
    const {vehicle, send} = await v3Owner(simulator, {email: emailOf(error)});
    const base = `/v3/vehicles/${vehicle}/signals`;
    const list = await send('GET', base);
    const single = await send('GET', `${base}/odometer-traveleddistance`);
    expect([list.status, single.status]).toEqual([200, 200]);
    const inList = list.body.data.find((item: {id: string}) => item.id === 'odometer-traveleddistance');
    expect(keyOf(inList.attributes.status.error)).toBe(error);
    expect(single.body.data.attributes).toEqual(inList.attributes);
  });

  test.each(readable.filter(key => !inside.includes(key)))(
    '%s stands in place of v3’s signals',
    async error => {
      const simulator = await start();
      const {vehicle, send} = await v3Owner(simulator, {email: emailOf(error)});
      for (const path of ['', '/odometer-traveleddistance']) {
        const {status, body} = await send('GET', `/v3/vehicles/${vehicle}/signals${path}`);
        expect(keyOf(body.errors[0])).toBe(onV3[error] ?? error);
        expect(body.errors[0].status).toBe(String(status));
      }
    },
  );

  test('that lacks the virtual key reads, and refuses commands', async () => {
    const simulator = await start();
    const email = 'CONNECTED_SERVICES_ACCOUNT.VIRTUAL_KEY_REQUIRED@smartcar.com';
    const {vehicle, send} = v2Owner(simulator, {email});
    expect((await send('GET', `/v2.0/vehicles/${vehicle}/odometer`)).status).toBe(200);
    const command = await send('POST', `/v2.0/vehicles/${vehicle}/security`, {action: 'LOCK'});
    expect(command).toMatchObject({
      status: 400,
      body: {code: 'VIRTUAL_KEY_REQUIRED', resolution: {type: 'ACTION_REQUIRED'}},
    });
  });

  test('in any letter case is the same login', async () => {
    const simulator = await start();
    const {vehicle, send} = v2Owner(simulator, {email: 'vehicle_state.Asleep@SmartCar.com'});
    expect((await send('GET', `/v2.0/vehicles/${vehicle}/odometer`)).body.code).toBe('ASLEEP');
  });

  test.each(['invalid_grant', 'server_error', 'VEHICLE_STATE.NONSENSE', 'VEHICLE_STATE', 'ada'])(
    '%s is no error of a car, and so an ordinary owner',
    async name => {
      const simulator = await start();
      const {vehicle, send} = v2Owner(simulator, {email: `${name}@smartcar.com`});
      expect((await send('GET', `/v2.0/vehicles/${vehicle}/odometer`)).status).toBe(200);
    },
  );

  test('can ask for a number of cars, a VIN, or a powertrain', async () => {
    const simulator = await start();
    expect(simulator.addOwner({email: '3-vehicles@smartcar.com'}).vehicles).toHaveLength(3);
    const fuel = simulator.addOwner({email: '0SCTESTFUEL000001@fuel.smartcar.com'}).vehicles[0];
    expect(fuel?.vin).toBe('0SCTESTFUEL000001');
    expect(simulator.vehicle(fuel?.id ?? '').powertrain).toBe('ICE');
  });

  test('leaves the cars of others alone', async () => {
    const simulator = await start();
    simulator.addOwner({email: 'UPSTREAM.NO_RESPONSE@smartcar.com'});
    const {vehicle, send} = v2Owner(simulator);
    expect((await send('GET', `/v2.0/vehicles/${vehicle}/odometer`)).status).toBe(200);
  });
});
