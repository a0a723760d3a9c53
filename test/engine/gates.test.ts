import {describe, expect, test} from 'vitest';
import {explain} from '../../src/engine/explain.ts';
import {fakeAuth, pair} from './support/auth.ts';
import {bench, errorOf, onTheWire, playing, stateOf, eventually, queued} from './support/bench.ts';
import {
  asleep,
  lostLogin,
  rateLimited,
  rateLimitedResponse,
  suspended,
  unauthorized,
  upstreamResponse,
} from './support/failures.ts';

const of = (user: string, vehicle: string): {user: string; vehicle: string; idempotent: true} => ({
  user,
  vehicle,
  idempotent: true,
});
const READ = of('ada', 'car');

describe('what the server told about a scope holds for everything in that scope:', () => {
  test('a second call of the same car waits, one of another car goes at once', async () => {
    const {policy, clock, log} = bench();
    const first = policy.run(playing(rateLimited('VEHICLE', 10), 1), READ);
    await clock.advance(3_000);
    const second = policy.run(playing(2), READ);
    await expect(policy.run(playing(3), of('ada', 'another'))).resolves.toBe(3);
    await clock.run(Promise.all([first, second]));

    expect(log).toEqual([
      '0 a attempt 1',
      '0 a decision: retry, server-says-retry, 10250 ms',
      '0 pause vehicle:car until 10250, server-says-retry',
      '3000 b attempt 1',
      '3000 b success: attempts 1, waited 0, took 0',
      '10250 a attempt 2',
      '10250 a success: attempts 2, waited 10250, took 10250',
      // As far after the probe as the server told, and half a percent for the network.
      '20300 c attempt 1',
      '20300 resume vehicle:car',
      '20300 c success: attempts 1, waited 17300, took 17300',
    ]);
  });

  test('a limit of the application holds every call of every owner', async () => {
    const {policy, clock} = bench();
    const first = policy.run(playing(rateLimited('SMARTCAR_API', 10), 1), READ);
    await clock.advance(0);
    const others = [of('bob', 'b'), {user: 'eve', idempotent: true}, {idempotent: true}].map(context =>
      policy.run(playing('a reading'), context),
    );
    await clock.advance(10_249);
    for (const other of others) expect(await stateOf(other)).toBe('pending');
    await clock.run(Promise.all([first, ...others]));
  });

  test('a limit of a car whose call names only its owner holds that owner', async () => {
    const {policy, clock, log} = bench();
    const first = policy.run(playing(rateLimited('VEHICLE', 10), 1), {user: 'ada', idempotent: true});
    await clock.advance(0);

    expect(log.at(-1)).toBe('0 pause user:ada until 10250, server-says-retry');
    await expect(policy.run(playing(2), of('bob', 'car'))).resolves.toBe(2);
    await expect(policy.run(playing(2), {...READ, maxWaitMs: 100})).rejects.toMatchObject({code: 'PAUSED'});
    await clock.run(first);
  });
});

