import {expect, it, test} from 'vitest';
import {webhookHandler} from '../../src/webhooks/handle.ts';
import {bench, errorEvent, hmac, NOON, OWNER, post, TOKEN, VEHICLE} from './support/bench.ts';

const event = errorEvent();
const text = JSON.stringify(event);

it('takes a delivery whose signature is that of its bytes, and tells about it once', async () => {
  const {handle, accepted, rejected, reactions} = bench();
  const response = await handle(post(event));
  expect([response.status, await response.text()]).toEqual([200, '']);
  expect(reactions).toEqual([['event-1', OWNER]]);
  expect(accepted).toEqual([
    {
      eventId: 'event-1',
      type: 'VEHICLE_ERROR',
      vehicle: VEHICLE,
      smartcarUser: OWNER,
      user: OWNER,
      make: 'TESLA',
      deliveredAt: NOON,
      errors: [
        {type: 'VEHICLE_STATE', code: 'ASLEEP', state: 'ERROR', resolution: {type: null}, signals: []},
      ],
      signals: [],
      raw: event,
    },
  ]);
  expect(rejected).toEqual([]);
});

it('takes the signature in capitals too', async () => {
  const {handle} = bench();
  expect((await handle(post(text, hmac(text).toUpperCase()))).status).toBe(200);
});

it('signs characters that take more than one byte', async () => {
  const {handle, accepted} = bench();
  const long = errorEvent({description: 'Modèle 3 – “long” 🚗'});
  expect((await handle(post(long))).status).toBe(200);
  expect(accepted[0]?.errors[0]?.description).toBe('Modèle 3 – “long” 🚗');
});

test.each([
  ['no signature', text, null, 'unsigned'],
  ['an empty signature', text, '', 'signature'],
  ['a signature of another body', text, hmac(`${text} `), 'signature'],
  ['a body with one space more', `${text} `, hmac(text), 'signature'],
  ['the same JSON, written otherwise', JSON.stringify(event, null, 1), hmac(text), 'signature'],
  ['a signature with another key', text, hmac(text, 'the client secret'), 'signature'],
  ['a signature that is too short', text, hmac(text).slice(0, 62), 'signature'],
  ['a signature that is too long', text, `${hmac(text)}00`, 'signature'],
  ['one that is no hex', text, `${hmac(text).slice(0, 63)}g`, 'signature'],
  ['the right one twice', text, `${hmac(text)}, ${hmac(text)}`, 'signature'],
])('refuses %s with 401, does nothing, and tells the developer without the body', async (...given) => {
  const [, body, signature, why] = given;
  const {handle, accepted, rejected, reactions} = bench();
  const response = await handle(post(body, signature));
  expect([response.status, await response.json()]).toEqual([401, {error: why}]);
  expect([reactions, accepted]).toEqual([[], []]);
  expect(rejected).toEqual([{why, status: 401, message: expect.stringContaining('SC-Signature')}]);
  expect(JSON.stringify(rejected)).not.toMatch(/ASLEEP|event-1|2dad4eaf|application-management-token/);
});

it('says what can be wrong with a signature, the applications included that were moved from v2', async () => {
  const {handle, rejected} = bench();
  await handle(post(text, hmac('x')));
  expect(rejected[0]?.message).toMatch(/not the client secret.*raw.*moved from v2 to v3/s);
});

it('parses nothing that is not signed, unless it may be a challenge', async () => {
  const {handle} = bench();
  expect((await handle(post('no JSON', null))).status).toBe(401);
  expect((await handle(post('no JSON', hmac('x')))).status).toBe(401);
});

it.each(['no JSON', '', '[]', '"VERIFY"', 'null', '{"eventId":'])(
  'answers 400 to %j, though it is signed',
  async body => {
    const {handle, rejected, reactions} = bench();
    expect((await handle(post(body))).status).toBe(400);
    expect([rejected.map(({why}) => why), reactions]).toEqual([['not-json'], []]);
  },
);

it.each(['GET', 'PUT', 'DELETE', 'HEAD', 'OPTIONS'])(
  'answers 405 to %s, and says what it takes',
  async method => {
    const {handle, rejected} = bench();
    const response = await handle(new Request('https://product.example/webhooks', {method}));
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
    expect(rejected).toMatchObject([{why: 'method', status: 405}]);
  },
);

it('is not made without the key of the signatures', () => {
  const {clock} = bench();
  const rest = {clock, marks: {} as never, react: () => undefined, emit: () => undefined};
  for (const token of ['', undefined as never]) {
    const make = () => webhookHandler({...rest, applicationManagementToken: token});
    expect(make).toThrow('Expected `webhooks.applicationManagementToken` to be a text that is not empty');
  }
});

it('refuses a request that somebody has read before, since no signature fits then', async () => {
  const {handle} = bench();
  const request = post(event);
  await request.json();
  await expect(handle(request)).rejects.toMatchObject({code: 'CONFIGURATION'});
});

it('shows the key to nobody', async () => {
  const failing = bench({react: () => Promise.reject(new Error(`no place for ${TOKEN}`))});
  await failing.handle(post(event));
  expect(failing.rejected[0]?.message).toContain('[redacted]');
  expect(JSON.stringify(failing.rejected)).not.toContain(TOKEN);
});
