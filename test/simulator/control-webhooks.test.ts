import {once} from 'node:events';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {describe, expect, onTestFinished, test} from 'vitest';
import type {Simulator} from '../../src/simulator/index.ts';
import {type Send, sender, start} from './harness.ts';

/** A simulator, and its control. */
async function controlled(): Promise<{simulator: Simulator; send: Send}> {
  const simulator = await start();
  return {simulator, send: sender(simulator, {})};
}

describe('webhooks over HTTP', () => {
  test('are added, told, held back, released and removed', async () => {
    const {simulator, send} = await controlled();
    simulator.addOwner({vehicles: [{id: 'car'}]});
    const server = createServer((_, response) => response.end()).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const added = await send('POST', '/simulator/webhooks', {url, verify: false});
    expect(added).toMatchObject({status: 201, body: {url, verify: false}});
    expect((await send('GET', '/simulator/webhooks')).body).toEqual({webhooks: [added.body]});

    const event = {vehicle: 'car', error: 'VEHICLE_STATE:ASLEEP', resolution: null};
    const deliveries = async () => {
      expect((await send('GET', '/simulator/webhooks/idle')).status).toBe(204);
      return (await send('GET', '/simulator/webhooks/deliveries')).body.deliveries;
    };
    expect((await send('POST', '/simulator/webhooks/hold')).status).toBe(204);
    const sent = await send('POST', '/simulator/webhooks/events', event);
    expect(sent.status).toBe(202);
    expect(await deliveries()).toEqual([]);
    expect((await send('POST', '/simulator/webhooks/release', {copies: 2})).status).toBe(204);
    expect(await deliveries()).toMatchObject([
      {eventId: sent.body.eventId, status: 200},
      {eventId: sent.body.eventId, status: 200},
    ]);
    expect((await send('DELETE', `/simulator/webhooks/${added.body.id}`)).status).toBe(204);
    expect((await send('GET', '/simulator/webhooks')).body).toEqual({webhooks: []});
  });

  test('that do not pass the challenge are refused', async () => {
    const {send} = await controlled();
    const answer = await send('POST', '/simulator/webhooks', {url: 'http://127.0.0.1:9/'});
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid']);
  });
});
