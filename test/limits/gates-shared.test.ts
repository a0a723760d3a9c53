import {describe, expect, test} from 'vitest';
import {enter, never, setup as setupAlone} from './support/gates.ts';
import {newsOf, setupWithLine as setup, USER} from './support/line.ts';

const RATE = {application: {bucket: 1, perMinute: 60}};
const told = (until: number): {until: number; reason: string} => ({until, reason: 'told'});
const PACE = {intervalMs: 1_000, size: 1, manner: {streak: 0, patience: 8, rising: false, step: 0.5}};

describe('a process that is alone', () => {
  test('shares nothing, has missed nothing, and has nobody to ask for a turn', async () => {
    const {gates} = setupAlone(RATE);
    expect([gates.shared, gates.current]).toEqual([false, true]);
    await expect(gates.sync()).resolves.toBeUndefined();
    expect(gates.enterByTurn('application')).toBeUndefined();
  });

  test('hears of no other', () => {
    const {gates, log} = setupAlone();
    gates.hear('closed', {key: 'user:ada', restMs: 500, reason: 'told', failedProbes: 0, passed: false});
    gates.turnFree('user:ada');
    expect(log).toEqual([]);
    expect(gates.shut(['user:ada'])).toBeUndefined();
  });
});

describe('a process with others', () => {
  test('shares, and knows as much as its line', async () => {
    const {gates, line} = setup();
    expect([gates.shared, gates.current]).toEqual([true, true]);
    line.current = false;
    expect(gates.current).toBe(false);
    await gates.sync();
    expect(line.log).toEqual(['sync']);
  });
});

describe('what happens here is told:', () => {
  test('that a gate has closed, and that its probe has come through', async () => {
    const {gates, clock, line} = setup();
    gates.close(USER, told(500), []);
    expect(line.log).toEqual([`tell closed ${USER}`]);
    expect(line.news).toEqual([newsOf()]);
    await clock.advance(500);
    const probe = await enter(gates, USER);
    probe.sent();
    probe.leave('passed');
    expect(line.log).toEqual([`tell closed ${USER}`, `tell passed ${USER}`]);
    expect(line.news[1]).toEqual(newsOf({restMs: 0, passed: true}));
  });

  test('nothing of what comes after the probe', async () => {
    const {gates, clock, line} = setup();
    gates.close(USER, told(500), []);
    await clock.advance(500);
    const waits = [1, 2, 3].map(() => enter(gates, USER));
    for (const one of waits) (await one).leave('passed');
    expect(line.log).toEqual([`tell closed ${USER}`, `tell passed ${USER}`]);
  });

  test('that a probe is over, whatever came of it', async () => {
    const {gates, clock, line} = setup();
    gates.close(USER, told(500), []);
    await clock.advance(500);
    const probe = await enter(gates, USER);
    probe.leave('unknown');
    expect(line.log).toEqual([`tell closed ${USER}`, `probe over ${USER}`]);

    const again = await enter(gates, USER);
    gates.close(USER, told(900), [again]);
    again.leave('unknown');
    expect(line.log.slice(2)).toEqual([`tell closed ${USER}`, `probe over ${USER}`]);
  });

  test('not that a probe is over where the next one has gone already', async () => {
    const {gates, clock, line} = setup();
    gates.close(USER, told(500), []);
    await clock.advance(500);
    const hanging = await enter(gates, USER);
    const next = enter(gates, USER);
    await clock.run(next);
    hanging.leave('unknown');
    expect(line.log).toEqual([`tell closed ${USER}`]);
  });

  test('not that an old probe has come through, after the gate closed again and another did', async () => {
    const {gates, clock, line} = setup();
    gates.close(USER, told(500), []);
    await clock.advance(500);
    const old = await enter(gates, USER);
    line.member.gate('closed', newsOf());
    await clock.advance(500);
    (await enter(gates, USER)).leave('passed');
    old.leave('passed');
    expect(line.log).toEqual([`tell closed ${USER}`, `tell passed ${USER}`, `probe over ${USER}`]);
  });

  test('that old news has shut it for longer', async () => {
    const {gates, clock, line} = setup({vehicle: {commands: 1, requests: 5, spacingMs: 0}});
    const [slow] = gates.enterAtOnce(['vehicle:a']) ?? [];
    gates.close('vehicle:a', told(500), []);
    gates.close('vehicle:a', told(400), [slow!]);
    gates.close('vehicle:a', told(900), [slow!]);
    expect(line.log).toEqual(['tell closed vehicle:a', 'tell extended vehicle:a']);
    expect(line.news[1]?.restMs).toBe(900);
    await clock.advance(0);
  });

  test('that it was opened by hand', () => {
    const {gates, line} = setup();
    expect(gates.reopen(USER)).toBe(false);
    gates.close(USER, told(500), []);
    expect(gates.reopen(USER)).toBe(true);
    expect(line.log).toEqual([`tell closed ${USER}`, `tell reopened ${USER}`]);
  });

  test('that a pace has quickened, unless that is told with the probe', async () => {
    const {gates, clock, line, log} = setup();
    gates.close(USER, {...told(1_000), limit: true}, []);
    await clock.advance(1_000);
    const calls = [1, 2].map(async () => {
      const pass = await enter(gates, USER);
      pass.sent();
      pass.leave('passed');
    });
    await clock.run(Promise.all(calls));
    expect(line.log).toEqual([`tell closed ${USER}`, `tell passed ${USER}`, `tell paced ${USER}`]);
    expect(line.news.map(({pace}) => pace?.intervalMs)).toEqual([1_005, 502.5, 251.25]);
    expect(log.filter(one => one.startsWith('paced'))).toHaveLength(3);
  });
});

