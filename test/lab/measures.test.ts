import {expect, test} from 'vitest';
import {physicalLimit} from '../../src/lab/measure/limit.ts';
import {noteAsked, openAccount} from '../../src/lab/measure/account.ts';
import {quantile, recoveryMs} from '../../src/lab/measure/recovery.ts';
import type {Job, Scenario} from '../../src/lab/scenario.ts';
import {SCENARIOS} from '../../src/lab/scenarios/all.ts';

function scenario(jobs: readonly Job[], limits: NonNullable<Scenario['service']['limits']>): Scenario {
  return {
    name: 'a scenario',
    about: '',
    api: 'v3',
    size: {cars: 10, durationMs: 600_000},
    jobs: () => jobs,
    service: {limits, latency: {baseMs: 0}, tokenLatencyMs: 0},
  };
}

const read = (at: number, car: number, patienceMs: number): Job => ({at, car, kind: 'read', patienceMs});

test('the limit is what a bucket holds and what drips in while somebody waits', () => {
  const jobs = Array.from({length: 10}, () => read(0, 0, 60_000));
  // Two at once, one more after 30 s and after 60 s.
  expect(physicalLimit(scenario(jobs, {vehicle: {size: 2, everyMs: 30_000}}), 1)).toBe(4);
});

test('who would come too late takes nothing from those who come after', () => {
  const jobs = [read(0, 0, 1_000), read(0, 0, 1_000), read(20_000, 0, 15_000)];
  expect(physicalLimit(scenario(jobs, {vehicle: {size: 1, everyMs: 30_000}}), 1)).toBe(2);
});

test('the application and the month bound it as well', () => {
  const jobs = Array.from({length: 10}, (_, car) => read(0, car, 60_000));
  expect(physicalLimit(scenario(jobs, {application: {size: 3, perMinute: 2}}), 1)).toBe(5);
  const often = Array.from({length: 10}, (_, index) => read(index * 1_000, 0, 1_000));
  expect(physicalLimit(scenario(often, {monthly: {calls: 7}}), 1)).toBe(7);
});

test('each month has room of its own, for whoever can wait until it begins as well', () => {
  const dayMs = 86_400_000;
  const daily = Array.from({length: 59}, (_, day) => read(day * dayMs, 0, 1_000));
  expect(physicalLimit(scenario(daily, {monthly: {calls: 10}}), 1)).toBe(20);
  const lastHour = 31 * dayMs - 3_600_000;
  const patient = Array.from({length: 6}, (_, index) => read(lastHour + index, 0, 2 * 3_600_000));
  expect(physicalLimit(scenario(patient, {monthly: {calls: 2}}), 1)).toBe(4);
});

// The last poll of 744 can wait for February.
test.each([
  [48, 48],
  [720, 500],
  [744, 501],
  [2_000, 1_500],
])('a car polled for %d hours gets at most %d answers of a plan of 500 a month', (hours, most) => {
  const [quota] = SCENARIOS['quota']?.({cars: 2, durationMs: hours * 3_600_000}) ?? [];
  expect(quota && physicalLimit(quota, 1)).toBe(2 * most);
});

test('recovery counts to the end of the last bad time, and is endless where that is the end', () => {
  const askedIn = Array.from({length: 100}, () => 20);
  const goodIn = (bad: (second: number) => boolean): number[] =>
    askedIn.map((asked, second) => (bad(second) ? asked - 2 : asked));
  const account = {...openAccount(), askedIn};
  expect(recoveryMs({...account, goodIn: goodIn(() => false)}, 30_000)).toBe(0);
  expect(recoveryMs({...account, goodIn: goodIn(second => second < 42)}, 30_000)).toBe(12_000);
  expect(recoveryMs({...account, goodIn: goodIn(second => second > 50)}, 30_000)).toBe(Infinity);
});

test('recovery is not known where too few jobs came after the fault, or none', () => {
  const account = {...openAccount(), askedIn: [20, 20, 10, 9], goodIn: [0, 0, 10, 9]};
  expect(recoveryMs(account, 2_000)).toBeUndefined();
  expect(recoveryMs(account, 4_000)).toBeUndefined();
  expect(recoveryMs(account, 60_000)).toBeUndefined();
  expect(recoveryMs({...account, askedIn: [20, 20, 10, 10], goodIn: [0, 0, 10, 10]}, 2_000)).toBe(0);
});

test('jobs of a fault are those that come while it lasts, to the millisecond', () => {
  const account = openAccount();
  for (const at of [999, 1_000, 1_499, 1_500])
    noteAsked(account, read(at, 0, 1), {from: 1_000, until: 1_500});
  expect(account).toMatchObject({asked: 4, askedInFault: 2});
});

test('a quantile is a value that was seen', () => {
  expect(quantile([1, 2, 3, 4], 0.5)).toBe(3);
  expect(quantile([1], 0.99)).toBe(1);
  expect(quantile([], 0.5)).toBeUndefined();
});
