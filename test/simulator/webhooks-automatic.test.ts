import {expect, test} from 'vitest';
import {signals} from '../../src/simulator/v3/signals.ts';
import {start, v2Owner, v3Owner} from './harness.ts';
import {codesOf, hooked, hookedOwner} from './webhook-receiver.ts';

test('a lost login is told with the link that brings the owner back, and told again when it is', async () => {
  const {simulator, received, got} = await hookedOwner();
  simulator.revoke({owner: 'ada', how: 'login', vehicle: 'car'});
  simulator.revoke({owner: 'ada', how: 'login', vehicle: 'car'});
  await simulator.webhooks.idle();
  const [lost] = received[0]?.body.data.errors ?? [];
  expect(lost).toMatchObject({
    type: 'CONNECTED_SERVICES_ACCOUNT',
    code: 'AUTHENTICATION_FAILED',
    state: 'ERROR',
    resolution: {type: 'REAUTHENTICATE'},
  });
  expect(lost.resolution.url).toBe(
    `${simulator.origin}/oauth/reauthenticate?response_type=vehicle_id&client_id=simulator-application&vehicle_id=car`,
  );
  expect(codesOf(lost.signals)).toContain('odometer-traveleddistance');
  expect(codesOf(lost.signals)).not.toContain('vehicleidentification-vin');

  const back = `${lost.resolution.url}&redirect_uri=${encodeURIComponent('https://example.com/back')}`;
  expect((await fetch(back, {redirect: 'manual'})).status).toBe(302);
  await got(2);
  const [restored] = received[1]?.body.data.errors ?? [];
  expect(restored).toMatchObject({code: 'AUTHENTICATION_FAILED', state: 'RESOLVED', signals: lost.signals});
  expect(restored).not.toHaveProperty('resolution');
});

test('a lost permission is told with the signals that it covers, for each car', async () => {
  const {simulator, received} = await hookedOwner({vehicles: [{id: 'one'}, {id: 'two'}]});
  const odometer = {owner: 'ada', how: 'permission', permission: 'read_odometer'} as const;
  simulator.revoke(odometer);
  await simulator.webhooks.idle();
  simulator.restore({...odometer});
  await simulator.webhooks.idle();
  const told = received.map(({body: {vehicleId, data}}) => {
    const [{type, code, state, signals: concerned}] = data.errors;
    return `${vehicleId} ${type}:${code} ${state} ${codesOf(concerned).join()}`;
  });
  expect(told.slice(0, 2).toSorted()).toEqual([
    'one PERMISSION:null ERROR odometer-traveleddistance',
    'two PERMISSION:null ERROR odometer-traveleddistance',
  ]);
  expect(told.slice(2).toSorted()).toEqual([
    'one PERMISSION:null RESOLVED odometer-traveleddistance',
    'two PERMISSION:null RESOLVED odometer-traveleddistance',
  ]);
});

test('a command that changes the car tells its signals; one that changes nothing tells nobody', async () => {
  const simulator = await start();
  const {vehicle, send} = await v3Owner(simulator);
  const {received, got} = await hooked(simulator);
  simulator.webhooks.send({vehicle});
  await got(1);
  const lock = `/v3/vehicles/${vehicle}/commands/security/lock`;
  expect((await send('POST', lock)).status).toBe(200);
  expect((await send('POST', lock)).status).toBe(200);
  await simulator.webhooks.idle();
  expect(received).toHaveLength(2);
  const {eventType, data} = received[1]?.body ?? {};
  expect(eventType).toBe('VEHICLE_STATE');
  expect(codesOf(data.triggers)).toEqual(expect.arrayContaining(['closure-islocked', 'closure-doors']));
  expect(codesOf(data.triggers).filter(code => !code.startsWith('closure-'))).toEqual([]);
  expect(codesOf(data.signals)).toEqual(codesOf(signals));
  expect(data.signals.find(({code}: {code: string}) => code === 'closure-islocked').body).toEqual({
    value: true,
  });
});

test('a car that falls asleep is told, what happens to it meanwhile is not, and its waking is', async () => {
  const {simulator, received, got} = await hookedOwner();
  simulator.updateVehicle('car', {fault: 'VEHICLE_STATE:ASLEEP'});
  await got(1);
  simulator.updateVehicle('car', {fault: 'VEHICLE_STATE:ASLEEP', odometerKm: 1});
  simulator.updateVehicle('car', {fault: 'UPSTREAM:NO_RESPONSE'});
  await simulator.webhooks.idle();
  simulator.updateVehicle('car', {fault: undefined, recordedAt: 0, destination: undefined});
  await simulator.webhooks.idle();
  const told = received.map(({body: {data}}) => `${data.errors?.[0].code} ${data.errors?.[0].state}`);
  expect(told[0]).toBe('ASLEEP ERROR');
  expect(told.slice(1, 3).toSorted()).toEqual(['ASLEEP RESOLVED', 'NO_RESPONSE ERROR']);
  expect(told.slice(3)).toEqual(['NO_RESPONSE RESOLVED']);
});

test('a fault that was there before the webhook is resolved all the same', async () => {
  const {simulator, received} = await hookedOwner({
    vehicles: [{id: 'car', fault: 'VEHICLE_STATE:UNREACHABLE'}],
  });
  simulator.updateVehicle('car', {fault: undefined});
  await simulator.webhooks.idle();
  expect(received[0]?.body.data.errors).toMatchObject([{code: 'UNREACHABLE', state: 'RESOLVED'}]);
});

test('a webhook hears what it wants of the cars that it wants', async () => {
  const simulator = await start();
  simulator.addOwner({id: 'ada', vehicles: [{id: 'one'}, {id: 'two'}]});
  const errors = await hooked(simulator, {events: ['VEHICLE_ERROR'], vehicles: ['one']});
  const states = await hooked(simulator, {events: ['VEHICLE_STATE']});
  for (const vehicle of ['one', 'two']) {
    simulator.updateVehicle(vehicle, {odometerKm: 5});
    simulator.updateVehicle(vehicle, {fault: 'VEHICLE_STATE:ASLEEP'});
  }
  await simulator.webhooks.idle();
  expect(errors.received.map(({body}) => [body.eventType, body.vehicleId])).toEqual([
    ['VEHICLE_ERROR', 'one'],
  ]);
  expect(states.received.map(({body}) => `${body.eventType} ${body.vehicleId}`).toSorted()).toEqual([
    'VEHICLE_STATE one',
    'VEHICLE_STATE two',
  ]);
});

test('a car that is not connected is nobody’s business', async () => {
  const simulator = await start();
  const {owner, vehicle, send} = v2Owner(simulator);
  const {received} = await hooked(simulator);
  expect((await send('DELETE', `/v2.0/vehicles/${vehicle}/application`)).status).toBe(200);
  simulator.updateVehicle(vehicle, {odometerKm: 5, fault: 'VEHICLE_STATE:ASLEEP'});
  simulator.revoke({owner: owner.id, how: 'login', vehicle});
  await simulator.webhooks.idle();
  expect(received).toEqual([]);
});
