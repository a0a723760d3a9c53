import {Redis} from 'ioredis';
import {createPolicy, memoryStore, type Policy} from '../src/index.ts';
import {redisPorts} from '../src/redis/index.ts';
import {startRedis, type RedisServer} from '../test/redis/support/server.ts';
import {interleaved, perCall, print, type Contender} from './measure.ts';

const CALLS = 5_000;
const RATED_CALLS = 500;
const NEWS = 200;
const FAR_MS = 3_600_000;
const auth = {clientId: 'client', clientSecret: 'secret', redirectUri: 'https://example.com/callback'};
const rate = {application: {bucket: 10_000_000, perMinute: 60_000}};

/** How long it takes until all know what one knows, and what a call costs that nothing stands against. */
export async function redis(): Promise<void> {
  let server: RedisServer;
  try {
    server = await startRedis();
  } catch {
    console.log('\nMany processes: skipped, no redis-server on the path.');
    return;
  }
  const client = new Redis(server.port);
  const {userTokens} = await import('../src/index.ts');
  let names = 0;
  const open = (store: object, more: object = {}): Policy =>
    createPolicy({auth: userTokens(auth), ...store, ...more});
  const shared = (prefix: string, more: object = {}): Policy => open(redisPorts(client, {prefix}), more);
  const tokens = {accessToken: 'a', refreshToken: 'r', accessExpiresAt: Date.now() + FAR_MS};

  const alone = open({store: memoryStore()});
  const many = shared('bench-calls');
  const rated = shared('bench-rated', {limits: rate});
  const policies = [alone, many, rated];
  for (const policy of policies) await policy.tokens.save('ada', tokens);
  for (const policy of policies) await calling(policy)();
  const contenders: Contender[] = [
    {name: 'one process, memoryStore', round: perCall(calling(alone), CALLS)},
    {name: 'redisPorts, token warm', round: perCall(calling(many), CALLS)},
    {name: 'redisPorts, with a rate that all share', round: perCall(calling(rated), RATED_CALLS)},
    {name: 'PING, for comparison', round: perCall(() => client.ping(), RATED_CALLS)},
  ];
  const results = await interleaved(contenders, 7);
  const trips = await roundTrips(client, [many, rated].map(calling));
  const note = `Round trips of one call: ${trips.map(number => number.toFixed(2)).join(', with a rate ')}.`;
  print('A call whose token is warm, Redis behind it (policy.run, in process)', 'µs', results, note);

  const [one, other] = [shared('bench-news'), shared('bench-news')];
  for (const policy of [one, other]) await policy.tokens.save('ada', tokens);
  const gate = await latencies(() => gateNews(one, other, `car-${++names}`));
  const episode = await latencies(() => episodeNews(one, other, `car-${++names}`));
  console.log('\nUntil what one process learns holds in another, ms (target: within 50)');
  for (const [what, sorted] of [
    ['a gate that closes', gate],
    ['an owner who has to come back', episode],
  ] as const)
    console.log(
      `  ${what.padEnd(44)}p50 ${at(sorted, 0.5)}  p99 ${at(sorted, 0.99)}  most ${at(sorted, 1)}  (${NEWS} times)`,
    );
  await Promise.all([...policies, one, other].map(policy => policy.close()));
  client.disconnect();
  await server[Symbol.asyncDispose]();
  // Connections that are closed have timers for a moment: those who measure on fake time come next.
  await new Promise(resolve => setTimeout(resolve, 500));
}

const calling = (policy: Policy) => (): Promise<number> =>
  policy.run(async () => 1, {user: 'ada', vehicle: 'car', idempotent: true});

const at = (sorted: readonly number[], share: number): string =>
  (sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN).toFixed(2);

async function latencies(once: () => Promise<number>): Promise<readonly number[]> {
  const all: number[] = [];
  for (let index = 0; index < NEWS; index++) all.push(await once());
  return all.toSorted((a, b) => a - b);
}

async function roundTrips(client: Redis, calls: readonly (() => Promise<number>)[]): Promise<number[]> {
  const all: number[] = [];
  for (const call of calls) {
    const before = await asked(client);
    for (let index = 0; index < RATED_CALLS; index++) await call();
    all.push(((await asked(client)) - before) / RATED_CALLS);
  }
  return all;
}

async function asked(client: Redis): Promise<number> {
  const stats = await client.info('commandstats');
  const calls = stats.matchAll(/cmdstat_(?:evalsha|eval):calls=(\d+)/g);
  return [...calls].reduce((sum, one) => sum + Number(one[1]), 0);
}

const failing = (error: object) => async (): Promise<never> => {
  throw Object.assign(new Error('no'), error);
};

/** From when one has closed it until the other would let nobody through. */
async function gateNews(one: Policy, other: Policy, vehicle: string): Promise<number> {
  let closedAt = 0;
  one.once('pause', () => (closedAt = performance.now()));
  const heard = new Promise<number>(resolve => other.once('pause', () => resolve(performance.now())));
  const limit = {statusCode: 429, type: 'RATE_LIMIT', code: 'VEHICLE', retryAfter: '3600'};
  await one.run(failing(limit), {user: 'ada', vehicle, maxWaitMs: 0}).catch(() => undefined);
  return (await heard) - closedAt;
}

/** From when one has opened the episode until the other parks a call by what it knows itself. */
async function episodeNews(one: Policy, other: Policy, vehicle: string): Promise<number> {
  const type = 'CONNECTED_SERVICES_ACCOUNT';
  const lost = {statusCode: 401, type, code: 'AUTHENTICATION_FAILED', resolution: {type: 'REAUTHENTICATE'}};
  let openedAt = 0;
  one.once('reauth', () => (openedAt = performance.now()));
  const context = {user: 'ada', vehicle, idempotent: true};
  await one.run(failing(lost), context).catch(() => undefined);
  for (;;) {
    try {
      await other.run(async () => 1, context);
      // What the others say is heard between turns of the event loop.
      await new Promise(resolve => setImmediate(resolve));
    } catch {
      return performance.now() - openedAt;
    }
  }
}
