import {describe, expect, test} from 'vitest';
import {start, v3Owner} from './harness.ts';

const attributes = (values: object) => ({data: {attributes: values}});

describe('v3 commands', () => {
  test('change the car, and its signals say so', async () => {
    const simulator = await start();
    const {vehicle, send} = await v3Owner(simulator);
    const base = `/v3/vehicles/${vehicle}`;
    const locked = await send('POST', `${base}/commands/security/lock`);
    expect(locked).toMatchObject({
      status: 200,
      body: {
        data: {
          type: 'command-execution',
          attributes: {commandType: 'security-lock', status: {value: 'SUCCESS'}},
        },
      },
    });
    expect((await send('GET', `${base}/signals/closure-islocked`)).body.data.attributes.body).toEqual({
      value: true,
    });
    await send('POST', `${base}/commands/security/unlock`);
    await send('POST', `${base}/commands/charge/start`);
    await send('POST', `${base}/commands/charge/set-limit`, attributes({percent: 90}));
    await send('POST', `${base}/commands/charge-port/open`);
    await send(
      'POST',
      `${base}/commands/navigation/set-destination`,
      attributes({latitude: 1, longitude: 2}),
    );
    await send('POST', `${base}/charge-schedules/daily`, attributes({startTime: '22:00'}));
    expect(simulator.vehicle(vehicle)).toMatchObject({
      locked: false,
      charging: true,
      chargeLimit: 0.9,
      chargePortOpen: true,
      destination: {latitude: 1, longitude: 2},
      schedules: [{kind: 'daily', attributes: {startTime: '22:00'}}],
    });
    const schedule = simulator.vehicle(vehicle).schedules[0]?.id;
    expect((await send('DELETE', `${base}/charge-schedules/${schedule}`)).status).toBe(200);
    await send('POST', `${base}/commands/charge/stop`);
    await send('POST', `${base}/commands/charge-port/close`);
    expect(simulator.vehicle(vehicle)).toMatchObject({charging: false, chargePortOpen: false, schedules: []});
    expect(simulator.commandCount(vehicle)).toBe(10);
  });

  test('take JSON of either name, and no other type', async () => {
    const simulator = await start();
    const {vehicle, send} = await v3Owner(simulator);
    const path = `/v3/vehicles/${vehicle}/commands/charge/set-limit`;
    const body = attributes({percent: 90});
    for (const type of ['application/json', 'application/vnd.api+json', 'application/vnd.api+json; ext=x']) {
      expect((await send('POST', path, body, {'content-type': type})).status).toBe(200);
    }
    for (const type of ['text/plain', 'application/x-www-form-urlencoded']) {
      const answer = await send('POST', path, body, {'content-type': type});
      expect(answer).toMatchObject({status: 400, body: {errors: [{code: 'INVALID_INPUT_FORMAT'}]}});
      expect(answer.body.errors[0].detail).toContain(`got ${type}.`);
    }
    expect((await send('POST', path)).body.errors[0].detail).toBe('The body is missing; it has to be JSON.');
    const lock = `/v3/vehicles/${vehicle}/commands/security/lock`;
    expect((await send('POST', lock, '{}', {'content-type': 'text/plain'})).status).toBe(200);
    const {errors} = (await send('POST', path, '{')).body;
    expect(errors[0]).toMatchObject({type: 'VALIDATION', code: 'INVALID_INPUT_FORMAT'});
    expect(simulator.commandCount(vehicle)).toBe(4);
  });

  test('are refused by the state of the car, and leave it alone', async () => {
    const simulator = await start();
    const {vehicle, send} = await v3Owner(simulator, {vehicles: [{trunkOpen: true, batteryLevel: 0.8}]});
    const base = `/v3/vehicles/${vehicle}/commands`;
    for (const [path, code] of [
      ['security/lock', 'TRUNK_OPEN'],
      ['charge/start', 'FULLY_CHARGED'],
    ]) {
      expect(await send('POST', `${base}/${path}`)).toMatchObject({
        status: 409,
        body: {errors: [{type: 'VEHICLE_STATE', code, status: '409'}]},
      });
    }
    expect(simulator.commandCount(vehicle)).toBe(0);
    expect(simulator.journal.at(-1)).toMatchObject({effect: 'not-carried-out'});
  });

  test('refuse what the specification refuses', async () => {
    const simulator = await start();
    const {vehicle, send} = await v3Owner(simulator, {vehicles: [{make: 'VOLVO', pluggedIn: false}]});
    const base = `/v3/vehicles/${vehicle}`;
    const code = async (path: string, body?: unknown) => {
      const answer = await send('POST', base + path, body);
      return [answer.status, answer.body.errors[0].code];
    };
    for (const percent of [49, 101, 50.5, '80', null]) {
      const answer = await code('/commands/charge/set-limit', {data: {attributes: {percent}}});
      expect(answer).toEqual([400, 'INVALID_INPUT_FORMAT']);
    }
    expect(await code('/commands/charge/start')).toEqual([409, 'CHARGING_PLUG_NOT_CONNECTED']);
    expect(await code('/charge-schedules/weekly', {data: {attributes: {}}})).toEqual([
      501,
      'VEHICLE_NOT_CAPABLE',
    ]);
    expect(await code('/commands/climate/start')).toEqual([404, 'INVALID_PATH']);
    expect(simulator.commandCount(vehicle)).toBe(0);
  });
});
