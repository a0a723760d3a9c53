import {Redis} from 'ioredis';
import {createPolicy, memoryStore, type Policy} from '../src/index.ts';
import {redisPorts} from '../src/redis/index.ts';
import {startRedis, type RedisServer} from '../test/redis/support/server.ts';
import {interleaved, perCall, resultOf, type Result} from './measure.ts';
import {rowOf, type Row} from './row.ts';

const CALLS = 5_000;
const RATED_CALLS = 500;
const STRETCHES = 5;
const NEWS = 200;
const FAR_MS = 3_600_000;
const auth = {clientId: 'client', clientSecret: 'secret', redirectUri: 'https://example.com/callback'};
const rate = {application: {bucket: 10_000_000, perMinute: 60_000}};

/** How long it takes until all know what one knows, and what a call costs that nothing stands against. */
export async function redis(): Promise<readonly Row[]> {
  let server: RedisServer;
  try {
    server = await startRedis();
  } catch {
    console.error('redis: skipped, no redis-server on the path');
    return [];
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
  const [inMemory, warm, withRate, ping] = await interleaved(
    [
      {name: 'policy.run, memoryStore', round: perCall(calling(alone), CALLS)},
      {name: 'policy.run, redisPorts, token warm', round: perCall(calling(many), CALLS)},
      {name: 'policy.run, redisPorts, a rate that all share', round: perCall(calling(rated), RATED_CALLS)},
      {name: 'PING', round: perCall(() => client.ping(), RATED_CALLS)},
    ],
    7,
  );
  const warmTrips = await roundTrips(warm.name, client, calling(many));
  const ratedTrips = await roundTrips(withRate.name, client, calling(rated));

  const [one, other] = [shared('bench-news'), shared('bench-news')];
  for (const policy of [one, other]) await policy.tokens.save('ada', tokens);
  const gate = await latencies(() => gateNews(one, other, `car-${++names}`));
  const episode = await latencies(() => episodeNews(one, other, `car-${++names}`));
  await Promise.all([...policies, one, other].map(policy => policy.close()));
  client.disconnect();
  await server[Symbol.asyncDispose]();
  const facts = {group: 'redis', unit: 'µs'};
  return [
    rowOf(inMemory, facts),
    rowOf(warm, {...facts, against: inMemory}),
    rowOf(withRate, {...facts, against: ping}),
    rowOf(ping, facts),
    tripsRow(warmTrips, 0),
    tripsRow(ratedTrips, 1),
    ...newsRows('a gate that closes', gate),
    ...newsRows('an owner who has to come back', episode),
  ];
}

function tripsRow(trips: Result, atMost: number): Row {
  return rowOf(trips, {group: 'redis', unit: 'round trips', goal: {of: 'median', atMost}});
}

/** Until what one policy learns holds in another. What counts is the slow end. */
function newsRows(what: string, news: readonly number[]): Row[] {
  const slow = news.toSorted((a, b) => a - b)[Math.ceil(0.99 * news.length) - 1] ?? Number.NaN;
  const facts = {group: 'redis', unit: 'ms until known'};
  return [
    rowOf(resultOf(what, news), facts),
    rowOf(resultOf(`${what}, p99 of ${news.length}`, [slow]), {
      ...facts,
      goal: {of: 'median', atMost: 50},
    }),
  ];
}

const calling = (policy: Policy) => (): Promise<number> =>
  policy.run(async () => 1, {user: 'ada', vehicle: 'car', idempotent: true});

async function latencies(once: () => Promise<number>): Promise<readonly number[]> {
  const all: number[] = [];
  for (let index = 0; index < NEWS; index++) all.push(await once());
  return all;
}

/** What one call asks of Redis, by stretches: what a timer asks now and then falls into few of them. */
async function roundTrips(name: string, client: Redis, call: () => Promise<number>): Promise<Result> {
  const calls = RATED_CALLS / STRETCHES;
  const trips: number[] = [];
  for (let stretch = 0; stretch < STRETCHES; stretch++) {
    const before = await asked(client);
    for (let index = 0; index < calls; index++) await call();
    trips.push(((await asked(client)) - before) / calls);
  }
  return resultOf(name, trips);
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
