import {expect, test} from 'vitest';
import {createPolicy, memoryStore} from '../../src/index.ts';
import {said} from './support/said.ts';

const PLACES = 'a whole number from 1 up, or Infinity';
const FROM_1 = 'a whole number from 1 up';
const SHARE = 'a number from 0 to 1';
const MS = 'a number of milliseconds from 0 up';
const FINITE_MS = 'a finite number of milliseconds from 0 up';

type Row = readonly [
  name: string,
  around: (value: unknown) => object,
  expected: string,
  bad: readonly unknown[],
  good: readonly unknown[],
];

const application =
  (more: object) =>
  (key: string) =>
  (value: unknown): object => ({
    limits: {application: {...more, [key]: value}},
  });
const car =
  (key: string) =>
  (value: unknown): object => ({limits: {vehicle: {[key]: value}}});
const budget =
  (key: string) =>
  (value: unknown): object => ({budget: {[key]: value}});
const quota =
  (key: string) =>
  (value: unknown): object => ({quota: {perVehicle: 10, [key]: value}});
const outages =
  (key: string) =>
  (value: unknown): object => ({outages: {[key]: value}});

const NOT_A_NUMBER = ['2', null, true, Number.NaN, [1], {}];

const rows: readonly Row[] = [
  ['limits', value => ({limits: value}), 'an object', [2, 'fast', null, [], true], [{}]],
  ['limits.application', value => ({limits: {application: value}}), 'an object', [120, null, [], false], []],
  [
    'limits.application.bucket',
    application({perMinute: 2})('bucket'),
    FROM_1,
    [0, -1, 1.5, undefined, ...NOT_A_NUMBER],
    [1, 120, 1e6],
  ],
  [
    'limits.application.perMinute',
    application({bucket: 120})('perMinute'),
    'a number of calls from 0.000001 to 60 000 000',
    [0, -2, Infinity, 5e-324, undefined, ...NOT_A_NUMBER],
    [2, 0.01, 1e5],
  ],
  ['limits.vehicle', value => ({limits: {vehicle: value}}), 'an object', [1, null, []], [{}]],
  [
    'limits.vehicle.commands',
    car('commands'),
    PLACES,
    [0, -1, 1.5, -Infinity, ...NOT_A_NUMBER],
    [1, 7, Infinity, undefined],
  ],
  [
    'limits.vehicle.requests',
    car('requests'),
    PLACES,
    [0, -1, 0.5, ...NOT_A_NUMBER],
    [1, 7, Infinity, undefined],
  ],
  ['limits.vehicle.spacingMs', car('spacingMs'), MS, NOT_A_NUMBER, []],
  ['limits.vehicle.spacingMs', car('spacingMs'), FINITE_MS, [-1, Infinity], [0, 0.5, 60_000, undefined]],
  [
    'limits.vehicle.bucket',
    car('bucket'),
    FROM_1,
    [0, -1, 0.5, Infinity, ...NOT_A_NUMBER],
    [1, 2, undefined],
  ],
  [
    'limits.waiting',
    value => ({limits: {waiting: value}}),
    FROM_1,
    [0, -1, 2.5, ...NOT_A_NUMBER],
    [1, 10_000, undefined],
  ],
  [
    'budget',
    value => ({budget: value}),
    'false, or an object with share and size',
    [true, 0.1, null, []],
    [false, {}],
  ],
  ['budget.share', budget('share'), SHARE, [-0.1, 1.1, Infinity, ...NOT_A_NUMBER], [0, 0.1, 1, undefined]],
  ['budget.size', budget('size'), FROM_1, [0, -1, 1.5, ...NOT_A_NUMBER], [1, 10, undefined]],
  ['quota', value => ({quota: value}), 'an object', [500, true, false, null, []], []],
  ['quota.perVehicle', quota('perVehicle'), FROM_1, [0, -1, 1.5, undefined, ...NOT_A_NUMBER], [1, 500]],
  ['quota.warnAt', quota('warnAt'), SHARE, [-0.1, 80, ...NOT_A_NUMBER], [0, 0.8, 1, undefined]],
  [
    'quota.startDay',
    quota('startDay'),
    'a whole number from 1 to 28',
    [0, 29, 31, 1.5, ...NOT_A_NUMBER],
    [1, 15, 28, undefined],
  ],
  [
    'outages',
    value => ({outages: value}),
    'true, false, or an object with makeOf, vehicles, share, windowMs, pauseMs',
    [1, 'tesla', null, []],
    [true, false, {}],
  ],
  [
    'outages.makeOf',
    outages('makeOf'),
    'a function (vehicle => make)',
    ['tesla', {car: 'tesla'}, null],
    [() => 'tesla', undefined],
  ],
  ['outages.vehicles', outages('vehicles'), FROM_1, [0, 2.5, ...NOT_A_NUMBER], [1, 5, undefined]],
  ['outages.share', outages('share'), SHARE, [-1, 50, ...NOT_A_NUMBER], [0, 0.5, 1, undefined]],
  [
    'outages.windowMs',
    outages('windowMs'),
    'a number of milliseconds above 0',
    [0, -1, ...NOT_A_NUMBER],
    [1, 60_000, undefined],
  ],
  ['outages.pauseMs', outages('pauseMs'), MS, NOT_A_NUMBER, []],
  ['outages.pauseMs', outages('pauseMs'), FINITE_MS, [-1, Infinity], [0, 30_000, undefined]],
];

