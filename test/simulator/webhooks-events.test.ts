import {expect, test} from 'vitest';
import {changedSignals} from '../../src/simulator/webhooks/changed-signals.ts';
import {signals} from '../../src/simulator/v3/signals.ts';
import {noon, start} from './harness.ts';
import {codesOf, hooked, hookedOwner} from './webhook-receiver.ts';

test('an error event is written as documented', async () => {
  const {simulator, received, webhook} = await hookedOwner();
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
  const {simulator, received} = await hookedOwner();
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
  const {simulator, received} = await hookedOwner();
  simulator.webhooks.send({vehicle: 'car', error: 'VEHICLE_STATE:ASLEEP', resolution});
  await simulator.webhooks.idle();
  expect(received[0]?.body.data.errors[0].resolution).toEqual(expected);
});

test('an error without a code has the code null', async () => {
  const {simulator, received} = await hookedOwner();
  simulator.webhooks.send({vehicle: 'car', error: 'PERMISSION'});
  await simulator.webhooks.idle();
  expect(received[0]?.body.data.errors[0]).toMatchObject({
    type: 'PERMISSION',
    code: null,
    resolution: {type: 'REAUTHENTICATE'},
  });
});

test('strangers in an event are named', async () => {
  const {simulator} = await hookedOwner();
  expect(() => simulator.webhooks.send({vehicle: 'cat', error: 'PERMISSION'})).toThrow('`cat`');
  expect(() => simulator.webhooks.send({vehicle: 'car', signals: ['nonsense']})).toThrow('`nonsense`');
  expect(() =>
    simulator.webhooks.send({vehicle: 'car', error: 'PERMISSION', resolution: 'x'.repeat(50_000)}),
  ).toThrow('at most 50 000 bytes');
});

test('the first state of a car says so, and the next names what it sends', async () => {
  const {simulator, received} = await hookedOwner();
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
  const {simulator, received} = await hookedOwner();
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

test('a state of more than 50 kB comes as several events that share its signals', async () => {
  const {simulator, received} = await hookedOwner();
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
  const {simulator, received} = await hookedOwner();
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
