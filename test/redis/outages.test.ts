import {once} from 'node:events';
import {createServer, type AddressInfo} from 'node:net';
import {setTimeout as sleep} from 'node:timers/promises';
import {describe, expect, onTestFinished, test} from 'vitest';
import {explain, PolicyError, type Policy, type Tokens} from '../../src/index.ts';
import {redisPorts, type RedisPortsOptions} from '../../src/redis/index.ts';
import {noRedis, ownRedis, redisClient} from './support/redis.ts';
import {heard, scene, STRICT, timed, type Owner, type Scene} from './support/scene.ts';

const TIMEOUT_MS = 500;
/** Beyond the bound: machines are busy. */
const MARGIN_MS = 1_500;
const PORTS: RedisPortsOptions = {timeoutMs: TIMEOUT_MS, leaseMs: 300};
/** What Redis has acknowledged survives its end. */
const KEPT: readonly string[] = ['--appendonly', 'yes', '--appendfsync', 'always'];

const PAIR: Tokens = {accessToken: 'a', refreshToken: 'r', accessExpiresAt: Date.now() + 3_600_000};

const statusOf = async (policy: Policy, {user, url}: Owner): Promise<number> =>
  (await policy.fetch({user})(url)).status;

/** The same; where there was no answer, the code of the policy's refusal. */
const outcomeOf = (policy: Policy, owner: Owner): Promise<number | string> =>
  statusOf(policy, owner).catch((error: unknown) => (PolicyError.is(error) ? error.code : String(error)));

const closes = (policy: Policy, scope: string): boolean =>
  policy.limits().scopes.some(one => one.scope === scope);

/** An owner with a pair in Redis, whose access token works. */
async function connected({simulator, owner}: Scene, policy: Policy): Promise<Owner> {
  const one = owner();
  await policy.tokens.save(one.user, simulator.grant(one.user));
  return one;
}

async function gatesAreShared(
  {simulator}: Scene,
  [one, other]: readonly Policy[],
  owner: Owner,
): Promise<void> {
  simulator.next({vehicle: owner.vehicle}, {error: 'RATE_LIMIT:VEHICLE', retryAfter: 60});
  const refused = await one!.fetch({user: owner.user, maxWaitMs: 0})(owner.url);
  expect(refused.status).toBe(429);
  await expect.poll(() => closes(other!, `vehicle:${owner.vehicle}`)).toBe(true);
}

async function refusal(promise: Promise<unknown>): Promise<PolicyError> {
  const [{reason}] = (await Promise.allSettled([promise])) as [{readonly reason?: unknown}];
  if (PolicyError.is(reason)) return reason;
  throw new Error(`Expected a PolicyError, got ${String(reason)}.`);
}

