import {describe, expect, test} from 'vitest';
import {callOn, realTimers, setup} from './support/waiting-room.ts';

describe('those who leave', () => {
  test('get no turn, and nobody else loses one', async () => {
    const {room, log, come, settle} = setup(100, callOn);
    const [a, , c] = ['a', 'b', 'c', 'd'].map(name => come(name));
    room.leave(a!);
    room.leave(c!);
    room.leave(c!);
    expect([room.size, room.ahead(5)]).toEqual([2, 2]);
    room.call();
    await settle();
    expect(log).toEqual(['b', 'd']);
  });

  test('do not stop the turn that is under way', async () => {
    const {room, log, come, settle} = setup(100, callOn);
    const a = come('a');
    come('b');
    room.call();
    room.leave(a);
    await settle();
    expect(log).toEqual(['b']);
  });

  test('stand in nobody’s way, thousands of them, and cost no more than a thousand turns', async () => {
    const {room, log, come, settle, turns} = setup(100_000, callOn);
    const gone = Array.from({length: 5_000}, (_, number) => come(`ghost ${number}`, 0));
    come('a');
    come('b');
    for (const ghost of gone) room.leave(ghost);
    const before = turns();
    room.call();
    await settle();

    expect(log).toEqual(['a', 'b']);
    expect(turns() - before).toBeLessThanOrEqual(1_005);
  });

  test('stand in nobody’s way when they were refused, thousands of them', async () => {
    const {room, log, come, settle, turns} = setup(100_000, callOn);
    for (let number = 0; number < 5_000; number++) come(`hasty ${number}`, 0, {latest: 1});
    come('a');
    come('b');
    room.notBefore(2);
    log.length = 0;
    const before = turns();
    room.call();
    await settle();

    expect(log).toEqual(['a', 'b']);
    expect(turns() - before).toBeLessThanOrEqual(1_005);
  });

  test('leave nothing behind when they come and go for ever while one waits', () => {
    const {room, come} = setup();
    const one = come('patient');
    for (let round = 0; round < 20; round++) {
      const guests = Array.from({length: 500}, (_, number) => come(`guest ${number}`));
      for (const guest of guests) room.leave(guest);
    }
    expect([room.size, room.ahead(9)]).toEqual([1, 1]);
    room.leave(one);
    expect([room.size, room.ahead(9)]).toEqual([0, 0]);
  });
});

describe('an empty room', () => {
  test('keeps nothing running, whichever way it became empty', async () => {
    const {room, come, settle} = setup();
    await settle();
    const before = realTimers();
    const ways: ((names: ReturnType<typeof come>[]) => void | Promise<void>)[] = [
      () => room.callAll(),
      all => all.forEach(one => room.leave(one)),
      () => room.notBefore(2),
      async () => {
        while (room.size > 0) {
          room.call();
          await settle();
        }
      },
      all => {
        room.call();
        all.forEach(one => room.leave(one));
      },
    ];
    for (const way of ways) {
      const all = Array.from({length: 20}, (_, number) => come(`${number}`, number % 10, {latest: 1}));
      await way(all);
      await settle();
      expect(room.size).toBe(0);
      expect(realTimers()).toBeLessThanOrEqual(before);
    }
  });

  test('has no turn to give', async () => {
    const {room, log, settle} = setup();
    room.call();
    room.callAll();
    room.notBefore(1);
    await settle();
    expect(log).toEqual([]);
  });
});

describe('one who waits alone', () => {
  test('needs no limiter: it goes within the call, and no timer is ever set', () => {
    const {room, log, come} = setup();
    const before = realTimers();
    for (let round = 0; round < 1_000; round++) {
      come(`${round}`);
      expect(realTimers()).toBeLessThanOrEqual(before);
      room.call();
    }
    expect(log).toHaveLength(1_000);
    expect(realTimers()).toBeLessThanOrEqual(before);
  });
});
