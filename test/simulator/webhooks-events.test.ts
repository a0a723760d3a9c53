import {expect, test} from 'vitest';
import {changedSignals} from '../../src/simulator/webhooks/changed-signals.ts';
import {signals} from '../../src/simulator/v3/signals.ts';
import type {Simulator} from '../../src/simulator/index.ts';
import {noon, start, v2Owner, v3Owner} from './harness.ts';
import {hooked} from './webhook-receiver.ts';

async function withCar(spec: Parameters<Simulator['addOwner']>[0] = {}) {
  const simulator = await start();
  simulator.addOwner({id: 'ada', vehicles: [{id: 'car'}], ...spec});
  return {simulator, ...(await hooked(simulator))};
}

const codesOf = (items: readonly {code: string}[]) => items.map(({code}) => code);

test('an error event is written as documented', async () => {
  const {simulator, received, webhook} = await withCar();
  const eventId = simulator.webhooks.send({
    vehicle: 'car',
    error: 'UPSTREAM:NO_RESPONSE',
    signals: ['location-preciselocation'],
  });
  await simulator.webhooks.idle();
  expect(received[0]?.body).toEqual({
    eventId,
    eventType: 'VEHICLE_ERROR',
    vehicleId: 'car',
    data: {
      user: {id: 'ada'},
      vehicle: {id: 'car', make: 'TESLA', model: 'Model 3', year: 2023},
      errors: [
        {
          type: 'UPSTREAM',
          code: 'NO_RESPONSE',
          state: 'ERROR',
          description: expect.any(String),
          docURL: 'https://smartcar.com/docs/errors/api-errors/upstream-errors#no-response',
          suggestedUserMessage: expect.any(String),
          resolution: {type: 'RETRY_LATER'},
          signals: [{code: 'location-preciselocation', name: 'PreciseLocation', group: 'Location'}],
        },
      ],
    },
    meta: {
      version: '4.0',
      deliveryId: expect.any(String),
      deliveredAt: noon,
      webhookId: webhook.id,
      mode: 'LIVE',
    },
  });
});

test('a resolved error asks nothing of anybody', async () => {
  const {simulator, received} = await withCar();
  simulator.webhooks.send({vehicle: 'car', error: 'VEHICLE_STATE:ASLEEP', state: 'RESOLVED', mode: 'TEST'});
  await simulator.webhooks.idle();
  const {data, meta} = received[0]?.body ?? {};
  expect(data.errors).toEqual([
    {type: 'VEHICLE_STATE', code: 'ASLEEP', state: 'RESOLVED', description: expect.any(String)},
  ]);
  expect(meta.mode).toBe('TEST');
});

test.each([
  ['a string', 'RETRY_LATER', 'RETRY_LATER'],
  ['null', null, null],
  ['nothing', 'omit', undefined],
])('a resolution can be %s', async (_, resolution, expected) => {
  const {simulator, received} = await withCar();
  simulator.webhooks.send({vehicle: 'car', error: 'VEHICLE_STATE:ASLEEP', resolution});
  await simulator.webhooks.idle();
  expect(received[0]?.body.data.errors[0].resolution).toEqual(expected);
});

test('an error without a code has the code null', async () => {
  const {simulator, received} = await withCar();
  simulator.webhooks.send({vehicle: 'car', error: 'PERMISSION'});
  await simulator.webhooks.idle();
  expect(received[0]?.body.data.errors[0]).toMatchObject({
    type: 'PERMISSION',
    code: null,
    resolution: {type: 'REAUTHENTICATE'},
  });
});

test('strangers in an event are named', async () => {
  const {simulator} = await withCar();
  expect(() => simulator.webhooks.send({vehicle: 'cat', error: 'PERMISSION'})).toThrow('`cat`');
  expect(() => simulator.webhooks.send({vehicle: 'car', signals: ['nonsense']})).toThrow('`nonsense`');
  expect(() =>
    simulator.webhooks.send({vehicle: 'car', error: 'PERMISSION', resolution: 'x'.repeat(50_000)}),
  ).toThrow('at most 50 000 bytes');
});

test('the first state of a car says so, and the next names what it sends', async () => {
  const {simulator, received} = await withCar();
  simulator.webhooks.send({vehicle: 'car'});
  simulator.webhooks.send({vehicle: 'car', signals: ['odometer-traveleddistance']});
  await simulator.webhooks.idle();
  const first = received.find(({body}) => body.meta.signalCount > 1)?.body;
  const second = received.find(({body}) => body.meta.signalCount === 1)?.body;
  expect(first.data.triggers).toEqual([{code: 'FIRST_DELIVERY'}]);
  expect(codesOf(first.data.signals)).toEqual(codesOf(signals));
  const odometer = {code: 'odometer-traveleddistance', name: 'TraveledDistance', group: 'Odometer'};
  expect(second).toMatchObject({eventType: 'VEHICLE_STATE', vehicleId: 'car'});
  expect(second.data).toEqual({
    user: {id: 'ada'},
    vehicle: {id: 'car', make: 'TESLA', model: 'Model 3', year: 2023},
    triggers: [odometer],
    signals: [
      {
        ...odometer,
        body: {value: 37_829, unit: 'km'},
        meta: {oemUpdatedAt: noon, fetchedAt: noon, retrievedAt: noon},
      },
    ],
  });
});