const refused = rows.flatMap(([name, around, expected, bad]) =>
  bad.map(value => [name, value, around(value), expected] as const),
);
const accepted = rows.flatMap(([name, around, , , good]) =>
  good.map(value => [name, value, around(value)] as const),
);

test.each(refused)('%s: %o is refused with what was expected', (name, _value, options, expected) => {
  expect(said(options)).toContain(`Expected \`${name}\` to be ${expected}, got `);
});

test.each(accepted)('%s: %o is accepted', (_name, _value, options) => {
  expect(said(options)).toBe('nothing');
});

test.each([
  [{limit: {}}, 'Unknown option `limit`: did you mean `limits`?'],
  [{outage: true}, 'Unknown option `outage`: did you mean `outages`?'],
  [{quotas: {}}, 'Unknown option `quotas`: did you mean `quota`?'],
  [{buget: false}, 'Unknown option `buget`: did you mean `budget`?'],
  [{limits: {vehicles: {}}}, 'Unknown option `limits.vehicles`: did you mean `vehicle`?'],
  [{limits: {aplication: {}}}, 'Unknown option `limits.aplication`: did you mean `application`?'],
  [{limits: {waitting: 1}}, 'Unknown option `limits.waitting`: did you mean `waiting`?'],
  [
    {limits: {application: {bucket: 1, perMinutes: 2}}},
    'Unknown option `limits.application.perMinutes`: did you mean `perMinute`?',
  ],
  [{limits: {vehicle: {command: 1}}}, 'Unknown option `limits.vehicle.command`: did you mean `commands`?'],
  [{limits: {vehicle: {spacing: 1}}}, 'Unknown option `limits.vehicle.spacing`: did you mean `spacingMs`?'],
  [{budget: {sizes: 1}}, 'Unknown option `budget.sizes`: did you mean `size`?'],
  [{quota: {perVehicles: 1}}, 'Unknown option `quota.perVehicles`: did you mean `perVehicle`?'],
  [{quota: {perVehicle: 1, startday: 2}}, 'Unknown option `quota.startday`: did you mean `startDay`?'],
  [{outages: {make: () => 'tesla'}}, 'Unknown option `outages.make`: did you mean `makeOf`?'],
  [{outages: {pause: 1}}, 'Unknown option `outages.pause`: did you mean `pauseMs`?'],
])('%j is refused with the name that was meant', (options, message) => {
  expect(said(options)).toContain(message);
});

test('half a bucket is refused with the half that lacks', () => {
  expect(said({limits: {application: {bucket: 120}}})).toContain('`limits.application.perMinute`');
  expect(said({limits: {application: {perMinute: 2}}})).toContain('`limits.application.bucket`');
  expect(said({limits: {application: {}}})).toMatch(
    /`limits\.application\.bucket`.*`limits\.application\.perMinute`/,
  );
});

test('every mistake in them is named in one error', () => {
  const message = said({
    limits: {application: {bucket: 0, perMinute: 0}, vehicle: {commands: 0, spacing: 1}, waiting: 0},
    budget: {share: 2},
    quota: {},
    outages: {vehicles: 0},
  });
  for (const name of [
    'limits.application.bucket',
    'limits.application.perMinute',
    'limits.vehicle.commands',
    'limits.vehicle.spacing',
    'limits.waiting',
    'budget.share',
    'quota.perVehicle',
    'outages.vehicles',
  ])
    expect(message).toContain(`\`${name}\``);
});

test('quota with a store that cannot count is refused, and names the store', () => {
  const {usage: _usage, ...store} = memoryStore();
  expect(said({quota: {perVehicle: 1}, store})).toContain('Expected `store` to be one that counts');
  expect(said({quota: {perVehicle: 1}, store: memoryStore()})).toBe('nothing');
});

test.each([0, 9])('a call can name its priority %d and its make, and no other', async priority => {
  const policy = createPolicy();
  await expect(policy.run(async () => 1, {priority, make: 'tesla'})).resolves.toBe(1);
  await expect(policy.run(async () => 1, {priority: 10})).rejects.toThrow(/`priority` of a call/);
  await expect(policy.run(async () => 1, {make: ''})).rejects.toThrow(/`make` of a call/);
  await policy.close();
});
