import type {Redis} from 'ioredis';
import {describe, expect, onTestFinished, test} from 'vitest';
import {createPolicy, memoryStore, PolicyError, userTokens} from '../../src/index.ts';
import {redisPorts, type RedisClient} from '../../src/redis/index.ts';
import {started} from '../stores/support/processes.ts';
import {noRedis, ownRedis, redisClient} from './support/redis.ts';
import {world} from './support/world.ts';

const RATE = {application: {bucket: 5, perMinute: 1}};

async function connections(client: Redis): Promise<number> {
  return String(await client.call('CLIENT', 'LIST'))
    .trim()
    .split('\n').length;
}

/** Until Redis has said no to somebody for this. */
async function refusedFor(why: string, admin: Redis): Promise<void> {
  await expect.poll(async () => (await admin.info('errorstats')).includes(why), {timeout: 5_000}).toBe(true);
}

const nothing = async (): Promise<number> => 1;

const statusOf = async (call: Promise<Response>): Promise<number | string> => {
  try {
    const {status} = await call;
    return status;
  } catch (error) {
    return PolicyError.is(error) ? error.code : String(error);
  }
};

/** How many of so many calls of each policy are sent at once: the others are refused, since they may not wait. */
async function sentAtOnce(
  policies: readonly {fetch: (context: object) => typeof fetch}[],
  url: string,
  calls: number,
): Promise<number> {
  const answers = await Promise.all(
    policies.flatMap(policy =>
      Array.from({length: calls}, (_, index) =>
        statusOf(policy.fetch({user: 'ada', maxWaitMs: 0})(url, {headers: {'x-call': `${index}`}})),
      ),
    ),
  );
  return answers.filter(status => status === 200).length;
}

