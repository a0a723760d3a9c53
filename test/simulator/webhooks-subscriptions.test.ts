import {createRequire} from 'node:module';
import {expect, onTestFinished, test, vi} from 'vitest';
import {sender, start, v2Owner} from './harness.ts';
import {hooked, managementToken, until} from './webhook-receiver.ts';

const sdk = createRequire(import.meta.url)('smartcar') as {
  readonly Vehicle: new (
    id: string,
    token: string,
  ) => {
    subscribe(webhook: string): Promise<{webhookId: string; vehicleId: string}>;
    unsubscribe(token: string, webhook: string): Promise<{status: string}>;
  };
};

async function twoCars() {
  const simulator = await start();
  const owner = v2Owner(simulator, {id: 'ada', vehicles: [{id: 'one'}, {id: 'two'}]});
  const unsubscribe = sender(simulator, {authorization: `Bearer ${managementToken}`});
  return {simulator, ...owner, unsubscribe};
}

test('the official SDK subscribes and unsubscribes a car', async () => {
  const {simulator, tokens} = await twoCars();
  const {received, webhook} = await hooked(simulator, {vehicles: []});
  for (const [name, value] of Object.entries(simulator.env)) vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());
  const vehicle = new sdk.Vehicle('one', tokens.accessToken);

  simulator.webhooks.send({vehicle: 'one'});
  expect(await vehicle.subscribe(webhook.id)).toMatchObject({webhookId: webhook.id, vehicleId: 'one'});
  expect(simulator.webhooks.list()).toMatchObject([{vehicles: ['one']}]);
  const told = simulator.webhooks.send({vehicle: 'one'});
  simulator.webhooks.send({vehicle: 'two'});
  expect(await vehicle.unsubscribe(managementToken, webhook.id)).toMatchObject({status: 'success'});
  simulator.webhooks.send({vehicle: 'one'});
  await simulator.webhooks.idle();
  expect(received.map(({body}) => body.eventId as string)).toEqual([told]);
  expect(simulator.webhooks.list()).toMatchObject([{vehicles: []}]);
});

test('a webhook for every car stays one when a car subscribes, and can be left', async () => {
  const {simulator, send, unsubscribe} = await twoCars();
  const {received, webhook} = await hooked(simulator);
  const path = `/v2.0/vehicles/one/webhooks/${webhook.id}`;
  expect((await send('POST', path)).body).toEqual({webhookId: webhook.id, vehicleId: 'one'});
  expect(simulator.webhooks.list()).toMatchObject([{vehicles: undefined}]);
  simulator.webhooks.send({vehicle: 'two'});
  await simulator.webhooks.idle();
  expect(received).toHaveLength(1);

  expect((await unsubscribe('DELETE', path)).body).toEqual({status: 'success'});
  simulator.webhooks.send({vehicle: 'one'});
  simulator.webhooks.send({vehicle: 'two'});
  await simulator.webhooks.idle();
  expect(received.map(({body}) => body.vehicleId as string)).toEqual(['two', 'two']);
  await send('POST', path);
  simulator.webhooks.send({vehicle: 'one'});
  await simulator.webhooks.idle();
  expect(received).toHaveLength(3);
});

test('whoever subscribes again has a first delivery again', async () => {
  const {simulator, send, unsubscribe} = await twoCars();
  const {received, webhook} = await hooked(simulator);
  const path = `/v2.0/vehicles/one/webhooks/${webhook.id}`;
  const triggers = async () => {
    simulator.webhooks.send({vehicle: 'one', signals: ['odometer-traveleddistance']});
    await simulator.webhooks.idle();
    return received.at(-1)?.body.data.triggers[0].code as string;
  };
  expect([await triggers(), await triggers()]).toEqual(['FIRST_DELIVERY', 'odometer-traveleddistance']);
  await unsubscribe('DELETE', path);
  await send('POST', path);
  expect(await triggers()).toBe('FIRST_DELIVERY');
});

test('unsubscribing a car forgets its retries, and no others', async () => {
  const {simulator, unsubscribe} = await twoCars();
  const {received, webhook, got} = await hooked(simulator, {}, () => ({status: 500}));
  for (const vehicle of ['one', 'two']) simulator.webhooks.send({vehicle, error: 'PERMISSION'});
  await until(() => expect(simulator.webhooks.deliveries.map(({status}) => status)).toEqual([500, 500]));
  await unsubscribe('DELETE', `/v2.0/vehicles/one/webhooks/${webhook.id}`);
  simulator.advance(25_000);
  await got(3);
  expect(received[2]?.body.vehicleId).toBe('two');
});

test('subscribing takes the owner’s token, unsubscribing the application’s', async () => {
  const {simulator, send, unsubscribe} = await twoCars();
  const {webhook} = await hooked(simulator);
  const path = `/v2.0/vehicles/one/webhooks/${webhook.id}`;
  const refusal = {status: 401, body: {type: 'AUTHENTICATION', code: null}};
  expect(await unsubscribe('POST', path)).toMatchObject(refusal);
  expect(await send('POST', `/v2.0/vehicles/other/webhooks/${webhook.id}`)).toMatchObject(refusal);
  expect(await send('DELETE', path)).toMatchObject(refusal);
  const wrong = await send('DELETE', path, undefined, {authorization: `Bearer ${managementToken}x`});
  expect(wrong).toMatchObject(refusal);
  expect(JSON.stringify(wrong.body)).not.toContain(managementToken);
});

test('a webhook that nobody knows is not found', async () => {
  const {send, unsubscribe} = await twoCars();
  const missing = {status: 404, body: {type: 'RESOURCE_NOT_FOUND'}};
  expect(await send('POST', '/v2.0/vehicles/one/webhooks/nobody')).toMatchObject(missing);
  expect(await unsubscribe('DELETE', '/v2.0/vehicles/one/webhooks/nobody')).toMatchObject(missing);
});
