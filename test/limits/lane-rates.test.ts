import {describe, expect, test} from 'vitest';
import {go, laneOf, limit, shut} from './support/lane.ts';

const SECOND = {intervalMs: 1_000, size: 1};

describe('a rate that was set', () => {
  test('lets so many go at once, and then one after another', () => {
    const lane = laneOf({rate: {intervalMs: 1_000, size: 3}});
    expect(lane.roomFor(0)).toBe(3);
    for (let call = 0; call < 3; call++) go(lane, 0);
    expect([lane.roomFor(0), lane.readyInMs(0), lane.readyInMs(1_000)]).toEqual([0, 1_000, 0]);
  });

  test('says when those behind others have their turn', () => {
    const lane = laneOf({rate: SECOND});
    go(lane, 0);
    expect([lane.soonestInMs(0, 0), lane.soonestInMs(0, 4)]).toEqual([1_000, 5_000]);
  });

  test('is shown to people', () => {
    const lane = laneOf({rate: SECOND});
    expect(lane.rate).toMatchObject({learned: false, bucket: SECOND});
    expect(lane.pace).toBeUndefined();
  });

  test('that lets no two go at once counts from when one was really sent', () => {
    const lane = laneOf({rate: SECOND});
    go(lane, 0);
    lane.sent(700);
    expect([lane.earlyMs(700), lane.earlyMs(1_699), lane.earlyMs(1_700)]).toEqual([1_000, 1, 0]);
    expect(lane.readyInMs(1_000)).toBe(700);
  });

  test('that lets two go at once does not', () => {
    const lane = laneOf({rate: {intervalMs: 1_000, size: 2}});
    go(lane, 0);
    lane.sent(700);
    expect(lane.earlyMs(700)).toBe(0);
  });

  test('is not early by what a clock rounds away', () => {
    const lane = laneOf({rate: SECOND});
    lane.sent(0);
    expect(lane.earlyMs(1_000 - 0.001)).toBe(0);
    expect(lane.earlyMs(1_000 - 0.01)).toBeCloseTo(0.01);
  });

  test('knows nothing to be early of before the first was sent', () => {
    expect(laneOf({rate: SECOND}).earlyMs(-5)).toBe(0);
  });
});

describe('a token of a call that was never sent', () => {
  test('is given back', () => {
    const lane = laneOf({rate: SECOND});
    go(lane, 0);
    lane.giveBack(lane.source!);
    expect(lane.readyInMs(0)).toBe(0);
  });

  test('is forgotten where the bucket was filled since', () => {
    const lane = laneOf({rate: SECOND});
    go(lane, 0);
    const source = lane.source!;
    go(lane, 5_000);
    lane.giveBack(source);
    expect(lane.readyInMs(5_000)).toBe(1_000);
  });

  test('is given back to a pace that was learned too, unless that was emptied since', () => {
    const lane = laneOf({learnedSize: 2});
    limit(lane, 0, 1_000);
    const probe = go(lane, 1_000);
    lane.giveBack(lane.source!);
    probe.back(1_000, false);
    expect(lane.readyInMs(1_000)).toBe(0);
    const again = go(lane, 1_000);
    const source = lane.source!;
    shut(lane, 1_100, 3_000);
    lane.giveBack(source);
    again.back(1_100, false);
    expect([lane.roomFor(3_000), lane.roomFor(2_999)]).toEqual([1, 0]);
    go(lane, 3_000).back(3_000);
    expect(lane.readyInMs(3_000)).toBeGreaterThan(0);
  });

  test('of two rates goes back to each', () => {
    const lane = laneOf({rate: SECOND});
    limit(lane, 0, 2_000);
    const {fixedAt, learnedAt} = lane.source!;
    expect([fixedAt, learnedAt]).toEqual([-Infinity, 2_000]);
  });
});

describe('what is documented', () => {
  const documented = {size: 2, intervalMs: 1_000};

  test('is forgotten when more has come through', () => {
    const lane = laneOf({documented});
    for (let call = 0; call < 2; call++) go(lane, 0).back(0);
    expect([lane.clear, lane.timeless]).toEqual([true, false]);
    go(lane, 0).back(0);
    expect(lane.timeless).toBe(true);
  });

  test('is not forgotten for calls that failed, or no more than it gives', () => {
    const lane = laneOf({documented});
    for (let call = 0; call < 9; call++) go(lane, 0).back(0, false);
    for (let call = 0; call < 9; call++) go(lane, call * 1_000).back(call * 1_000);
    expect(lane.timeless).toBe(false);
  });

  test('is counted for those too who were let in before a gate closed', () => {
    const lane = laneOf({documented: {size: 1, intervalMs: 1_000}, crowd: 2, opening: 'all'});
    const old = [go(lane, 0), go(lane, 0)];
    shut(lane, 0, 500);
    for (const call of old) call.back(10);
    go(lane, 500).back(500);
    lane.recovered(500);
    // Nothing is known against a crowd any more.
    const {epoch} = lane;
    for (let call = 0; call < 2; call++) go(lane, 500);
    expect(lane.epoch).toBe(epoch);
  });
});