describe.skipIf(noRedis)('found by those who attacked it', () => {
  test('a pair that is gone from the store, and whose token is refused, ends the call', async () => {
    const server = await ownRedis();
    const {policy, cars, url, simulator} = await world(server);
    const one = policy({refreshAheadMs: 0});
    await one.fetch({user: 'ada'})(url(cars[0] ?? ''));
    // Deleted where this process does not hear of it.
    const other = policy();
    await redisClient(server).call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    await other.tokens.delete('ada');
    simulator.expireAccessTokens();
    const refreshes: string[] = [];
    one.on('refresh', ({outcome}) => refreshes.push(outcome));
    const status = await statusOf(one.fetch({user: 'ada', maxWaitMs: 1_000})(url(cars[0] ?? '')));
    expect([401, 'REAUTH_REQUIRED']).toContain(status);
    expect(refreshes.length).toBeLessThan(5);
  });

  test('the same with a store that another process empties, without Redis', async () => {
    const store = memoryStore();
    const {simulator, url, cars} = await world(await ownRedis());
    const {SMARTCAR_CLIENT_ID: clientId = '', SMARTCAR_CLIENT_SECRET: clientSecret = ''} = simulator.env;
    const policy = createPolicy({
      auth: userTokens({clientId, clientSecret}),
      origins: simulator.origins,
      store,
    });
    onTestFinished(() => policy.close());
    await policy.tokens.save('ada', simulator.grant('ada'));
    const smartcar = policy.fetch({user: 'ada'});
    await smartcar(url(cars[0] ?? ''));
    await store.delete('user:ada');
    simulator.expireAccessTokens();
    expect([401, 'REAUTH_REQUIRED']).toContain(await statusOf(smartcar(url(cars[0] ?? ''))));
  });

  test('a pair that was rotated while Redis lost its data is stored all the same', async () => {
    const server = await ownRedis();
    const {policy, cars, url, simulator} = await world(server);
    const one = policy();
    await one.fetch({user: 'ada'})(url(cars[0] ?? ''));
    simulator.expireAccessTokens();
    simulator.next({endpoint: 'token'}, {delayMs: 300});
    const call = one.fetch({user: 'ada'})(url(cars[0] ?? ''));
    await expect.poll(() => simulator.journal.filter(({status}) => status === 401).length).toBe(1);
    await redisClient(server).flushall();
    expect((await call).status).toBe(200);
    expect(await policy().tokens.get('ada')).toBeDefined();
  });

  test('pairs that Redis has lost are put back by whoever has them; those that were deleted are not', async () => {
    const server = await ownRedis();
    const {policy, cars, url} = await world(server);
    const one = policy();
    await one.fetch({user: 'ada'})(url(cars[0] ?? ''));
    await server.stop();
    await server.start();
    const other = policy();
    const stored = async (): Promise<string | undefined> => {
      await statusOf(one.fetch({user: 'ada'})(url(cars[0] ?? '')));
      return (await other.tokens.get('ada'))?.accessToken;
    };
    await expect.poll(stored, {timeout: 5_000}).toBeDefined();
    await other.tokens.delete('ada');
    await expect.poll(stored).toBeUndefined();
  });

  test('a rate whose Redis takes no writes at first counts when it does', async () => {
    const server = await ownRedis();
    const {policy, cars, url} = await world(server);
    const admin = redisClient(server);
    await admin.call('REPLICAOF', '127.0.0.1', '1');
    const policies = [policy({limits: RATE}), policy({limits: RATE})];
    await refusedFor('READONLY', admin);
    await admin.call('REPLICAOF', 'NO', 'ONE');
    await expect.poll(() => sentAtOnce(policies, url(cars[0] ?? ''), 1), {timeout: 5_000}).toBe(0);
  });

  test('a rate whose data are lost begins anew, for all together', async () => {
    const server = await ownRedis();
    const {policy, cars, url} = await world(server);
    const policies = [policy({limits: RATE}), policy({limits: RATE}), policy({limits: RATE})];
    for (const each of policies) await each.tokens.get('ada');
    expect(await sentAtOnce(policies, url(cars[0] ?? ''), 3)).toBeLessThanOrEqual(5);
    await redisClient(server).flushall();
    expect(await sentAtOnce(policies, url(cars[1] ?? ''), 3)).toBeLessThanOrEqual(5);
    expect(await sentAtOnce(policies, url(cars[1] ?? ''), 3)).toBe(0);
  });

  test('turns are shared again when the connection for commands alone was cut', async () => {
    const server = await ownRedis();
    const {policy, cars, url} = await world(server);
    const policies = [policy({limits: RATE}), policy({limits: RATE}), policy({limits: RATE})];
    for (const each of policies) await each.fetch({user: 'ada'})(url(cars[1] ?? ''));
    const admin = redisClient(server);
    const before = await connections(admin);
    await admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    await expect.poll(() => connections(admin)).toBe(before);
    expect(await sentAtOnce(policies, url(cars[0] ?? ''), 3)).toBeLessThanOrEqual(2);
  });

  test('what could not be told is told when Redis takes it', async () => {
    const server = await ownRedis();
    const {policy, cars, url, simulator} = await world(server);
    const [car = ''] = cars;
    const [one, other] = [policy(), policy()];
    for (const each of [one, other]) await each.fetch({user: 'ada'})(url(car));
    const admin = redisClient(server);
    await admin.call('REPLICAOF', '127.0.0.1', '1');
    simulator.next({vehicle: car}, {error: 'RATE_LIMIT:VEHICLE', retryAfter: 3_600});
    await one.fetch({user: 'ada', maxWaitMs: 0})(url(car));
    await refusedFor('READONLY', admin);
    await admin.call('REPLICAOF', 'NO', 'ONE');
    const shut = (): boolean => other.limits().scopes.some(({until}) => until !== undefined);
    await expect.poll(shut, {timeout: 8_000}).toBe(true);
  });

  test('a pace that one has learned holds for another that did not wait', async () => {
    const {policy, cars, url, requests} = await world(await ownRedis(), {vehicle: {size: 1, everyMs: 3_000}});
    const [car = ''] = cars;
    const [one, other] = [policy(), policy()];
    await one.fetch({user: 'ada'})(url(car));
    expect((await one.fetch({user: 'ada'})(url(car, 'vin'))).status).toBe(200);
    expect(await statusOf(other.fetch({user: 'ada', maxWaitMs: 0})(url(car)))).toBe('PAUSED');
    expect(requests(car).filter(({status}) => status === 429)).toHaveLength(1);
  });

  test('to ask for a turn is no waiting: a call that may not wait is sent while there are any', async () => {
    const {policy, cars, url} = await world(await ownRedis());
    const one = policy({limits: RATE});
    expect(await sentAtOnce([one], url(cars[0] ?? ''), 3)).toBe(3);
  });

  test('a turn that was not used goes to another', async () => {
    const {policy, cars, url, simulator} = await world(await ownRedis(), {}, 3);
    const [shutCar = '', car = ''] = cars;
    const one = policy({limits: {application: {bucket: 2, perMinute: 60}}});
    const context = {user: 'ada', coalesce: false, maxWaitMs: 30_000};
    simulator.next(
      {vehicle: shutCar},
      {
        delayMs: 300,
        // oxlint-disable-next-line unicorn/no-thenable -- a word of the simulator's scripts
        then: {error: 'RATE_LIMIT:VEHICLE', retryAfter: 3_600},
      },
    );
    // They wait for the rate; meanwhile their car's gate shuts, and their turns are of no use.
    const late = Array.from({length: 8}, () => statusOf(one.fetch(context)(url(shutCar))));
    await Promise.all(late);
    const began = performance.now();
    expect(await statusOf(one.fetch(context)(url(car)))).toBe(200);
    expect(performance.now() - began).toBeLessThan(2_500);
  });

  test('a Redis that does not answer holds up no call that has been given up', async () => {
    const server = await ownRedis();
    const {policy} = await world(server);
    server.pause();
    onTestFinished(() => server.resume());
    const impatient = policy({}, {timeoutMs: 5_000});
    const began = performance.now();
    await expect(impatient.run(nothing, {user: 'ada', signal: AbortSignal.timeout(100)})).rejects.toThrow(
      /timeout/,
    );
    await expect(impatient.run(nothing, {user: 'ada', deadlineMs: 200})).rejects.toMatchObject({
      code: 'DEADLINE',
    });
    expect(performance.now() - began).toBeLessThan(1_500);
  });

  test('a lock that could not be given back while Redis stood still is given back when it goes on', async () => {
    const server = await ownRedis();
    const ports = {timeoutMs: 300, leaseMs: 30_000};
    const [one, other] = [redisClient(server), redisClient(server)].map(
      client => redisPorts(client, ports).store,
    );
    const lease = await one?.acquire('lock', 30_000);
    expect(await other?.acquire('lock', 30_000)).toBeUndefined();
    server.pause();
    await expect(lease?.release()).rejects.toMatchObject({code: 'PAUSED'});
    server.resume();
    await expect.poll(() => other?.acquire('lock', 30_000), {timeout: 5_000}).toBeDefined();
    for (const store of [one, other]) await store?.close();
  });

  test('without tokens of its own a policy needs no Redis to call', async () => {
    const server = await ownRedis();
    const client = redisClient(server, {lazyConnect: true});
    await server.stop();
    const policy = createPolicy({...redisPorts(client, {timeoutMs: 300})});
    onTestFinished(() => policy.close());
    expect(await policy.run(async () => 7, {idempotent: true})).toBe(7);
  });

  test('a client that gives numbers as texts is as good as any', async () => {
    const server = await ownRedis();
    const client = redisClient(server, {stringNumbers: true});
    const [one, other] = [redisPorts(client).store, redisPorts(client).store];
    const lease = await one.acquire('lock', 10_000);
    expect(lease?.fence).toBe(1);
    expect(await other.acquire('lock', 10_000)).toBeUndefined();
    for (const store of [one, other]) await store.close();
  });

  test('a policy that could not be made leaves no connection behind', async () => {
    const server = await ownRedis();
    const admin = redisClient(server);
    const client: RedisClient = redisClient(server);
    const before = await connections(admin);
    const {usage: _usage, ...store} = memoryStore();
    const options = {...redisPorts(client), store, quota: {perVehicle: 1}, limits: RATE};
    expect(() => createPolicy(options)).toThrow(/counts/);
    // One that comes later is there: so would be those that were made before.
    await redisClient(server).ping();
    expect(await connections(admin)).toBe(before + 1);
  });

  test('an idle policy keeps no process alive', async () => {
    const server = await ownRedis();
    const child = await started('../../redis/support/idle.ts', [String(server.port)]);
    child.go();
    expect(await child.said()).toBe('idle');
    await expect(child.said()).rejects.toThrow(/ended/);
  });
});
