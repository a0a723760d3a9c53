import {describe, expect, test} from 'vitest';
import type {Pass} from '../../src/ports.ts';
import {enter, setup, type Setup} from './support/gates.ts';

const told = (until: number): {until: number; reason: string} => ({until, reason: 'told'});
const FIVE = {vehicle: {commands: 1, requests: 5, spacingMs: 0}};

/** A place that has to be there. */
function place({gates}: Setup, key: string): Pass {
  const [pass] = gates.enterAtOnce([key]) ?? [];
  if (!pass) throw new Error(`no place in ${key}`);
  return pass;
}

describe('a place at once', () => {
  test('in the application is the same for all, while nothing is the matter', () => {
    const {gates} = setup();
    const first = gates.enterAtOnce(['application']);
    expect(gates.enterAtOnce(['application'])).toBe(first);
    expect(gates.list()).toEqual([{scope: 'application', waiting: 0, inFlight: 2}]);
    first?.[0]?.leave('passed');
    first?.[0]?.leave('passed');
    expect(gates.list()).toEqual([{scope: 'application', waiting: 0, inFlight: 0}]);
  });

  test('after a crowd has gone is of another time than before it', () => {
    const all = setup();
    const before = place(all, 'application');
    const crowd = Array.from({length: 119}, () => place(all, 'application'));
    for (const pass of [before, ...crowd]) pass.leave('unknown');
    expect(place(all, 'application').epoch).toBeGreaterThan(before.epoch);
  });

  test('is one in each scope in which anything is counted', () => {
    const {gates} = setup(FIVE);
    const passes = gates.enterAtOnce(['commands:a', 'vehicle:a', 'user:ada', 'application']);
    expect(passes?.map(({key}) => key)).toEqual(['commands:a', 'vehicle:a', 'application']);
    expect(gates.list().map(({scope, inFlight}) => [scope, inFlight])).toEqual([
      ['application', 1],
      ['commands:a', 1],
      ['vehicle:a', 1],
    ]);
  });

  test('is taken in no scope where one of them has none', () => {
    const all = setup();
    place(all, 'commands:a');
    expect(all.gates.enterAtOnce(['application', 'commands:a'])).toBeUndefined();
    expect(all.gates.list().find(({scope}) => scope === 'application')?.inFlight).toBe(0);
  });

  test('is not to be had where others wait, though one is free', async () => {
    const all = setup();
    const {gates, clock} = all;
    const first = place(all, 'commands:a');
    const waits = [enter(gates, 'commands:a'), enter(gates, 'commands:a')];
    first.leave('unknown');
    // The turn of whoever waits has not come yet.
    expect(gates.list().find(({scope}) => scope === 'commands:a')?.inFlight).toBe(0);
    expect(gates.enterAtOnce(['commands:a'])).toBeUndefined();
    (await waits[0])?.leave('unknown');
    (await waits[1])?.leave('unknown');
    await clock.advance(0);
  });

  test('is not to be had in an application whose gate is shut', () => {
    const {gates} = setup();
    gates.close('application', told(500), []);
    expect(gates.enterAtOnce(['application'])).toBeUndefined();
  });
});

describe('nothing but the application can stand in the way', () => {
  test('while no other scope is known', () => {
    const all = setup();
    expect(all.gates.quiet).toBe(true);
    const command = place(all, 'commands:a');
    expect(all.gates.quiet).toBe(false);
    command.leave('passed');
    expect(all.gates.quiet).toBe(true);
  });

  test('unless cars are counted', () => {
    expect(setup(FIVE).gates.quiet).toBe(false);
  });
});

describe('the gate that stays shut longest', () => {
  test('is the first of those that stay shut as long', () => {
    const {gates} = setup();
    for (const key of ['user:ada', 'vehicle:a', 'application']) gates.close(key, told(500), []);
    expect(gates.shut(['vehicle:a', 'user:ada', 'application'])?.key).toBe('vehicle:a');
  });

  test('is none in the moment in which it opens', async () => {
    const {gates, clock} = setup();
    gates.close('application', told(500), []);
    await clock.advance(500);
    expect(gates.shut(['application'])).toBeUndefined();
  });
});