describe('what is heard of a gate', () => {
  test('that has closed elsewhere holds here, and is said once', async () => {
    const {gates, line, log, clock} = setup();
    line.member.gate('closed', newsOf());
    expect(gates.shut([USER])).toEqual({key: USER, until: 500, restMs: 500, reason: 'told'});
    expect(log).toEqual([`closed ${USER} until 500`]);
    await clock.advance(500);
    expect((await enter(gates, USER)).failedProbes).toBe(1);
  });

  test('that has closed with a pace is said with it', () => {
    const {line, log} = setup();
    line.member.gate('closed', newsOf({pace: PACE}));
    line.member.gate('closed', newsOf({pace: PACE}));
    expect(log).toEqual([`closed ${USER} until 500`, `paced ${USER} 1000`, `closed ${USER} until 500`]);
  });

  test('that was shut until now is not said to be shut', () => {
    const {gates, line, log} = setup();
    line.member.gate('closed', newsOf({restMs: 0}));
    expect(log).toEqual([]);
    expect(gates.quiet).toBe(false);
  });

  test('that is shut for longer holds, and for shorter says nothing', () => {
    const {gates, line, log} = setup();
    line.member.gate('extended', newsOf());
    line.member.gate('extended', newsOf({restMs: 400}));
    expect(log).toEqual([`closed ${USER} until 500`]);
    expect(gates.shut([USER])?.restMs).toBe(500);
  });

  test('that is shut for longer is not eased before its time, though it was open here', () => {
    const {gates, line} = setup();
    line.member.gate('extended', newsOf({passed: true}));
    gates.ease(USER);
    expect(gates.shut([USER])?.restMs).toBe(500);
  });

  test('that was opened by hand opens here', async () => {
    const {gates, line, log} = setup();
    line.member.gate('reopened', newsOf({restMs: 0}));
    expect(gates.quiet).toBe(true);
    line.member.gate('closed', newsOf());
    const waits = enter(gates, USER);
    line.member.gate('reopened', newsOf({restMs: 0}));
    expect((await waits).failedProbes).toBe(1);
    expect(log).toEqual([`closed ${USER} until 500`]);
  });

  test('that has a pace by now is said, and that it has none any more', () => {
    const {line, log} = setup();
    line.member.gate('paced', newsOf({restMs: 0, passed: true, pace: PACE}));
    line.member.gate('paced', newsOf({restMs: 0, passed: true, pace: PACE}));
    line.member.gate('paced', newsOf({restMs: 0, passed: true}));
    expect(log).toEqual([`paced ${USER} 1000`, `paced ${USER} no more`]);
  });

  test('that paces while it is shut does not close it a second time', () => {
    const {line, log} = setup();
    line.member.gate('closed', newsOf());
    line.member.gate('paced', newsOf({pace: PACE}));
    expect(log).toEqual([`closed ${USER} until 500`, `paced ${USER} 1000`]);
  });

  test('whose probe came through elsewhere lets those go who wait here', async () => {
    const {gates, line, clock} = setup();
    line.answer = () => ({given: 0, againInMs: 10_000});
    line.member.gate('closed', newsOf());
    const waits = [1, 2].map(() => enter(gates, USER));
    await clock.advance(500);
    expect(gates.waiting(USER)).toBe(2);
    line.member.gate('passed', newsOf({restMs: 0, passed: true}));
    await Promise.all(waits);
    expect(clock.now()).toBe(500);
  });

  test('sends away who may not wait so long, and nobody else', async () => {
    const {gates, line, clock} = setup({vehicle: {commands: 1, requests: 1, spacingMs: 0}});
    const key = 'vehicle:a';
    gates.enterAtOnce([key]);
    const hasty = gates.enter(key, {priority: 5, latest: 499}, never);
    const patient = gates.enter(key, {priority: 5, latest: 500}, never);
    line.member.gate('closed', newsOf({key}));
    expect(await hasty).toEqual({refused: 'too-long', key, until: 500});
    expect(gates.waiting(key)).toBe(1);
    patient.catch(() => undefined);
    await clock.advance(0);
  });
});
