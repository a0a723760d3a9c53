import {describe, expect, test} from 'vitest';
import {explain} from '../../src/engine/explain.ts';
import {bench, errorOf, playing} from './support/bench.ts';
import {asleep, rateLimited, response, sdkError, upstream} from './support/failures.ts';
import {answer, cars, fail, makeOf, outage, pauses, without} from './support/outage.ts';

describe('the breaker for makers', () => {
  test.each([[undefined], [false]])('is off by default: %s', async outages => {
    const on = without(outages);
    for (const vehicle of cars(50)) await fail(on, vehicle, upstream(), {make: 'tesla'});

    await expect(answer(on, 't1', {make: 'tesla'})).resolves.toBe('a reading');
    expect(on.policy.limits().scopes).toEqual([]);
  });

  test('opens when five cars of a make fail, and not before', async () => {
    const on = without({makeOf});
    for (const vehicle of cars(4)) await fail(on, vehicle);
    await expect(answer(on, 't9')).resolves.toBe('a reading');
    expect(pauses(on)).toEqual([]);

    await fail(on, 't4');
    expect(pauses(on)).toEqual(['0 pause make:tesla until 30000, maker-outage']);
    expect(on.policy.limits().scopes).toMatchObject([{scope: 'make:tesla', reason: 'maker-outage'}]);
  });

  test('knows the make that the context of a call names, in any letter case', async () => {
    const on = without(true);
    for (const vehicle of cars(5))
      await fail(on, vehicle, upstream(), {make: vehicle === 't0' ? 'Tesla' : 'TESLA'});

    expect(pauses(on)).toEqual(['0 pause make:tesla until 30000, maker-outage']);
    await expect(answer(on, 't0')).resolves.toBe('a reading');
    await expect(answer(on, 'new', {make: 'tesla'})).rejects.toMatchObject({code: 'PAUSED'});
  });

  test.each([
    ['v2', 'https://api.smartcar.com/v2.0', {make: 'TESLA', model: 'Model 3', year: 2020}],
    ['v3', 'https://vehicle.api.smartcar.com/v3', {data: {type: 'vehicle', attributes: {make: 'TESLA'}}}],
  ])(
    'learns the make from the answer to GET /vehicles/{id} of %s, and leaves the answer readable',
    async (_version, base, body) => {
      const on = bench({
        outages: true,
        backoff: {UPSTREAM: false},
        fetch: async input =>
          /vehicles\/[^/]+$/.test(new Request(input).url)
            ? Response.json(body)
            : response(502, {type: 'UPSTREAM', code: 'NO_RESPONSE'}),
      });
      const smartcar = on.policy.fetch({user: 'ada', maxWaitMs: 0});
      for (const vehicle of cars(5)) {
        const attributes = await smartcar(`${base}/vehicles/${vehicle}`);
        expect(await attributes.json()).toEqual(body);
      }
      await on.clock.advance(0);
      for (const vehicle of cars(5))
        expect((await smartcar(`${base}/vehicles/${vehicle}/odometer`)).status).toBe(502);

      expect(pauses(on)).toEqual(['0 pause make:tesla until 30000, maker-outage']);
      await expect(smartcar(`${base}/vehicles/t0/odometer`)).rejects.toMatchObject({code: 'PAUSED'});
      // Of another car nobody knows the make.
      expect((await smartcar(`${base}/vehicles/unknown/odometer`)).status).toBe(502);
    },
  );
});

describe('it does not open', () => {
  test('for one car that fails fifty times', async () => {
    const on = without({makeOf});
    for (let count = 0; count < 50; count++) await fail(on, 't1');
    expect(pauses(on)).toEqual([]);
  });

  test('while more than half of the calls for the make are answered', async () => {
    const on = without({makeOf});
    for (const vehicle of cars(6)) await answer(on, vehicle);
    for (const vehicle of cars(5)) await fail(on, vehicle);
    expect(pauses(on)).toEqual([]);

    // Half of them is as large a share as it takes.
    await fail(on, 't5');
    expect(pauses(on)).toEqual(['0 pause make:tesla until 30000, maker-outage']);
  });

  test.each([
    ['a limit of the maker', () => sdkError(429, 'UPSTREAM', 'RATE_LIMIT')],
    ['limits of cars', () => rateLimited('VEHICLE', 5)],
    ['cars that sleep', asleep],
    ['errors of strangers', () => new Error('a stranger')],
  ])('for %s', async (_name, end) => {
    const on = without({makeOf});
    for (const vehicle of cars(50)) await fail(on, vehicle, end());
    expect(pauses(on)).toEqual([]);
  });

  test('for five cars of different makes, or of none that is known', async () => {
    const on = without({makeOf: vehicle => (vehicle === 'x' ? undefined : vehicle)});
    for (const vehicle of cars(30)) await fail(on, vehicle);
    for (let count = 0; count < 30; count++) await fail(on, 'x');
    expect(pauses(on)).toEqual([]);
  });

  test('for failures that lie further apart than the window', async () => {
    const on = without({makeOf});
    for (const vehicle of cars(10)) {
      await fail(on, vehicle);
      await on.clock.advance(15_001);
    }
    expect(pauses(on)).toEqual([]);
  });
});

describe('while it is open', () => {
  test('reads of that make are refused at no request, and explained; others and commands go', async () => {
    const on = await outage();
    const call = playing(1);
    const error = await errorOf(on.policy.run(call, {vehicle: 't99', idempotent: true, maxWaitMs: 29_999}));

    expect(error).toMatchObject({code: 'PAUSED', retryAt: on.clock.now() + 30_000});
    expect(explain(error)).toMatchObject({
      reason: 'paused',
      needs: 'nobody',
      retryAt: on.clock.now() + 30_000,
    });
    expect(call.sent).toBe(0);
    await expect(answer(on, 'bmw')).resolves.toBe('a reading');
    await expect(on.policy.run(playing('locked'), {vehicle: 't1', maxWaitMs: 0})).resolves.toBe('locked');
    await expect(answer(on, 't1', {make: 'BMW'})).resolves.toBe('a reading');
  });

  test('policy.reopen lets a sample through at once', async () => {
    const on = await outage();
    expect(on.policy.reopen('make:tesla')).toBe(true);
    await expect(answer(on, 't1')).resolves.toBe('a reading');
    expect(pauses(on).at(-1)).toBe('0 resume make:tesla');
  });
});

test('its numbers can be set', async () => {
  const on = without({makeOf, vehicles: 2, share: 0.1, windowMs: 1_000, pauseMs: 5_000});
  for (let count = 0; count < 18; count++) await answer(on, 't1');
  await fail(on, 't1');
  expect(pauses(on)).toEqual([]);
  await fail(on, 't2');
  expect(pauses(on)).toEqual(['0 pause make:tesla until 5000, maker-outage']);
});

test('calls that are repeated wait for the make as well, in their turn', async () => {
  const on = bench({outages: {makeOf}, maxWaitMs: 600_000});
  const calls = cars(5).map(vehicle =>
    on.policy.run(playing(upstream(), 'a reading'), {vehicle, idempotent: true}),
  );
  expect(await on.clock.run(Promise.all(calls))).toEqual(cars(5).map(() => 'a reading'));

  const second = on.log.filter(line => line.includes('attempt 2'));
  for (const line of second) expect(line).toMatch(/^30000 /);
});
