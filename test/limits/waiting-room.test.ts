import {setTimeout} from 'node:timers/promises';
import * as fc from 'fast-check';
import {describe, expect, test, vi} from 'vitest';
import {waitingRoom, type Waiter} from '../../src/limits/waiting-room.ts';
import {callOn, setup, type Setup} from './support/waiting-room.ts';

describe('those who wait', () => {
  test('go in the order of their urgency, and of their coming among equals', async () => {
    const {room, log, come, settle} = setup(100, callOn);
    for (const [name, priority] of [
      ['a5', 5],
      ['b9', 9],
      ['c0', 0],
      ['d5', 5],
      ['e0', 0],
      ['f4', 4],
    ] as const)
      come(name, priority);
    room.call();
    await settle();

    expect(log).toEqual(['c0', 'e0', 'f4', 'a5', 'd5', 'b9']);
    expect(room.size).toBe(0);
  });

  test('stay until they are called, in a room that holds no clock either', async () => {
    const gone: string[] = [];
    const room = waitingRoom(100, () => undefined);
    const waiter = (name: string): Waiter => ({
      priority: 5,
      latest: Infinity,
      turn: () => gone.push(name) > 0,
      refuse: () => undefined,
    });
    for (const name of ['a', 'b', 'c']) room.enter(waiter(name));
    for (let turn = 0; turn < 20; turn++) await setTimeout(0);
    expect(gone).toEqual([]);
    room.call();
    await vi.waitUntil(() => gone.length > 0);
    expect(gone).toEqual(['a']);
    room.callAll();
  });

  test('go one with each call, however often the same turn is called', async () => {
    const {room, log, come, settle} = setup();
    for (const name of ['a', 'b', 'c']) come(name);
    room.call();
    room.call();
    room.call();
    await settle();
    expect(log).toEqual(['a']);
    room.call();
    await settle();
    expect(log).toEqual(['a', 'b']);
    room.callAll();
  });

  test('let someone more urgent go first who came between two turns', async () => {
    const {room, log, come, settle} = setup();
    for (const name of ['a', 'b']) come(name);
    room.call();
    await settle();
    come('urgent', 0);
    room.call();
    await settle();
    expect(log).toEqual(['a', 'urgent']);
    room.callAll();
  });

  test('keep their places when the turn came to nothing', async () => {
    const {room, log, come, settle} = setup();
    let shut = true;
    const sit = (): boolean => shut;
    for (const name of ['a', 'b', 'c']) come(name, 5, {sit});
    room.call();
    await settle();
    expect(log).toEqual([]);
    shut = false;
    for (let turn = 0; turn < 3; turn++) {
      room.call();
      await settle();
    }
    expect(log).toEqual(['a', 'b', 'c']);
  });

  test('all go at once, in the same order, when there is room for all', () => {
    const {room, log, come} = setup();
    come('a5', 5);
    come('b9', 9);
    come('c0', 0);
    come('d5', 5);
    room.callAll();

    expect(log).toEqual(['c0', 'a5', 'd5', 'b9']);
    expect(room.size).toBe(0);
  });

  test('stay where they are when all were called and one of them could not go', async () => {
    const {room, log, come, settle} = setup();
    let shut = true;
    come('a');
    come('b', 5, {sit: () => shut});
    come('c');
    room.callAll();
    expect(log).toEqual(['a', 'c']);
    come('d');
    shut = false;
    room.call();
    await settle();
    expect(log.slice(2)).toEqual(['b']);
    room.callAll();
    expect(log).toEqual(['a', 'c', 'b', 'd']);
  });

  test('know how many come before a newcomer', () => {
    const {room, come} = setup();
    for (const priority of [0, 5, 5, 9]) come(`p${priority}`, priority);
    expect([0, 4, 5, 9].map(priority => room.ahead(priority))).toEqual([1, 1, 3, 4]);
    room.callAll();
    expect(room.ahead(9)).toBe(0);
  });
});

describe('a room that has become empty', () => {
  test.each<[string, (on: Setup, all: Waiter[]) => unknown]>([
    ['by turns', ({room, settle}) => (room.call(), settle())],
    ['as all were called', ({room}) => room.callAll()],
    ['as all left', ({room}, all) => all.forEach(one => room.leave(one))],
    ['as nobody might wait so long', ({room}) => room.notBefore(2)],
  ])(
    '%s lets the next one go within the call, as there is nobody to be put in order',
    async (_how, empties) => {
      const on = setup(100, callOn);
      const all = ['a', 'b', 'c'].map(name => on.come(name, 5, {latest: 1}));
      await empties(on, all);
      expect(on.room.size).toBe(0);
      on.come('next');
      on.room.call();
      expect(on.log.at(-1)).toBe('next');
      await on.settle();
      expect(on.room.size).toBe(0);
    },
  );

  test('has had a turn when all were called, which is told once', () => {
    const {room, come, turns} = setup();
    come('a');
    room.callAll();
    expect(turns()).toBe(1);
  });
});

describe('a full room', () => {
  test('refuses the newcomer when all in it are as urgent', () => {
    const {room, log, come} = setup(2);
    for (const name of ['a', 'b', 'c']) come(name);
    come('less urgent', 9);

    expect(log).toEqual(['c refused: full', 'less urgent refused: full']);
    expect(room.size).toBe(2);
    room.callAll();
  });

  test('refuses the last of the least urgent for someone more urgent', () => {
    const {room, log, come} = setup(4);
    come('a9', 9);
    come('b7', 7);
    come('c9', 9);
    come('d5', 5);
    for (const [name, priority] of [
      ['e6', 6],
      ['f6', 6],
      ['g6', 6],
      ['h6', 6],
      ['i0', 0],
    ] as const)
      come(name, priority);

    expect(log).toEqual(['c9', 'a9', 'b7', 'h6', 'g6'].map(name => `${name} refused: full`));
    room.callAll();
    expect(log.slice(5)).toEqual(['i0', 'd5', 'e6', 'f6']);
  });

  test('never holds more than it may, and the most urgent are those who stay', () => {
    const property = fc.property(
      fc.array(fc.nat(9), {maxLength: 40}),
      fc.integer({min: 1, max: 8}),
      (priorities, most) => {
        const {room, log, come} = setup(most);
        for (const [number, priority] of priorities.entries()) {
          come(`${priority}.${number}`, priority);
          expect(room.size).toBeLessThanOrEqual(most);
        }
        const names = priorities.map((priority, number) => ({priority, name: `${priority}.${number}`}));
        const inOrder = names.toSorted((one, other) => one.priority - other.priority).map(({name}) => name);
        const refused = log.length;
        room.callAll();
        expect(log.slice(refused)).toEqual(inOrder.slice(0, most));
        expect(refused).toBe(Math.max(0, priorities.length - most));
      },
    );
    fc.assert(property, {seed: 9, numRuns: 300});
  });
});

describe('those who may not wait until the gate opens', () => {
  test('are refused, and the others keep their order', async () => {
    const {room, log, come, settle} = setup(100, callOn);
    come('a', 5, {latest: 500});
    come('b', 5, {latest: 1_000});
    come('c', 0, {latest: 999});
    come('d', 0, {latest: 2_000});
    room.notBefore(1_000);
    expect(log).toEqual(['a refused: too-long', 'c refused: too-long']);
    room.call();
    await settle();
    expect(log.slice(2)).toEqual(['d', 'b']);
  });
});
