import {expect, onTestFinished, test} from 'vitest';
import {fakeAuth, pair} from '../engine/support/auth.ts';
import {errorOf, playing} from '../engine/support/bench.ts';
import {lostLogin} from '../engine/support/failures.ts';
import {file} from '../stores/support/files.ts';
import {
  createPolicy,
  manualClock,
  sqliteStore,
  type ManualClock,
  type Policy,
  type PolicyOptions,
} from './support/front-door.ts';

const A_DAY = 86_400_000;
const HOUR = 3_600_000;
const READ = {user: 'ada', vehicle: 'car', idempotent: true};

/** An owner is away; returns how a call ends now: with the token, or refused without a request. */
async function ownerAway(
  clock: ManualClock,
  options: PolicyOptions,
): Promise<{readonly policy: Policy; readonly read: () => Promise<unknown>}> {
  const policy = createPolicy({clock, auth: fakeAuth(async () => pair('new', clock.now())), ...options});
  onTestFinished(() => policy.close());
  await policy.tokens.save('ada', pair('ada', clock.now(), 100 * A_DAY));
  await errorOf(policy.run(playing(lostLogin()), READ));
  const read = (): Promise<unknown> =>
    clock.run(policy.run(playing(lostLogin()), READ).catch((error: unknown) => error));
  return {policy, read};
}

const PARKED = {code: 'REAUTH_REQUIRED'};
const ASKED = {code: 'AUTHENTICATION_FAILED'};

test.each([A_DAY, -A_DAY])(
  'an owner who is away is looked after each hour that passes, though the clock is set by %i ms',
  async ms => {
    const clock = manualClock();
    const {policy, read} = await ownerAway(clock, {});
    let back = 0;
    policy.on('reauth-resolved', () => void back++);
    for (let hour = 0; hour < 3; hour++) {
      await clock.advance(HOUR / 2);
      clock.set(clock.now() + ms);
      await clock.advance(HOUR / 2 - 1);
      expect(await read()).toMatchObject(PARKED);
      await clock.advance(1);
      expect(await read()).toMatchObject(ASKED);
      expect(await read()).toMatchObject(PARKED);
    }
    await clock.advance(HOUR);
    expect(await clock.run(policy.run(playing('ok'), READ))).toBe('ok');
    expect(back).toBe(1);
  },
);

test('whoever starts after the clock was set back by a day looks after an hour at the latest', async () => {
  const clock = manualClock();
  const path = file();
  const {policy} = await ownerAway(clock, {store: sqliteStore(path, {clock})});
  await policy.close();
  clock.set(clock.now() - A_DAY);
  const auth = fakeAuth(async () => pair('new', clock.now()));
  const next = createPolicy({clock, auth, store: sqliteStore(path, {clock})});
  onTestFinished(() => next.close());
  const read = (): Promise<unknown> => clock.run(errorOf(next.run(playing(lostLogin()), READ)));
  expect(await read()).toMatchObject(PARKED);
  await clock.advance(HOUR - 1);
  expect(await read()).toMatchObject(PARKED);
  await clock.advance(1);
  expect(await read()).toMatchObject(ASKED);
});

test.each([A_DAY, -A_DAY])(
  'an owner is told again by the time that passes, though the clock is set by %i ms',
  async ms => {
    const clock = manualClock();
    const connect = {remindAfterMs: 2 * HOUR, probeAfterMs: Infinity};
    const {policy, read} = await ownerAway(clock, {connect});
    let told = 0;
    policy.on('reauth', () => void told++);
    clock.set(clock.now() + ms);
    await clock.advance(2 * HOUR - 1);
    await read();
    expect(told).toBe(0);
    await clock.advance(1);
    await read();
    await read();
    expect(told).toBe(1);
  },
);