test('a signal that failed has its error in place of a body', async () => {
  const {simulator, received} = await withCar();
  const signal = (code: string) =>
    received[0]?.body.data.signals.find((item: {code: string}) => item.code === code);
  simulator.revoke({owner: 'ada', how: 'permission', permission: 'read_location'});
  await simulator.webhooks.idle();
  received.length = 0;
  simulator.webhooks.send({vehicle: 'car'});
  await simulator.webhooks.idle();
  expect(signal('internalcombustionengine-fuellevel')).toEqual({
    code: 'internalcombustionengine-fuellevel',
    name: 'FuelLevel',
    group: 'InternalCombustionEngine',
    status: {value: 'ERROR', error: {type: 'COMPATIBILITY', code: 'VEHICLE_NOT_CAPABLE'}},
  });
  expect(signal('location-preciselocation').status).toEqual({
    value: 'ERROR',
    error: {type: 'PERMISSION', code: null},
  });
});

test('version 2.0 says the same with eventName and payload', async () => {
  const simulator = await start();
  simulator.addOwner({id: 'ada', vehicles: [{id: 'car'}]});
  const {received, webhook} = await hooked(simulator, {version: '2.0'});
  simulator.revoke({owner: 'ada', how: 'login', vehicle: 'car'});
  simulator.webhooks.send({vehicle: 'car', signals: ['odometer-traveleddistance'], mode: 'TEST'});
  await simulator.webhooks.idle();
  const error = received.find(({body}) => body.eventName === 'vehicleError')?.body;
  const state = received.find(({body}) => body.eventName === 'vehicleState')?.body;
  expect(error).toMatchObject({
    version: '2.0',
    webhookId: webhook.id,
    mode: 'live',
    payload: {vehicleId: 'car', user: {id: 'ada'}, errors: [{state: 'ERROR'}]},
  });
  expect(error.payload.eventId).not.toBe(error.payload.deliveryId);
  expect(error.payload.errors[0].resolution.url).toContain('client_id=client_simulator');
  expect(state).toMatchObject({mode: 'test', payload: {triggers: [{code: 'FIRST_DELIVERY'}]}});
});

test('a lost login is told with the link that brings the owner back, and told again when it is', async () => {
  const {simulator, received, got} = await withCar();
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
  const {simulator, received} = await withCar({vehicles: [{id: 'one'}, {id: 'two'}]});
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
  const {simulator, received, got} = await withCar();
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
  const {simulator, received} = await withCar({
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

test('a state of more than 50 kB comes as several events that share its signals', async () => {
  const {simulator, received} = await withCar();
  const note = 'ü'.repeat(22_000);
  const schedules = [{id: 'a', kind: 'daily', attributes: {note}}] as const;
  simulator.updateVehicle('car', {schedules, odometerKm: 6});
  simulator.updateVehicle('car', {schedules: [...schedules], odometerKm: 7});
  await simulator.webhooks.idle();
  expect(Math.max(...received.map(({raw}) => Buffer.byteLength(raw)))).toBeLessThanOrEqual(50_000);
  expect(new Set(received.map(({body}) => body.eventId as string)).size).toBe(received.length);
  const later = received
    .map(({body}) => body)
    .filter(({data}) => codesOf(data.triggers)[0] !== 'FIRST_DELIVERY');
  expect(received.length - later.length).toBeGreaterThan(1);
  expect(later.flatMap(({data}) => codesOf(data.signals)).toSorted()).toEqual(codesOf(signals).toSorted());
  expect(later.flatMap(({data}) => codesOf(data.triggers)).toSorted()).toEqual([
    'charge-chargetimers',
    'odometer-traveleddistance',
  ]);
});

test('a signal of more than 50 kB is left out', async () => {
  const {simulator, received} = await withCar();
  simulator.updateVehicle('car', {
    schedules: [{id: 'a', kind: 'daily', attributes: {note: 'x'.repeat(60_000)}}],
  });
  await simulator.webhooks.idle();
  const sent = received.flatMap(({body}) => codesOf(body.data.signals));
  expect(sent).not.toContain('charge-chargetimers');
  expect(sent).toHaveLength(signals.length - 1);
});

test('every signal that a change names exists', () => {
  const named = new Set(Object.values(changedSignals).flat());
  const known = new Set(codesOf(signals));
  expect([...named].filter(code => !known.has(code))).toEqual([]);
});

async function idsOf(seed: number) {
  const simulator = await start({seed});
  simulator.addOwner({id: 'ada', vehicles: [{id: 'car'}]});
  const {received, webhook} = await hooked(simulator);
  simulator.updateVehicle('car', {odometerKm: 5});
  await simulator.webhooks.idle();
  const {eventId, meta} = received[0]?.body ?? {};
  return [webhook.id, eventId, meta.deliveryId];
}

test('the same seed and the same events, the same ids', async () => {
  const first = await idsOf(4);
  expect(await idsOf(4)).toEqual(first);
  expect(await idsOf(5)).not.toEqual(first);
});
