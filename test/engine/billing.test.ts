import {describe, expect, test} from 'vitest';
import {explain} from '../../src/engine/explain.ts';
import {bench, errorOf, playing, type Bench} from './support/bench.ts';
import {sdkError, suspended} from './support/failures.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const READ = {user: 'ada', vehicle: 'car', operation: 'odometer', idempotent: true};

const FINANCE = {resolution: {type: 'CONTACT_SUPPORT'}};
const carLimit = (): Error => sdkError(430, 'BILLING', 'VEHICLE_REQUEST_LIMIT', FINANCE);
const vehicleLimit = (): Error => sdkError(430, 'BILLING', 'VEHICLE_LIMIT', FINANCE);
const noPlan = (): Error => sdkError(430, 'BILLING', 'INVALID_PLAN', FINANCE);

const pauses = ({log}: Bench): string[] => log.filter(line => line.includes(' pause '));

interface Row {
  readonly name: string;
  readonly failure: () => Error;
  readonly scope: string;
  /** Calls that are refused, and calls that go. */
  readonly held: object;
  readonly goes: object;
}

const rows: readonly Row[] = [
  {
    name: 'BILLING:VEHICLE_REQUEST_LIMIT',
    failure: carLimit,
    scope: 'vehicle:car',
    held: {...READ, operation: 'fuel'},
    goes: {...READ, vehicle: 'other'},
  },
  {
    name: 'BILLING:VEHICLE_LIMIT',
    failure: vehicleLimit,
    scope: 'vehicle:car',
    held: {vehicle: 'car', user: 'bob'},
    goes: {...READ, vehicle: 'other'},
  },
  {
    name: 'BILLING:ACCOUNT_SUSPENDED',
    failure: suspended,
    scope: 'application',
    held: {user: 'bob', vehicle: 'other', idempotent: true},
    goes: {},
  },
  {
    name: 'BILLING:INVALID_PLAN',
    failure: noPlan,
    scope: 'permission:car:read_odometer',
    held: READ,
    goes: {...READ, operation: 'fuel'},
  },
];

describe.each(rows)('$name', ({failure, scope, held, goes}) => {
  test('is handed out as it came, and closes the gate of its scope', async () => {
    const on = bench();
    const error = failure();
    const call = playing(error);

    expect(await errorOf(on.policy.run(call, READ))).toBe(error);
    expect(call.sent).toBe(1);
    expect(explain(error)).toMatchObject({reason: 'billing', attempts: 1});
    expect(pauses(on)).toEqual([`0 pause ${scope} until ${HOUR}, billing`]);
  });

  test('lets no later call of that scope out, and others alone', async () => {
    const on = bench();
    await errorOf(on.policy.run(playing(failure()), READ));
    const call = playing(1);
    const error = await errorOf(on.policy.run(call, held));

    expect(error).toMatchObject({code: 'PAUSED', retryAt: on.clock.now() + HOUR});
    expect(call.sent).toBe(0);
    const other = on.policy.run(playing('a reading'), goes).catch(() => 'refused');
    expect(await other).toBe(scope === 'application' ? 'refused' : 'a reading');
  });

  test('is looked at again after an hour, then after twice as long each time, up to a day', async () => {
    const on = bench();
    const waits = [1, 2, 4, 8, 16, 24, 24].map(hours => hours * HOUR);
    for (const ms of waits) {
      await errorOf(on.policy.run(playing(failure()), READ));
      await expect(on.policy.run(playing(1), {...READ, maxWaitMs: ms - 1})).rejects.toMatchObject({
        code: 'PAUSED',
      });
      await on.clock.advance(ms);
    }
    await expect(on.policy.run(playing('paid'), READ)).resolves.toBe('paid');

    let until = 0;
    expect(pauses(on)).toEqual(waits.map(ms => `${until} pause ${scope} until ${(until += ms)}, billing`));
  });

  test('opens for a probe with policy.reopen', async () => {
    const on = bench();
    await errorOf(on.policy.run(playing(failure()), READ));
    await on.clock.advance(1_000);
    expect(on.policy.reopen(scope)).toBe(true);
    await expect(on.policy.run(playing('paid'), READ)).resolves.toBe('paid');

    expect(on.log.at(-2)).toBe(`1000 resume ${scope}`);
    expect(on.policy.reopen(scope)).toBe(false);
  });

  test('a reopening that was too hopeful closes again, for longer', async () => {
    const on = bench();
    await errorOf(on.policy.run(playing(failure()), READ));
    on.policy.reopen(scope);
    await errorOf(on.policy.run(playing(failure()), READ));

    expect(pauses(on).at(-1)).toBe(`0 pause ${scope} until ${2 * HOUR}, billing`);
  });
});

describe('with `quota`', () => {
  test.each([carLimit, vehicleLimit])('a limit of a vehicle holds until the period ends', async failure => {
    const on = bench({quota: {perVehicle: 10, startDay: 3}});
    const error = failure();
    await errorOf(on.policy.run(playing(error), READ));
    const until = on.clock.now() + 2 * DAY;

    expect(explain(error)).toMatchObject({reason: 'billing', retryAt: until});
    expect(pauses(on)).toEqual([`0 pause vehicle:car until ${2 * DAY}, billing`]);
    await on.clock.advance(2 * DAY - 1);
    await expect(on.policy.run(playing(1), {...READ, maxWaitMs: 0})).rejects.toMatchObject({
      code: 'PAUSED',
      retryAt: until,
    });
    await on.clock.advance(1);
    await expect(on.policy.run(playing('a new period'), READ)).resolves.toBe('a new period');
  });

  test('an account that is suspended, and a plan that lacks something, are looked at after an hour all the same', async () => {
    const on = bench({quota: {perVehicle: 10}});
    await errorOf(on.policy.run(playing(noPlan()), READ));
    await errorOf(on.policy.run(playing(suspended()), {...READ, vehicle: 'other'}));

    expect(pauses(on)).toEqual([
      `0 pause permission:car:read_odometer until ${HOUR}, billing`,
      `0 pause application until ${HOUR}, billing`,
    ]);
  });

  test('a call that may wait so long goes when the period ends', async () => {
    const on = bench({quota: {perVehicle: 10}});
    await errorOf(on.policy.run(playing(carLimit()), READ));
    const call = on.policy.run(async () => on.clock.now(), {...READ, maxWaitMs: Infinity});

    expect(await on.clock.run(call)).toBe(Date.UTC(2026, 1, 1));
  });
});

test('policy.reopen of a scope that is not shut, or of none at all, says so', () => {
  const {policy} = bench();
  expect(policy.reopen('vehicle:car')).toBe(false);
  expect(policy.reopen('application')).toBe(false);
  expect(() => policy.reopen('')).toThrow(/the scope/);
});

test('a bare 430 closes nothing: it does not say what it is about', async () => {
  const on = bench();
  await errorOf(on.policy.run(playing(Object.assign(new Error('?'), {statusCode: 430})), READ));
  expect(pauses(on)).toEqual([]);
});
