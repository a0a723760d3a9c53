import {describe, expect, test} from 'vitest';
import {go, laneOf, limit, shut, waits} from './support/lane.ts';

describe('a limit that was met', () => {
  test('teaches a pace, and the next goes at the told time', () => {
    const lane = laneOf();
    limit(lane, 0, 2_000);
    expect(lane.pace?.intervalMs).toBe(2_010);
    expect(lane.rate).toMatchObject({learned: true, bucket: {size: 1, intervalMs: 2_010}});
    expect(lane.readyInMs(2_000)).toBe(0);
    go(lane, 2_000).back(2_100);
    expect([lane.readyInMs(2_100), lane.soonestInMs(2_100, 9)]).toEqual([1_910, 1_910]);
    expect([lane.roomFor(4_009), lane.roomFor(4_010)]).toEqual([expect.closeTo(0.9995), 1]);
  });

  test('teaches the time that the gate closes where none was told', () => {
    const lane = laneOf();
    shut(lane, 500, 4_500, {limit: true});
    expect(lane.pace?.intervalMs).toBe(4_020);
  });

  test('teaches none where it was no limit of calls', () => {
    const lane = laneOf();
    shut(lane, 0, 2_000);
    expect(lane.pace).toBeUndefined();
  });

  test('by a probe says that the time was too short, and nothing of the pace', () => {
    const lane = laneOf();
    limit(lane, 0, 2_000);
    go(lane, 2_000);
    limit(lane, 2_000, 9_000);
    expect(lane.pace?.intervalMs).toBe(2_010);
    go(lane, 9_000).back(9_000);
    limit(lane, 9_000, 11_000);
    expect(lane.pace?.intervalMs).toBe(4_031);
  });

  test('holds as much in its bucket as the kind says', () => {
    const lane = laneOf({learnedSize: 120});
    limit(lane, 0, 2_000);
    expect(lane.rate?.bucket.size).toBe(120);
  });

  test('is learned in the bucket that was set as well: the slower one holds', () => {
    const lane = laneOf({rate: {intervalMs: 5_000, size: 1}});
    go(lane, 0);
    limit(lane, 0, 2_000);
    expect(lane.readyInMs(2_000)).toBe(3_000);
    expect(lane.rate?.learned).toBe(true);
  });

  test('empties the bucket until the gate opens, for a shorter time as well', () => {
    const lane = laneOf({learnedSize: 9});
    limit(lane, 0, 2_000);
    shut(lane, 0, 1_000);
    expect([lane.readyInMs(1_000), lane.roomFor(2_000)]).toEqual([1_000, 1]);
    go(lane, 2_000).back(2_000);
    expect(lane.readyInMs(2_000)).toBe(2_010);
  });

  test('lets the probe of a gate that is opened by hand take the next token', () => {
    const lane = laneOf({learnedSize: 9});
    limit(lane, 0, 60_000);
    lane.openAt(20_000);
    go(lane, 20_000).back(20_000);
    expect(lane.readyInMs(20_000)).toBe(60_300);
  });
});

describe('calls that are sent apart by a pace', () => {
  test('are apart from when they were really sent, until the server tells a time', () => {
    const lane = laneOf();
    limit(lane, 0, 2_000);
    go(lane, 2_000).back(2_000);
    lane.sent(2_500);
    expect(lane.earlyMs(3_000)).toBe(1_510);
    // What was told last stands above a pace.
    shut(lane, 2_600, 2_700);
    expect(lane.earlyMs(2_700)).toBe(0);
    lane.sent(2_700);
    expect(lane.earlyMs(2_700)).toBe(2_010);
  });

  test('had to wait unless their token has lain there', () => {
    const lane = laneOf();
    expect(lane.paces(0)).toBe(false);
    limit(lane, 0, 2_000);
    expect([lane.paces(2_000), lane.paces(9_000)]).toEqual([true, false]);
  });
});

/** Meets a limit at 0, and calls at its pace from 1 s on, each back when the next may go. Returns when the last is back. */
function steady(lane: ReturnType<typeof laneOf>, calls: number): number {
  limit(lane, 0, 1_000);
  for (let call = 0; call < calls; call++) go(lane, 1_000 + call * 1_005).back(1_000 + (call + 1) * 1_005);
  expect(lane.pace?.intervalMs).toBe(1_005);
  return 1_000 + calls * 1_005;
}

/** A pace that one success quickens: no time was told. */
function untold(): ReturnType<typeof laneOf> {
  const lane = laneOf();
  shut(lane, 0, 1_000, {limit: true});
  return lane;
}

describe('a success', () => {
  test('that had to wait quickens the pace', () => {
    const lane = untold();
    expect(go(lane, 1_000).back(1_200)).toBe(true);
    expect(lane.pace?.intervalMs).toBe(502.5);
    // From the last call on.
    expect(lane.readyInMs(1_200)).toBe(302.5);
  });

  test('quickens nothing where its answer comes after the next could have gone, and nobody waits', () => {
    const lane = untold();
    expect(go(lane, 1_000).back(2_010)).toBe(false);
    const other = untold();
    waits(other);
    expect(go(other, 1_000).back(2_010)).toBe(true);
  });

  test.each([
    ['failed', 1_000, false],
    ['found its token saved up', 60_000, true],
  ])('is none for the pace where it %s', (_, at, passed) => {
    const lane = untold();
    waits(lane);
    expect(go(lane, at).back(at, passed)).toBe(false);
    expect(lane.pace?.intervalMs).toBe(1_005);
  });

  test('makes the streak longer, without a change that others have to hear of', () => {
    const lane = laneOf();
    limit(lane, 0, 1_000);
    const changes = Array.from({length: 8}, (_, call) => {
      const at = 1_000 + call * 1_005;
      return go(lane, at).back(at);
    });
    expect(changes).toEqual([...Array.from({length: 7}, () => false), true]);
  });

  test('ends a pace that nothing needs any more', () => {
    const lane = laneOf();
    shut(lane, 0, 30, {limit: true});
    expect(go(lane, 30).back(30)).toBe(true);
    expect(lane.pace).toBeUndefined();
  });

  test('is counted: what came through between two limits is the rate itself', () => {
    const lane = laneOf({learnedSize: 120});
    const at = steady(lane, 21);
    limit(lane, at, at + 3_000);
    expect(lane.pace?.intervalMs).toBe(Math.ceil(((at + 2_000) / 21) * 1.005));
  });

  test('is not counted where it failed, or was let in before the last limit', () => {
    const lane = laneOf({learnedSize: 120});
    const old = go(lane, 0);
    const at = steady(lane, 21);
    old.back(at);
    go(lane, at).back(at, false);
    limit(lane, at, at + 3_000);
    expect(lane.pace?.intervalMs).toBe(Math.ceil(((at + 2_000) / 21) * 1.005));
  });

  test('that found its token saved up ends the count', () => {
    const lane = laneOf({learnedSize: 120});
    const at = steady(lane, 21);
    for (let call = 0; call < 3; call++) go(lane, at + 2_000).back(at + 2_000);
    limit(lane, at + 2_000, at + 5_000);
    expect(lane.pace?.intervalMs).toBe(Math.ceil((1_005 + 3_000) * 1.005));
  });
});
