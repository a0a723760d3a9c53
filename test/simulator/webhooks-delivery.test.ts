import {execFile} from 'node:child_process';
import {createRequire} from 'node:module';
import {promisify} from 'node:util';
import {expect, test} from 'vitest';
import {noon} from './harness.ts';
import {asleep, hmac, hooked, managementToken, simulatorWithCar, until} from './webhook-receiver.ts';

const sdk = createRequire(import.meta.url)('smartcar') as {
  verifyPayload(token: string, signature: unknown, body: unknown): boolean;
};

test('the signature fits the raw body, as the official SDK checks it', async () => {
  const simulator = await simulatorWithCar();
  const {received} = await hooked(simulator);
  simulator.webhooks.send(asleep);
  await simulator.webhooks.idle();
  const [request] = received;
  expect(request?.method).toBe('POST');
  expect(request?.raw).toContain('Modèle 3');
  expect(request?.headers['sc-signature']).toBe(hmac(request?.raw ?? ''));
  expect(sdk.verifyPayload(managementToken, request?.headers['sc-signature'], request?.body)).toBe(true);
});

test('a delivery that is refused comes again after 25, 50 and 100 s, then never', async () => {
  const simulator = await simulatorWithCar();
  const {received, got} = await hooked(simulator, {}, () => ({status: 500, body: 'x'.repeat(100_000)}));
  const {deliveries} = simulator.webhooks;
  const eventId = simulator.webhooks.send(asleep);
  for (const [index, afterMs] of [25_000, 50_000, 100_000].entries()) {
    await until(() => expect(deliveries[index]?.status).toBe(500));
    simulator.advance(afterMs - 2000);
    await new Promise(resolve => setTimeout(resolve, 5));
    expect(received).toHaveLength(index + 1);
    simulator.advance(2000);
    await got(index + 2);
  }
  await simulator.webhooks.idle();
  simulator.advance(1_000_000);
  await simulator.webhooks.idle();
  expect(received.map(({body}) => body.meta.deliveredAt - noon)).toEqual([0, 25_000, 75_000, 175_000]);
  expect(deliveries.map(({attempt, at}) => [attempt, at - noon])).toEqual([
    [1, 0],
    [2, 25_000],
    [3, 75_000],
    [4, 175_000],
  ]);
  expect(new Set(received.map(({body}) => body.eventId as string))).toEqual(new Set([eventId]));
  expect(new Set(received.map(({body}) => body.meta.deliveryId as string)).size).toBe(4);
  expect(received.map(({body}) => body.meta.deliveryId as string)).toEqual(
    deliveries.map(({deliveryId}) => deliveryId),
  );
});

test('a retry that is accepted is the last', async () => {
  const simulator = await simulatorWithCar();
  let calls = 0;
  const {received} = await hooked(simulator, {}, () => ({status: ++calls === 1 ? 503 : 204}));
  simulator.webhooks.send(asleep);
  await until(() => expect(simulator.webhooks.deliveries[0]?.status).toBe(503));
  simulator.advance(25_000);
  await simulator.webhooks.idle();
  simulator.advance(1_000_000);
  expect(received).toHaveLength(2);
  expect(simulator.webhooks.deliveries.map(({status}) => status)).toEqual([503, 204]);
});

test('an answer after 15 s is late, and the event comes again', async () => {
  const simulator = await simulatorWithCar();
  let calls = 0;
  const {got} = await hooked(simulator, {}, () => (++calls === 1 ? 'hang' : {}));
  const {deliveries} = simulator.webhooks;
  simulator.webhooks.send(asleep);
  await got(1);
  simulator.advance(14_000);
  expect(deliveries).toMatchObject([{attempt: 1, status: undefined}]);
  simulator.advance(1000);
  await until(() => expect(deliveries[0]?.status).toBe('late'), 700);
  simulator.advance(25_000);
  await simulator.webhooks.idle();
  expect(deliveries).toMatchObject([{status: 'late'}, {attempt: 2, at: noon + 40_000, status: 200}]);
});

