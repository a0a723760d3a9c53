import {once} from 'node:events';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {describe, expect, onTestFinished, test} from 'vitest';
import {divideScenario, readScenario} from '../../src/simulator/index.ts';
import {noon, sender, start, v2Owner} from './harness.ts';

/** Lets what the clock has woken run. */
const settled = () => new Promise(resolve => void setImmediate(resolve));

describe('the beginning of a scenario', () => {
  test('holds at once', async () => {
    const simulator = await start();
    const {owners} = simulator.play({
      limits: {application: {size: 3, perMinute: 1}},
      owners: [
        {id: 'ada', vehicles: [{id: 'car'}, {id: 'van'}], grant: {vehicles: ['car']}},
        {id: 'bob', grant: true},
        {id: 'eve'},
      ],
      script: [{match: {path: '/vin'}, reply: {error: 'UPSTREAM:NO_RESPONSE'}}],
      revoke: [{owner: 'ada', how: 'permission', permission: 'read_odometer'}],
    });
    expect(owners.map(({id, tokens}) => [id, tokens !== undefined])).toEqual([
      ['ada', true],
      ['bob', true],
      ['eve', false],
    ]);
    const send = sender(simulator, {authorization: `Bearer ${owners[0]?.tokens?.accessToken}`});
    expect((await send('GET', '/v2.0/vehicles')).body.vehicles).toEqual(['car']);
    expect((await send('GET', '/v2.0/vehicles/car/vin')).status).toBe(502);
    expect((await send('GET', '/v2.0/vehicles/car/odometer')).status).toBe(403);
    expect((await send('GET', '/v2.0/vehicles/car/vin')).status).toBe(200);
    expect((await send('GET', '/v2.0/user')).status).toBe(429);
  });

  test('is refused with its place when the simulator refuses it, and leaves no replies behind', async () => {
    const simulator = await start();
    expect(() =>
      simulator.play({
        script: [{match: {}, reply: {hang: true}}],
        revoke: [{owner: 'ada', how: 'grant'}],
      }),
    ).toThrow('`revoke[0]`: Expected the id of an owner');
    expect(simulator.unused()).toEqual([]);
  });

  test('is refused where only a start could take it', async () => {
    const simulator = await start({seed: 3});
    expect(() => simulator.play({seed: 4, tokens: {}, latencyMs: 5})).toThrow(
      'Expected `seed`, `tokens`, `latencyMs` to be given to startSimulator: this simulator runs already.',
    );
    expect(() => simulator.play({seed: 3})).not.toThrow();
    const {atStart, toPlay} = divideScenario(readScenario({seed: 4, latencyMs: 5, owners: []}));
    expect([atStart, toPlay]).toEqual([{seed: 4, latencyMs: 5}, {owners: []}]);
  });
});

