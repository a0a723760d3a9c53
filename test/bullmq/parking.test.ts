import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {explain, sqliteStore} from '../../src/index.ts';
import {noRedis, sharedRedis} from '../redis/support/redis.ts';
import {folder} from '../stores/support/files.ts';
import {durable, freshQueue, scene, toldOf} from './support/scene.ts';

describe.skipIf(noRedis)('calls that wait for an owner', () => {
  const redis = sharedRedis();

  test('a car that has to be connected again parks its calls, which go on when the owner is back', async () => {
    const {simulator, policy, vehicle, about, get, requests} = await scene();
    simulator.revoke({owner: 'ada', how: 'login', vehicle});
    const {calls, told} = durable(redis(), policy, {odometer: get('odometer')});
    const links: (string | undefined)[] = [];
    calls.on('parked', ({connectUrl}) => links.push(connectUrl));
    const {id} = await calls.add('odometer', {vehicle}, {...about, idempotent: true});
    await expect.poll(async () => (await calls.counts()).parked).toBe(1);
    expect(await calls.counts()).toMatchObject({delayed: 0, waiting: 0, dead: 0});
    await expect.poll(() => links).toEqual([expect.stringContaining('http')]);
    expect(requests()).toHaveLength(1);

    simulator.restore({owner: 'ada', how: 'login', vehicle});
    expect(await policy.reauth.resolve('ada', vehicle)).toBe(1);
    expect(await calls.result(id)).toMatchObject({status: 200});
    expect(requests()).toHaveLength(2);
    await expect.poll(() => toldOf(told, id)).toEqual(['parked', 'released', 'done']);
    expect(await calls.counts()).toMatchObject({parked: 0, done: 1});
  });

  test('a grant that is gone parks a command, which is sent when tokens are saved', async () => {
    const {simulator, policy, vehicle, about, post} = await scene();
    simulator.revoke({owner: 'ada', how: 'grant'});
    simulator.expireAccessTokens('ada');
    const {calls, told} = durable(redis(), policy, {lock: post('security', {action: 'LOCK'})});
    const {id} = await calls.add('lock', {vehicle}, about);
    await expect.poll(async () => (await calls.counts()).parked).toBe(1);
    simulator.restore({owner: 'ada', how: 'grant'});
    await policy.tokens.save('ada', simulator.grant('ada'));
    expect(await calls.result(id)).toMatchObject({status: 200});
    expect(simulator.commandCount(vehicle, 'lock')).toBe(1);
    await expect.poll(() => toldOf(told, id)).toEqual(['parked', 'released', 'done']);
  });

  test('one process parks a call, and another one, which only adds, releases it', async () => {
    const {simulator, policy, vehicle, about, get, anotherPolicy} = await scene();
    const queue = freshQueue();
    const worker = durable(redis(), policy, {odometer: get('odometer')}, {queue});
    const elsewhere = await anotherPolicy();
    const web = durable(redis(), elsewhere, {odometer: get('odometer')}, {queue, work: false});
    simulator.revoke({owner: 'ada', how: 'login', vehicle});
    const {id} = await web.calls.add('odometer', {vehicle}, {...about, idempotent: true});
    await expect.poll(async () => (await web.calls.counts()).parked).toBe(1);
    // The web process has an episode of its own, since these policies share no store.
    const refused = await elsewhere.run(attempt => get('odometer')({vehicle}, attempt), {
      ...about,
      idempotent: true,
    });
    expect(explain(refused)?.action).toBe('reauthenticate');
    simulator.restore({owner: 'ada', how: 'login', vehicle});
    await elsewhere.reauth.resolve('ada');
    await expect.poll(() => toldOf(web.told, id)).toEqual(['released']);
    // The worker's own policy does not know yet: it parks the call again, until it is told as well.
    await expect.poll(async () => (await web.calls.counts()).parked).toBe(1);
    await policy.reauth.resolve('ada');
    expect(await web.calls.result(id)).toMatchObject({status: 200});
    expect(toldOf(worker.told, id)).toEqual(['parked', 'parked', 'released', 'done']);
  });

  test('a parked call looks again by itself, and finds that the owner is back', async () => {
    const path = join(folder(), 'smartcar.db');
    const place = await scene({store: sqliteStore(path)});
    const {simulator, policy, vehicle, about, get, requests} = place;
    const elsewhere = await place.anotherPolicy({store: sqliteStore(path)});
    const {calls, told} = durable(redis(), policy, {odometer: get('odometer')}, {recheckMs: 150});
    simulator.revoke({owner: 'ada', how: 'login', vehicle});
    const {id} = await calls.add('odometer', {vehicle}, {...about, idempotent: true});
    await expect.poll(async () => (await calls.counts()).parked).toBe(1);
    simulator.restore({owner: 'ada', how: 'login', vehicle});
    // A process with the same store and no durable calls: nobody here is told.
    await elsewhere.reauth.resolve('ada');
    expect(await calls.result(id)).toMatchObject({status: 200});
    expect(requests()).toHaveLength(2);
    await expect.poll(() => toldOf(told, id)).toEqual(['parked', 'done']);
  });

  test('an episode that ends while the call is being parked does not leave it behind', async () => {
    const {simulator, policy, vehicle, about, get, requests} = await scene();
    simulator.revoke({owner: 'ada', how: 'login', vehicle});
    // The owner is back in the moment between the answer and the parking.
    policy.on('fail', () => {
      simulator.restore({owner: 'ada', how: 'login', vehicle});
      void policy.reauth.resolve('ada');
    });
    const {calls} = durable(
      redis(),
      policy,
      {odometer: get('odometer')},
      {roundDelayMs: 600_000, recheckMs: 600_000},
    );
    const {id} = await calls.add('odometer', {vehicle}, {...about, idempotent: true});
    expect(await calls.result(id, {timeoutMs: 5_000})).toMatchObject({status: 200});
    expect(requests()).toHaveLength(2);
  });

  test('an owner who comes back at any moment leaves no call behind', async () => {
    const {simulator, policy, vehicle, about, get} = await scene();
    const odometer = get('odometer');
    const {calls} = durable(redis(), policy, {odometer}, {recheckMs: 600_000, roundDelayMs: 5});
    for (let delayMs = 0; delayMs < 30; delayMs++) {
      simulator.revoke({owner: 'ada', how: 'login', vehicle});
      const {id} = await calls.add('odometer', {vehicle}, {...about, idempotent: true});
      await new Promise(resolve => setTimeout(resolve, delayMs / 2));
      simulator.restore({owner: 'ada', how: 'login', vehicle});
      // It may not have been refused yet: then the end comes after it.
      const back = setInterval(() => void policy.reauth.resolve('ada'), 50);
      await policy.reauth.resolve('ada');
      expect(await calls.result(id, {timeoutMs: 5_000})).toMatchObject({status: 200});
      clearInterval(back);
    }
  });

  test('a parked call expires in its time', async () => {
    const {simulator, policy, vehicle, about, get, requests} = await scene();
    simulator.revoke({owner: 'ada', how: 'login', vehicle});
    const {calls, told} = durable(redis(), policy, {odometer: get('odometer')});
    const expiresAt = Date.now() + 800;
    const {id} = await calls.add('odometer', {vehicle}, {...about, idempotent: true, expiresAt});
    await expect(calls.result(id)).rejects.toMatchObject({
      reason: 'expired',
      explanation: {action: 'reauthenticate', needs: 'owner'},
    });
    expect(Date.now()).toBeGreaterThanOrEqual(expiresAt);
    expect(requests()).toHaveLength(1);
    await expect.poll(() => toldOf(told, id)).toEqual(['parked', 'dead']);
    expect(await calls.counts()).toMatchObject({parked: 0, dead: 1});
  });

  test('the calls of other owners and of other cars stay parked', async () => {
    const {simulator, policy, vehicle, about, get} = await scene();
    const bob = simulator.addOwner({id: 'bob'});
    await policy.tokens.save('bob', simulator.grant('bob'));
    const other = bob.vehicles[0]?.id ?? '';
    simulator.revoke({owner: 'ada', how: 'login', vehicle});
    simulator.revoke({owner: 'bob', how: 'login', vehicle: other});
    const {calls} = durable(redis(), policy, {odometer: get('odometer')});
    await calls.add('odometer', {vehicle: other}, {user: 'bob', vehicle: other, idempotent: true});
    const {id} = await calls.add('odometer', {vehicle}, {...about, idempotent: true});
    await expect.poll(async () => (await calls.counts()).parked).toBe(2);
    simulator.restore({owner: 'ada', how: 'login', vehicle});
    await policy.reauth.resolve('ada', vehicle);
    expect(await calls.result(id)).toMatchObject({status: 200});
    expect((await calls.counts()).parked).toBe(1);
  });

  test('two hundred calls of one owner keep to the gates when they are released', async () => {
    const spacingMs = 8;
    const limits = {vehicle: {requests: 1, spacingMs}};
    const {simulator, policy, vehicle, about, get, requests} = await scene({limits});
    simulator.revoke({owner: 'ada', how: 'login', vehicle});
    let underWay = 0;
    let most = 0;
    const odometer: ReturnType<typeof get> = async (data, attempt) => {
      most = Math.max(most, ++underWay);
      return get('odometer')(data, attempt).finally(() => underWay--);
    };
    const {calls, told} = durable(redis(), policy, {odometer}, {concurrency: 50, maxWaitMs: 100});
    const added = await Promise.all(
      Array.from({length: 200}, () => calls.add('odometer', {vehicle}, {...about, idempotent: true})),
    );
    await expect.poll(async () => (await calls.counts()).parked, {timeout: 10_000}).toBe(200);
    // Those that came after the first refusal cost no request.
    const before = requests().length;
    expect(before).toBe(1);
    simulator.restore({owner: 'ada', how: 'login', vehicle});
    await policy.reauth.resolve('ada', vehicle);
    await expect.poll(async () => (await calls.counts()).done, {timeout: 15_000}).toBe(200);
    expect(told.filter(([event]) => event === 'released')).toHaveLength(200);
    expect(most).toBe(1);
    const times = requests().map(({at}) => at);
    expect(times).toHaveLength(before + added.length);
    const spanMs = (times.at(-1) ?? 0) - (times[before] ?? 0);
    expect(spanMs).toBeGreaterThanOrEqual((added.length - 1) * spacingMs);
  });
});
