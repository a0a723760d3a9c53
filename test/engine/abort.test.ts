import {AbortError} from 'p-retry';
import {describe, expect, test} from 'vitest';
import {memoryStore} from '../../src/stores/memory-store.ts';
import {fakeAuth, pair} from './support/auth.ts';
import {bench, errorOf, onTheWire, playing, stateOf, type Bench} from './support/bench.ts';
import {
  lostLogin,
  rateLimited,
  rateLimitedResponse,
  unauthorized,
  upstream,
  upstreamResponse,
} from './support/failures.ts';

const READ = {user: 'ada', vehicle: 'car', operation: 'odometer', idempotent: true};

/** Brings a call into a state, aborts, and tells how it ended and what it said last. */
async function abortedIn(
  {log, clock}: Bench,
  call: Promise<unknown>,
  controller: AbortController,
  reason: unknown = new Error('the user left'),
): Promise<{readonly same: boolean; readonly last: string | undefined; readonly timers: number}> {
  expect(await stateOf(call)).toBe('pending');
  controller.abort(reason);
  expect(await stateOf(call)).toBe('rejected');
  return {same: (await errorOf(call)) === reason, last: log.at(-1), timers: clock.waiting};
}

describe('an abort ends a call at once, with the reason of its signal,', () => {
  test('before it starts, and nothing is sent', async () => {
    const {policy, log} = bench();
    const reason = {why: 'too late'};
    const call = playing('a reading');
    const error = await errorOf(policy.run(call, {...READ, signal: AbortSignal.abort(reason)}));

    expect(error).toBe(reason);
    expect(call.sent).toBe(0);
    expect(log).toEqual(['0 a fail: fail, aborted, attempts 0, waited 0']);
  });

  test('while it waits for a retry', async () => {
    const on = bench();
    const controller = new AbortController();
    const call = on.policy.run(playing(upstream()), {...READ, signal: controller.signal});
    await on.clock.advance(400);

    expect(await abortedIn(on, call, controller)).toEqual({
      same: true,
      last: '400 a fail: fail, aborted, attempts 1, waited 400',
      timers: 0,
    });
  });

  test('while it waits at a gate that is closed', async () => {
    const on = bench();
    const first = on.policy.run(playing(rateLimited('VEHICLE', 10), 1), READ);
    await on.clock.advance(0);
    const controller = new AbortController();
    const call = on.policy.run(playing(1), {...READ, signal: controller.signal});
    await on.clock.advance(100);

    expect(await abortedIn(on, call, controller)).toMatchObject({
      same: true,
      last: '100 b fail: fail, aborted, attempts 0, waited 100',
    });
    await on.clock.run(first);
  });

  test('while it waits for a place behind a gate that opens', async () => {
    const on = bench();
    const probe = onTheWire<number>();
    const first = on.policy.run(playing(rateLimited('VEHICLE', 10), probe.send), READ);
    await on.clock.advance(0);
    const controller = new AbortController();
    const call = on.policy.run(playing(1), {...READ, priority: 9, signal: controller.signal});
    await on.clock.advance(10_250);
    expect(probe.sent).toBe(1);

    expect(await abortedIn(on, call, controller)).toMatchObject({same: true});
    probe.resolve(2);
    await expect(first).resolves.toBe(2);
  });

  test('while it waits for the owner', async () => {
    const on = bench();
    await errorOf(on.policy.run(playing(lostLogin()), READ));
    const controller = new AbortController();
    const call = on.policy.run(playing(1), {...READ, waitForReauthMs: 9_000, signal: controller.signal});
    await on.clock.advance(100);

    expect(await abortedIn(on, call, controller)).toEqual({
      same: true,
      last: '100 b fail: fail, aborted, attempts 0, waited 0',
      timers: 0,
    });
  });

  test('while it waits for a token, and the refresh that others share goes on', async () => {
    const renewal = onTheWire<ReturnType<typeof pair>>();
    const on = bench({auth: fakeAuth(renewal.send), store: memoryStore()});
    await on.policy.tokens.save('ada', pair('old', on.clock.now(), 1_000));
    const controller = new AbortController();
    const call = on.policy.run(playing(1), {...READ, signal: controller.signal});
    const other = on.policy.run(playing(2), READ);
    await on.clock.advance(100);
    expect(renewal.sent).toBe(1);

    expect(await abortedIn(on, call, controller)).toMatchObject({same: true});
    renewal.resolve(pair('new', on.clock.now()));
    await expect(other).resolves.toBe(2);
  });

  test('in flight, though the call ignores its signal', async () => {
    const on = bench();
    const wire = onTheWire<number>();
    const controller = new AbortController();
    const call = on.policy.run(wire.send, {...READ, signal: controller.signal});

    expect(await abortedIn(on, call, controller)).toEqual({
      same: true,
      last: '0 a fail: fail, aborted, attempts 1, waited 0',
      timers: 0,
    });
    wire.resolve(1);
    expect(on.log).toHaveLength(2);
  });

  test.each([
    ['undefined', undefined, (reason: unknown) => reason instanceof DOMException],
    ['null', null, (reason: unknown) => reason === null],
    ['a text', 'enough', (reason: unknown) => reason === 'enough'],
    ["p-retry's AbortError", new AbortError('enough'), (reason: unknown) => reason instanceof AbortError],
    ['a TypeError', new TypeError('enough'), (reason: unknown) => reason instanceof TypeError],
  ])('at a gate, whatever the reason is: %s', async (_name, reason, passes) => {
    const {policy, clock, log} = bench();
    const first = policy.run(playing(rateLimited('VEHICLE', 10), 1), READ);
    await clock.advance(0);
    const controller = new AbortController();
    const call = policy.run(playing(1), {...READ, signal: controller.signal});
    await clock.advance(100);
    controller.abort(reason);

    expect(passes(await errorOf(call))).toBe(true);
    expect(log.at(-1)).toBe('100 b fail: fail, aborted, attempts 0, waited 100');
    await clock.run(first);
  });
});

