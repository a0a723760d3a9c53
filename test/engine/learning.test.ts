import {describe, expect, test} from 'vitest';
import type {PolicyOptions} from '../../src/options.ts';
import {errorOf, playing, queued, type Bench} from './support/bench.ts';
import {rateLimited} from './support/failures.ts';
import {crowdBench, service, type Service} from './support/service.ts';

const READS = 200;
const IDEAL_MINUTES = (READS - 20) / 2;

interface Run extends Bench {
  readonly server: Service;
  readonly minutes: number;
  /** Times at which a `limit` event came, with the rate that it told. */
  readonly limits: readonly (readonly [ms: number, perMinute: number | undefined])[];
}

/** So many reads of as many cars, by callers of whom each waits for its answer, against a bucket of 20 and 2 per minute. */
async function learned(tells: boolean, callers: number, options: PolicyOptions = {}): Promise<Run> {
  const on = await crowdBench(options);
  const {policy, clock} = on;
  const began = clock.now();
  const server = service(clock, {bucket: 20, perMinute: 2, tells, tookMs: 200});
  const limits: [number, number | undefined][] = [];
  policy.on('limit', ({scope, perMinute, intervalMs}) => {
    expect(scope).toBe('application');
    expect(perMinute).toBe(intervalMs && 60_000 / intervalMs);
    limits.push([clock.now() - began, perMinute]);
  });
  let begun = 0;
  const caller = async (): Promise<void> => {
    while (begun < READS) {
      const vehicle = `car ${begun++}`;
      expect(await policy.run(server.send, {vehicle, idempotent: true})).toBe('a reading');
    }
  };
  await clock.run(Promise.all(Array.from({length: callers}, caller)));
  return {...on, server, limits, minutes: (clock.now() - began) / 60_000};
}

describe('without limits that are set, the rate of the application is learned', () => {
  test.each([
    {tells: true, callers: 1, limited: 5, minutes: 92},
    {tells: true, callers: 20, limited: 25, minutes: 93},
    {tells: true, callers: 200, limited: 125, minutes: 93},
    {tells: false, callers: 200, limited: 125, minutes: 109},
    {tells: false, callers: 1, limited: 8, minutes: 109},
    {tells: false, callers: 20, limited: 27, minutes: 100},
  ])(
    'from 429s, told a time: $tells, by $callers at once: at most $limited of them for 200 reads, in $minutes minutes',
    async ({tells, callers, ...most}) => {
      const {server, limits, minutes, policy} = await learned(tells, callers);

      expect(server.served).toBe(READS);
      expect(server.limited).toBeLessThanOrEqual(most.limited);
      expect(server.early).toBe(0);
      expect(minutes).toBeGreaterThanOrEqual(IDEAL_MINUTES);
      expect(minutes).toBeLessThanOrEqual(most.minutes);
      expect(limits.length).toBeGreaterThan(0);
      expect(policy.limits().application).toMatchObject({
        scope: 'application',
        waiting: 0,
        inFlight: 0,
        rate: {source: 'learned', perMinute: limits.at(-1)?.[1]},
      });
    },
  );

  test('and where one is set, no 429 comes at all', async () => {
    const {server, limits, minutes, policy} = await learned(true, 20, {
      limits: {application: {bucket: 20, perMinute: 2}},
    });

    expect([server.limited, limits]).toEqual([0, []]);
    expect(minutes).toBeCloseTo(IDEAL_MINUTES, 2);
    expect(policy.limits().application.rate).toMatchObject({source: 'set', perMinute: 2, bucket: 20});
  });

  test('of each car by itself, which no event tells', async () => {
    const {policy, clock, log} = await crowdBench();
    const calls = [1, 2].map(() =>
      policy.run(playing(rateLimited('VEHICLE', 10), 1), {vehicle: 'car', idempotent: true}),
    );
    await clock.advance(0);

    expect(policy.limits()).toMatchObject({
      application: {waiting: 0},
      scopes: [{scope: 'vehicle:car', rate: {source: 'learned', bucket: 1, available: 0}}],
    });
    expect(policy.limits().scopes[0]?.rate?.perMinute).toBeCloseTo(6, 1);
    await clock.run(Promise.all(calls));
    expect(log.filter(line => line.includes(' limit '))).toEqual([]);
  });
});

