import {expect, test} from 'vitest';
import {fakeAuth, pair} from '../engine/support/auth.ts';
import {errorOf} from '../engine/support/bench.ts';
import {file} from '../stores/support/files.ts';
import {createPolicy, manualClock, sqliteStore, type Policy} from './support/front-door.ts';

const A_DAY = 86_400_000;
const READ = {user: 'ada', vehicle: 'car', idempotent: true};

const token = async ({accessToken}: {readonly accessToken: string}): Promise<string> => accessToken;

test.each([A_DAY, -A_DAY])(
  'a lock that somebody died with ends by the time that passes, though the clock is set by %i ms',
  async ms => {
    const clock = manualClock();
    const path = file();
    const [dead, next] = [sqliteStore(path, {clock}), sqliteStore(path, {clock})];
    const {leaseMs = 0} = next;
    const taken = async (): Promise<boolean> =>
      (await next.acquire('refresh:user:ada', leaseMs)) !== undefined;
    expect(await dead.acquire('refresh:user:ada', leaseMs)).toBeDefined();
    await dead.close();
    expect(await taken()).toBe(false);
    clock.set(clock.now() + ms);
    expect(await taken()).toBe(false);
    await clock.advance(leaseMs - 1);
    expect(await taken()).toBe(false);
    await clock.advance(1);
    expect(await taken()).toBe(true);
    expect(await taken()).toBe(false);
    await next.close();
  },
);

test.each([A_DAY, -A_DAY])(
  'a refresh stays the only one for as long as it is under way, though the clock is set by %i ms',
  async ms => {
    const clock = manualClock();
    const path = file();
    const slow = Promise.withResolvers<void>();
    let renewals = 0;
    const auth = fakeAuth(async () => {
      renewals += 1;
      await slow.promise;
      return pair(`${renewals}`, clock.now());
    });
    const [one, two] = [0, 1].map(() =>
      createPolicy({clock, auth, store: sqliteStore(path, {clock}), maxWaitMs: 600_000}),
    ) as [Policy, Policy];
    await one.tokens.save('ada', pair('old', clock.now(), -2 * A_DAY));
    const first = one.run(token, READ);
    await clock.advance(1_000);
    const second = errorOf(two.run(token, READ));
    await clock.advance(1_000);
    clock.set(clock.now() + ms);
    await clock.advance(100_000);
    expect(renewals).toBe(1);
    expect(await second).toMatchObject({code: 'PAUSED'});
    slow.resolve();
    expect(await clock.run(first)).toBe('access-1');
    expect(await clock.run(two.run(token, READ))).toBe('access-1');
    expect(renewals).toBe(1);
    await Promise.all([one.close(), two.close()]);
  },
);
