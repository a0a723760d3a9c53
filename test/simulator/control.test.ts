import {describe, expect, test} from 'vitest';
import type {Simulator} from '../../src/simulator/index.ts';
import {type Send, noon, sender, start, v2Owner} from './harness.ts';

/** A simulator, and its control. */
async function controlled(): Promise<{simulator: Simulator; send: Send}> {
  const simulator = await start();
  return {simulator, send: sender(simulator, {})};
}

describe('the simulator over HTTP', () => {
  test('says where it is and with what to begin, on every host', async () => {
    const simulator = await start({origins: 'several', seed: 7});
    for (const origin of Object.values(simulator.origins)) {
      const response = await fetch(`${origin}/simulator`);
      expect(await response.json()).toEqual({
        origin: simulator.origin,
        origins: simulator.origins,
        env: simulator.env,
        applicationId: 'simulator-application',
        applicationManagementToken: 'simulator-management-token',
        seed: 7,
        now: noon,
      });
    }
  });

  test('tells and moves the time', async () => {
    const {simulator, send} = await controlled();
    expect((await send('GET', '/simulator/clock')).body).toEqual({
      now: noon,
      iso: '2026-06-01T12:00:00.250Z',
    });
    expect((await send('POST', '/simulator/clock/advance', {ms: 7_200_000})).body.now).toBe(noon + 7_200_000);
    expect((await send('POST', '/simulator/clock/jump', {ms: -7_200_000})).body.now).toBe(noon);
    expect(simulator.now()).toBe(noon);
    expect((await send('POST', '/simulator/clock/advance', {ms: -1})).body.message).toBe(
      'Expected `ms` to be a finite number of milliseconds from 0 up, got `-1` (number).',
    );
  });

  test('adds owners, grants, expires and revokes', async () => {
    const {simulator, send} = await controlled();
    const added = await send('POST', '/simulator/owners', {id: 'ada', vehicles: [{id: 'car', make: 'KIA'}]});
    expect(added).toMatchObject({status: 201, body: {id: 'ada', vehicles: [{id: 'car', make: 'KIA'}]}});
    expect((await send('GET', '/simulator/owners')).body).toEqual({owners: [added.body]});
    expect((await send('GET', '/simulator/owners/ada')).body).toEqual(added.body);

    const {body: tokens} = await send('POST', '/simulator/owners/ada/grant', {scope: ['read_odometer']});
    const read = async () =>
      (
        await send('GET', '/v2.0/vehicles/car/odometer', undefined, {
          authorization: `Bearer ${tokens.accessToken}`,
        })
      ).status;
    const then = async (path: string, body: object) => {
      expect((await send('POST', path, body)).status).toBe(204);
      return read();
    };
    const access = {owner: 'ada', how: 'permission', permission: 'read_odometer'};
    expect(await read()).toBe(200);
    expect(await then('/simulator/revoke', access)).toBe(403);
    expect(await then('/simulator/restore', access)).toBe(200);
    expect(await then('/simulator/tokens/expire', {owner: 'ada'})).toBe(401);
    expect(simulator.owners()).toHaveLength(1);
  });

  test('tells and changes how a car is, and counts what was carried out', async () => {
    const {simulator, send} = await controlled();
    const owner = v2Owner(simulator, {vehicles: [{id: 'car'}]});
    const changed = await send('PATCH', '/simulator/vehicles/car', {
      odometerKm: 7,
      fault: 'VEHICLE_STATE:ASLEEP',
    });
    expect(changed).toMatchObject({status: 200, body: {odometerKm: 7, fault: 'VEHICLE_STATE:ASLEEP'}});
    expect((await owner.send('GET', '/v2.0/vehicles/car/odometer')).body.code).toBe('ASLEEP');
    await send('PATCH', '/simulator/vehicles/car', {fault: null});
    expect((await owner.send('GET', '/v2.0/vehicles/car/odometer')).body.distance).toBe(7);
    await owner.send('POST', '/v2.0/vehicles/car/security', {action: 'LOCK'});
    expect((await send('GET', '/simulator/vehicles/car')).body.locked).toBe(true);
    expect((await send('GET', '/simulator/vehicles/car/commands')).body).toEqual({
      total: 1,
      counts: {lock: 1},
    });
  });

  test('takes other limits while it runs', async () => {
    const {simulator, send} = await controlled();
    const owner = v2Owner(simulator);
    await send('PUT', '/simulator/limits', {application: {size: 1, perMinute: 1}});
    expect((await owner.send('GET', '/v2.0/user')).status).toBe(200);
    expect((await owner.send('GET', '/v2.0/user')).status).toBe(429);
    expect((await send('PUT', '/simulator/limits', {application: false})).status).toBe(204);
    expect((await owner.send('GET', '/v2.0/user')).status).toBe(200);
  });
});

