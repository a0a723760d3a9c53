import {describe, expect, test} from 'vitest';
import type {Pass, Refused} from '../../src/ports.ts';
import {manualClock, type ManualClock} from '../../src/testing/manual-clock.ts';
import {enter, never, setup, type Setup} from './support/gates.ts';

const RATE = {application: {bucket: 1, perMinute: 60}};
const told = (until: number): {until: number; reason: string} => ({until, reason: 'told'});

/** A call that may wait until then. */
const visit = (
  {gates}: Setup,
  key: string,
  latest: number,
  signal: AbortSignal = never,
): Promise<Pass | Refused> => gates.enter(key, {priority: 5, latest}, signal);

/** A clock whose first timer comes early by as much, and which writes down how long was slept. */
function earlyClock(earlyMs: number): ManualClock & {readonly slept: number[]} {
  const clock = manualClock(0);
  const slept: number[] = [];
  return Object.assign(Object.create(clock) as ManualClock, {
    slept,
    sleep(ms: number, signal?: AbortSignal) {
      const early = slept.length === 0 ? earlyMs : 0;
      slept.push(ms);
      return clock.sleep(ms - early, signal);
    },
  });
}

describe('who waits for a place', () => {
  test('has it when its time comes, and no timer is left behind', async () => {
    const all = setup(RATE);
    const {clock} = all;
    const [first] = all.gates.enterAtOnce(['application']) ?? [];
    first?.sent();
    let at: number | undefined;
    const waits = enter(all.gates, 'application').then(pass => {
      at = clock.now();
      return pass;
    });
    await clock.advance(999);
    expect([at, clock.waiting]).toEqual([undefined, 1]);
    await clock.advance(1);
    expect(at).toBe(1_000);
    (await waits).leave('passed');
    expect(clock.waiting).toBe(0);
  });

  test('has one timer, however often something changes', async () => {
    const all = setup(RATE);
    const {gates, clock} = all;
    const places = [gates.enterAtOnce(['application'])?.[0]];
    places[0]?.sent();
    const waits = [1, 2, 3].map(() => enter(gates, 'application'));
    places[0]?.leave('passed');
    expect(clock.waiting).toBe(1);
    for (const one of waits) {
      const pass = await clock.run(one);
      pass.sent();
      pass.leave('passed');
    }
    expect(clock.now()).toBe(3_000);
    expect(clock.waiting).toBe(0);
  });

  test('sleeps on where the timer came early', async () => {
    const clock = earlyClock(400);
    const all = setup({...RATE, clock});
    all.gates.enterAtOnce(['application'])?.[0]?.sent();
    const pass = await clock.run(enter(all.gates, 'application'));
    expect(pass.key).toBe('application');
    expect([clock.now(), clock.slept]).toEqual([1_000, [1_000, 400]]);
  });

  test('sleeps whole milliseconds, and no longer at once than a timer can', async () => {
    const clock = earlyClock(0);
    const all = setup({...RATE, clock, application: {bucket: 1, perMinute: 7}});
    all.gates.enterAtOnce(['application'])?.[0]?.sent();
    await clock.run(enter(all.gates, 'application'));
    expect(clock.slept).toEqual([8_572]);

    all.gates.close('user:ada', told(2 ** 31 + 8_572), []);
    void visit(all, 'user:ada', Infinity);
    expect(clock.slept.at(-1)).toBe(2 ** 31 - 1);
    await clock.advance(2 ** 31 - 1);
    expect(clock.slept.at(-1)).toBe(1);
    await clock.advance(1);
    expect(all.gates.waiting('user:ada')).toBe(0);
  });

  test('goes with all the others at once where there is room for all, and else in turn', async () => {
    const all = setup({vehicle: {commands: 2, requests: Infinity, spacingMs: 0}});
    const {gates, clock} = all;
    const places = [1, 2].map(() => gates.enterAtOnce(['commands:a'])?.[0]);
    const log: string[] = [];
    const waits = ['a', 'b'].map(name => enter(gates, 'commands:a').then(() => log.push(name)));
    places[0]?.leave('passed');
    expect(gates.waiting('commands:a')).toBe(2);
    await waits[0];
    expect([log, gates.waiting('commands:a')]).toEqual([['a'], 1]);
    // One alone goes in the same moment.
    places[1]?.leave('passed');
    expect(gates.waiting('commands:a')).toBe(0);
    await Promise.all(waits);
    await clock.advance(0);
  });

  test('for somebody to come back sets no timer', async () => {
    const {gates, clock} = setup();
    const [first] = gates.enterAtOnce(['commands:a']) ?? [];
    const waits = enter(gates, 'commands:a');
    expect([gates.waiting('commands:a'), clock.waiting]).toEqual([1, 0]);
    first?.leave('passed');
    await waits;
  });

  test('goes before whoever comes while its turn is on its way', async () => {
    const {gates, clock} = setup();
    const [first] = gates.enterAtOnce(['commands:a']) ?? [];
    const order: string[] = [];
    const come = async (name: string): Promise<void> => {
      const pass = await enter(gates, 'commands:a');
      order.push(name);
      pass.leave('passed');
    };
    const early = [come('a'), come('b')];
    first?.leave('passed');
    await clock.run(Promise.all([...early, come('late')]));
    expect(order).toEqual(['a', 'b', 'late']);
  });

  test('waits on where the gate closes while its turn is on its way', async () => {
    const {gates, clock} = setup({vehicle: {commands: 1, requests: 1, spacingMs: 0}});
    const [first] = gates.enterAtOnce(['vehicle:a']) ?? [];
    const waits = [1, 2].map(() => enter(gates, 'vehicle:a'));
    first?.leave('unknown');
    gates.close('vehicle:a', told(500), []);
    await clock.advance(499);
    expect(gates.waiting('vehicle:a')).toBe(2);
    for (const one of waits) (await clock.run(one)).leave('passed');
    expect(clock.now()).toBe(500);
  });

  test('needs no turn of a queue where all may go together', () => {
    const {gates} = setup();
    gates.ease('user:ada');
    const [probe] = gates.enterAtOnce(['user:ada']) ?? [];
    for (let call = 0; call < 2; call++) void enter(gates, 'user:ada');
    expect(gates.waiting('user:ada')).toBe(2);
    probe?.leave('passed');
    expect(gates.waiting('user:ada')).toBe(0);
  });
});

