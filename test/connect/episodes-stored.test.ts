import {expect, test} from 'vitest';
import {sqliteStore} from '../../src/index.ts';
import {
  databaseFile,
  holding,
  named,
  rejection,
  restart,
  world,
  type Made,
  type World,
} from './support/owners.ts';

/** The owner's login at the maker is lost. */
async function lose(on: World, {policy, read}: Made): Promise<void> {
  await policy.tokens.save('ada', on.simulator.grant('ada'));
  on.simulator.revoke({owner: 'ada', how: 'login', vehicle: on.cars[0]});
  expect(await read()).toBe(400);
}

test('an episode outlives a restart: the owner is not told again, and calls stay parked', async () => {
  const on = await world();
  const path = await databaseFile();
  const before = await restart(on, path, made => lose(on, made));
  expect(named(before, 'reauth')).toHaveLength(1);

  const after = on.policyOf({store: sqliteStore(path)});
  const requests = on.simulator.journal.length;
  expect(await after.read()).toMatchObject({code: 'REAUTH_REQUIRED'});
  expect(on.simulator.journal).toHaveLength(requests);
  expect(await after.policy.reauth.list()).toMatchObject([
    {user: 'ada', vehicle: on.cars[0], scope: 'vehicle'},
  ]);
  expect(named(after, 'reauth')).toEqual([]);

  expect(await after.policy.reauth.resolve('ada', on.cars[0])).toBe(1);
  expect(named(after, 'reauth-resolved')).toHaveLength(1);
});

test('two processes that share a store open one episode and end it once', async () => {
  const on = await world();
  const path = await databaseFile();
  const [one, other] = [1, 2].map(() => on.policyOf({store: sqliteStore(path)}));
  if (!one || !other) throw new Error('two are needed');
  await one.policy.tokens.save('ada', on.simulator.grant('ada'));
  on.simulator.revoke({owner: 'ada', how: 'login', vehicle: on.cars[0]});
  await Promise.all([one.read(), other.read()]);
  expect([...named(one, 'reauth'), ...named(other, 'reauth')]).toHaveLength(1);

  const ended = await Promise.all([one.policy.reauth.resolve('ada'), other.policy.reauth.resolve('ada')]);
  expect(ended.reduce((sum, count) => sum + count, 0)).toBe(1);
  expect([...named(one, 'reauth-resolved'), ...named(other, 'reauth-resolved')]).toHaveLength(1);
});

test('what another process has ended is seen by the next call here, and by those who wait', async () => {
  const on = await world();
  const path = await databaseFile();
  const [one, other] = [1, 2].map(() => on.policyOf({store: sqliteStore(path)}));
  if (!one || !other) throw new Error('two are needed');
  await lose(on, one);
  await other.read();
  const waiting = one.read({waitForReauthMs: 60_000});
  await on.clock.advance(10_000);
  on.simulator.restore({owner: 'ada', how: 'login', vehicle: on.cars[0]});
  await other.policy.reauth.resolve('ada');

  expect(await on.clock.run(waiting)).toBe(200);
  expect(await one.read()).toBe(200);
  expect(named(one, 'reauth-resolved')).toEqual([]);
});

test('a failure that was on its way when the owner came back by another process opens nothing', async () => {
  const on = await world();
  const path = await databaseFile();
  const held = holding();
  const one = on.policyOf({store: sqliteStore(path)});
  const other = on.policyOf({store: sqliteStore(path), fetch: held.fetch});
  await one.policy.tokens.save('ada', on.simulator.grant('ada'));
  on.simulator.revoke({owner: 'ada', how: 'login', vehicle: on.cars[0]});
  const late = other.read();
  await held.answered;
  await on.clock.advance(1_000);
  await one.read();
  expect(await one.policy.reauth.resolve('ada')).toBe(1);
  on.simulator.restore({owner: 'ada', how: 'login', vehicle: on.cars[0]});
  held.letGo();

  // Its answer is older than the owner's return: it goes again, and all is well.
  expect(await late).toBe(200);
  expect(named(one, 'reauth')).toHaveLength(1);
  expect(named(other, 'reauth')).toEqual([]);
});

test('a reminder goes out after the set time, once, with the next call that is parked', async () => {
  const on = await world();
  const made = on.policyOf({connect: {remindAfterMs: 3_600_000, probeAfterMs: Infinity}});
  await lose(on, made);
  await on.clock.advance(3_599_999);
  await made.read();
  expect(named(made, 'reauth')).toHaveLength(1);
  await on.clock.advance(1);
  await Promise.all([1, 2, 3].map(() => made.read()));

  const [first, reminder, ...others] = named(made, 'reauth') as {reminder?: true; episode: string}[];
  expect(others).toEqual([]);
  expect(reminder).toEqual({...first, reminder: true});
});

test('a permission that the product never asks for parks nothing, and the event says so', async () => {
  const on = await world();
  const made = on.policyOf({connect: {scope: ['read_vin', 'required:read_battery']}});
  await made.policy.tokens.save('ada', on.simulator.grant('ada', {scope: ['read_vin']}));
  expect(await made.read()).toBe(403);
  expect(await made.read({waitForReauthMs: 60_000})).toBe(403);

  expect(named(made, 'reauth')).toMatchObject([{permission: 'read_odometer', outsideScope: true}]);
  expect(await made.policy.reauth.list()).toMatchObject([{outsideScope: true}]);
});

test('a store that cannot be read fails the call with a clear error, and the next call asks again', async () => {
  const on = await world();
  const store = sqliteStore(await databaseFile());
  let broken = true;
  const list = async () => {
    if (broken) throw new Error('disk gone');
    return store.episodes!.list();
  };
  const made = on.policyOf({store: {...store, episodes: {...store.episodes!, list}}});
  await made.policy.tokens.save('ada', on.simulator.grant('ada')).catch(() => undefined);
  expect(await made.read()).toMatchObject({
    code: 'CONFIGURATION',
    message: expect.stringMatching(/disk gone/),
  });
  expect(await rejection(made.policy.reauth.list())).toMatchObject({code: 'CONFIGURATION'});
  broken = false;
  expect(await made.read()).toBe(200);
});