test('redirects are not followed, and a dead port has failed; both are tried again', async () => {
  const simulator = await simulatorWithCar();
  const target = await hooked(simulator, {events: ['VEHICLE_STATE']});
  await hooked(simulator, {}, () => ({status: 307, headers: {location: target.url}}));
  await simulator.webhooks.add({url: 'http://127.0.0.1:1/', verify: false});
  simulator.webhooks.send(asleep);
  const outcomes = () =>
    simulator.webhooks.deliveries.map(({attempt, status}) => `${attempt}: ${status}`).toSorted();
  await until(() => expect(outcomes()).toEqual(['1: 307', '1: failed']));
  simulator.advance(25_000);
  await until(() => expect(outcomes()).toEqual(['1: 307', '1: failed', '2: 307', '2: failed']));
  expect(target.received).toEqual([]);
});

test('events go out beside each other: one that hangs holds up nobody', async () => {
  const simulator = await simulatorWithCar();
  let calls = 0;
  const {got} = await hooked(simulator, {}, () => (++calls === 1 ? 'hang' : {}));
  simulator.webhooks.send(asleep);
  await got(1);
  simulator.webhooks.send(asleep);
  await until(() => expect(simulator.webhooks.deliveries[1]?.status).toBe(200));
  expect(simulator.webhooks.deliveries[0]?.status).toBeUndefined();
});

test('a webhook that is removed is told nothing more', async () => {
  const simulator = await simulatorWithCar();
  const {webhook, received} = await hooked(simulator, {}, () => ({status: 500}));
  simulator.webhooks.send(asleep);
  await until(() => expect(simulator.webhooks.deliveries[0]?.status).toBe(500));
  simulator.webhooks.remove(webhook.id);
  await simulator.webhooks.idle();
  simulator.advance(1_000_000);
  simulator.webhooks.send(asleep);
  await simulator.webhooks.idle();
  expect(received).toHaveLength(1);
  expect(() => simulator.webhooks.remove(webhook.id)).toThrow(`got \`${webhook.id}\``);
});

test('a simulator that closes leaves no retry, no request and no event behind', async () => {
  const simulator = await simulatorWithCar();
  let calls = 0;
  const {received, got} = await hooked(simulator, {}, () => (++calls === 1 ? {status: 500} : 'hang'));
  const {deliveries} = simulator.webhooks;
  simulator.webhooks.send(asleep);
  await until(() => expect(deliveries[0]?.status).toBe(500));
  simulator.webhooks.send(asleep);
  await got(2);
  await simulator.close();
  await simulator.webhooks.idle();
  expect(deliveries.map(({status}) => status)).toEqual([500, 'failed']);
  simulator.advance(1_000_000);
  simulator.webhooks.send(asleep);
  simulator.updateVehicle('car', {fault: 'VEHICLE_STATE:ASLEEP'});
  await simulator.webhooks.idle();
  expect(received).toHaveLength(2);
});

test('a process whose simulator was closed between retries ends by itself', async () => {
  const script = `
    import {createServer} from 'node:http';
    import {startSimulator} from 'smartcar-policy/simulator';
    const server = createServer((_, response) => response.writeHead(500).end()).listen(0, '127.0.0.1');
    await new Promise(resolve => server.once('listening', resolve));
    const simulator = await startSimulator();
    simulator.addOwner({vehicles: [{id: 'car'}]});
    await simulator.webhooks.add({url: 'http://127.0.0.1:' + server.address().port, verify: false});
    simulator.webhooks.send({vehicle: 'car', error: 'VEHICLE_STATE:ASLEEP'});
    while (simulator.webhooks.deliveries[0].status === undefined) await new Promise(setImmediate);
    await simulator.close();
    server.close();
    process.stdout.write(String(simulator.webhooks.deliveries[0].status));
  `;
  const flags = ['--conditions=smartcar-policy:source', '--input-type=module', '-e', script];
  const {stdout} = await promisify(execFile)(process.execPath, flags, {timeout: 10_000});
  expect(stdout).toBe('500');
});