describe('the script over HTTP', () => {
  test('scripts replies, tells what is left, and takes back', async () => {
    const {simulator, send} = await controlled();
    const owner = v2Owner(simulator);
    const script = (match: object, reply: object) => send('POST', '/simulator/script', {match, reply});
    const first = await script({path: {pattern: '^/v2.0/us'}}, {error: 'UPSTREAM:NO_RESPONSE'});
    const second = await script({path: '/user', times: 'Infinity'}, {status: 418});
    expect([first.status, first.body.id]).toEqual([201, 'line-1']);
    const left = await send('GET', '/simulator/done');
    expect(left).toMatchObject({
      status: 409,
      body: {error: 'not-done', unused: [{path: {pattern: '^\\/v2.0\\/us'}}]},
    });
    expect(left.body.message).toContain('UPSTREAM:NO_RESPONSE');
    expect((await owner.send('GET', '/v2.0/user')).status).toBe(502);
    expect((await send('GET', '/simulator/done')).body).toEqual({done: true});
    expect((await owner.send('GET', '/v2.0/user')).status).toBe(418);
    expect((await send('DELETE', `/simulator/script/${second.body.id}`)).status).toBe(204);
    expect((await owner.send('GET', '/v2.0/user')).status).toBe(200);
    await script({}, {hang: true});
    await script({}, {hang: true});
    expect((await send('GET', '/simulator/script')).body.unused).toHaveLength(2);
    expect((await send('DELETE', '/simulator/script')).status).toBe(204);
    expect((await send('GET', '/simulator/script')).body).toEqual({unused: [], lines: []});
  });

  test('a line that could not be sent is refused, naming the member', async () => {
    const {send} = await controlled();
    const answer = await send('POST', '/simulator/script', {match: {times: 0}, reply: {drop: 'never'}});
    expect(answer.status).toBe(400);
    expect(answer.body.issues.map((issue: {path: string}) => issue.path)).toEqual([
      'match.times',
      'reply.drop',
    ]);
  });
});

describe('the journal over HTTP', () => {
  test('is filtered, and does not tell of control', async () => {
    const {simulator, send} = await controlled();
    const ada = v2Owner(simulator, {id: 'ada', vehicles: [{id: 'one'}]});
    const bob = v2Owner(simulator, {id: 'bob', vehicles: [{id: 'two'}]});
    await ada.send('GET', '/v2.0/vehicles/one/vin');
    await bob.send('GET', '/v2.0/user');
    simulator.advance(1_000);
    await ada.send('GET', '/v2.0/user');
    const paths = async (query: string) =>
      (await send('GET', `/simulator/journal${query}`)).body.entries.map(
        (entry: {user: string; path: string}) => `${entry.user} ${entry.path.slice(6)}`,
      );
    expect(await paths('')).toEqual(['ada vehicles/one/vin', 'bob user', 'ada user']);
    expect(await paths('?user=ada')).toEqual(['ada vehicles/one/vin', 'ada user']);
    expect(await paths('?vehicle=one')).toEqual(['ada vehicles/one/vin']);
    expect(await paths('?path=/user&limit=1')).toEqual(['ada user']);
    expect(await paths(`?since=${noon + 1_000}`)).toEqual(['ada user']);
    expect(await paths('?api=3')).toEqual([]);
    expect(await paths('?limit=0')).toEqual([]);
    expect((await send('GET', '/simulator/journal?usr=ada')).body).toEqual({
      error: 'invalid',
      message: 'Unknown parameter `usr`: did you mean `user`?',
      issues: [{path: 'usr', message: 'Unknown parameter `usr`: did you mean `user`?'}],
    });
  });
});

test('control is neither scripted nor delayed nor limited', async () => {
  const simulator = await start({latencyMs: 3_600_000, limits: {application: {size: 1, perMinute: 1}}});
  const send = sender(simulator, {});
  simulator.next({path: /./, times: Infinity}, {hang: true});
  for (let count = 0; count < 3; count += 1) expect((await send('GET', '/simulator/clock')).status).toBe(200);
  expect(simulator.journal).toEqual([]);
});
