import {describe, expect, test} from 'vitest';
import {commands} from '../../src/simulator/v2/commands.ts';
import {readings} from '../../src/simulator/v2/reads.ts';
import {applicationToken, basic, noon, sender, start, v2Owner} from './harness.ts';

describe('v2 reads', () => {
  test('pages the vehicles of an owner', async () => {
    const simulator = await start();
    const {owner, send} = v2Owner(simulator, {vehicles: [{}, {}, {}]});
    const page = await send('GET', '/v2.0/vehicles?limit=2&offset=1');
    expect(page.status).toBe(200);
    expect(page.body).toEqual({
      vehicles: [owner.vehicles[1]?.id, owner.vehicles[2]?.id],
      paging: {count: 3, offset: 1},
    });
    expect((await send('GET', '/v2.0/vehicles?limit=nine')).status).toBe(400);
  });

  test('answers every documented reading of a plug-in hybrid', async () => {
    const simulator = await start();
    const {vehicle, send} = v2Owner(simulator, {vehicles: [{powertrain: 'PHEV'}]});
    const paths = [
      '/',
      '/permissions',
      '/vin',
      '/odometer',
      '/location',
      '/fuel',
      '/battery',
      '/battery/capacity',
      '/battery/nominal_capacity',
      '/charge',
      '/charge/limit',
      '/engine/oil',
      '/tires/pressure',
      '/security',
      '/service/history',
      '/diagnostics/system_status',
      '/diagnostics/dtcs',
      '/tesla/speedometer',
    ];
    for (const path of paths) {
      const answer = await send('GET', `/v2.0/vehicles/${vehicle}${path}`);
      expect([path, answer.status]).toEqual([path, 200]);
    }
  });

  test('says where a value comes from, in the units asked for', async () => {
    const simulator = await start();
    const {vehicle, send} = v2Owner(simulator, {vehicles: [{odometerKm: 1609.344}]});
    simulator.advance(60_000);
    const metric = await send('GET', `/v2.0/vehicles/${vehicle}/odometer`);
    expect(metric.body).toEqual({distance: 1609.34});
    expect(metric.headers.get('sc-unit-system')).toBe('metric');
    expect(metric.headers.get('sc-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(metric.headers.get('sc-data-age')).toBe(new Date(noon).toISOString());
    expect(metric.headers.get('sc-fetched-at')).toBe(new Date(noon + 60_000).toISOString());

    const units = {'sc-unit-system': 'imperial'};
    const imperial = await send('GET', `/v2.0/vehicles/${vehicle}/odometer`, undefined, units);
    expect(imperial.body).toEqual({distance: 1000});
    expect(imperial.headers.get('sc-unit-system')).toBe('imperial');
    const nautical = await send('GET', `/v2.0/vehicles/${vehicle}/odometer`, undefined, {
      'sc-unit-system': 'nautical',
    });
    expect(nautical.body).toMatchObject({type: 'VALIDATION', detail: [{field: ['sc-unit-system']}]});
  });

  test('says every distance, pressure, volume and temperature in the units asked for', async () => {
    const simulator = await start();
    const car = {
      powertrain: 'PHEV',
      odometerKm: 16_093.44,
      batteryRangeKm: 160.9344,
      fuelRangeKm: 321.8688,
      fuelLitres: 37.85412,
      tyrePressureKpa: 241.316,
      interiorCelsius: 20,
      exteriorCelsius: -40,
      speedKmh: 80.4672,
    } as const;
    const {vehicle, send} = v2Owner(simulator, {vehicles: [car]});
    const read = async (path: string) =>
      (await send('GET', `/v2.0/vehicles/${vehicle}${path}`, undefined, {'sc-unit-system': 'imperial'})).body;
    expect(await read('/odometer')).toEqual({distance: 10_000});
    expect(await read('/battery')).toMatchObject({range: 100});
    expect(await read('/fuel')).toEqual({range: 200, percentRemaining: 0.5, amountRemaining: 10});
    expect(await read('/tires/pressure')).toMatchObject({frontLeft: 35, backRight: 35});
    expect((await read('/service/history'))[0].odometerDistance).toBeCloseTo(6893.14);
    expect(await read('/tesla/interior_temperature')).toEqual({temperature: 68});
    expect(await read('/tesla/exterior_temperature')).toEqual({temperature: -40});
    expect(await read('/tesla/climate/cabin')).toMatchObject({temperature: 68});
    expect(await read('/tesla/speedometer')).toEqual({speed: 50});
  });

  test('an owner’s permission is asked for at each endpoint', async () => {
    const simulator = await start();
    const {vehicle, send} = v2Owner(simulator, {scope: [], vehicles: [{powertrain: 'PHEV'}]});
    const refused: string[] = [];
    const endpoints = [
      ...readings.map(reading => ({method: 'GET', path: reading.path})),
      ...commands.map(command => ({method: 'POST', path: command.path, body: {}})),
    ];
    for (const {method, path, ...rest} of endpoints) {
      const url = `/v2.0/vehicles/${vehicle}${path.replace(':make', 'tesla')}`;
      const answer = await send(method, url, 'body' in rest ? rest.body : undefined);
      if (answer.status === 403 && answer.body.type === 'PERMISSION') refused.push(`${method} ${path}`);
    }
    expect(refused).toHaveLength(readings.length + commands.length);
    expect((await send('GET', `/v2.0/vehicles/${vehicle}/permissions`)).body.permissions).toEqual([]);
  });

  test('what the query says beyond its parameters is ignored', async () => {
    const simulator = await start();
    const {vehicle, send} = v2Owner(simulator);
    expect((await send('GET', `/v2.0/vehicles/${vehicle}/odometer?flags=a&limit=x&%zz`)).status).toBe(200);
  });

  test('an electric car has no fuel', async () => {
    const simulator = await start();
    const {vehicle, send} = v2Owner(simulator);
    const answer = await send('GET', `/v2.0/vehicles/${vehicle}/fuel`);
    expect(answer).toMatchObject({status: 501, body: {type: 'COMPATIBILITY', code: 'VEHICLE_NOT_CAPABLE'}});
  });

  test('checks compatibility for the application, not for an owner', async () => {
    const simulator = await start();
    const {owner, send} = v2Owner(simulator);
    const query = `vin=${owner.vehicles[0]?.vin}&scope=read_odometer+read_fuel`;
    expect((await send('GET', `/v2.0/compatibility?${query}`)).status).toBe(401);
    const answer = await sender(simulator, basic(simulator))('GET', `/v2.0/compatibility?${query}`);
    expect(answer.body).toMatchObject({
      compatible: true,
      capabilities: [
        {permission: 'read_odometer', capable: true},
        {permission: 'read_fuel', capable: false},
      ],
    });
    const matrix = await sender(simulator, basic(simulator))('GET', '/v2.0/compatibility/matrix?region=US');
    expect(matrix.body.TESLA[0]).toMatchObject({model: 'Model 3', type: 'BEV'});
  });
});

describe('v2 refusals', () => {
  test('are flat bodies with every documented field', async () => {
    const simulator = await start();
    const {vehicle, send} = v2Owner(simulator, {scope: []});
    const {status, headers, body} = await send('GET', `/v2.0/vehicles/${vehicle}/odometer`);
    expect(status).toBe(403);
    expect(body).toEqual({
      type: 'PERMISSION',
      code: null,
      description: expect.any(String),
      docURL: 'https://smartcar.com/docs/errors/api-errors/permission-errors',
      statusCode: 403,
      requestId: headers.get('sc-request-id'),
      resolution: {type: 'REAUTHENTICATE'},
      suggestedUserMessage: expect.any(String),
    });
  });

  test('name what is wrong with the token', async () => {
    const simulator = await start();
    const {vehicle, send, tokens} = v2Owner(simulator);
    const foreign = v2Owner(simulator).vehicle;
    const path = `/v2.0/vehicles/${vehicle}/vin`;
    const v3Token = await applicationToken(simulator);
    for (const authorization of [
      '',
      'Bearer',
      'Bearer nonsense',
      `Basic ${tokens.accessToken}`,
      `Bearer ${v3Token}`,
    ]) {
      const answer = await send('GET', path, undefined, {authorization});
      expect(answer).toMatchObject({
        status: 401,
        body: {type: 'AUTHENTICATION', code: null, resolution: {type: null}},
      });
    }
    expect((await send('GET', `/v2.0/vehicles/${foreign}/vin`)).status).toBe(401);
    simulator.advance(7_200_000 - 1);
    expect((await send('GET', path)).status).toBe(200);
    simulator.advance(1);
    expect((await send('GET', path)).status).toBe(401);
  });

  test('tell paths, versions, methods and makes apart', async () => {
    const simulator = await start();
    const {vehicle, send} = v2Owner(simulator);
    const code = async (method: string, path: string) => {
      const {status, body} = await send(method, path);
      return [status, body.type, body.code];
    };
    expect(await code('GET', '/v2.0/nowhere')).toEqual([404, 'RESOURCE_NOT_FOUND', 'PATH']);
    expect(await code('GET', '/')).toEqual([404, 'RESOURCE_NOT_FOUND', 'PATH']);
    expect(await code('GET', '/v1.0/vehicles')).toEqual([404, 'RESOURCE_NOT_FOUND', 'VERSION']);
    expect(await code('GET', '/v2.3/vehicles')).toEqual([404, 'RESOURCE_NOT_FOUND', 'VERSION']);
    expect(await code('DELETE', '/v2.0/vehicles')).toEqual([400, 'VALIDATION', null]);
    expect(await code('PATCH', '/v2.0/vehicles')).toEqual([400, 'VALIDATION', null]);
    expect(await code('GET', `/v2.0/vehicles/${vehicle}/TESLA/speedometer`)).toEqual([
      403,
      'PERMISSION',
      null,
    ]);
    expect(await code('GET', `/v2.0/vehicles/${vehicle}/ford/speedometer`)).toEqual([
      501,
      'COMPATIBILITY',
      'MAKE_NOT_COMPATIBLE',
    ]);
  });
});
