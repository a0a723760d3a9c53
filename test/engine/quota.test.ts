import {describe, expect, test} from 'vitest';
import {memoryStore, sqliteStore} from '../../src/index.ts';
import type {PolicyEvents} from '../../src/engine/events.ts';
import type {PolicyOptions} from '../../src/options.ts';
import {createPolicy} from '../../src/policy.ts';
import type {TokenStore} from '../../src/ports.ts';
import {bench, errorOf, playing, type Bench} from './support/bench.ts';
import {upstream} from './support/failures.ts';

const ENDS = Date.UTC(2026, 1, 1);
const API = 'https://api.smartcar.com/v2.0';
const read = (vehicle: string): {vehicle: string; idempotent: true} => ({vehicle, idempotent: true});

const stores: readonly (readonly [string, () => TokenStore])[] = [
  ['memoryStore()', memoryStore],
  ['sqliteStore(":memory:")', () => sqliteStore(':memory:')],
];

function counting(
  store: TokenStore,
  options: PolicyOptions = {},
): Bench & {readonly warnings: PolicyEvents['quota'][]} {
  const on = bench({store, quota: {perVehicle: 10}, ...options});
  const warnings: PolicyEvents['quota'][] = [];
  on.policy.on('quota', warning => warnings.push(warning));
  return {...on, warnings};
}

const callsOf = async ({policy}: Bench, vehicle: string): Promise<number> =>
  (await policy.usage(vehicle)).calls;

describe.each(stores)('quota with %s', (_name, store) => {
  test('counts the calls of each vehicle, and tells the period', async () => {
    const on = counting(store());
    for (let count = 0; count < 3; count++) await on.policy.run(playing(1), read('a'));
    await on.policy.run(playing(1), {vehicle: 'b'});

    expect(await on.policy.usage('a')).toEqual({
      vehicle: 'a',
      period: '2026-01-01',
      calls: 3,
      perVehicle: 10,
      endsAt: ENDS,
    });
    expect([await callsOf(on, 'b'), await callsOf(on, 'nobody')]).toEqual([1, 0]);
  });

  test('counts every attempt, those that fail as well, and nothing that was not sent', async () => {
    const on = counting(store());
    await on.clock.run(on.policy.run(playing(upstream(), upstream(), 1), read('a')));
    await errorOf(on.policy.run(playing(new Error('a stranger')), read('a')));
    const gone = AbortSignal.abort('gone');
    await errorOf(on.policy.run(playing(1), {...read('a'), signal: gone}));

    expect(await callsOf(on, 'a')).toBe(4);
  });

  test('counts the paths of a batch, and calls without a vehicle not at all', async () => {
    const on = counting(store(), {fetch: async () => Response.json({responses: []})});
    const smartcar = on.policy.fetch();
    const body = JSON.stringify({requests: ['/odometer', '/fuel', '/location'].map(path => ({path}))});
    await smartcar(`${API}/vehicles/a/batch`, {method: 'POST', body});
    expect(await callsOf(on, 'a')).toBe(3);

    await smartcar(`${API}/vehicles/a/odometer`);
    await smartcar(`${API}/vehicles`);
    await smartcar(`${API}/user`);
    await on.policy.run(playing(1), {idempotent: true});
    expect(await callsOf(on, 'a')).toBe(4);
  });

  test('counts what is shared once', async () => {
    const on = counting(store(), {fetch: async () => Response.json({})});
    const smartcar = on.policy.fetch();
    await Promise.all([1, 2, 3].map(() => smartcar(`${API}/vehicles/a/odometer`)));

    expect(await callsOf(on, 'a')).toBe(1);
  });

  test('warns once when the set share is reached', async () => {
    const on = counting(store(), {quota: {perVehicle: 10, warnAt: 0.5}});
    for (let count = 0; count < 4; count++) await on.policy.run(playing(1), read('a'));
    await on.clock.advance(1_000);
    expect(on.warnings).toEqual([]);
    await on.policy.run(playing(1), read('a'));
    await on.clock.advance(1_000);
    const warning = {vehicle: 'a', period: '2026-01-01', calls: 5, perVehicle: 10, share: 0.5};
    expect(on.warnings).toEqual([warning]);

    for (let count = 0; count < 20; count++) await on.policy.run(playing(1), read('a'));
    await on.clock.advance(60_000);
    expect(on.warnings).toEqual([warning]);
    expect(await callsOf(on, 'a')).toBe(25);
  });

  test('begins anew with each period, and keeps the last one', async () => {
    const on = counting(store(), {quota: {perVehicle: 2, warnAt: 1, startDay: 15}});
    for (let count = 0; count < 2; count++) await on.policy.run(playing(1), read('a'));
    await on.clock.advance(1_000);
    expect(on.warnings).toMatchObject([{period: '2025-12-15', calls: 2}]);
    await on.clock.advance(Date.UTC(2026, 0, 15) - on.clock.now() - 1);
    expect((await on.policy.usage('a')).calls).toBe(2);
    await on.clock.advance(1);

    expect(await on.policy.usage('a')).toMatchObject({
      period: '2026-01-15',
      calls: 0,
      endsAt: Date.UTC(2026, 1, 15),
    });
    expect(await on.policy.usage('a', on.clock.now() - 1)).toMatchObject({period: '2025-12-15', calls: 2});
    for (let count = 0; count < 2; count++) await on.policy.run(playing(1), read('a'));
    await on.clock.advance(1_000);
    expect(on.warnings).toMatchObject([{period: '2025-12-15'}, {period: '2026-01-15', calls: 2}]);
  });

  test('keeps no timer when all is written', async () => {
    const on = counting(store());
    for (let count = 0; count < 5; count++) await on.policy.run(playing(1), read('a'));
    await on.clock.advance(1_000);
    expect(on.clock.waiting).toBe(0);
  });
});

