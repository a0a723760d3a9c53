import {expect, test} from 'vitest';
import {createPolicy, withPolicy} from '../../src/index.ts';
import {manualClock} from '../../src/testing/index.ts';

const API = 'https://api.smartcar.com/v2.0/vehicles/car-1';
const LIMITED = {type: 'RATE_LIMIT', code: 'VEHICLE', resolution: {type: 'RETRY_LATER'}};
const BODY = {
  responses: [
    {path: '/odometer', code: 200, body: {distance: 37829}},
    {path: '/fuel', code: 429, body: LIMITED, headers: {'Retry-After': 30}},
  ],
};

const answering = async (): Promise<Response> => Response.json(BODY);
const answeringWell = async (): Promise<Response> => Response.json({responses: BODY.responses.slice(0, 1)});

test('a limit told inside a batch shuts the gate of its car, and the batch is handed out as it came', async () => {
  const clock = manualClock();
  const policy = createPolicy({clock, random: () => 0});
  const smartcar = withPolicy(answering, policy, {user: 'ada', maxWaitMs: 1_000});
  const batch = await smartcar(`${API}/batch`, {method: 'POST', body: '{"requests": []}'});

  expect(batch.status).toBe(200);
  expect(await batch.json()).toEqual(BODY);
  const held = smartcar(`${API}/odometer`).catch((error: unknown) => error);
  expect(await held).toMatchObject({code: 'PAUSED', retryAt: clock.now() + 30_000});
  expect((await smartcar('https://api.smartcar.com/v2.0/vehicles/car-2/odometer')).status).toBe(200);
});

test('a batch whose parts all succeed shuts nothing', async () => {
  const smartcar = withPolicy(answeringWell, createPolicy({clock: manualClock()}), {
    user: 'ada',
    maxWaitMs: 0,
  });
  await smartcar(`${API}/batch`, {method: 'POST', body: '{"requests": []}'});
  expect((await smartcar(`${API}/odometer`)).status).toBe(200);
});