describe('a gate', () => {
  test('that is told a time that is over is shut no longer than now, and asks for a probe', async () => {
    const {gates, clock, log} = setup();
    await clock.advance(1_000);
    gates.close('user:ada', told(400), []);
    expect(log).toEqual(['closed user:ada until 400']);
    expect(gates.shut(['user:ada'])).toBeUndefined();
    expect((await enter(gates, 'user:ada')).failedProbes).toBe(1);
  });

  test('that closes without a pass is closed by news that are as good as any, until it recovers', async () => {
    const {gates, clock, log} = setup();
    gates.close('user:ada', told(500), []);
    gates.close('user:ada', told(300), []);
    await clock.advance(500);
    const probe = await enter(gates, 'user:ada');
    probe.leave('passed');
    gates.close('user:ada', told(700), []);
    expect(log).toEqual(['closed user:ada until 500', 'opened user:ada', 'closed user:ada until 700']);
  });

  test('that is met by one of several places of a call takes news of that place', () => {
    const all = setup(FIVE);
    const passes = all.gates.enterAtOnce(['application', 'vehicle:a']) ?? [];
    all.gates.close('vehicle:a', {...told(1_000), limit: true, toldMs: 1_000}, passes);
    expect(all.log).toContain('paced vehicle:a 1005');
  });

  test('says that its pace was learned, and how it changed, once each', async () => {
    const {gates, clock, log} = setup();
    gates.close('user:ada', {...told(1_000), limit: true, toldMs: 1_000}, []);
    await clock.advance(1_000);
    const probe = await enter(gates, 'user:ada');
    // A probe that is refused says nothing about the pace.
    gates.close('user:ada', {...told(2_000), limit: true, toldMs: 1_000}, [probe]);
    probe.leave('unknown');
    await clock.advance(1_000);
    const again = await enter(gates, 'user:ada');
    again.leave('passed');
    await clock.advance(1_005);
    const third = await enter(gates, 'user:ada');
    gates.close('user:ada', {...told(4_000), limit: true, toldMs: 1_000}, [third]);
    third.leave('unknown');
    expect(log.filter(line => line.startsWith('paced'))).toEqual([
      'paced user:ada 1005',
      'paced user:ada 2016',
    ]);
  });

  test('says that its pace quickens, and that none is needed any more', async () => {
    const {gates, clock, log} = setup();
    gates.close('user:ada', {...told(50), limit: true}, []);
    await clock.advance(50);
    const calls = Array.from({length: 4}, async () => (await enter(gates, 'user:ada')).leave('passed'));
    await clock.run(Promise.all(calls));
    expect(log.filter(line => line.startsWith('paced'))).toEqual([
      'paced user:ada 50',
      'paced user:ada 25',
      'paced user:ada no more',
    ]);
  });

  test('that is eased lets one go first, then two', async () => {
    const all = setup();
    const {gates} = all;
    gates.ease('user:ada');
    expect(gates.quiet).toBe(false);
    const probe = place(all, 'user:ada');
    expect(gates.enterAtOnce(['user:ada'])).toBeUndefined();
    // A second time changes nothing: somebody is under way.
    gates.ease('user:ada');
    expect(gates.enterAtOnce(['user:ada'])).toBeUndefined();
    const others = [1, 2, 3].map(() => enter(gates, 'user:ada'));
    probe.leave('passed');
    await Promise.all(others.slice(0, 2));
    expect(gates.waiting('user:ada')).toBe(1);
  });

  test('that is shut is not eased before its time', () => {
    const {gates} = setup();
    gates.close('user:ada', told(500), []);
    gates.ease('user:ada');
    expect(gates.shut(['user:ada'])?.restMs).toBe(500);
  });

  test('that is eased while it opens stays as wide as it is', async () => {
    const all = setup();
    const {gates, clock} = all;
    gates.close('user:ada', told(500), []);
    await clock.advance(500);
    const probe = place(all, 'user:ada');
    const others = [1, 2, 3].map(() => enter(gates, 'user:ada'));
    probe.leave('passed');
    await Promise.all(others.slice(0, 2));
    gates.ease('user:ada');
    expect((await others[0])?.failedProbes).toBe(0);
    (await others[0])?.leave('passed');
    expect((await others[2])?.failedProbes).toBe(0);
    expect(gates.enterAtOnce(['user:ada'])).toHaveLength(1);
  });

  test('says who waits for it, and how many', async () => {
    const all = setup();
    const {gates} = all;
    expect(gates.waiting('commands:a')).toBe(0);
    place(all, 'commands:a');
    expect(gates.waiting('commands:a')).toBe(0);
    void enter(gates, 'commands:a');
    void enter(gates, 'commands:a');
    expect(gates.waiting('commands:a')).toBe(2);
  });
});
