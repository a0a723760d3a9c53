import {expect, test} from 'vitest';
import {send, toRequest} from '../../src/http/node.ts';
import type {Simulator, WebhookSpec} from '../../src/simulator/index.ts';
import type {WebhookSettings} from '../../src/webhooks/handle.ts';
import {serve} from '../http/server.ts';
import {asleep, managementToken, simulatorWithCar, until} from '../simulator/webhook-receiver.ts';
import {bench, type Bench} from './support/bench.ts';

/** A product that is told about the car of a simulator, over HTTP. */
async function told(
  settings: Partial<WebhookSettings> = {},
  spec: Partial<WebhookSpec> = {},
): Promise<Bench & {readonly simulator: Simulator; readonly statuses: () => unknown[]}> {
  const simulator = await simulatorWithCar();
  const product = bench({applicationManagementToken: managementToken, ...settings});
  const url = await serve(async (req, res) => send(await product.handle(toRequest(req)), res));
  await simulator.webhooks.add({url, ...spec});
  const events = () => simulator.webhooks.deliveries.filter(({eventType}) => eventType !== 'VERIFY');
  return {...product, simulator, statuses: () => events().map(({status}) => status)};
}

test.each(['4.0', '2.0'] as const)(
  'a webhook of payload %s is set up, and told about a car',
  async version => {
    const {simulator, accepted, rejected, statuses} = await told({}, {version});
    const eventId = simulator.webhooks.send(asleep);
    await simulator.webhooks.idle();
    expect(statuses()).toEqual([200]);
    expect(rejected).toEqual([]);
    expect(accepted).toMatchObject([
      {
        eventId,
        type: 'VEHICLE_ERROR',
        vehicle: 'car',
        user: 'ada',
        errors: [{type: 'VEHICLE_STATE', code: 'ASLEEP', state: 'ERROR', signals: []}],
      },
    ]);
  },
);

test('a webhook is not set up with another token', async () => {
  await expect(told({applicationManagementToken: 'another'})).rejects.toThrow('HMAC-SHA256');
});

test('the whole state of a car arrives, every signal with its time', async () => {
  const {simulator, accepted} = await told();
  simulator.webhooks.send({vehicle: 'car'});
  await simulator.webhooks.idle();
  const signals = accepted.flatMap(event => event.signals);
  expect(signals.length).toBeGreaterThan(50);
  expect(signals.filter(({state, fetchedAt}) => state === 'ok' && fetchedAt === undefined)).toEqual([]);
  expect(new Set(signals.map(({code}) => code)).size).toBe(signals.length);
});

test('what could not be acted on is delivered again after 25 s, and acted on then', async () => {
  let calls = 0;
  const react = () => (++calls === 1 ? Promise.reject(new Error('no store')) : undefined);
  const {simulator, accepted, rejected, statuses} = await told({react});
  simulator.webhooks.send(asleep);
  await until(() => expect(statuses()).toEqual([500]));
  expect([accepted.length, rejected.map(({why}) => why)]).toEqual([0, ['failed']]);
  simulator.advance(25_000);
  await simulator.webhooks.idle();
  expect([statuses(), calls, accepted.length]).toEqual([[500, 200], 2, 1]);
});

test('deliveries that are signed with another token are refused each time, and each time the developer is told', async () => {
  const {simulator, accepted, rejected, statuses} = await told(
    {applicationManagementToken: 'another'},
    {verify: false},
  );
  simulator.webhooks.send(asleep);
  for (const [index, afterMs] of [25_000, 50_000, 100_000].entries()) {
    // oxlint-disable-next-line eslint/no-await-in-loop -- one after the other
    await until(() => expect(statuses()[index]).toBe(401));
    simulator.advance(afterMs);
  }
  await simulator.webhooks.idle();
  expect(statuses()).toEqual([401, 401, 401, 401]);
  expect([accepted, rejected.map(({why}) => why)]).toEqual([[], Array(4).fill('signature')]);
});

test('an event that comes twice at once is acted on once', async () => {
  const {simulator, reactions, accepted, statuses} = await told({}, {duplicates: 1});
  simulator.webhooks.send(asleep);
  await simulator.webhooks.idle();
  expect(statuses()).toEqual([200, 200]);
  expect([reactions.length, accepted.length]).toEqual([1, 1]);
});

test('events in any order, three times each, are each acted on once', async () => {
  const {simulator, reactions, statuses} = await told();
  const {webhooks} = simulator;
  webhooks.hold();
  const sent = Array.from({length: 10}, (_, index) =>
    webhooks.send({...asleep, state: index % 2 === 0 ? 'ERROR' : 'RESOLVED'}),
  );
  webhooks.release({order: 'shuffled', copies: 3});
  await webhooks.idle();
  expect(statuses()).toEqual(Array(30).fill(200));
  expect(reactions.map(([eventId]) => eventId).toSorted()).toEqual(sent.toSorted());
});

test('a test event is acknowledged', async () => {
  const {simulator, reactions, accepted, statuses} = await told();
  simulator.webhooks.send({...asleep, mode: 'TEST'});
  await simulator.webhooks.idle();
  expect([statuses(), reactions, accepted]).toEqual([[200], [], []]);
});

test('a body that never ends is refused while it is still being sent', async () => {
  const {handle, rejected} = bench();
  const origin = await serve(async (req, res) => send(await handle(toRequest(req)), res));
  const endless = new ReadableStream({pull: controller => controller.enqueue(new Uint8Array(10_000))});
  // The connection may be cut under a client that sends on and does not listen.
  const cut = {status: 413};
  const {status} = await fetch(origin, {method: 'POST', body: endless, duplex: 'half'}).catch(() => cut);
  expect([status, rejected.map(({why}) => why)]).toEqual([413, ['too-large']]);
});