describe('a place that comes too late', () => {
  test('is refused at once with its time, and one that comes in the last moment is waited for', async () => {
    const all = setup(RATE);
    all.gates.enterAtOnce(['application'])?.[0]?.sent();
    const refused = {refused: 'too-long', key: 'application', until: 1_000};
    expect(await visit(all, 'application', 999)).toEqual(refused);
    const waits = visit(all, 'application', 1_000);
    expect(await all.clock.run(waits)).toMatchObject({key: 'application', failedProbes: 0});
  });

  test('is refused with the time behind all who come before it', async () => {
    const all = setup(RATE);
    all.gates.enterAtOnce(['application'])?.[0]?.sent();
    void enter(all.gates, 'application');
    void enter(all.gates, 'application', never, 9);
    expect(await visit(all, 'application', 1_999)).toMatchObject({until: 2_000});
    expect(await all.gates.enter('application', {priority: 9, latest: 1_999}, never)).toMatchObject({
      until: 3_000,
    });
  });

  test('is refused in whole milliseconds of the wall clock', async () => {
    const all = setup({application: {bucket: 1, perMinute: 7}});
    await all.clock.advance(5);
    all.clock.set(1_000_000);
    all.gates.enterAtOnce(['application'])?.[0]?.sent();
    expect(await visit(all, 'application', 6)).toMatchObject({until: 1_008_572});
  });

  test('is refused to whoever waits when the gate closes for longer, with the time when it opens', async () => {
    const all = setup({vehicle: {commands: 1, requests: 1, spacingMs: 0}});
    const {gates, clock} = all;
    const [first] = gates.enterAtOnce(['vehicle:a']) ?? [];
    const waits = [visit(all, 'vehicle:a', 700), visit(all, 'vehicle:a', 499), visit(all, 'vehicle:a', 500)];
    gates.close('vehicle:a', told(500), [first!]);
    expect(await waits[1]).toEqual({refused: 'too-long', key: 'vehicle:a', until: 500});
    expect(gates.waiting('vehicle:a')).toBe(2);
    first?.leave('unknown');
    await clock.run(waits[0]!.then(pass => 'leave' in pass && pass.leave('passed')));
    expect(clock.now()).toBe(500);
  });

  test('is refused where too many wait, and whoever is refused is not told of an abort', async () => {
    const all = setup({...RATE, waiting: 1});
    const {gates, clock} = all;
    gates.enterAtOnce(['application'])?.[0]?.sent();
    const gone = new AbortController();
    const waits = enter(gates, 'application', gone.signal, 9);
    const urgent = enter(gates, 'application', never, 0);
    await expect(waits).rejects.toThrow('refused: full');
    gone.abort('gone');
    await clock.run(urgent);
    expect(gates.waiting('application')).toBe(0);
  });
});
