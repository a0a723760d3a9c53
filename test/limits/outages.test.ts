import {describe, expect, test, vi} from 'vitest';
import type {Failure} from '../../src/core/failure.ts';
import {makerOutages, type OutageOptions} from '../../src/limits/outages.ts';
import type {AboutCar, Outages, Pass} from '../../src/ports.ts';

interface Setup {
  readonly outages: Outages;
  /** `at until` of each time that a gate was closed, in ms. */
  readonly closed: string[];
  readonly at: (ms: number) => void;
  /** A read of this car fails; `failure` is the maker's by default. */
  readonly fail: (vehicle: string, failure?: Partial<Failure>, passes?: readonly Pass[]) => void;
  readonly answer: (vehicle: string) => void;
}

const OPERATION = 'GET /vehicles/{id}/odometer';
const readOf = (vehicle: string): AboutCar => ({vehicle, make: 'tesla', operation: OPERATION});

function setup(options: Partial<OutageOptions> = {}): Setup {
  let now = 0;
  const closed: string[] = [];
  const outages = makerOutages({
    clock: {now: () => 5_000_000 + now, monotonic: () => now},
    gates: {close: (key, {until}) => closed.push(`${now} ${key} ${until - 5_000_000}`) as unknown as void},
    vehicles: 5,
    share: 0.5,
    windowMs: 60_000,
    pauseMs: 30_000,
    ...options,
  });
  return {
    outages,
    closed,
    at: ms => {
      now = ms;
    },
    fail: (vehicle, failure = {}, passes = []) =>
      outages.failed(readOf(vehicle), {type: 'UPSTREAM', code: 'NO_RESPONSE', ...failure} as Failure, passes),
    answer: vehicle => outages.answered(readOf(vehicle), 'a reading'),
  };
}

const passOf = (key: string, failedProbes: number): Pass => ({key, failedProbes}) as Pass;
const brokenRecords = (): string => {
  throw new Error('The database is down.');
};
const settled = (): Promise<void> => new Promise(resolve => setImmediate(resolve));

describe('a window', () => {
  test.each([
    ['as long as it is', 59_999, ['59999 make:tesla 89999']],
    ['no longer than it is', 60_000, []],
  ])('counts the cars of the time before, %s', (_what, last, closed) => {
    const on = setup();
    for (const car of ['a', 'b', 'c', 'd']) on.fail(car);
    on.at(last);
    on.fail('e');
    expect(on.closed).toEqual(closed);
  });

  test('keeps its younger half when the older one goes', () => {
    const on = setup();
    on.fail('a');
    on.at(30_000);
    on.fail('b');
    on.at(60_000);
    for (const car of ['c', 'd', 'e']) on.fail(car);
    expect(on.closed).toEqual([]);
    on.fail('f');
    expect(on.closed).toEqual(['60000 make:tesla 90000']);
  });

  test('counts each car once, in whichever half it failed', () => {
    const on = setup();
    for (const car of ['a', 'b', 'c', 'd']) on.fail(car);
    on.at(30_000);
    for (const car of ['a', 'b', 'c', 'd']) on.fail(car);
    expect(on.closed).toEqual([]);
  });

  test('is over with the outage: after it the counting begins anew', () => {
    const on = setup();
    for (const car of ['a', 'b', 'c', 'd', 'e', 'a']) on.fail(car);
    expect(on.closed).toHaveLength(1);
  });
});

describe('the share of calls that fail', () => {
  test.each([
    ['as large as it has to be', 5, 1],
    ['smaller', 6, 0],
  ])('is that of both halves of the window: %s', (_what, answers, outages) => {
    const on = setup();
    for (let count = 0; count < answers; count++) on.answer('x');
    for (const car of ['a', 'b', 'c']) on.fail(car);
    on.at(40_000);
    for (const car of ['d', 'e']) on.fail(car);
    expect(on.closed).toHaveLength(outages);
  });

  test.each<[string, Partial<Failure>]>([
    ['an error of the car', {type: 'VEHICLE_STATE', code: 'ASLEEP'}],
    ['a limit of the maker’s', {code: 'RATE_LIMIT'}],
  ])('counts %s as an answer, and never as a failed car', (_what, failure) => {
    const on = setup();
    for (let count = 0; count < 6; count++) on.fail('x', failure);
    for (const car of ['a', 'b', 'c', 'd', 'e']) on.fail(car);
    expect(on.closed).toEqual([]);
    on.fail('a');
    expect(on.closed).toHaveLength(1);
  });

  test('is not asked for calls whose make nobody knows', () => {
    const {outages, closed} = setup({vehicles: 1});
    const call = {vehicle: 'a', make: undefined, operation: undefined};
    outages.answered(call, 'a reading');
    outages.failed(call, {type: 'UPSTREAM'} as Failure, []);
    expect(closed).toEqual([]);
  });

  test('counts a call that names no car as one car', () => {
    const {outages, closed} = setup({vehicles: 2});
    for (let count = 0; count < 5; count++)
      outages.failed(
        {vehicle: undefined, make: 'tesla', operation: undefined},
        {type: 'UPSTREAM'} as Failure,
        [],
      );
    expect(closed).toEqual([]);
  });
});