describe('a gate that opens', () => {
  test('lets one probe through, then one at a time at the pace that was told', async () => {
    const {policy, clock} = bench({maxWaitMs: Infinity});
    await errorOf(policy.run(playing(rateLimited('VEHICLE', 10)), {...READ, maxWaitMs: 0}));
    const began = clock.now();
    const sentAt: number[] = [];
    let under = 0;
    let most = 0;
    const read = async (): Promise<void> => {
      sentAt.push(clock.now() - began);
      most = Math.max(most, ++under);
      await clock.sleep(sentAt.length === 3 ? 15_000 : 100);
      under -= 1;
    };
    await clock.run(Promise.all(Array.from({length: 6}, () => policy.run(read, READ))));

    // The third takes longer than the pace: the fourth goes when it has come back.
    expect(sentAt).toEqual([10_000, 20_050, 30_100, 45_100, 55_150, 65_200]);
    expect(most).toBe(1);
  });

  test('of all owners lets one probe through, then twice as many in each round', async () => {
    const {policy, clock} = bench({maxWaitMs: Infinity});
    await errorOf(policy.run(playing(suspended()), {...READ, maxWaitMs: 0}));
    const wires = Array.from({length: 8}, () => onTheWire<number>());
    const calls = wires.map((wire, index) => policy.run(wire.send, of(`owner ${index}`, `car ${index}`)));
    const under = (): number => wires.filter(wire => wire.sent > 0).length;
    await clock.advance(3_599_999);
    expect(under()).toBe(0);
    await clock.advance(1);
    for (const most of [1, 1 + 2, 3 + 4, 8]) {
      await eventually(() => under() >= most);
      await queued(wires.length);
      expect(under()).toBe(most);
      for (const wire of wires) if (wire.sent > 0) wire.resolve(1);
    }
    await Promise.all(calls);
  });

  test('closes again when the probe is refused, and nobody else is sent', async () => {
    const {policy, clock, log} = bench({maxWaitMs: Infinity});
    const first = policy.run(playing(rateLimited('VEHICLE', 10), rateLimited('VEHICLE', 20), 1), READ);
    await clock.advance(0);
    const others = [1, 2, 3].map(() => policy.run(playing(2), {...READ, priority: 9}));
    await clock.run(Promise.all([first, ...others]));

    expect(log.filter(line => /attempt \d|pause|resume/.test(line))).toEqual([
      '0 a attempt 1',
      '0 pause vehicle:car until 10250, server-says-retry',
      '10250 a attempt 2',
      '10250 pause vehicle:car until 30750, server-says-retry',
      '30750 a attempt 3',
      '40800 b attempt 1',
      '50850 c attempt 1',
      '60900 d attempt 1',
      '60900 resume vehicle:car',
    ]);
  });

  test('lets the lowest priority number in first, the probe included', async () => {
    const {policy, clock} = bench({maxWaitMs: Infinity});
    await errorOf(policy.run(playing(rateLimited('VEHICLE', 10)), {...READ, maxWaitMs: 0}));
    const order: unknown[] = [];
    policy.on('attempt', ({operation}) => order.push(operation));
    const others = [9, 3, 5, 0, 3].map((priority, place) =>
      policy.run(playing(2), {...READ, priority, operation: `rank ${priority}, came ${place}`}),
    );
    await clock.run(Promise.all(others));

    expect(order).toEqual([
      'rank 0, came 3',
      'rank 3, came 1',
      'rank 3, came 4',
      'rank 5, came 2',
      'rank 9, came 0',
    ]);
  });

  test('lets commands go before reads', async () => {
    const {policy, clock} = bench({maxWaitMs: Infinity});
    await errorOf(policy.run(playing(rateLimited('VEHICLE', 10)), {...READ, maxWaitMs: 0}));
    const order: unknown[] = [];
    policy.on('attempt', ({operation}) => order.push(operation));
    const reads = [1, 2].map(count => policy.run(playing(1), {...READ, operation: `read ${count}`}));
    const command = policy.run(playing(1), {user: 'ada', vehicle: 'car', operation: 'lock'});
    await clock.run(Promise.all([...reads, command]));

    expect(order).toEqual(['lock', 'read 1', 'read 2']);
  });

  test('lets a caller that may not wait at all through, when nobody else wants to', async () => {
    const {policy, clock} = bench();
    await errorOf(policy.run(playing(rateLimited('VEHICLE', 10)), {...READ, maxWaitMs: 0}));
    await clock.advance(10_250);

    await expect(policy.run(playing(1), {...READ, maxWaitMs: 0})).resolves.toBe(1);
  });

  test('of a car does not hold the application: whoever waits for the car holds no place of all', async () => {
    const {policy, clock} = bench({maxWaitMs: Infinity});
    await errorOf(policy.run(playing(rateLimited('VEHICLE', 5)), {...READ, maxWaitMs: 0}));
    await clock.advance(6_000);
    const slow = onTheWire<number>();
    const probe = policy.run(slow.send, READ);
    await errorOf(
      policy.run(playing(rateLimited('SMARTCAR_API', 10)), {...of('eve', 'other'), maxWaitMs: 0}),
    );
    await clock.advance(20_000);
    expect(slow.sent).toBe(1);
    const behind = policy.run(playing(2), READ);
    await clock.advance(0);

    await expect(policy.run(playing(3), {...of('bob', 'fine'), maxWaitMs: 0})).resolves.toBe(3);
    slow.resolve(1);
    await clock.run(Promise.all([probe, behind]));
  });
});