describe('policy.close()', () => {
  test('writes what was counted last', async () => {
    const memory = memoryStore();
    const {policy} = counting({...memory, close: async () => undefined});
    for (let count = 0; count < 7; count++) await policy.run(playing(1), read('a'));
    await policy.close();

    expect(await memory.usage?.count('2026-01-01', 'a')).toBe(7);
  });

  test('closes the store though it refuses to count, and says so', async () => {
    const memory = memoryStore();
    const gone = new Error('the disk is full');
    let closed = 0;
    const policy = createPolicy({
      store: {
        ...memory,
        usage: {...memory.usage!, add: () => Promise.reject(gone)},
        close: async () => void (closed += 1),
      },
      quota: {perVehicle: 10},
    });
    await policy.run(playing(1), read('a'));

    await expect(policy.close()).rejects.toMatchObject({
      code: 'CONFIGURATION',
      cause: {message: gone.message},
    });
    expect(closed).toBe(1);
  });
});

test('a store that refuses to count disturbs no call, and gets everything once it takes it', async () => {
  const memory = memoryStore();
  let full = true;
  const add: NonNullable<TokenStore['usage']>['add'] = (period, calls) =>
    full ? Promise.reject(new Error('the disk is full')) : memory.usage!.add(period, calls);
  const on = counting({...memory, usage: {...memory.usage!, add}});
  for (let count = 0; count < 3; count++) {
    await expect(on.policy.run(playing(1), read('a'))).resolves.toBe(1);
    await on.clock.advance(2_000);
  }
  expect(await callsOf(on, 'a')).toBe(3);
  full = false;
  await on.policy.run(playing(1), read('a'));
  await on.clock.advance(2_000);
  expect(await memory.usage?.count('2026-01-01', 'a')).toBe(4);
});

test('usage() without the option is refused with what is missing', async () => {
  await expect(bench().policy.usage('a')).rejects.toMatchObject({
    code: 'CONFIGURATION',
    message: 'Expected `quota` to be set, since calls are counted with it alone, got undefined.',
  });
});

test('usage() of nothing is refused', async () => {
  const {policy} = counting(memoryStore());
  await expect(policy.usage('')).rejects.toMatchObject({code: 'CONFIGURATION'});
});

test('a store that cannot count is refused when the policy is made', () => {
  const {usage: _usage, ...store} = memoryStore();

  expect(() => createPolicy({store, quota: {perVehicle: 10}})).toThrow(
    'Expected `store` to be one that counts (its member `usage`), since `quota` is set, got an object.',
  );
  expect(() => createPolicy({store})).not.toThrow();
});