describe('a sample that fails', () => {
  test.each([
    [1, 60_000],
    [3, 240_000],
    [6, 1_920_000],
    [7, 1_920_000],
  ])('is enough: the %s. in a row doubles the pause, six times at most', (probes, pauseMs) => {
    const on = setup();
    on.fail('a', {}, [passOf('vehicle:a', 9), passOf('make:tesla', probes)]);
    expect(on.closed).toEqual([`0 make:tesla ${pauseMs}`]);
  });

  test('of another scope is nothing of the make’s', () => {
    const on = setup();
    on.fail('a', {}, [passOf('vehicle:a', 2), passOf('make:tesla', 0)]);
    expect(on.closed).toEqual([]);
  });
});

describe('the make of a car', () => {
  const about = {vehicle: 'a', make: undefined, operation: 'GET /vehicles/{id}'};

  test.each([
    ['what the call says', 'Tesla', 'tesla'],
    ['nothing where the call says nothing', '', undefined],
  ])('is %s, whatever the records say', (_what, given, make) => {
    expect(setup({makeOf: () => 'BMW'}).outages.makeOf('a', given)).toBe(make);
  });

  test('is what the records say, in lower case', () => {
    const {outages} = setup({makeOf: vehicle => (vehicle === 'a' ? 'BMW' : undefined)});
    expect([outages.makeOf('a', undefined), outages.makeOf('b', undefined)]).toEqual(['bmw', undefined]);
    expect(outages.makeOf(undefined, undefined)).toBeUndefined();
  });

  test('is unknown where the records fail', () => {
    expect(setup({makeOf: brokenRecords}).outages.makeOf('a', undefined)).toBeUndefined();
  });

  test.each<[string, unknown, string | undefined]>([
    ['v2', {make: 'TESLA'}, 'tesla'],
    ['v3', {data: {attributes: {make: 'TESLA'}}}, 'tesla'],
    ['an empty one', {make: ''}, undefined],
    ['a number', {make: 7}, undefined],
    ['none', {}, undefined],
    ['no data', {data: null}, undefined],
    ['no attributes', {data: {}}, undefined],
    ['no body', null, undefined],
  ])('is learned from an answer about the car: %s', async (_what, body, make) => {
    const {outages} = setup();
    const answer = Response.json(body);
    outages.answered(about, answer);
    await settled();
    expect(outages.makeOf('a', undefined)).toBe(make);
    expect(await answer.json()).toEqual(body);
  });

  test.each<[string, Parameters<Outages['answered']>[0], () => unknown]>([
    [
      'another operation',
      {...about, operation: 'GET /vehicles/{id}/battery'},
      () => Response.json({make: 'X'}),
    ],
    ['no Response', about, () => ({make: 'X'})],
    ['a body that is no JSON', about, () => new Response('<html>')],
  ])('is not learned from %s', async (_what, call, answer) => {
    const {outages} = setup();
    outages.answered(call, answer());
    await settled();
    expect(outages.makeOf('a', undefined)).toBeUndefined();
  });

  test('is not learned from a body that has been read: nothing is thrown', async () => {
    const {outages} = setup();
    const answer = Response.json({make: 'X'});
    await answer.text();
    expect(() => outages.answered(about, answer)).not.toThrow();
  });

  test('is learned once: a second answer is not copied', async () => {
    const {outages} = setup();
    outages.answered(about, Response.json({make: 'X'}));
    await settled();
    const again = Response.json({make: 'Y'});
    const clone = vi.spyOn(again, 'clone');
    outages.answered(about, again);
    expect(clone).not.toHaveBeenCalled();
    expect(outages.makeOf('a', undefined)).toBe('x');
  });

  test('is forgotten after 10 000 other cars', async () => {
    const {outages} = setup();
    const told = new Response();
    vi.spyOn(told, 'clone').mockImplementation(() => ({json: async () => ({make: 'X'})}) as Response);
    for (let car = 0; car < 10_000; car++) outages.answered({...about, vehicle: `${car}`}, told);
    await settled();
    expect(outages.makeOf('0', undefined)).toBe('x');
    outages.answered(about, told);
    await settled();
    expect(['0', '1', 'a'].map(car => outages.makeOf(car, undefined))).toEqual([undefined, 'x', 'x']);
  });
});
