import {describe, expect, test} from 'vitest';
import {SharedLane} from '../../src/limits/shared-lane.ts';
import {go, laneOf, limit, shut, waits} from './support/lane.ts';

describe('a lane of which nothing is known', () => {
  test('lets everybody go at once', () => {
    const lane = laneOf();
    expect([lane.readyInMs(0), lane.roomFor(0), lane.soonestInMs(0, 5), lane.restMs(0)]).toEqual([
      0,
      Infinity,
      0,
      0,
    ]);
    expect([lane.inside, lane.waiting, lane.needsTurn, lane.failedProbes]).toEqual([0, 0, false, 0]);
    expect([lane.until, lane.reason, lane.pace, lane.rate, lane.source]).toEqual([
      0,
      '',
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('needs no look at the clock', () => {
    const lane = laneOf();
    expect([lane.clear, lane.timeless]).toEqual([true, true]);
    lane.enter();
    expect([lane.clear, lane.inside]).toEqual([true, 1]);
  });

  test('needs none to enter, but one to leave, while what is documented is all that is known', () => {
    const lane = laneOf({documented: {size: 2, intervalMs: 1_000}});
    expect([lane.clear, lane.timeless]).toEqual([true, false]);
  });
});

describe('the clock has to be looked at', () => {
  test('by the one who makes it a crowd, and not before', () => {
    const lane = laneOf({crowd: 3});
    lane.enter();
    expect(lane.clear).toBe(true);
    lane.enter();
    expect([lane.clear, lane.timeless]).toEqual([false, false]);
  });

  test('where places are counted', () => {
    expect(laneOf({places: 9}).clear).toBe(false);
  });

  test('where a rate is set', () => {
    expect(laneOf({rate: {intervalMs: 1_000, size: 5}}).clear).toBe(false);
  });

  test('where a pace was heard of', () => {
    const {kind} = laneOf();
    const lane = new SharedLane('application', kind);
    expect(lane.clear).toBe(true);
    const manner = {streak: 0, patience: 8, rising: false, step: 0.5};
    const pace = {intervalMs: 1_000, size: 5, manner};
    const news = {key: 'application', restMs: 0, reason: '', failedProbes: 0, passed: true, pace};
    lane.hear('paced', news, 0, 0);
    expect(lane.clear).toBe(false);
  });

  test('where somebody waits', () => {
    const lane = laneOf();
    const leave = waits(lane);
    expect([lane.clear, lane.waiting]).toEqual([false, 1]);
    leave();
    expect(lane.waiting).toBe(0);
  });

  test('where it opens to all, and old news shuts it again', () => {
    const lane = laneOf({opening: 'all'});
    shut(lane, 0, 500);
    go(lane, 500).back(600);
    expect(lane.roomFor(600)).toBe(Infinity);
    shut(lane, 600, 900, {current: false});
    expect(lane.clear).toBe(false);
    expect(lane.roomFor(899)).toBe(0);
    expect(lane.roomFor(900)).toBe(Infinity);
  });
});

describe('a closed gate', () => {
  test('lets nobody go before its time, and one then', () => {
    const lane = laneOf();
    expect(shut(lane, 100, 500)).toBe(true);

    expect([lane.restMs(100), lane.readyInMs(100), lane.soonestInMs(100, 0)]).toEqual([400, 400, 400]);
    expect([lane.roomFor(499), lane.readyInMs(499)]).toEqual([0, 1]);
    expect([lane.roomFor(500), lane.readyInMs(500), lane.restMs(500)]).toEqual([1, 0, 0]);
    expect([lane.restMs(501), lane.soonestInMs(501, 3)]).toEqual([0, 0]);
    expect([lane.until, lane.reason]).toEqual([1_000_500, 'told']);
    expect([lane.probing, lane.recovering]).toEqual([true, true]);
  });

  test('lets its probe go alone, in the very moment in which it opens too', () => {
    const lane = laneOf();
    shut(lane, 0, 500);
    expect(go(lane, 500).failedProbes).toBe(1);
    expect([lane.roomFor(500), lane.readyInMs(500)]).toEqual([0, 10_000]);
  });

  test('counts the probes that failed in a row, until one comes through', () => {
    const lane = laneOf();
    shut(lane, 0, 500);
    for (const failed of [1, 2, 3]) {
      const probe = go(lane, failed * 1_000);
      expect(probe.failedProbes).toBe(failed);
      shut(lane, failed * 1_000, failed * 1_000 + 500);
      probe.back(failed * 1_000, false);
      expect(lane.failedProbes).toBe(failed);
    }
    const probe = go(lane, 4_000);
    expect(probe.failedProbes).toBe(4);
    probe.back(4_000);
    expect(lane.failedProbes).toBe(0);
    expect(go(lane, 4_000).failedProbes).toBe(0);
  });

  test('forgets failed probes when it closes after one has come through', () => {
    const lane = laneOf();
    shut(lane, 0, 500);
    shut(lane, 500, 900);
    expect(lane.failedProbes).toBe(1);
    go(lane, 900).back(950);
    shut(lane, 950, 1_200);
    expect([lane.failedProbes, go(lane, 1_200).failedProbes]).toEqual([0, 1]);
  });

  test('stays shut for as long as was told first, where less is told later', () => {
    const lane = laneOf();
    shut(lane, 0, 500, {reason: 'first'});
    expect(shut(lane, 100, 300, {reason: 'later'})).toBe(true);
    expect([lane.restMs(100), lane.reason, lane.until]).toEqual([400, 'first', 1_000_500]);
    expect(shut(lane, 100, 500, {reason: 'as long'})).toBe(true);
    expect(lane.reason).toBe('as long');
  });

  test('may open for its probe earlier, where somebody knows better', () => {
    const lane = laneOf();
    limit(lane, 0, 500);
    lane.openAt(200);
    expect([lane.restMs(200), lane.readyInMs(200), lane.roomFor(200)]).toEqual([0, 0, 1]);
  });
});

describe('old news of one who was sent before the gate closed', () => {
  test('changes nothing where it tells no more', () => {
    const lane = laneOf();
    shut(lane, 0, 500);
    expect(shut(lane, 100, 500, {current: false, reason: 'old'})).toBe(false);
    expect([lane.reason, lane.restMs(100)]).toEqual(['told', 400]);
  });

  test('makes it longer, and leaves the probe what it is', () => {
    const lane = laneOf();
    shut(lane, 0, 500);
    const {epoch} = lane;
    expect(shut(lane, 100, 501, {current: false, reason: 'old'})).toBe(true);
    expect([lane.reason, lane.restMs(100), lane.epoch, lane.failedProbes]).toEqual(['old', 401, epoch, 0]);
    expect([lane.roomFor(501), lane.probing]).toEqual([1, true]);
  });

  test('teaches no pace', () => {
    const lane = laneOf();
    shut(lane, 0, 500, {current: false, limit: true, toldMs: 500});
    expect(lane.pace).toBeUndefined();
  });

  test('shuts an open gate as any other: a probe goes first', () => {
    const lane = laneOf();
    shut(lane, 0, 500, {current: false});
    expect([lane.probing, lane.roomFor(500)]).toEqual([true, 1]);
  });

  test('does not ask for a probe again while the gate is opening', () => {
    const lane = laneOf();
    shut(lane, 0, 500);
    go(lane, 500).back(600);
    expect(lane.roomFor(600)).toBe(2);
    shut(lane, 600, 900, {current: false});
    expect([lane.roomFor(899), lane.roomFor(900), lane.probing]).toEqual([0, 2, false]);
  });

  test('waits for one that was let in without a look at the clock: nobody knows since when it hangs', () => {
    const lane = laneOf();
    lane.enter();
    shut(lane, 0, 500, {current: false});
    expect(lane.readyInMs(500)).toBe(Infinity);
  });
});
