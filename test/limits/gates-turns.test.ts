import {describe, expect, test} from 'vitest';
import {enter, type Setup} from './support/gates.ts';
import {newsOf, setupWithLine as setup, USER, type Line} from './support/line.ts';

const RATE = {application: {bucket: 2, perMinute: 60}};
const told = (until: number): {until: number; reason: string} => ({until, reason: 'told'});

/** Two have gone at once, one waits for the rate, and there are three turns more. */
async function withTurnsLeft(): Promise<ReturnType<typeof setup>> {
  const all = setup(RATE);
  all.line.answer = () => ({given: 5, againInMs: 0});
  const going = [1, 2, 3].map(() => enter(all.gates, 'application'));
  for (const one of going.slice(0, 2)) (await one).sent();
  await all.clock.advance(0);
  expect([all.gates.waiting('application'), all.line.asked.length]).toEqual([1, 1]);
  return all;
}

describe('a turn', () => {
  test('is asked for when the gate opens, once, and given back when it has closed again by then', async () => {
    const {gates, clock, line} = setup();
    gates.close(USER, told(500), []);
    let give: (() => void) | undefined;
    line.answer = () =>
      new Promise(resolve => {
        give = () => resolve({given: 1, againInMs: 0});
      });
    void enter(gates, USER);
    expect(line.asked).toEqual([]);
    await clock.advance(500);
    expect(line.asked).toEqual([{key: USER, probe: true, patient: false, rate: false, wanted: 1}]);
    line.member.gate('closed', newsOf({restMs: 400}));
    give?.();
    await clock.advance(0);
    expect(line.log).toContain(`give back 1 of ${USER}`);
    expect(gates.waiting(USER)).toBe(1);
  });

  const application = newsOf({key: 'application'});
  test.each([
    ['closes here', ({gates}: Setup) => gates.close('application', told(500), []), 'tell closed application'],
    ['has closed elsewhere', (_: Setup, {member}: Line) => member.gate('closed', application)],
    ['is shut for longer elsewhere', (_: Setup, {member}: Line) => member.gate('extended', application)],
  ] as const)('that was not taken yet is given back where the gate %s', async (_, close, ...saying) => {
    const all = await withTurnsLeft();
    close(all, all.line);
    expect(all.line.log).toEqual(['give back 3 of application', ...saying]);
  });

  test('that was not taken yet is kept where other news come', async () => {
    const {line} = await withTurnsLeft();
    line.member.gate('paced', newsOf({key: 'application', restMs: 0, passed: true}));
    expect(line.log).toEqual([]);
  });

  test('is asked for again when the others say, and at once when one is free', async () => {
    const {gates, clock, line} = setup();
    gates.close(USER, told(500), []);
    line.answer = () => ({given: 0, againInMs: 1_000});
    const waits = enter(gates, USER);
    await clock.advance(500);
    await clock.advance(999);
    expect(line.asked).toHaveLength(1);
    await clock.advance(1);
    expect(line.asked).toHaveLength(2);
    line.answer = undefined;
    line.member.turnFree('user:unknown');
    expect(line.asked).toHaveLength(2);
    line.member.turnFree(USER);
    expect((await waits).failedProbes).toBe(1);
    expect(clock.now()).toBe(1_500);
  });

  test('of a call that was never sent goes to the others', async () => {
    const {gates, line, clock} = setup(RATE);
    const pass = await gates.enterByTurn('application');
    pass?.leave('unknown');
    expect(line.log).toEqual(['give back 1 of application']);
    await clock.advance(0);
  });
});

describe('a newcomer who asks for a turn', () => {
  test('has a place where one is given', async () => {
    const {gates, line} = setup(RATE);
    expect(gates.enterAtOnce(['application'])).toBeUndefined();
    expect(await gates.enterByTurn('application')).toMatchObject({key: 'application', failedProbes: 0});
    expect(line.asked).toEqual([{key: 'application', probe: false, patient: false, rate: true, wanted: 1}]);
    expect(gates.list()[0]?.inFlight).toBe(1);
  });

  test('has none where none is given, or the gate has shut meanwhile', async () => {
    const {gates, line, clock} = setup(RATE);
    line.answer = () => ({given: 0, againInMs: 1_000});
    expect(await gates.enterByTurn('application')).toBeUndefined();
    expect(gates.list()[0]?.inFlight).toBe(0);
    await clock.advance(1_000);
    line.answer = () => {
      gates.close('application', told(clock.now() + 500), []);
      return {given: 1, againInMs: 0};
    };
    expect(await gates.enterByTurn('application')).toBeUndefined();
    expect(line.log).toEqual(['tell closed application', 'give back 1 of application']);
  });

  test('has none where others have come to wait meanwhile: those are first', async () => {
    const {gates, line, clock} = setup(RATE);
    let other: Promise<unknown> | undefined;
    line.answer = request => {
      line.answer = () => clock.sleep(10).then(() => ({given: 1, againInMs: 0}));
      other = enter(gates, 'application');
      return {given: request.wanted, againInMs: 0};
    };
    expect(await gates.enterByTurn('application')).toBeUndefined();
    await other;
    expect([gates.list()[0]?.inFlight, clock.now()]).toEqual([1, 0]);
  });

  test('does not ask where nothing is shared, or others wait', async () => {
    const {gates, line, clock} = setup(RATE);
    expect(gates.enterByTurn(USER)).toBeUndefined();
    expect(gates.enterByTurn('commands:a')).toBeUndefined();
    line.answer = () => clock.sleep(10).then(() => ({given: 1, againInMs: 0}));
    void enter(gates, 'application');
    const asked = line.asked.length;
    expect(gates.enterByTurn('application')).toBeUndefined();
    expect(line.asked).toHaveLength(asked);
  });
});
