import {describe, expect, test} from 'vitest';
import {applicationToken} from '../../src/auth/application-token.ts';
import {bench, errorOf, onTheWire, playing} from './support/bench.ts';
import {asleep, rateLimited, response, suspended} from './support/failures.ts';

const car = (vehicle: string): {vehicle: string; idempotent: true} => ({vehicle, idempotent: true});

const downed = (): never => {
  throw new Error('db down');
};

describe('a breaker whose records throw', () => {
  test('breaks no call, and no identical read after it', async () => {
    const {policy} = bench({outages: {makeOf: downed}, fetch: async () => new Response('{}')});
    const smartcar = policy.fetch();
    const read = () =>
      smartcar('https://api.smartcar.com/v2.0/vehicles/a/odometer', {headers: {authorization: 'Bearer x'}});
    expect((await read()).status).toBe(200);
    expect((await read()).status).toBe(200);
  });
});

test('requests to one car are sent apart as set, though they had to wait for the application with their places', async () => {
  const {policy, clock} = bench({limits: {vehicle: {spacingMs: 1_000}}, maxWaitMs: 1e7});
  const began = clock.now();
  const slow = async (): Promise<void> => clock.sleep(30_000);
  const others = Array.from({length: 220}, (_, index) => policy.run(slow, car(`v${index}`)));
  const sentAt: number[] = [];
  const note = async (): Promise<number> => sentAt.push(clock.now() - began);
  const reads = Array.from({length: 5}, () => policy.run(note, car('c')));
  await clock.run(Promise.all([...others, ...reads]));

  const gaps = sentAt.slice(1).map((at, index) => at - (sentAt[index] ?? 0));
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1_000);
});

test('a probe that hangs holds nobody back for longer than ten seconds', async () => {
  const {policy, clock} = bench();
  await errorOf(policy.run(playing(rateLimited('SMARTCAR_API', 1)), {...car('z'), maxWaitMs: 0}));
  await clock.advance(1_000);
  const hangs = onTheWire<number>();
  const probe = policy.run(hangs.send, car('slow'));
  await clock.advance(0);
  const began = clock.now();
  expect(await clock.run(policy.run(playing('read'), car('fine')))).toBe('read');

  expect(clock.now() - began).toBe(10_000);
  hangs.resolve(1);
  await probe;
});

test('a token endpoint that is down gets one probe each time, however many wait for it', async () => {
  const asked: number[] = [];
  const {policy, clock} = bench({
    auth: applicationToken({clientId: 'id', clientSecret: 'secret'}),
    backoff: {'*': {delaysMs: [10_000, 10_000, 10_000]}},
    maxWaitMs: 1e7,
    async fetch() {
      asked.push(clock.monotonic());
      await clock.sleep(100);
      return response(503, {error: 'server'});
    },
  });
  await clock.run(Promise.all([1, 2].map(() => errorOf(policy.run(playing(1), {idempotent: true})))));

  const gaps = asked.slice(1).map((at, index) => at - (asked[index] ?? 0));
  expect(Math.min(...gaps)).toBeGreaterThan(10_000);
});

test('old news that shuts an open gate shuts it as any other: one probe first, and a resume in the end', async () => {
  const {policy, clock, log} = bench({maxWaitMs: 1e9});
  const old = onTheWire<unknown>();
  const late = errorOf(policy.run(old.send, car('a')));
  await errorOf(policy.run(playing(suspended()), car('b')));
  policy.reopen('application');
  await policy.run(playing(1), car('b'));
  expect(log.at(-1)).toContain('success');
  old.reject(suspended());
  await late;
  const sentAt: number[] = [];
  const waits = Array.from({length: 20}, (_, index) =>
    policy.run(
      async () => {
        sentAt.push(clock.now());
        await clock.sleep(100);
      },
      car(`car ${index}`),
    ),
  );
  await clock.run(Promise.all(waits));

  expect(sentAt.filter(at => at === sentAt[0])).toHaveLength(1);
  expect(log.filter(line => line.includes('resume application'))).toHaveLength(2);
});

test('what is told about a car or an owner that the call does not name holds back nobody else', async () => {
  const {policy, log} = bench();
  await errorOf(policy.run(playing(asleep()), {idempotent: true, maxWaitMs: 0}));
  expect(await policy.run(playing(2), car('another'))).toBe(2);
  expect(log.filter(line => line.includes('pause'))).toEqual([]);
});

