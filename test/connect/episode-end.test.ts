import {describe, expect, test} from 'vitest';
import {fakeAuth, invalidGrant, pair} from '../engine/support/auth.ts';
import {bench, errorOf, onTheWire, playing, type Bench} from '../engine/support/bench.ts';
import {lostLogin, noPermission, sdkError, unauthorized} from '../engine/support/failures.ts';

const READ = {user: 'ada', vehicle: 'car', operation: 'odometer', idempotent: true};
/** The server sends the owner away for a reason that nobody here has seen yet. */
const newKind = (): Error => sdkError(400, 'NEW_KIND', null, {resolution: {type: 'REAUTHENTICATE'}});
const COOL_DOWN = 3_600_000;

const park = async ({policy}: Bench, error: Error, context: object = READ): Promise<unknown> =>
  errorOf(policy.run(playing(error), context));
const ends = ({log}: Bench): readonly string[] => log.filter(line => line.includes('reauth-resolved'));

describe('an episode is over, exactly once,', () => {
  test('when it is resolved by hand, for one car or for all', async () => {
    const on = bench();
    for (const vehicle of ['a', 'b', 'c']) await park(on, lostLogin(), {...READ, vehicle});

    expect(await on.policy.reauth.resolve('ada', 'b')).toBe(1);
    expect(await on.policy.reauth.resolve('ada', 'b')).toBe(0);
    expect(await on.policy.reauth.resolve('bob')).toBe(0);
    expect(await on.policy.reauth.resolve('ada')).toBe(2);
    expect(ends(on)).toEqual([
      '0 reauth-resolved vehicle of ada/b by resolved',
      '0 reauth-resolved vehicle of ada/a by resolved',
      '0 reauth-resolved vehicle of ada/c by resolved',
    ]);
  });

  test('when new tokens are saved', async () => {
    const on = bench({auth: fakeAuth(async () => Promise.reject(invalidGrant()))});
    await on.policy.tokens.save('ada', pair('dead', on.clock.now()));
    await park(on, unauthorized());
    await on.policy.tokens.save('ada', pair('new', on.clock.now()));

    expect(ends(on)).toEqual(['0 reauth-resolved user of ada by tokens']);
    await expect(on.policy.run(playing(1), READ)).resolves.toBe(1);
  });

  test('when the probe after the cool-down succeeds', async () => {
    const on = bench();
    await park(on, lostLogin());
    await on.clock.advance(COOL_DOWN);

    await expect(on.policy.run(playing(1), READ)).resolves.toBe(1);
    expect(ends(on)).toEqual([`${COOL_DOWN} reauth-resolved vehicle of ada/car by success`]);
    await expect(on.policy.run(playing(2), READ)).resolves.toBe(2);
  });

  test('when the probe of an owner succeeds, with the same token: no grant was dead', async () => {
    for (const auth of [undefined, fakeAuth(async () => Promise.reject(invalidGrant()))]) {
      const on = bench(auth ? {auth} : {});
      if (auth) await on.policy.tokens.save('ada', pair('good', on.clock.now(), 9 * COOL_DOWN));
      await park(on, newKind(), {user: 'ada', idempotent: true});
      expect((await on.policy.reauth.list())[0]?.scope).toBe('user');
      await on.clock.advance(COOL_DOWN);
      await on.policy.run(playing(1), READ);

      expect(ends(on)).toEqual([`${COOL_DOWN} reauth-resolved user of ada by success`]);
    }
  });

  test('though a listener ends it once more from within', async () => {
    const on = bench();
    await park(on, lostLogin());
    on.policy.on('reauth-resolved', () => void on.policy.reauth.resolve('ada'));
    expect(await on.policy.reauth.resolve('ada')).toBe(1);
    expect(ends(on)).toHaveLength(1);
  });
});

describe('an episode is not over', () => {
  test('when a call succeeds that was sent before it opened', async () => {
    const on = bench();
    const wire = onTheWire<number>();
    const early = on.policy.run(wire.send, READ);
    await on.clock.advance(1_000);
    await park(on, lostLogin());
    wire.resolve(1);
    await early;

    expect(await on.policy.reauth.list()).toHaveLength(1);
  });

  test('when that call was sent within the same millisecond', async () => {
    const on = bench();
    const wire = onTheWire<number>();
    const early = on.policy.run(wire.send, READ);
    await park(on, lostLogin());
    wire.resolve(1);
    await early;

    expect(await on.policy.reauth.list()).toHaveLength(1);
  });

  test('when the dead grant’s access token, still valid, is accepted', async () => {
    const on = bench({auth: fakeAuth(async () => Promise.reject(invalidGrant()))});
    await on.policy.tokens.save('ada', pair('dead', on.clock.now(), 9 * COOL_DOWN));
    await park(on, unauthorized());
    await on.clock.advance(COOL_DOWN);
    // The probe is answered: the token that the refresh failed for works until its own end.
    await on.policy.run(playing(1), READ);

    expect(ends(on)).toEqual([]);
    expect(await on.policy.reauth.list()).toHaveLength(1);
  });

  test('when a call of another permission succeeds', async () => {
    const on = bench();
    await park(on, noPermission());
    await on.clock.advance(1_000);
    await on.policy.run(playing(1), {...READ, operation: 'location'});

    expect(await on.policy.reauth.list()).toMatchObject([{scope: 'permission', permission: 'read_odometer'}]);
  });

  test('when the probe fails: it goes on without a second event, and cools down again', async () => {
    const on = bench();
    await park(on, lostLogin());
    await on.clock.advance(COOL_DOWN);
    await park(on, lostLogin());
    const next = playing(1);
    await errorOf(on.policy.run(next, READ));

    expect(next.sent).toBe(0);
    expect(on.log.filter(line => line.includes(' reauth '))).toHaveLength(1);
  });
});

test('of many calls that come after the cool-down one is the probe', async () => {
  const on = bench();
  await park(on, lostLogin());
  await on.clock.advance(COOL_DOWN);
  const probe = onTheWire<number>();
  const calls = Array.from({length: 20}, () => on.policy.run(probe.send, READ).catch(() => 'refused'));
  await on.clock.advance(0);

  expect(probe.sent).toBe(1);
  probe.resolve(1);
  expect((await Promise.all(calls)).filter(result => result === 'refused')).toHaveLength(19);
});
