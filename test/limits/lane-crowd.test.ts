import {describe, expect, test} from 'vitest';
import {go, laneOf, shut, waits} from './support/lane.ts';

describe('a crowd', () => {
  const documented = {size: 2, intervalMs: 1_000};
  const crowd = {crowd: 3, documented, learnedSize: 120};

  test('that fills goes on as a gate that opens, from one on', () => {
    const lane = laneOf(crowd);
    const first = go(lane, 0);
    const second = go(lane, 0);
    expect([lane.roomFor(0), lane.epoch]).toEqual([1, second.epoch]);
    const third = go(lane, 0);
    expect(third.epoch).toBeGreaterThan(second.epoch);
    expect([lane.roomFor(0), lane.readyInMs(0), lane.probing, lane.recovering]).toEqual([
      0,
      100,
      false,
      false,
    ]);

    // Who was there before says nothing about a crowd.
    first.back(10);
    expect(lane.roomFor(10)).toBe(0);
    third.back(20);
    expect([lane.roomFor(20), lane.recovering]).toEqual([2, false]);
    second.back(30);
    expect(lane.roomFor(30)).toBe(2);
  });

  test('is as wide as has proved to be well, however many were there before it', () => {
    const lane = laneOf(crowd);
    const calls = [go(lane, 0), go(lane, 0), go(lane, 0)];
    lane.recovered(0);
    calls[2]!.back(20);
    go(lane, 20).back(20);
    go(lane, 20);
    expect([lane.inside, lane.roomFor(20), lane.readyInMs(20)]).toEqual([3, 2, 0]);
  });

  test('waits for nobody longer than 100 ms', () => {
    const lane = laneOf(crowd);
    for (let call = 0; call < 3; call++) go(lane, 50);
    expect([lane.readyInMs(50), lane.readyInMs(149), lane.readyInMs(150), lane.readyInMs(999)]).toEqual([
      100, 1, 0, 0,
    ]);
  });

  test('that has become small again is none', () => {
    const lane = laneOf(crowd);
    const calls = [go(lane, 0), go(lane, 0), go(lane, 0)];
    expect([lane.recovered(600), lane.roomFor(0)]).toEqual([false, 0]);
    calls[0]!.back(10, false);
    expect(lane.recovered(600)).toBe(false);
    expect([lane.inside, lane.roomFor(10)]).toEqual([2, 1]);
    // It fills again, and is looked at again.
    const {epoch} = lane;
    expect(go(lane, 10).epoch).toBeGreaterThan(epoch);
  });

  test('is one as long as somebody waits', () => {
    const lane = laneOf(crowd);
    const calls = [go(lane, 0), go(lane, 0), go(lane, 0)];
    calls[0]!.back(10, false);
    const leave = waits(lane);
    lane.recovered(600);
    expect(lane.roomFor(10)).toBe(0);
    leave();
    lane.recovered(600);
    expect(lane.roomFor(10)).toBe(1);
  });

  test('brings news from before it began', () => {
    const lane = laneOf(crowd);
    const before = go(lane, 0);
    go(lane, 0);
    const filling = go(lane, 0);
    expect([before, filling].map(({epoch}) => lane.bringsNews(epoch))).toEqual([true, true]);
    for (const call of [before, filling]) call.back(10);
    lane.recovered(600);
    go(lane, 10);
    go(lane, 10);
    expect(lane.bringsNews(before.epoch)).toBe(true);

    shut(lane, 20, 500);
    expect([before, filling].map(({epoch}) => lane.bringsNews(epoch))).toEqual([false, false]);
    expect(lane.bringsNews(lane.epoch)).toBe(true);
  });

  test.each([
    ['more is known to be well', {...crowd, documented: undefined}],
    ['a rate is set', {...crowd, rate: {size: 120, intervalMs: 1}}],
  ])(
    'may be as large as before where %s; beyond that the next goes 100 ms later',
    (_, {documented: known, ...kind}) => {
      const lane = laneOf({...kind, ...(known && {documented: known})});
      const {epoch} = lane;
      for (let call = 0; call < 3; call++) go(lane, 50);
      expect([lane.epoch, lane.roomFor(50)]).toEqual([epoch, 0]);
      expect([lane.readyInMs(50), lane.readyInMs(149), lane.readyInMs(150), lane.readyInMs(999)]).toEqual([
        100, 1, 0, 0,
      ]);
    },
  );

  test('of those who were let in without a look at the clock is not waited for', () => {
    const lane = laneOf({crowd: 2});
    lane.enter();
    lane.enter();
    expect(lane.readyInMs(0)).toBe(0);
  });

  test('is not begun behind a gate that opens', () => {
    const lane = laneOf({...crowd, opening: 'all'});
    shut(lane, 0, 500);
    go(lane, 500).back(600);
    const {epoch} = lane;
    for (let call = 0; call < 3; call++) go(lane, 600);
    expect(lane.epoch).toBe(epoch);
  });
});