describe('the timeline', () => {
  test('happens in simulated time, in order', async () => {
    const simulator = await start();
    const {done} = simulator.play({
      owners: [{id: 'ada', vehicles: [{id: 'car'}]}],
      timeline: [
        {atMs: 120_000, updateVehicle: {vehicle: 'car', change: {odometerKm: 2}}},
        {atMs: 60_000, updateVehicle: {vehicle: 'car', change: {odometerKm: 1, locked: true}}},
        {atMs: 120_000, updateVehicle: {vehicle: 'car', change: {odometerKm: 3}}},
        {atMs: 180_000, jump: -60_000},
      ],
    });
    const odometer = async (ms: number) => {
      simulator.advance(ms);
      await settled();
      return simulator.vehicle('car').odometerKm;
    };
    const before = simulator.vehicle('car').odometerKm;
    expect(await odometer(50_000)).toBe(before);
    expect(await odometer(10_000)).toBe(1);
    expect(simulator.vehicle('car').locked).toBe(true);
    expect(await odometer(60_000)).toBe(3);
    simulator.advance(60_000);
    await done;
    expect(simulator.now()).toBe(noon + 120_000);
  });

  test('carries every verb out', async () => {
    const simulator = await start();
    simulator.play({
      owners: [{id: 'ada', vehicles: [{id: 'car'}]}],
      timeline: [
        {atMs: 1_000, revoke: {owner: 'ada', how: 'grant'}},
        {atMs: 60_000, restore: {owner: 'ada', how: 'grant'}},
        {atMs: 120_000, expireAccessTokens: 'ada'},
        {atMs: 180_000, setLimits: {application: {size: 1, perMinute: 60}}},
        {atMs: 240_000, next: {match: {path: '/user'}, reply: {status: 418}}},
        {atMs: 300_000, advance: 3_600_000},
        {atMs: 1_000_000, jump: 1},
      ],
    });
    let send = sender(simulator, {authorization: `Bearer ${simulator.grant('ada').accessToken}`});
    const status = async (ms: number) => {
      simulator.advance(ms);
      await settled();
      return (await send('GET', '/v2.0/user')).status;
    };
    expect(await status(0)).toBe(200);
    expect(await status(2_000)).toBe(401);
    expect(await status(60_000)).toBe(200);
    expect(await status(60_000)).toBe(401);
    send = sender(simulator, {authorization: `Bearer ${simulator.grant('ada').accessToken}`});
    expect([await status(60_000), await status(0)]).toEqual([200, 429]);
    expect([await status(60_000), await status(0)]).toEqual([418, 200]);
    simulator.advance(60_000);
    await settled();
    expect(simulator.now()).toBe(noon + 302_000 + 3_600_000 + 1);
  });

  test('an outage answers as often as it is asked, and ends after so long', async () => {
    const simulator = await start();
    const {send} = v2Owner(simulator);
    simulator.play({
      timeline: [
        {atMs: 60_000, next: {match: {path: '/user'}, reply: {error: 'SERVER:INTERNAL'}, forMs: 120_000}},
      ],
    });
    const status = async (ms: number) => {
      simulator.advance(ms);
      await settled();
      return (await send('GET', '/v2.0/user')).status;
    };
    expect(await status(50_000)).toBe(200);
    expect([await status(10_000), await status(0), await status(110_000)]).toEqual([500, 500, 500]);
    expect(await status(10_000)).toBe(200);
  });

  test('an outage that lies within one leap of the clock is over after it', async () => {
    const simulator = await start();
    const {send} = v2Owner(simulator);
    const {done} = simulator.play({
      script: [{match: {path: '/user'}, reply: {error: 'SERVER:INTERNAL'}, forMs: 1_000}],
      timeline: [
        {atMs: 60_000, next: {match: {path: '/user'}, reply: {error: 'SERVER:INTERNAL'}, forMs: 120_000}},
      ],
    });
    expect((await send('GET', '/v2.0/user')).status).toBe(500);
    simulator.advance(3_600_000);
    await done;
    expect((await send('GET', '/v2.0/user')).status).toBe(200);
  });

  test('a step that fails ends the rest, and says which it was', async () => {
    const simulator = await start();
    const {owners, done} = simulator.play({
      owners: [{id: 'ada', vehicles: [{id: 'car'}]}],
      script: [{match: {}, reply: {hang: true}}],
      timeline: [
        {atMs: 1_000, revoke: {owner: 'eve', how: 'grant'}},
        {atMs: 2_000, updateVehicle: {vehicle: 'car', change: {odometerKm: 1}}},
      ],
    });
    simulator.advance(1_500);
    await expect(done).rejects.toThrow('`timeline[0]`: Expected the id of an owner (ada), got `eve`');
    simulator.advance(10_000);
    await settled();
    expect(simulator.vehicle(owners[0]?.vehicles[0]?.id ?? '').odometerKm).not.toBe(1);
    expect(simulator.unused()).toEqual([]);
  });

  test('stop drops what is to come and takes the replies back', async () => {
    const simulator = await start();
    const {owner, send} = v2Owner(simulator);
    const playing = simulator.play({
      script: [{match: {path: '/user'}, reply: {status: 418}, forMs: 3_600_000}],
      timeline: [{atMs: 60_000, revoke: {owner: owner.id, how: 'grant'}}],
    });
    expect((await send('GET', '/v2.0/user')).status).toBe(418);
    playing.stop();
    await playing.done;
    simulator.advance(3_600_000);
    await settled();
    expect((await send('GET', '/v2.0/user')).status).toBe(200);
  });

  test('close ends it without a word', async () => {
    const simulator = await start();
    const {done} = simulator.play({timeline: [{atMs: 60_000, expireAccessTokens: true}]});
    await simulator.close();
    await expect(done).resolves.toBeUndefined();
  });
});

describe('webhooks of a scenario', () => {
  test('are set up, and told what the timeline sends', async () => {
    const simulator = await start();
    const url = await receiver(201);
    const {done} = simulator.play({
      owners: [{vehicles: [{id: 'car'}]}],
      webhooks: [{url, verify: false}],
      timeline: [{atMs: 60_000, sendEvent: {vehicle: 'car', error: 'VEHICLE_STATE:ASLEEP'}}],
    });
    await settled();
    expect(simulator.webhooks.list()).toMatchObject([{url, version: '4.0'}]);
    simulator.advance(60_000);
    await done;
    await simulator.webhooks.idle();
    expect(simulator.webhooks.deliveries).toMatchObject([{eventType: 'VEHICLE_ERROR', status: 201}]);
  });

  test('that do not pass the challenge fail the scenario by name', async () => {
    const simulator = await start();
    const {done} = simulator.play({webhooks: [{url: await receiver(200)}]});
    await expect(done).rejects.toThrow('`webhooks[0]`: ');
  });
});

/** Answers everything with this status and no body. */
async function receiver(status: number): Promise<string> {
  const server = createServer((_, response) => response.writeHead(status).end()).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
}
