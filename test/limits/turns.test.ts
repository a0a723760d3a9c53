import {describe, expect, test} from 'vitest';
import {kindsOf} from '../../src/limits/kinds.ts';
import {Lane} from '../../src/limits/lane.ts';
import {SharedLane} from '../../src/limits/shared-lane.ts';
import {turnTaker, type TurnTaker} from '../../src/limits/turns.ts';
import type {WaitingRoom} from '../../src/limits/waiting-room.ts';
import type {PeerLink, TurnRequest, Turns} from '../../src/ports.ts';

const kind = kindsOf({
  application: {bucket: 1_000, perMinute: 60},
  vehicle: {commands: Infinity, requests: Infinity, spacingMs: 0},
})('application');

interface Setup {
  readonly turns: TurnTaker;
  readonly lane: SharedLane;
  readonly log: string[];
  /** The others answer the request that was made first. */
  readonly answer: (turns: Turns) => Promise<void>;
  readonly asked: () => number;
}

function setup(): Setup {
  const log: string[] = [];
  const open: ((turns: Turns) => void)[] = [];
  const link = {
    take: () => new Promise<Turns>(resolve => open.push(resolve)),
    giveBack: (request: TurnRequest, count: number) =>
      log.push(`${request.wanted} wanted, ${count} given back`),
  } as Partial<PeerLink> as PeerLink;
  const lane = new SharedLane('application', kind);
  lane.room = {
    size: 5,
    notBefore: at => void log.push(`not before ${at}`),
  } as Partial<WaitingRoom> as WaitingRoom;
  return {
    lane,
    log,
    turns: turnTaker(link, {monotonic: () => 400}, ({key}) => log.push(`${key} settles`)),
    async answer(turns) {
      open.shift()?.(turns);
      await new Promise(setImmediate);
    },
    asked: () => open.length,
  };
}

describe('turns for those who wait', () => {
  test('are asked for once at a time; their answer is what they wait for', async () => {
    const {turns, lane, log, answer, asked} = setup();
    turns.ask(lane, 0);
    turns.ask(lane, 0);
    expect([asked(), log]).toEqual([1, []]);
    await answer({given: 3, againInMs: 0});
    expect([lane.roomFor(0), log]).toEqual([3, ['application settles']]);
  });

  test('are given back when the gate has closed meanwhile', async () => {
    const {turns, lane, log, answer} = setup();
    turns.ask(lane, 0);
    lane.close({until: 0, reason: '', limit: false}, 900, true, 0);
    await answer({given: 3, againInMs: 0});
    expect(log).toEqual(['5 wanted, 3 given back', 'application settles']);
  });

  test.each<[string, Turns, string[]]>([
    [
      'certain to come later: who may not wait so long is told',
      {given: 0, againInMs: 700, certain: true},
      ['not before 1100'],
    ],
    ['to be asked for again: nobody is told', {given: 0, againInMs: 700}, []],
    ['given: nobody is told', {given: 1, againInMs: 700, certain: true}, []],
  ])('are %s', async (_what, answered, told) => {
    const {turns, lane, log, answer} = setup();
    turns.ask(lane, 0);
    await answer(answered);
    expect(log).toEqual([...told, 'application settles']);
  });

  test('that are certain to come later concern nobody where nobody waits', async () => {
    const {turns, lane, log, answer} = setup();
    turns.ask(lane, 0);
    lane.room = undefined;
    await answer({given: 0, againInMs: 700, certain: true});
    expect(log).toEqual(['application settles']);
  });
});

describe('a turn for one newcomer', () => {
  test('comes with the answer, and settles nobody else', async () => {
    const {turns, lane, log, answer} = setup();
    const asking = turns.askApart(lane, 0);
    await answer({given: 1, againInMs: 0});
    await expect(asking).resolves.toBeUndefined();
    expect([lane.roomFor(0), log]).toEqual([1, []]);
  });

  test('is asked for by 50 at once; beyond that one asks for all', async () => {
    const {turns, lane, answer, asked} = setup();
    for (let count = 0; count < 49; count++) expect(turns.askApart(lane, 0)).toBeDefined();
    expect(turns.askApart(lane, 0)).toBeDefined();
    expect(turns.askApart(lane, 0)).toBeUndefined();
    expect(asked()).toBe(50);
    await answer({given: 0, againInMs: 0});
    expect(turns.askApart(lane, 400)).toBeDefined();
    expect(turns.askApart(lane, 400)).toBeUndefined();
  });

  test('is not asked for where none is needed', () => {
    const {turns, asked} = setup();
    const free = new SharedLane(
      'user:ada',
      kindsOf({vehicle: {commands: 1, requests: 1, spacingMs: 0}})('user:ada'),
    );
    expect(turns.askApart(free, 0)).toBeUndefined();
    turns.ask(free, 0);
    expect(asked()).toBe(0);
  });
});

describe('turns that nobody uses', () => {
  test('go back to what they were asked with, once', async () => {
    const {turns, lane, log, answer} = setup();
    turns.ask(lane, 0);
    await answer({given: 3, againInMs: 0});
    log.length = 0;
    turns.drop(lane);
    turns.drop(lane);
    expect(log).toEqual(['5 wanted, 3 given back']);
  });

  test('are one for a call that was never sent', () => {
    const {turns, lane, log} = setup();
    turns.unused(lane);
    expect(log).toEqual(['1 wanted, 1 given back']);
  });

  test('are none where nothing was asked for', () => {
    const {turns, lane, log} = setup();
    turns.drop(lane);
    expect(log).toEqual([]);
  });
});

test('a lane of this process alone needs no turns', () => {
  const {turns, log, asked} = setup();
  const lane = new Lane('application', kind);
  turns.ask(lane, 0);
  expect(turns.askApart(lane, 0)).toBeUndefined();
  turns.drop(lane);
  turns.unused(lane);
  expect([asked(), log]).toEqual([0, []]);
});
