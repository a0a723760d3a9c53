import {describe, expect, test} from 'vitest';
import {start, v2Owner} from './harness.ts';

describe('v2 commands', () => {
  test('change the car, and the next read says so', async () => {
    const simulator = await start();
    const {vehicle, send} = v2Owner(simulator);
    const base = `/v2.0/vehicles/${vehicle}`;
    const done = {status: 'success', message: 'Successfully sent request to vehicle'};
    expect((await send('POST', `${base}/security`, {action: 'LOCK'})).body).toEqual(done);
    expect((await send('GET', `${base}/security`)).body).toMatchObject({isLocked: true});
    await send('POST', `${base}/security`, {action: 'UNLOCK'});
    expect((await send('GET', `${base}/security`)).body).toMatchObject({isLocked: false});
    await send('POST', `${base}/charge`, {action: 'START'});
    expect((await send('GET', `${base}/charge`)).body).toEqual({isPluggedIn: true, state: 'CHARGING'});
    await send('POST', `${base}/charge`, {action: 'STOP'});
    expect((await send('GET', `${base}/charge`)).body).toEqual({isPluggedIn: true, state: 'NOT_CHARGING'});
    await send('POST', `${base}/charge/limit`, {limit: '0.7'});
    expect((await send('GET', `${base}/charge/limit`)).body).toEqual({limit: 0.7});
    await send('POST', `${base}/navigation/destination`, {latitude: 1, longitude: 2});
    await send('POST', `${base}/tesla/security/trunk`, {action: 'OPEN'});
    expect(simulator.vehicle(vehicle)).toMatchObject({
      destination: {latitude: 1, longitude: 2},
      trunkOpen: true,
    });
    expect(simulator.commandCount(vehicle, 'lock')).toBe(1);
    expect(simulator.commandCount(vehicle, 'open-trunk')).toBe(1);
    expect(simulator.commandCount(vehicle)).toBe(7);
  });

  test('refuse what makes no sense and leave the car alone', async () => {
    const simulator = await start();
    const {vehicle, send} = v2Owner(simulator, {vehicles: [{pluggedIn: false}]});
    const base = `/v2.0/vehicles/${vehicle}`;
    const refused = [
      await send('POST', `${base}/security`, {action: 'EXPLODE'}),
      await send('POST', `${base}/security`, {action: 'toString'}),
      await send('POST', `${base}/security`, ['LOCK']),
      await send('POST', `${base}/security`),
      await send('POST', `${base}/security`, 'action=LOCK', {
        'content-type': 'application/x-www-form-urlencoded',
      }),
      await send('POST', `${base}/charge/limit`, {limit: 0.4}),
      await send('POST', `${base}/charge/limit`, {limit: ''}),
      await send('POST', `${base}/navigation/destination`, {latitude: 91, longitude: 0}),
      await send('POST', `${base}/security`, '{"action": '),
    ];
    for (const {status, body} of refused) expect([status, body.type]).toEqual([400, 'VALIDATION']);
    const unplugged = await send('POST', `${base}/charge`, {action: 'START'});
    expect(unplugged).toMatchObject({
      status: 409,
      body: {type: 'VEHICLE_STATE', code: 'CHARGING_PLUG_NOT_CONNECTED'},
    });
    expect(simulator.commandCount(vehicle)).toBe(0);
    expect(simulator.journal.every(entry => entry.effect === 'not-carried-out')).toBe(true);
  });

  test('a limit that has been reached ends the charging, and charging can’t begin again below it', async () => {
    const simulator = await start();
    const {vehicle, send} = v2Owner(simulator, {vehicles: [{batteryLevel: 0.62, charging: true}]});
    const base = `/v2.0/vehicles/${vehicle}`;
    await send('POST', `${base}/charge/limit`, {limit: 0.63});
    expect((await send('GET', `${base}/charge`)).body).toMatchObject({state: 'CHARGING'});
    await send('POST', `${base}/charge/limit`, {limit: 0.62});
    expect((await send('GET', `${base}/charge`)).body).toMatchObject({state: 'FULLY_CHARGED'});
    expect(await send('POST', `${base}/charge`, {action: 'START'})).toMatchObject({
      status: 409,
      body: {type: 'VEHICLE_STATE', code: 'FULLY_CHARGED'},
    });
    await send('POST', `${base}/charge/limit`, {limit: 0.9});
    expect((await send('POST', `${base}/charge`, {action: 'START'})).status).toBe(200);
    // A repeated command has to show in the count.
    expect((await send('POST', `${base}/charge`, {action: 'START'})).status).toBe(200);
    expect(simulator.commandCount(vehicle, 'start-charge')).toBe(2);
    expect((await send('POST', `${base}/charge`, {action: 'STOP'})).status).toBe(200);
    expect((await send('POST', `${base}/charge`, {action: 'STOP'})).status).toBe(200);
    simulator.updateVehicle(vehicle, {batteryLevel: 1, chargeLimit: 1});
    expect((await send('POST', `${base}/charge`, {action: 'START'})).body.code).toBe('FULLY_CHARGED');
  });

  test('a car with an open trunk can’t be locked, but unlocked', async () => {
    const simulator = await start();
    const {vehicle, send} = v2Owner(simulator, {vehicles: [{locked: true}]});
    const base = `/v2.0/vehicles/${vehicle}`;
    await send('POST', `${base}/tesla/security/trunk`, {action: 'OPEN'});
    expect(await send('POST', `${base}/security`, {action: 'LOCK'})).toMatchObject({
      status: 409,
      body: {type: 'VEHICLE_STATE', code: 'TRUNK_OPEN'},
    });
    expect((await send('POST', `${base}/security`, {action: 'UNLOCK'})).status).toBe(200);
    await send('POST', `${base}/tesla/security/trunk`, {action: 'CLOSE'});
    expect((await send('POST', `${base}/security`, {action: 'LOCK'})).status).toBe(200);
    expect(simulator.commandCount(vehicle, 'lock')).toBe(1);
  });

  test('of a brand change the car, and the brand’s readings say so', async () => {
    const simulator = await start();
    const {vehicle, send} = v2Owner(simulator);
    const base = `/v2.0/vehicles/${vehicle}`;
    await send('POST', `${base}/tesla/climate/cabin`, {action: 'SET', temperature: 20});
    expect((await send('GET', `${base}/tesla/climate/cabin`)).body).toMatchObject({status: 'ON'});
    await send('POST', `${base}/tesla/climate/cabin`, {action: 'STOP'});
    expect((await send('GET', `${base}/tesla/climate/cabin`)).body).toMatchObject({status: 'OFF'});
    await send('POST', `${base}/tesla/charge/charge_port_door`, {action: 'OPEN'});
    expect((await send('GET', `${base}/security`)).body).toMatchObject({
      chargingPort: [{type: 'chargingPort', status: 'OPEN'}],
    });
    expect((await send('POST', `${base}/tesla/security/pin`, {pin: '12'})).status).toBe(400);
    expect((await send('POST', `${base}/tesla/security/pin`, {pin: '1234'})).status).toBe(200);
  });

  test('take JSON that says so, and nothing that only looks like it', async () => {
    const simulator = await start();
    const {vehicle, send} = v2Owner(simulator);
    const base = `/v2.0/vehicles/${vehicle}`;
    const lock = '{"action": "LOCK"}';
    for (const type of [
      'text/plain;charset=UTF-8',
      'application/x-www-form-urlencoded',
      'text/json',
      'application/jsonp',
    ]) {
      for (const [path, body] of [
        ['/security', lock],
        ['/batch', '{"requests": [{"path": "/vin"}]}'],
      ] as const) {
        const answer = await send('POST', base + path, body, {'content-type': type});
        expect(answer).toMatchObject({status: 400, body: {type: 'VALIDATION'}});
        expect(answer.body.description).toBe(`The content type has to be application/json, got ${type}.`);
      }
    }
    for (const type of ['application/json', 'Application/JSON; charset=utf-8', 'application/vnd.api+json']) {
      expect((await send('POST', `${base}/security`, lock, {'content-type': type})).status).toBe(200);
    }
    expect(simulator.commandCount(vehicle)).toBe(3);
  });

  test('disconnect ends the access to the car', async () => {
    const simulator = await start();
    const {vehicle, send} = v2Owner(simulator);
    expect((await send('DELETE', `/v2.0/vehicles/${vehicle}/application`)).status).toBe(200);
    expect((await send('GET', `/v2.0/vehicles/${vehicle}/odometer`)).status).toBe(401);
    expect((await send('GET', '/v2.0/vehicles')).body.vehicles).toEqual([]);
    expect(simulator.commandCount(vehicle, 'disconnect')).toBe(1);
  });
});