describe.skipIf(noRedis)('while Redis is away', () => {
  test('calls with a good token go on', async () => {
    const server = await ownRedis();
    const made = await scene(server);
    const policy = made.policy({}, PORTS);
    const owner = await connected(made, policy);
    expect(await statusOf(policy, owner)).toBe(200);
    await server.stop();
    for (let index = 0; index < 20; index++) {
      const {status, ms} = await timed(policy.fetch({user: owner.user})(owner.url));
      expect(status).toBe(200);
      expect(ms).toBeLessThan(MARGIN_MS);
    }
  });

  test('calls with a good token go on, though it was back for a moment', async () => {
    const server = await ownRedis(KEPT);
    const made = await scene(server);
    const [policy, other] = [made.policy({}, PORTS), made.policy({}, PORTS)];
    const [owner, neighbour] = [await connected(made, policy), await connected(made, policy)];
    for (const one of [policy, other]) expect(await statusOf(one, owner)).toBe(200);
    await server.stop();
    await server.start();
    // The line stands again: all that may have been missed is being read.
    await expect.poll(() => outcomeOf(other, neighbour)).toBe(200);
    await gatesAreShared(made, [other, policy], neighbour);
    await server.stop();
    for (let index = 0; index < 3; index++) {
      const {error, status, ms} = await timed(policy.fetch({user: owner.user})(owner.url));
      expect(error).toBeUndefined();
      expect(status).toBe(200);
      expect(ms).toBeLessThan(TIMEOUT_MS + MARGIN_MS);
    }
  });

  test.each([
    ['has no process any more', 'stop'],
    ['stands still', 'pause'],
  ] as const)(
    'a call whose token was refused ends with that answer in good time, and no refresh starts: Redis %s',
    async (_what, how) => {
      const server = await ownRedis();
      const made = await scene(server, {tokens: STRICT});
      const {simulator, tokenRequests} = made;
      const policy = made.policy({}, PORTS);
      const reauths = heard(policy, 'reauth');
      const owner = await connected(made, policy);
      expect(await statusOf(policy, owner)).toBe(200);
      await server[how]();
      simulator.expireAccessTokens();
      for (let again = 0; again < 3; again++) {
        const {response, status, ms} = await timed(policy.fetch({user: owner.user})(owner.url));
        expect(status).toBe(401);
        expect(explain(response)).toMatchObject({
          action: 'fail',
          reason: 'paused',
          retryAt: expect.any(Number),
        });
        expect(ms).toBeLessThan(TIMEOUT_MS + MARGIN_MS);
      }
      expect(tokenRequests()).toEqual([]);
      expect(reauths).toEqual([]);
    },
  );

  test.each([
    ['has no process any more', 'stop'],
    ['stands still', 'pause'],
  ] as const)('a call whose token has ended fails with PAUSED in good time: Redis %s', async (_what, how) => {
    const server = await ownRedis();
    const made = await scene(server, {tokens: STRICT});
    const {simulator, tokenRequests, requests} = made;
    const policy = made.policy({refreshAheadMs: 0}, PORTS);
    const reauths = heard(policy, 'reauth');
    const owner = made.owner();
    const pair = simulator.grant(owner.user);
    await policy.tokens.save(owner.user, {...pair, accessExpiresAt: Date.now() - 1});
    await server[how]();
    const {error, ms} = await timed(policy.fetch({user: owner.user})(owner.url));
    expect(error).toMatchObject({name: 'PolicyError', code: 'PAUSED', retryAt: expect.any(Number)});
    expect(String(error)).toContain(`127.0.0.1:${server.port}`);
    expect(ms).toBeLessThan(2 * TIMEOUT_MS + MARGIN_MS);
    expect(requests(owner.vehicle)).toEqual([]);
    expect(tokenRequests()).toEqual([]);
    expect(reauths).toEqual([]);
  });

  test('all heals by itself when it is back with its data', async () => {
    const server = await ownRedis(KEPT);
    const made = await scene(server, {tokens: STRICT});
    const {simulator, tokenRequests} = made;
    const policies = [made.policy({}, PORTS), made.policy({}, PORTS)] as const;
    const reauths = policies.map(one => heard(one, 'reauth'));
    const owner = await connected(made, policies[0]);
    for (const one of policies) expect(await statusOf(one, owner)).toBe(200);
    for (let outage = 1; outage <= 2; outage++) {
      await server.stop();
      simulator.expireAccessTokens();
      for (const one of policies) expect([401, 'PAUSED']).toContain(await outcomeOf(one, owner));
      await server.start();
      const statuses = await Promise.all(
        [...policies, ...policies].map(one => expect.poll(() => outcomeOf(one, owner)).toBe(200)),
      );
      expect(statuses).toHaveLength(4);
      expect(tokenRequests()).toHaveLength(outage);
    }
    await gatesAreShared(made, policies, owner);
    expect(reauths).toEqual([[], []]);
  });

  test('all heals by itself when it is back and empty: another application token is had, once', async () => {
    const server = await ownRedis();
    const made = await scene(server, {}, '3');
    const {simulator, tokenRequests} = made;
    const policies = [made.policy({}, PORTS), made.policy({}, PORTS)] as const;
    const owner = made.owner();
    for (const one of policies) expect(await statusOf(one, owner)).toBe(200);
    await server.stop();
    simulator.expireAccessTokens();
    for (const one of policies) expect(await statusOf(one, owner)).toBe(401);
    await server.start();
    await Promise.all(policies.map(one => expect.poll(() => outcomeOf(one, owner)).toBe(200)));
    expect(tokenRequests()).toHaveLength(2);
    await gatesAreShared(made, policies, owner);
  });

  test('a pair that is lost with its data is there again once it is saved again', async () => {
    const server = await ownRedis();
    const made = await scene(server, {tokens: STRICT});
    const {simulator} = made;
    const policies = [made.policy({}, PORTS), made.policy({}, PORTS)] as const;
    const owner = await connected(made, policies[0]);
    for (const one of policies) expect(await statusOf(one, owner)).toBe(200);
    await server.stop();
    await server.start();
    await expect
      .poll(() => policies[0].tokens.save(owner.user, simulator.grant(owner.user)).then(() => 'saved'))
      .toBe('saved');
    for (const one of policies) await expect.poll(() => outcomeOf(one, owner)).toBe(200);
    simulator.expireAccessTokens();
    for (const one of policies) expect(await statusOf(one, owner)).toBe(200);
    await gatesAreShared(made, policies, owner);
  });

  test.each([
    ['stops', 'stop', 'start'],
    ['stands still', 'pause', 'resume'],
  ] as const)(
    'a pair that was rotated is not lost: Redis %s before it is stored',
    async (_what, away, back) => {
      const server = await ownRedis(KEPT);
      const made = await scene(server, {tokens: STRICT});
      const {simulator, tokenRequests} = made;
      let leave: (() => unknown) | undefined = server[away];
      const policy = made.policy(
        {
          async fetch(input, init) {
            const response = await fetch(input, init);
            if (new Request(input).url.includes('/oauth')) {
              await leave?.();
              leave = undefined;
            }
            return response;
          },
        },
        PORTS,
      );
      const reauths = heard(policy, 'reauth');
      const owner = await connected(made, policy);
      simulator.expireAccessTokens();
      const {status, ms} = await timed(policy.fetch({user: owner.user})(owner.url));
      expect(status).toBe(401);
      // The write and then the lock's release: each has its own bound.
      expect(ms).toBeLessThan(2 * TIMEOUT_MS + MARGIN_MS);
      expect(tokenRequests()).toMatchObject([{status: 200, token: 1}]);

      await server[back]();
      await expect.poll(() => outcomeOf(policy, owner), {timeout: 5_000}).toBe(200);
      expect(tokenRequests()).toHaveLength(1);
      // It is in Redis now: another policy works with it, and renews it.
      const other = made.policy({}, PORTS);
      expect(await statusOf(other, owner)).toBe(200);
      simulator.expireAccessTokens();
      expect(await statusOf(other, owner)).toBe(200);
      expect(tokenRequests()).toMatchObject([{token: 1}, {status: 200, token: 2}]);
      expect(reauths).toEqual([]);
    },
  );

  test(
    'standing still for four seconds, it holds up no call of several processes beyond its bound and loses no token',
    {timeout: 60_000},
    async ({annotate}) => {
      const server = await ownRedis();
      const made = await scene(server);
      const {simulator, caller, tokenRequests} = made;
      const here = made.policy({}, PORTS);
      const reauths = heard(here, 'reauth');
      const owners = [await connected(made, here), await connected(made, here)];
      const calls = 160;
      const callers = await Promise.all(
        [...owners, ...owners].map(owner => caller(owner, {calls, everyMs: 50, ports: PORTS})),
      );
      const expiring = setInterval(() => simulator.expireAccessTokens(), 400);
      onTestFinished(() => clearInterval(expiring));
      for (const {go} of callers) go();
      await expect.poll(() => tokenRequests().length, {timeout: 5_000}).toBeGreaterThan(4);
      // A token that ends just after it was had is refused as a fresh one: not what this is about.
      clearInterval(expiring);
      await expect.poll(() => simulator.journal.slice(-12).every(({status}) => status === 200)).toBe(true);
      simulator.expireAccessTokens();
      const refreshes = tokenRequests().length;
      server.pause();
      await sleep(4_000);
      server.resume();
      await expect.poll(() => tokenRequests().length, {timeout: 5_000}).toBeGreaterThan(refreshes);
      const reports = await Promise.all(callers.map(one => one.report()));

      const longestMs = Math.max(...reports.map(one => one.longestMs));
      const answers = reports.flatMap(one => one.answers);
      const counts = Object.entries(Object.groupBy(answers, String)).map(
        ([answer, all]) => `${answer}: ${all?.length}`,
      );
      await annotate(
        `${counts.join(', ')}; longest ${Math.round(longestMs)} ms; ${tokenRequests().length} refreshes`,
      );
      expect(longestMs).toBeLessThan(4 * TIMEOUT_MS + MARGIN_MS);
      expect(new Set(answers)).toEqual(new Set([200, 401, 'PAUSED'].filter(one => answers.includes(one))));
      for (const report of reports) {
        expect(report.reauths).toBe(0);
        expect(report.answers.at(-1)).toBe(200);
      }
      for (const owner of owners) {
        simulator.expireAccessTokens();
        expect(await statusOf(here, owner)).toBe(200);
        expect(await statusOf(made.policy({}, PORTS), owner)).toBe(200);
      }
      expect(reauths).toEqual([]);
      expect(tokenRequests().filter(({status}) => status !== 200)).toEqual([]);
    },
  );

  test('scripts that it has forgotten change nothing', async () => {
    const server = await ownRedis(KEPT);
    const made = await scene(server, {tokens: STRICT});
    const {simulator, tokenRequests} = made;
    const policy = made.policy({}, PORTS);
    const owner = await connected(made, policy);
    const operator = redisClient(server);
    const forget: readonly (() => Promise<unknown>)[] = [
      () => operator.script('FLUSH'),
      () => server.stop().then(() => server.start()),
      () => operator.script('FLUSH'),
    ];
    for (const [index, forgets] of forget.entries()) {
      await forgets();
      simulator.expireAccessTokens();
      await expect.poll(() => outcomeOf(policy, owner)).toBe(200);
      expect(tokenRequests()).toHaveLength(index + 1);
    }
    expect(tokenRequests().map(({status}) => status)).toEqual([200, 200, 200]);
  });
});

