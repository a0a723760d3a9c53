import {expect, test} from 'vitest';
import {fakeAuth, pair} from '../engine/support/auth.ts';
import {bench, errorOf, playing} from '../engine/support/bench.ts';
import {rateLimited, unauthorized, upstream} from '../engine/support/failures.ts';
import {createPolicy, manualClock, sqliteStore, type PolicyOptions} from './support/front-door.ts';

const A_DAY = 86_400_000;
const READ = {user: 'ada', vehicle: 'car', idempotent: true};
const OWNERS = Array.from({length: 50}, (_, owner) => `owner-${owner}`);

test('a wall clock that goes a day on renews each token once, and one that goes back renews none', async () => {
  const renewed = new Map<string, number>();
  const clock = manualClock();
  const auth = fakeAuth(async current => {
    const owner = /refresh-(owner-\d+)/.exec(current?.refreshToken ?? '')?.[1] ?? '';
    renewed.set(owner, (renewed.get(owner) ?? 0) + 1);
    return pair(`${owner}-${renewed.get(owner)}`, clock.now());
  });
  const policy = createPolicy({clock, auth, random: () => 0.5});
  for (const owner of OWNERS) await policy.tokens.save(owner, pair(owner, clock.now()));
  const everybody = (): Promise<unknown> => {
    const calls = OWNERS.flatMap(user =>
      Array.from({length: 5}, () => policy.run(playing('ok'), {...READ, user})),
    );
    return clock.run(Promise.all(calls));
  };
  const most = (): number => Math.max(0, ...renewed.values());

  await everybody();
  expect(most()).toBe(0);
  for (let round = 1; round <= 3; round++) {
    clock.set(clock.now() + A_DAY);
    await everybody();
    await everybody();
    expect(most()).toBe(round);
    clock.set(clock.now() - A_DAY);
    await everybody();
    // The tokens of the day to come look good for long: their real end comes as a refusal.
    expect(most()).toBe(round);
    clock.set(clock.now() + A_DAY);
    await everybody();
    expect(most()).toBe(round);
    await clock.advance(A_DAY);
    clock.set(clock.now() - A_DAY);
    for (const user of OWNERS) await policy.run(playing(unauthorized(), 'ok'), {...READ, user});
    for (const user of OWNERS) renewed.set(user, round);
  }
  await policy.close();
});

test.each([A_DAY, -A_DAY])(
  'a told time holds by the time that passes, though the clock is set by %i ms',
  async ms => {
    const {clock, policy} = bench({maxWaitMs: 600_000});
    const first = policy.run(playing(rateLimited('VEHICLE', 60), 'ok'), READ);
    await clock.advance(1_000);
    const sent: number[] = [];
    const waiting = policy.run(async () => sent.push(clock.monotonic()), READ);
    clock.set(clock.now() + ms);
    await clock.advance(58_000);
    expect(sent).toEqual([]);
    const refused = await errorOf(policy.run(playing('ok'), {...READ, maxWaitMs: 0}));
    expect(refused).toMatchObject({code: 'PAUSED'});
    await clock.run(Promise.all([first, waiting]));
    // A told minute, its spread of half a percent and of the dice, and the one who probes before.
    expect(sent[0]).toBeGreaterThanOrEqual(60_000);
    expect(sent[0]).toBeLessThan(200_000);
  },
);

test.each([A_DAY, -A_DAY])(
  'nor does a backoff, a deadline or a wait notice that it is set by %i ms',
  async ms => {
    const {clock, policy} = bench();
    const began = clock.monotonic();
    const reading = policy.run(playing(upstream(), upstream(), 'ok'), READ);
    const late = errorOf(policy.run(() => new Promise(() => undefined), {...READ, deadlineMs: 5_000}));
    await clock.advance(500);
    clock.set(clock.now() + ms);
    expect(await clock.run(late)).toMatchObject({code: 'DEADLINE'});
    expect(clock.monotonic() - began).toBe(5_000);
    expect(await clock.run(reading)).toBe('ok');
    expect(clock.monotonic() - began).toBeLessThan(20_000);
  },
);

test.each([A_DAY, -A_DAY])(
  'a link stays good once, though the clock is set by %i ms in between',
  async ms => {
    const clock = manualClock();
    const auth = {...fakeAuth(async () => pair('x', clock.now()), false)};
    const options: PolicyOptions = {
      clock,
      auth,
      connect: {applicationId: 'app', redirectUri: 'https://example.com/back'},
      store: sqliteStore(':memory:', {clock}),
    };
    const policy = createPolicy(options);
    const back = (): Request => {
      const state = new URL(policy.connect.url('ada')).searchParams.get('state') ?? '';
      return new Request(`https://example.com/back?user_id=u&state=${state}`);
    };
    const [first, second] = [back(), back()];
    clock.set(clock.now() + ms);
    expect(await policy.connect.handleCallback(first)).toMatchObject({user: 'ada'});
    clock.set(clock.now() - ms);
    await policy.connect.handleCallback(second);
    for (const spent of [first, second])
      expect(await errorOf(policy.connect.handleCallback(spent))).toMatchObject({code: 'CALLBACK'});
    clock.set(clock.now() + 8 * A_DAY);
    expect(await errorOf(policy.connect.handleCallback(first))).toMatchObject({code: 'CALLBACK'});
    await policy.close();
  },
);

test('counts stand in their periods, and none is lost, though the clock goes into the next one and back', async () => {
  const clock = manualClock(Date.UTC(2026, 0, 31, 12));
  const policy = createPolicy({
    clock,
    store: sqliteStore(':memory:', {clock}),
    quota: {perVehicle: 10, warnAt: 0.5},
  });
  const warnings: string[] = [];
  policy.on('quota', ({period}) => warnings.push(period));
  const january = clock.now();
  const call = async (): Promise<void> => {
    for (let calls = 0; calls < 3; calls++) await policy.run(playing('ok'), READ);
    await clock.advance(2_000);
  };
  for (let round = 0; round < 2; round++) {
    await call();
    clock.set(clock.now() + A_DAY);
    await call();
    clock.set(clock.now() - A_DAY);
  }
  await call();
  expect(await policy.usage('car', january)).toMatchObject({calls: 9});
  expect(await policy.usage('car', january + A_DAY)).toMatchObject({calls: 6});
  expect(warnings.toSorted()).toEqual(['2026-01-01', '2026-02-01']);
  await policy.close();
});
