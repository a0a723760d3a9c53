import {expect, test} from 'vitest';
import {asleep, hooked, simulatorWithCar, until} from './webhook-receiver.ts';

test('duplicates are the same event twice, each a delivery of its own', async () => {
  const simulator = await simulatorWithCar();
  const {received} = await hooked(simulator, {duplicates: 1});
  const eventId = simulator.webhooks.send(asleep);
  await simulator.webhooks.idle();
  expect(received.map(({body}) => body.eventId as string)).toEqual([eventId, eventId]);
  expect(new Set(received.map(({body}) => body.meta.deliveryId as string)).size).toBe(2);
  expect(simulator.webhooks.deliveries.map(({attempt}) => attempt)).toEqual([1, 1]);
});

async function disorderedBy(seed: number) {
  const simulator = await simulatorWithCar({seed});
  await hooked(simulator, {duplicates: 0.5, disorderMs: 60_000});
  for (let count = 0; count < 20; count += 1) simulator.webhooks.send(asleep);
  expect(simulator.webhooks.deliveries).toHaveLength(0);
  simulator.advance(60_000);
  await simulator.webhooks.idle();
  return simulator.webhooks.deliveries.map(({eventId, deliveryId}) => `${eventId} ${deliveryId}`);
}

test('a share of duplicates, and of disorder, follows from the seed', async () => {
  const first = await disorderedBy(1);
  expect(first.length).toBeGreaterThan(20);
  expect(first.length).toBeLessThan(40);
  expect(await disorderedBy(1)).toEqual(first);
  expect(await disorderedBy(2)).not.toEqual(first);
});

test('disorder lets later events overtake earlier ones', async () => {
  const simulator = await simulatorWithCar({seed: 5});
  await hooked(simulator, {disorderMs: 60_000});
  const sent = Array.from({length: 10}, () => simulator.webhooks.send(asleep));
  simulator.advance(60_000);
  await simulator.webhooks.idle();
  const came = simulator.webhooks.deliveries.map(({eventId}) => eventId);
  expect(came).not.toEqual(sent);
  expect(came.toSorted()).toEqual(sent.toSorted());
});

test.each([
  ['as-sent', 1, [0, 1, 2]],
  ['reversed', 1, [2, 1, 0]],
  ['as-sent', 2, [0, 0, 1, 1, 2, 2]],
  ['reversed', 2, [2, 2, 1, 1, 0, 0]],
] as const)('what was held comes %s, %i times', async (order, copies, expected) => {
  const simulator = await simulatorWithCar();
  const {received} = await hooked(simulator);
  simulator.webhooks.hold();
  const sent = [0, 1, 2].map(() => simulator.webhooks.send(asleep));
  await simulator.webhooks.idle();
  expect(received).toEqual([]);
  simulator.webhooks.release({order, copies});
  await simulator.webhooks.idle();
  expect(received.map(({body}) => sent.indexOf(body.eventId as string))).toEqual(expected);
  expect(new Set(received.map(({body}) => body.meta.deliveryId as string)).size).toBe(expected.length);
});

async function shuffledBy(seed: number) {
  const simulator = await simulatorWithCar({seed});
  const {received} = await hooked(simulator);
  simulator.webhooks.hold();
  const sent = Array.from({length: 12}, () => simulator.webhooks.send(asleep));
  simulator.webhooks.release({order: 'shuffled'});
  await simulator.webhooks.idle();
  return received.map(({body}) => sent.indexOf(body.eventId as string));
}

test('what was held comes shuffled by the seed, and whole', async () => {
  const first = await shuffledBy(3);
  const inOrder = Array.from({length: 12}, (_, index) => index);
  expect(first).not.toEqual(inOrder);
  expect(first.toSorted((a, b) => a - b)).toEqual(inOrder);
  expect(await shuffledBy(3)).toEqual(first);
});

test('what was held for a webhook is gone when that is removed', async () => {
  const simulator = await simulatorWithCar();
  const {received, webhook} = await hooked(simulator);
  simulator.webhooks.hold();
  simulator.webhooks.send(asleep);
  simulator.webhooks.remove(webhook.id);
  simulator.webhooks.release({copies: 2});
  await simulator.webhooks.idle();
  expect(received).toEqual([]);
});

async function secondDelivery(seed: number, firstStatus: number) {
  const simulator = await simulatorWithCar({seed});
  let calls = 0;
  const {received, got} = await hooked(simulator, {}, () => ({status: ++calls === 1 ? firstStatus : 200}));
  simulator.webhooks.send(asleep);
  await until(() => expect(simulator.webhooks.deliveries[0]?.status).toBe(firstStatus));
  if (firstStatus !== 200) {
    simulator.advance(25_000);
    await got(2);
  }
  simulator.webhooks.send(asleep);
  await simulator.webhooks.idle();
  const {eventId, meta} = received.at(-1)?.body ?? {};
  return [eventId, meta.deliveryId];
}

test('a retry more changes no id of the events that follow', async () => {
  expect(await secondDelivery(6, 500)).toEqual(await secondDelivery(6, 200));
});

test('after a release events go out again at once', async () => {
  const simulator = await simulatorWithCar();
  const {received} = await hooked(simulator);
  simulator.webhooks.hold();
  simulator.webhooks.release();
  simulator.webhooks.release();
  simulator.webhooks.send(asleep);
  await simulator.webhooks.idle();
  expect(received).toHaveLength(1);
  expect(() => simulator.webhooks.release({copies: 0})).toThrow('Expected `copies`');
  expect(() => simulator.webhooks.release({order: 'backwards' as 'reversed'})).toThrow('got `backwards`');
});

test('a released event that is refused is tried again, and the next does not wait for that', async () => {
  const simulator = await simulatorWithCar();
  let calls = 0;
  const {received} = await hooked(simulator, {}, () => ({status: ++calls === 1 ? 500 : 200}));
  simulator.webhooks.hold();
  const first = simulator.webhooks.send(asleep);
  const second = simulator.webhooks.send(asleep);
  simulator.webhooks.release();
  await until(() => expect(simulator.webhooks.deliveries[1]?.status).toBe(200));
  simulator.advance(25_000);
  await simulator.webhooks.idle();
  expect(received.map(({body}) => body.eventId as string)).toEqual([first, second, first]);
});

test('of more than 10 000 events that wait, the oldest are forgotten', async () => {
  const simulator = await simulatorWithCar();
  const {received, got} = await hooked(simulator, {}, () => 'hang');
  simulator.webhooks.hold();
  const sent = Array.from({length: 10_003}, () => simulator.webhooks.send(asleep));
  simulator.webhooks.release();
  await got(1);
  expect(received[0]?.body.eventId).toBe(sent[3]);
});

test('more copies than can wait at once are refused, and what was held stays', async () => {
  const simulator = await simulatorWithCar();
  const {received} = await hooked(simulator);
  simulator.webhooks.hold();
  simulator.webhooks.send(asleep);
  expect(() => simulator.webhooks.release({copies: 1e9})).toThrow(
    'Expected at most 10000 deliveries, got 1 events × 1000000000',
  );
  simulator.webhooks.release();
  await simulator.webhooks.idle();
  expect(received).toHaveLength(1);
});
