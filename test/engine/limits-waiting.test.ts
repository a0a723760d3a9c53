import {describe, expect, test} from 'vitest';
import {explain} from '../../src/engine/explain.ts';
import {bench, errorOf, onTheWire, playing, queued, stateOf} from './support/bench.ts';
import {rateLimited} from './support/failures.ts';
import {crowdBench, watch} from './support/service.ts';

const READ = {vehicle: 'car', idempotent: true};
const SLOW = {application: {bucket: 1, perMinute: 2}};

describe('limits.waiting', () => {
  test('refuses who comes when so many wait already, at once, naming the number', async () => {
    const {policy, clock, log} = await crowdBench({limits: {...SLOW, waiting: 3}});
    const began = clock.now();
    await policy.run(playing(1), READ);
    const waits = [1, 2, 3].map(() => policy.run(playing(1), READ));
    await queued(3);
    const call = playing(1);
    const error = await errorOf(policy.run(call, READ));

    expect(error).toMatchObject({
      name: 'PolicyError',
      code: 'PAUSED',
      message: '3 calls wait for application already: no other may (`limits.waiting`).',
      retryAt: began + 30_000,
    });
    expect(explain(error)).toMatchObject({
      action: 'fail',
      reason: 'crowded',
      needs: 'nobody',
      retryAt: began + 30_000,
      attempts: 0,
    });
    expect(explain(error)?.hints.join(' ')).not.toBe('');
    expect(log.at(-1)).toMatch(/^0 \w fail: fail, crowded, attempts 0, waited 0$/);
    expect(call.sent).toBe(0);
    await clock.run(Promise.all(waits));
  });

  test('refuses the least urgent who came last when somebody more urgent comes', async () => {
    const {policy, clock} = await crowdBench({limits: {...SLOW, waiting: 3}});
    await policy.run(playing(1), READ);
    const order: string[] = [];
    const ends = [7, 8, 8].map((priority, place) =>
      policy
        .run(async () => order.push(`read ${place}`), {...READ, priority})
        .catch((error: unknown) => error),
    );
    await queued(3);
    const command = policy.run(async () => order.push('command'), {vehicle: 'car'});
    const error = await ends[2];

    expect(explain(error)).toMatchObject({reason: 'crowded'});
    expect((error as Error).message).toContain('3 calls wait');
    await clock.run(Promise.all([...ends, command]));
    expect(order).toEqual(['command', 'read 0', 'read 1']);
  });

  test('counts in each scope by itself', async () => {
    const {policy, clock} = await crowdBench({limits: {waiting: 1, vehicle: {requests: 1}}});
    const slow = ['a', 'b'].map(vehicle => ({vehicle, wire: onTheWire<number>()}));
    const calls = slow.flatMap(({vehicle, wire}) => [
      policy.run(wire.send, {...READ, vehicle}),
      policy.run(playing(1), {...READ, vehicle}),
    ]);
    await queued(2);
    const error = await errorOf(policy.run(playing(1), {...READ, vehicle: 'b'}));

    expect(error).toMatchObject({message: expect.stringContaining('1 calls wait for vehicle:b already')});
    for (const {wire} of slow) wire.resolve(1);
    await clock.run(Promise.all(calls));
  });

  test('holds for a gate that is shut as well', async () => {
    const {policy, clock} = await crowdBench({limits: {waiting: 2}});
    const first = policy.run(playing(rateLimited('SMARTCAR_API', 10), 1), READ);
    await clock.advance(0);
    const second = policy.run(playing(1), READ);
    await queued(2);

    expect(explain(await errorOf(policy.run(playing(1), READ)))).toMatchObject({reason: 'crowded'});
    await clock.run(Promise.all([first, second]));
  });
});

describe('a caller who waits for the application’s rate', () => {
  test('and gives up leaves at once, and its turn goes to the next', async () => {
    const {policy, clock, log} = await crowdBench({limits: SLOW});
    const {send, sentAt} = watch(clock);
    await policy.run(send, READ);
    const reason = new Error('the user left');
    const controllers = Array.from({length: 5}, () => new AbortController());
    const calls = controllers.map(({signal}) => policy.run(send, {...READ, signal}));
    await queued(5);
    await clock.advance(10_000);
    for (const index of [0, 1, 3]) {
      controllers[index]?.abort(reason);
      expect(await errorOf(calls[index]!)).toBe(reason);
    }
    expect(policy.limits().application).toMatchObject({waiting: 2, inFlight: 0});
    expect(log.at(-1)).toMatch(/^10000 \w fail: fail, aborted, attempts 0, waited 10000$/);

    await clock.run(Promise.all([calls[2], calls[4]]));
    expect(sentAt).toEqual([0, 30_000, 60_000]);
    expect(clock.waiting).toBe(0);
  });

  test('ends with CLOSED when the policy is closed, and no timer stays', async () => {
    const {policy, clock} = await crowdBench({limits: SLOW});
    const {send, sentAt} = watch(clock);
    await policy.run(send, READ);
    const ends = Promise.allSettled(Array.from({length: 20}, () => policy.run(send, READ)));
    await queued(20);
    await policy.close();

    for (const end of await ends) expect(end).toMatchObject({status: 'rejected', reason: {code: 'CLOSED'}});
    expect(sentAt).toEqual([0]);
    expect(policy.limits()).toMatchObject({application: {waiting: 0, inFlight: 0}, scopes: []});
    expect(clock.waiting).toBe(0);
  });

  test('may end with the deadline when others overtake it', async () => {
    const {policy, clock} = await crowdBench({limits: SLOW});
    const {send} = watch(clock);
    await policy.run(send, READ);
    const patient = policy.run(send, {...READ, deadlineMs: 45_000});
    await queued(1);
    const urgent = policy.run(send, {...READ, priority: 0});
    await queued(2);
    const error = await clock.run(errorOf(patient));

    expect(error).toMatchObject({code: 'DEADLINE'});
    expect(explain(error)).toMatchObject({reason: 'past-deadline', attempts: 0, waitedMs: 45_000});
    await urgent;
    expect(policy.limits().application).toMatchObject({waiting: 0, inFlight: 0});
  });

  test('waits without a timer of its own beside the next turn', async () => {
    const {policy, clock} = bench({limits: SLOW, maxWaitMs: Infinity});
    await policy.run(playing(1), READ);
    const waits = policy.run(playing(1), READ);
    expect(await stateOf(waits)).toBe('pending');
    expect(clock.waiting).toBe(1);
    await clock.run(waits);
  });
});