describe('an abort leaks nothing:', () => {
  test('a probe that is given up lets the next caller through', async () => {
    const {policy, clock} = bench();
    const probe = onTheWire<number>();
    const controller = new AbortController();
    const first = policy.run(playing(rateLimited('VEHICLE', 10), probe.send), {
      ...READ,
      signal: controller.signal,
    });
    await clock.advance(10_250);
    expect(probe.sent).toBe(1);
    controller.abort(new Error('the user left'));
    await errorOf(first);

    await expect(clock.run(policy.run(playing('a reading'), READ))).resolves.toBe('a reading');
  });

  test('the held response of a call that is given up gets its body cancelled', async () => {
    const {policy, clock} = bench();
    const controller = new AbortController();
    const held = upstreamResponse();
    const call = policy.run(playing(held), {...READ, signal: controller.signal});
    await clock.advance(100);
    controller.abort(new Error('the user left'));
    await errorOf(call);

    expect(held.bodyUsed).toBe(true);
  });

  test('so does one that is given up between a refused token and the next attempt', async () => {
    const auth = fakeAuth(async () => Promise.reject(new Error('never asked')));
    const {policy, clock, log} = bench({auth});
    await policy.tokens.save('ada', pair('old', clock.now()));
    const controller = new AbortController();
    policy.on('decision', ({action}) => {
      if (action === 'refresh') controller.abort(new Error('the user left'));
    });
    const error = await errorOf(policy.run(playing(unauthorized()), {...READ, signal: controller.signal}));

    expect(error).toMatchObject({message: 'the user left'});
    expect(log.at(-1)).toBe('0 a fail: fail, aborted, attempts 1, waited 0');
  });
});

describe('a success that arrives is never thrown away:', () => {
  test('an abort after the answer changes nothing', async () => {
    const {policy, log} = bench();
    const controller = new AbortController();
    const wire = onTheWire<string>();
    const call = policy.run(wire.send, {...READ, signal: controller.signal});
    wire.resolve('locked');
    for (let turns = 0; turns < 3; turns++) await Promise.resolve();
    controller.abort();

    await expect(call).resolves.toBe('locked');
    expect(log.at(-1)).toBe('0 a success: attempts 1, waited 0, took 0');
  });

  test('a listener that gives up at the news of the success changes nothing', async () => {
    const {policy} = bench();
    const controller = new AbortController();
    policy.on('success', () => controller.abort());

    await expect(policy.run(playing('locked'), {...READ, signal: controller.signal})).resolves.toBe('locked');
  });
});

test('a caller who gives up before its place is used sends nothing', async () => {
  const {policy, clock} = bench();
  const controller = new AbortController();
  const first = policy.run(playing(rateLimitedResponse('VEHICLE', 10), 1), READ);
  await clock.advance(0);
  const late = playing(2);
  const second = errorOf(policy.run(late, {...READ, signal: controller.signal}));
  policy.on('attempt', ({attempt}) => {
    if (attempt === 2) controller.abort('gone');
  });
  await clock.run(first);

  expect(await second).toBe('gone');
  expect(late.sent).toBe(0);
});