test('a burst out of what a rest has saved up is no reason to go faster', async () => {
  const {policy, clock} = await crowdBench({maxWaitMs: 7_200_000});
  const server = service(clock, {bucket: 120, perMinute: 12, tells: true, tookMs: 300});
  const burst = async (): Promise<number> => {
    const before = server.limited;
    const reads = Array.from({length: 300}, (_, index) =>
      policy.run(server.send, {vehicle: `car ${index}`, idempotent: true}),
    );
    await clock.run(Promise.all(reads));
    return server.limited - before;
  };
  await burst();
  await clock.advance(3_600_000);

  // The first refusals are how the rate is learned; from then on only tries of a quicker pace meet any.
  expect(await burst()).toBeLessThanOrEqual(5);
});

describe('a burst of a thousand reads at once', () => {
  test('sends the 120 that a bucket holds, then one each 100 ms, until the first answer', async () => {
    const {policy, clock} = await crowdBench();
    const server = service(clock, {bucket: 20, perMinute: 2, tells: true, tookMs: 2_050});
    const controller = new AbortController();
    const calls = Array.from({length: 1_000}, (_, index) =>
      policy.run(server.send, {vehicle: `car ${index}`, idempotent: true, signal: controller.signal}),
    );
    const settled = Promise.allSettled(calls);
    await queued(10);
    expect(server.sentAt).toHaveLength(120);
    for (let tenth = 1; tenth <= 20; tenth++) {
      await clock.advance(100);
      await queued(1);
      expect(server.sentAt).toHaveLength(120 + tenth);
    }
    expect(server.sentAt.slice(120)).toEqual(Array.from({length: 20}, (_, index) => (index + 1) * 100));

    // Twenty were served, the next answer was a 429: nobody else goes.
    await clock.advance(50);
    const sent = server.sentAt.length;
    expect(sent).toBeLessThanOrEqual(120 + 20 + 20);
    await clock.advance(20_000);
    expect(server.sentAt).toHaveLength(sent);
    expect(server.early).toBe(0);
    controller.abort('enough');
    await settled;
    expect(policy.limits().application).toMatchObject({waiting: 0, inFlight: 0});
  });

  test('that all succeed grows as a gate opens, twice as many with each answer', async () => {
    const {policy, clock} = await crowdBench();
    const sentAt = new Map<number, number>();
    const send = async (): Promise<void> => {
      sentAt.set(clock.now(), (sentAt.get(clock.now()) ?? 0) + 1);
      await clock.sleep(90);
    };
    const startedAt = clock.now();
    await clock.run(
      Promise.all(
        Array.from({length: 1_000}, (_, index) => policy.run(send, {vehicle: `${index}`, idempotent: true})),
      ),
    );

    const rounds = [...sentAt].map(([at, calls]) => [at - startedAt, calls]);
    expect(rounds.map(([at]) => at)).toEqual(rounds.map((_, round) => round * 90));
    expect(rounds.map(([, calls]) => calls)).toEqual([120, 2, 4, 8, 16, 32, 64, 128, 256, 370]);
  });

  test('of a fleet that has shown that more goes through is sent 120 at a time', async () => {
    const {policy, clock} = await crowdBench();
    let under = 0;
    let most = 0;
    const send = async (): Promise<void> => {
      most = Math.max(most, ++under);
      await clock.sleep(90);
      under -= 1;
    };
    const reads = (count: number): Promise<unknown> =>
      Promise.all(
        Array.from({length: count}, (_, index) => policy.run(send, {vehicle: `${index}`, idempotent: true})),
      );
    // 125 within two minutes are more than a bucket of 120 with two a minute can let through.
    for (let second = 0; second < 125; second++) {
      await clock.run(reads(1));
      await clock.advance(910);
    }
    expect(most).toBe(1);
    await clock.run(reads(400));

    expect(most).toBe(120);
  });

  test('is refused at once where it may not wait, and the gate says until when', async () => {
    const {policy, clock} = await crowdBench();
    await errorOf(policy.run(playing(rateLimited('SMARTCAR_API', 100)), {vehicle: 'car', maxWaitMs: 0}));
    const until = clock.now() + 101_000;
    const errors = await Promise.all(
      Array.from({length: 1_000}, () => errorOf(policy.run(playing(1), {vehicle: 'car', maxWaitMs: 60_000}))),
    );

    for (const error of errors) expect(error).toMatchObject({code: 'PAUSED'});
    expect((errors[0] as {retryAt: number}).retryAt).toBeLessThanOrEqual(until);
  });
});