test('a limit told inside a batch backs off further each time, as any other', async () => {
  const part = {
    path: '/fuel',
    code: 429,
    body: {type: 'RATE_LIMIT', code: 'VEHICLE', resolution: {type: 'RETRY_LATER'}},
  };
  const {policy, clock} = bench({random: () => 0, fetch: async () => Response.json({responses: [part]})});
  const pauses: number[] = [];
  policy.on('pause', ({until}) => pauses.push(until - clock.now()));
  for (let round = 0; round < 3; round++) {
    await policy.fetch({maxWaitMs: 0})('https://api.smartcar.com/v2.0/vehicles/a/batch', {
      method: 'POST',
      body: '{"requests": [{"path": "/fuel"}]}',
    });
    await clock.advance(pauses.at(-1) ?? 0);
  }
  expect(pauses).toEqual([60_001, 300_001, 900_001]);
});

test('a gate that is shut for ever is refused with a PolicyError, and without a date that there is not', async () => {
  const {policy} = bench({limits: {vehicle: {spacingMs: Number.MAX_SAFE_INTEGER}}});
  await policy.run(playing(1), car('a'));
  expect(await errorOf(policy.run(playing(2), car('a')))).toMatchObject({code: 'PAUSED'});
});

test('a pause of the plan is doubled also for a car that is looked at now and then', async () => {
  const {policy, clock} = bench();
  const pauses: number[] = [];
  policy.on('pause', ({until}) => pauses.push((until - clock.now()) / 3_600_000));
  const used = Object.assign(new Error('BILLING'), {statusCode: 430, type: 'BILLING', code: 'VEHICLE_LIMIT'});
  for (let polls = 0; polls < 12; polls++) {
    await errorOf(policy.run(playing(used), car('a')));
    await clock.advance(45 * 60_000);
  }
  expect(pauses).toEqual([1, 2, 4, 8]);
});

test('an attempt that its listener has given up is not sent', async () => {
  const {policy} = bench();
  const controller = new AbortController();
  policy.on('attempt', () => controller.abort('gone'));
  const call = playing(1);
  expect(await errorOf(policy.run(call, {...car('a'), signal: controller.signal}))).toBe('gone');
  expect(call.sent).toBe(0);
  expect(policy.limits().application.inFlight).toBe(0);
});

test('calls that are woken together at the application are sent as far apart as their car has it', async () => {
  const {policy, clock} = bench({maxWaitMs: 1e9, limits: {vehicle: {spacingMs: 1_000}}});
  await errorOf(policy.run(playing(suspended()), {...car('z'), maxWaitMs: 0}));
  policy.reopen('application');
  const probe = policy.run(async () => clock.sleep(5_000), car('z2'));
  await clock.advance(0);
  const sentAt: number[] = [];
  const note = async (): Promise<number> => sentAt.push(clock.monotonic());
  await clock.run(Promise.all([probe, policy.run(note, car('a')), policy.run(note, car('a'))]));

  expect(sentAt).toEqual([5_000, 6_000]);
});

test('a call that was refused or gave up before it was sent takes nothing of its car', async () => {
  const {policy, clock} = bench({
    limits: {application: {bucket: 1, perMinute: 1}, vehicle: {spacingMs: 600_000}},
  });
  await policy.run(playing(1), car('other'));
  expect(await errorOf(policy.run(playing(2), {...car('a'), maxWaitMs: 1_000}))).toMatchObject({
    code: 'PAUSED',
  });
  await clock.advance(60_000);
  expect(await policy.run(playing(3), car('a'))).toBe(3);
});

test('tokens that end before they can be sent are renewed a few times, and not for ever', async () => {
  let asked = 0;
  const {policy, clock} = bench({
    auth: applicationToken({clientId: 'id', clientSecret: 'secret'}),
    async fetch() {
      asked += 1;
      await clock.sleep(1_000);
      return Response.json({access_token: `token ${asked}`, token_type: 'Bearer', expires_in: 1});
    },
  });
  expect(await clock.run(policy.run(playing('read'), {idempotent: true}))).toBe('read');
  expect(asked).toBeLessThanOrEqual(4);
});