describe.skipIf(noRedis)('a Redis that says no', () => {
  test.each([
    ['wrong', {password: 'canary-guess'}],
    ['missing', {}],
  ])('because the password is %s is named, and why, without the password', async (_what, options) => {
    const server = await ownRedis(['--requirepass', 'canary-secret']);
    const {store} = redisPorts(redisClient(server, {lazyConnect: true, ...options}), PORTS);
    onTestFinished(() => store.close());
    const began = performance.now();
    const error = await refusal(store.put('user:ada', PAIR));
    expect(error.code).toBe('CONFIGURATION');
    expect(error.message).toContain(`Redis at 127.0.0.1:${server.port} refuses this client: `);
    expect(error.message).toMatch(/WRONGPASS|NOAUTH/);
    expect(`${error.stack} ${JSON.stringify(error)}`).not.toMatch(/canary/);
    expect(performance.now() - began).toBeLessThan(TIMEOUT_MS + MARGIN_MS);
  });

  test('to a write, since it is a read-only replica, is named, and why', async () => {
    const server = await ownRedis();
    const replica = await ownRedis(['--replicaof', `127.0.0.1 ${server.port}`]);
    const {store} = redisPorts(redisClient(replica, {lazyConnect: true}), PORTS);
    onTestFinished(() => store.close());
    const began = performance.now();
    const error = await refusal(store.put('user:ada', PAIR));
    expect(error.message).toContain(`127.0.0.1:${replica.port}`);
    expect(error.message).toContain('READONLY');
    expect(error).toMatchObject({code: 'PAUSED', retryAt: expect.any(Number)});
    expect(performance.now() - began).toBeLessThan(TIMEOUT_MS + MARGIN_MS);
  });

  test('to a write, and is promoted meanwhile, gets the write after all', async () => {
    const server = await ownRedis();
    const replica = await ownRedis(['--replicaof', `127.0.0.1 ${server.port}`]);
    const operator = redisClient(replica);
    const {store} = redisPorts(redisClient(replica, {lazyConnect: true}), {...PORTS, timeoutMs: 5_000});
    onTestFinished(() => store.close());
    const write = store.put('user:ada', PAIR);
    await expect.poll(() => operator.info('errorstats')).toContain('errorstat_READONLY');
    await operator.replicaof('NO', 'ONE');
    expect(await write).toEqual(expect.any(String));
    expect((await store.get('user:ada'))?.tokens).toEqual(PAIR);
  });

  test('since it is too old is named, with what it has to be', async () => {
    const port = await oldRedis('5.0.7');
    const client = redisClient({port} as never, {lazyConnect: true});
    const {store} = redisPorts(client, PORTS);
    onTestFinished(() => store.close());
    const error = await refusal(store.get('user:ada'));
    expect(error.code).toBe('CONFIGURATION');
    expect(error.message).toBe(`Expected Redis at 127.0.0.1:${port} to be 6.2 or newer, got 5.0.7.`);
  });
});

/** Speaks as much of Redis' language as it takes to say how old it is. */
async function oldRedis(version: string): Promise<number> {
  const info = `redis_version:${version}\r\nloading:0\r\n`;
  const answer = (command: string): string => {
    if (command === 'INFO') return `$${info.length}\r\n${info}\r\n`;
    return command === 'HELLO' ? '-ERR unknown command `HELLO`\r\n' : '+OK\r\n';
  };
  const server = createServer(socket => {
    socket.on('error', () => undefined);
    socket.on('data', data => {
      for (const [, name = ''] of String(data).matchAll(/\*\d+\r\n\$\d+\r\n(\w+)/g))
        socket.write(answer(name.toUpperCase()));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}