describe('a call that may not wait so long', () => {
  test('is refused at once with PAUSED and the time when it makes sense again', async () => {
    const {policy, clock, log} = bench();
    const began = clock.now();
    const first = policy.run(playing(rateLimited('VEHICLE', 10), 1), READ);
    await clock.advance(1_000);
    const call = playing(2);
    const error = await errorOf(policy.run(call, {...READ, maxWaitMs: 9_249}));

    expect(error).toMatchObject({code: 'PAUSED', retryAt: began + 10_250});
    expect(explain(error)).toMatchObject({reason: 'paused', needs: 'nobody', retryAt: began + 10_250});
    expect(call.sent).toBe(0);
    expect(log.slice(-2)).toEqual([
      '1000 b defer to 10250, paused',
      '1000 b fail: fail, paused, attempts 0, waited 0',
    ]);
    await clock.run(first);
  });

  test('with a deadline before the gate opens is refused at once as well', async () => {
    const {policy, clock, log} = bench();
    const first = policy.run(playing(rateLimited('VEHICLE', 10), 1), READ);
    await clock.advance(1_000);
    const error = await errorOf(policy.run(playing(2), {...READ, deadlineMs: 9_250}));

    expect(error).toMatchObject({code: 'PAUSED'});
    expect(log.at(-1)).toBe('1000 b fail: fail, past-deadline, attempts 0, waited 0');
    await clock.run(first);
  });

  test('ends with the response that it already holds', async () => {
    const {policy, clock} = bench();
    const held = upstreamResponse();
    const call = policy.run(playing(held, 1), {...READ, maxWaitMs: 1_500});
    await clock.advance(500);
    await errorOf(policy.run(playing(rateLimited('SMARTCAR_API', 300)), {...of('bob', 'b'), maxWaitMs: 0}));

    const got = await clock.run(call);
    expect(got).toBe(held);
    expect(held.bodyUsed).toBe(false);
    expect(explain(got)).toMatchObject({reason: 'paused', failure: {status: 502}});
  });

  test('gives up when nobody leaves the place that it waits for, with a time that is not in the past', async () => {
    const {policy, clock} = bench();
    const probe = onTheWire<number>();
    await errorOf(policy.run(playing(asleep()), {...READ, maxWaitMs: 0}));
    await clock.advance(70_000);
    const first = policy.run(probe.send, READ);
    const second = policy.run(playing(2), {...READ, maxWaitMs: 3_000});
    const error = clock.run(errorOf(second));

    expect(await error).toMatchObject({code: 'PAUSED', retryAt: clock.now()});
    probe.resolve(1);
    await first;
  });
});

describe('a waiting call holds no slot:', () => {
  test('one that waits for a token stands in nobody else’s way at the gate', async () => {
    const renewal = onTheWire<ReturnType<typeof pair>>();
    const {policy, clock} = bench({auth: fakeAuth(renewal.send)});
    await policy.tokens.save('ada', pair('old', clock.now(), 5_000));
    await policy.tokens.save('bob', pair('bob', clock.now()));
    await errorOf(policy.run(playing(rateLimited('SMARTCAR_API', 10)), {...of('bob', 'b'), maxWaitMs: 0}));
    await clock.advance(20_000);
    const waits = policy.run(playing(1), READ);
    await clock.advance(0);
    expect(renewal.sent).toBe(1);

    await expect(clock.run(policy.run(playing(2), of('bob', 'b')))).resolves.toBe(2);
    renewal.resolve(pair('new', clock.now()));
    await expect(clock.run(waits)).resolves.toBe(1);
  });

  test('nor does one whose token endpoint is shut', async () => {
    const auth = fakeAuth(async () => {
      throw Object.assign(new TypeError('fetch failed'), {cause: {code: 'ECONNREFUSED'}});
    });
    const {policy, clock} = bench({auth, backoff: {'*': {retries: 1, baseDelayMs: 20_000}}});
    await policy.tokens.save('ada', pair('old', clock.now(), 5_000));
    await policy.tokens.save('bob', pair('bob', clock.now()));
    await errorOf(policy.run(playing(rateLimited('SMARTCAR_API', 10)), {...of('bob', 'b'), maxWaitMs: 0}));
    await clock.advance(10_250);
    const first = errorOf(policy.run(playing(1), READ));
    await clock.advance(0);
    const second = errorOf(policy.run(playing(1), READ));
    await clock.advance(0);

    await expect(clock.run(policy.run(playing(2), of('bob', 'b')))).resolves.toBe(2);
    await clock.run(Promise.all([first, second]));
  });
});

test('a call that was parked while it waited at a gate is not sent', async () => {
  const {policy, clock} = bench();
  const wire = onTheWire<never>();
  const under = errorOf(policy.run(wire.send, READ));
  const first = errorOf(policy.run(playing(rateLimited('VEHICLE', 10)), {...READ, maxWaitMs: 0}));
  await clock.advance(0);
  const waits = playing(2);
  const second = errorOf(policy.run(waits, READ));
  await clock.advance(1_000);
  wire.reject(lostLogin());
  await Promise.all([under, first]);

  expect(await clock.run(second)).toMatchObject({code: 'REAUTH_REQUIRED'});
  expect(waits.sent).toBe(0);
});

test('a gate that closes while the token is renewed is waited for', async () => {
  const renewal = onTheWire<ReturnType<typeof pair>>();
  const {policy, clock, log} = bench({auth: fakeAuth(renewal.send)});
  await policy.tokens.save('ada', pair('old', clock.now()));
  await policy.tokens.save('bob', pair('bob', clock.now()));
  const call = policy.run(playing(unauthorized(), 1), READ);
  await clock.advance(100);
  await policy.run(playing(rateLimitedResponse('SMARTCAR_API', 10)), {...of('bob', 'b'), maxWaitMs: 0});
  renewal.resolve(pair('new', clock.now()));
  await clock.run(call);

  expect(log.at(-1)).toContain('a success: attempts 2');
  expect(log.filter(line => line.includes('a attempt'))).toEqual(['0 a attempt 1', '10100 a attempt 2']);
});
