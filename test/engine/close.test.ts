import {describe, expect, test} from 'vitest';
import {memoryStore} from '../../src/stores/memory-store.ts';
import {fakeAuth, pair} from './support/auth.ts';
import {bench, errorOf, onTheWire, playing, stateOf} from './support/bench.ts';
import {lostLogin, rateLimited, upstream, upstreamResponse} from './support/failures.ts';

const READ = {user: 'ada', vehicle: 'car', operation: 'odometer', idempotent: true};
const CLOSED = {name: 'PolicyError', code: 'CLOSED'};

describe('close()', () => {
  test('ends every kind of wait at once with CLOSED', async () => {
    const {policy, clock, log} = bench();
    const retry = policy.run(playing(upstream()), READ);
    const limited = policy.run(playing(rateLimited('VEHICLE', 9)), {...READ, vehicle: 'shut'});
    await errorOf(policy.run(playing(lostLogin()), {...READ, vehicle: 'lost'}));
    await clock.advance(100);
    const gate = policy.run(playing(1), {...READ, vehicle: 'shut'});
    const owner = policy.run(playing(1), {...READ, vehicle: 'lost', waitForReauthMs: 9_000});
    const waits = Promise.all([retry, limited, gate, owner].map(errorOf));
    await clock.advance(0);
    await policy.close();

    for (const error of await waits) expect(error).toMatchObject(CLOSED);
    expect(clock.waiting).toBe(0);
    expect(log.filter(line => line.includes('fail, closed'))).toHaveLength(4);
  });

  test('ends 10 000 waiting calls at once, and no signal complains about its listeners', async () => {
    const warnings: unknown[] = [];
    const hear = (warning: Error): unknown => warnings.push(warning);
    process.on('warning', hear);
    const {policy, clock} = bench();
    await errorOf(policy.run(playing(rateLimited('SMARTCAR_API', 50)), {...READ, maxWaitMs: 0}));
    const calls = Array.from({length: 10_000}, () => errorOf(policy.run(playing(1), READ)));
    await clock.advance(0);
    // Each has a time when its patience ends, and the gate one when it opens.
    expect(clock.waiting).toBe(10_001);
    const closing = policy.close();
    const errors = await Promise.all(calls);
    await closing;
    process.off('warning', hear);

    expect(errors.every(error => (error as {code?: string}).code === 'CLOSED')).toBe(true);
    expect(clock.waiting).toBe(0);
    expect(warnings).toEqual([]);
  });

  test('cancels the body of a response that a call still held', async () => {
    const {policy, clock} = bench();
    const held = upstreamResponse();
    const call = errorOf(policy.run(playing(held), READ));
    await clock.advance(100);
    await policy.close();

    expect(await call).toMatchObject(CLOSED);
    expect(held.bodyUsed).toBe(true);
  });

  test('refuses later calls with CLOSED and sends nothing', async () => {
    const {policy} = bench();
    await policy.close();
    const call = playing(1);

    await expect(policy.run(call, READ)).rejects.toMatchObject(CLOSED);
    expect(call.sent).toBe(0);
  });

  test('lets an attempt that is on the wire come home, and does not repeat it', async () => {
    const {policy} = bench();
    const good = onTheWire<number>();
    const bad = onTheWire<number>();
    const calls = [policy.run(good.send, READ), errorOf(policy.run(bad.send, READ))];
    await policy.close();
    good.resolve(1);
    bad.reject(upstream());

    expect(await calls[0]).toBe(1);
    expect(await calls[1]).toMatchObject(CLOSED);
    expect(bad.sent).toBe(1);
  });

  test('closes the store once, after the pair under way is safe, however often it is called', async () => {
    const store = memoryStore();
    const order: string[] = [];
    const watched = {
      ...store,
      put: async (...written: Parameters<typeof store.put>) => (order.push('put'), store.put(...written)),
      close: () => void order.push('close'),
    };
    const renewal = onTheWire<ReturnType<typeof pair>>();
    const {policy, clock} = bench({auth: fakeAuth(renewal.send), store: watched});
    await policy.tokens.save('ada', pair('old', clock.now(), 1_000));
    const call = errorOf(policy.run(playing(1), READ));
    await clock.advance(0);
    const closings = Promise.all([policy.close(), policy.close(), policy[Symbol.asyncDispose]()]);
    expect(await call).toMatchObject(CLOSED);
    expect(await stateOf(closings)).toBe('pending');
    renewal.resolve(pair('new', clock.now()));
    await closings;
    await policy.close();

    expect(order).toEqual(['put', 'put', 'close']);
  });

  test('between a refused token and the next attempt sends nothing more', async () => {
    const {policy, clock} = bench({auth: fakeAuth(async () => pair('new', clock.now()))});
    await policy.tokens.save('ada', pair('old', clock.now()));
    policy.on('decision', () => void policy.close());
    const unauthorized = Object.assign(new Error('401'), {statusCode: 401, type: 'AUTHENTICATION'});
    const call = playing(unauthorized, 1);

    await expect(policy.run(call, READ)).rejects.toMatchObject(CLOSED);
    expect(call.sent).toBe(1);
  });
});
