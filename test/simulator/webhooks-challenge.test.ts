import {createRequire} from 'node:module';
import {expect, test} from 'vitest';
import {start} from './harness.ts';
import {type Reply, hmac, managementToken, receive, until, wellBehaved} from './webhook-receiver.ts';

const sdk = createRequire(import.meta.url)('smartcar') as {
  hashChallenge(token: string, challenge: string): string;
};

test('a URL that answers the challenge is set up with every default', async () => {
  const simulator = await start();
  const {url, received} = await receive();
  const webhook = await simulator.webhooks.add({url});
  expect(webhook).toEqual({
    id: expect.any(String),
    url,
    events: ['VEHICLE_ERROR', 'VEHICLE_STATE'],
    vehicles: undefined,
    version: '4.0',
    verify: true,
    duplicates: 0,
    disorderMs: 0,
  });
  expect(simulator.webhooks.list()).toEqual([webhook]);
  expect(received).toHaveLength(1);
  expect(received[0]?.body).toEqual({
    eventId: expect.any(String),
    eventType: 'VERIFY',
    data: {challenge: expect.stringMatching(/^[A-Za-z0-9]{16}$/)},
    meta: {
      version: '4.0',
      deliveryId: expect.any(String),
      deliveredAt: simulator.now(),
      webhookId: webhook.id,
      mode: 'LIVE',
    },
  });
});

test('the challenge is signed like every delivery, and noted among them', async () => {
  const simulator = await start();
  const {url, received} = await receive();
  await simulator.webhooks.add({url});
  const [request] = received;
  expect(request?.headers['sc-signature']).toBe(hmac(request?.raw ?? ''));
  expect(request?.headers['content-type']).toBe('application/json');
  expect(simulator.webhooks.deliveries).toMatchObject([{eventType: 'VERIFY', attempt: 1, status: 200}]);
});

test('the official SDK’s answer passes the challenge of version 2.0', async () => {
  const simulator = await start();
  const {url, received} = await receive(({body}) => ({
    body: JSON.stringify({challenge: sdk.hashChallenge(managementToken, body.payload.challenge)}),
  }));
  const {id} = await simulator.webhooks.add({url, version: '2.0'});
  expect(received[0]?.body).toEqual({
    version: '2.0',
    webhookId: id,
    eventName: 'verify',
    payload: {challenge: expect.any(String)},
  });
});

const refusals: readonly (readonly [string, Reply, string])[] = [
  ['another status', {status: 201, body: '{}'}, 'got status 201'],
  ['an error', {status: 500}, 'got status 500'],
  ['a redirect', {status: 302, headers: {location: '/elsewhere'}}, 'got status 302'],
  ['text', {body: 'hello'}, 'got a body that is not such JSON'],
  ['an empty body', {}, 'got a body that is not such JSON'],
  ['another member', {body: '{"answer":"x"}'}, 'got a body that is not such JSON'],
  ['a wrong signature', {body: '{"challenge":"0123"}'}, 'a `challenge` that is not the hex HMAC-SHA256'],
];

test.each(refusals)('%s is no answer to the challenge', async (_, reply, complaint) => {
  const simulator = await start();
  const {url, received} = await receive(() => reply);
  const refusal: unknown = await simulator.webhooks.add({url}).catch((error: unknown) => error);
  expect(String(refusal)).toContain(`Expected ${url} to answer the challenge`);
  expect(String(refusal)).toContain(complaint);
  expect(String(refusal)).not.toContain(hmac(received[0]?.body.data.challenge));
  expect(String(refusal)).not.toContain(managementToken);
  expect(simulator.webhooks.list()).toEqual([]);
  expect(received).toHaveLength(1);
});

test('the challenge echoed back unsigned is refused', async () => {
  const simulator = await start();
  const {url} = await receive(({body}) => ({body: JSON.stringify({challenge: body.data.challenge})}));
  await expect(simulator.webhooks.add({url})).rejects.toThrow('not the hex HMAC-SHA256');
});

test('fifteen seconds of silence fail the challenge', async () => {
  const simulator = await start();
  const {url, got} = await receive(() => 'hang');
  const adding = simulator.webhooks.add({url}).catch(String);
  await got(1);
  simulator.advance(14_000);
  expect(simulator.webhooks.deliveries[0]?.status).toBeUndefined();
  simulator.advance(1000);
  expect(await adding).toContain('got no answer within 15 s');
  expect(simulator.webhooks.deliveries).toMatchObject([{status: 'late'}]);
});

test('nobody at the URL fails the challenge, unless it is not asked for', async () => {
  const simulator = await start();
  const url = 'http://127.0.0.1:1/hook';
  await expect(simulator.webhooks.add({url})).rejects.toThrow('the connection failed');
  expect(await simulator.webhooks.add({url, verify: false})).toMatchObject({verify: false});
});

test('a simulator that closes ends a challenge, and sets up nothing more', async () => {
  const simulator = await start();
  const {url, got} = await receive(() => 'hang');
  const adding = simulator.webhooks.add({url}).catch(String);
  await got(1);
  await simulator.close();
  expect(await adding).toContain('got no answer: the connection failed');
  await expect(simulator.webhooks.add({url, verify: false})).rejects.toThrow('closed');
});

test.each([
  [{url: 'ftp://example.com/'}, 'Expected `url` to be an http or https URL, got `ftp://example.com/`'],
  [{url: 'nonsense'}, 'got `nonsense`'],
  [{url: 'http://example.com/', duplicates: 2}, 'Expected `duplicates` to be a share from 0 to 1, got `2`'],
  [{url: 'http://example.com/', disorderMs: -1}, 'Expected `disorderMs` to be a number from 0 up, got `-1`'],
  [{url: 'http://example.com/', events: []}, 'Expected `events` to be some of'],
  [{url: 'http://example.com/', version: '3.0' as '4.0'}, "Expected `version` to be '4.0' or '2.0'"],
])('a webhook that could not work is refused: %o', async (spec, complaint) => {
  const simulator = await start();
  await expect(simulator.webhooks.add(spec)).rejects.toThrow(complaint);
});

test('a password in a URL is refused and not repeated', async () => {
  const simulator = await start();
  const refusal: unknown = await simulator.webhooks
    .add({url: 'https://ada:hush@example.com/'})
    .catch((error: unknown) => error);
  expect(String(refusal)).toContain('without a user name');
  expect(String(refusal)).not.toContain('hush');
});

test('another management token signs differently', async () => {
  const simulator = await start({applicationManagementToken: 'secret'});
  const {url, received} = await receive();
  await expect(simulator.webhooks.add({url})).rejects.toThrow('not the hex HMAC-SHA256');
  expect(received[0]?.headers['sc-signature']).toBe(hmac(received[0]?.raw ?? '', 'secret'));
});

async function challengeOf(seed: number) {
  const simulator = await start({seed});
  const {url, received} = await receive(wellBehaved);
  await simulator.webhooks.add({url});
  await until(() => expect(received).toHaveLength(1));
  return received[0]?.body.data.challenge as string;
}

test('the same seed asks the same challenge', async () => {
  const first = await challengeOf(7);
  expect(await challengeOf(7)).toBe(first);
  expect(await challengeOf(8)).not.toBe(first);
});
