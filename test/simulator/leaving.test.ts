/* oxlint-disable unicorn/no-thenable -- a reply’s member; never a function */
import {get} from 'node:http';
import {once} from 'node:events';
import {describe, expect, test} from 'vitest';
import type {Reply} from '../../src/simulator/index.ts';
import {type SimulatedTime, simulatedTime} from '../../src/simulator/clock.ts';
import {type Exchange, pause} from '../../src/simulator/faults/exchange.ts';
import {lockable, noon, start} from './harness.ts';

describe('a client that leaves', () => {
  const replies: [string, Reply, number][] = [
    ['during a delay', {delayMs: 3_600_000}, 1],
    [
      'before a slow command is accepted',
      {slow: {acceptedAfterMs: 3_600_000, outcome: 'success', afterMs: 3_600_000}},
      1,
    ],
    ['before a slow command is through', {slow: {outcome: 'success', afterMs: 3_600_000}}, 1],
    ['before a slow command is cut', {slow: {outcome: 'cut', afterMs: 3_600_000}}, 1],
    [
      'before a slow command fails',
      {slow: {outcome: {error: 'UPSTREAM:NO_RESPONSE'}, afterMs: 3_600_000}},
      0,
    ],
    ['during a trickle', {trickle: {everyMs: 3_600_000}}, 1],
    ['during a delay before a failure', {delayMs: 3_600_000, then: {error: 'VEHICLE_STATE:ASLEEP'}}, 0],
    ['while it hangs', {hang: true}, 0],
  ];
  test.each(replies)('%s is not waited for; what was asked happens', async (_name, reply, count) => {
    const {simulator, vehicle, lock, carriedOut} = await lockable();
    simulator.next({vehicle}, reply);
    await expect(lock({signal: AbortSignal.timeout(30)}).then(response => response.text())).rejects.toThrow(
      'timeout',
    );
    await expect.poll(() => simulator.journal.filter(entry => entry.vehicle === vehicle).length).toBe(1);
    await expect.poll(carriedOut).toBe(count);
    expect(simulator.journal.at(-1)).toMatchObject({
      scripted: true,
      effect: count === 1 ? 'carried-out' : 'not-carried-out',
    });
  });

  test('ends the pause, which leaves no timer and no listener', async () => {
    const time: SimulatedTime = simulatedTime({now: () => noon});
    const sleeps: Promise<void>[] = [];
    const watched: SimulatedTime = {
      ...time,
      sleep(ms, signal) {
        const sleep = time.sleep(ms, signal);
        sleeps.push(sleep);
        return sleep;
      },
    };
    const simulator = await start();
    const listeners = new Map<string, number>();
    const closing = new AbortController();
    const ended = Promise.withResolvers<void>();
    const {createServer} = await import('node:http');
    const server = createServer((_request, response) => {
      const exchange = {response, time: watched, closing: closing.signal} as unknown as Exchange;
      const before = response.listenerCount('close');
      void pause(exchange, 3_600_000).then(() => {
        listeners.set('close', response.listenerCount('close') - before);
        // Once gone is gone: the next pause does not even begin.
        return pause(exchange, 3_600_000).then(ended.resolve);
      });
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const {port} = server.address() as {port: number};
    const request = get({port, host: '127.0.0.1'}).on('error', () => {});
    await expect.poll(() => sleeps.length).toBe(1);
    request.destroy();
    await ended.promise;
    expect(listeners.get('close')).toBe(0);
    expect((await Promise.allSettled(sleeps)).map(({status}) => status)).toEqual(['rejected', 'rejected']);
    server.close();
    await simulator.close();
  });
});
