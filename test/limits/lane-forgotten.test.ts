import {describe, expect, test} from 'vitest';
import type {Lane} from '../../src/limits/lane.ts';
import {SharedLane} from '../../src/limits/shared-lane.ts';
import {go, laneOf, limit, shut, waits} from './support/lane.ts';

const HOUR_MS = 3_600_000;

/** The first of these moments at which it says nothing any more. */
const forgottenAt = (lane: Lane, ...moments: number[]): number | undefined =>
  moments.find(now => lane.forgettable(now));

describe('a lane says nothing any more', () => {
  test('where nothing ever happened', () => {
    expect(laneOf().forgettable(0)).toBe(true);
    expect(laneOf({rate: {intervalMs: 1_000, size: 2}}).forgettable(0)).toBe(true);
  });

  test('when the last one has come back', () => {
    const lane = laneOf();
    const calls = [go(lane, 0), go(lane, 0)];
    calls[0]!.back(1);
    expect(lane.forgettable(1)).toBe(false);
    calls[1]!.back(1);
    expect(lane.forgettable(1)).toBe(true);
  });

  test('when nobody waits', () => {
    const lane = laneOf();
    const leave = waits(lane);
    expect(lane.forgettable(0)).toBe(false);
    leave();
    expect(lane.forgettable(0)).toBe(true);
  });

  test('when its bucket is full again', () => {
    const lane = laneOf({rate: {intervalMs: 1_000, size: 2}});
    for (let call = 0; call < 2; call++) go(lane, 0).back(0);
    expect(forgottenAt(lane, 1_000, 1_999, 2_000)).toBe(2_000);
  });

  test('when the next may be sent: it counts from when the last one was', () => {
    const lane = laneOf({rate: {intervalMs: 1_000, size: 1}});
    const call = go(lane, 0);
    lane.sent(700);
    call.back(800);
    expect(forgottenAt(lane, 1_000, 1_699, 1_700)).toBe(1_700);
  });

  test('ten minutes after a gate that nobody came to has opened', () => {
    const lane = laneOf();
    shut(lane, 0, 500);
    expect(forgottenAt(lane, 499, 500, 600_500, 600_501)).toBe(600_501);
  });

  test('after twice the time that the gate was shut, where that is longer', () => {
    const lane = laneOf();
    shut(lane, 1_000, 1_000 + HOUR_MS);
    const openAt = 1_000 + HOUR_MS;
    expect(forgottenAt(lane, openAt + 600_001, openAt + 2 * HOUR_MS, openAt + 2 * HOUR_MS + 1)).toBe(
      openAt + 2 * HOUR_MS + 1,
    );
  });

  test('when a gate opens of which was only heard that it had been opening elsewhere', () => {
    const lane = new SharedLane('vehicle:a', laneOf().kind);
    const news = {key: 'vehicle:a', restMs: 500, reason: 'told', failedProbes: 0, passed: true};
    lane.hear('extended', news, 0, 0);
    expect(lane.recovering).toBe(false);
    expect(forgottenAt(lane, 0, 499, 500)).toBe(500);
  });

  test('at once where the gate has opened to all', () => {
    const lane = laneOf();
    shut(lane, 0, 500);
    go(lane, 500).back(600);
    expect(lane.forgettable(600)).toBe(false);
    lane.recovered(600);
    expect(lane.forgettable(600)).toBe(true);
  });
});

describe('a pace that was learned', () => {
  test('is remembered for two hours after the gate opened, though nobody came', () => {
    const lane = laneOf();
    limit(lane, 0, 60_000);
    expect(forgottenAt(lane, 60_000 + 2 * HOUR_MS, 60_001 + 2 * HOUR_MS)).toBe(60_001 + 2 * HOUR_MS);
  });

  test('is remembered no longer where it is as slow as it gets', () => {
    const lane = laneOf();
    limit(lane, 0, 60_000);
    for (let time = 0; time < 12; time++) {
      const now = 60_000 + time;
      go(lane, now).back(now);
      limit(lane, now, now + HOUR_MS);
    }
    expect(lane.pace?.intervalMs).toBe(HOUR_MS);
    const openAt = 60_000 + 11 + HOUR_MS;
    expect(forgottenAt(lane, openAt + 2 * HOUR_MS, openAt + 2 * HOUR_MS + 1)).toBe(openAt + 2 * HOUR_MS + 1);
  });

  test('is remembered for two hours after somebody had to wait for it', () => {
    const lane = laneOf();
    limit(lane, 0, 60_000);
    go(lane, 60_000).back(60_000);
    lane.recovered(60_000);
    const paced = go(lane, 120_300);
    expect(paced.paced).toBe(true);
    paced.back(HOUR_MS);
    expect(forgottenAt(lane, 3 * HOUR_MS, 3 * HOUR_MS + 1)).toBe(3 * HOUR_MS + 1);
  });

  test('is not remembered for calls that found their token', () => {
    const lane = laneOf();
    limit(lane, 0, 60_000);
    go(lane, 60_000).back(60_000);
    lane.recovered(60_000);
    go(lane, HOUR_MS).back(HOUR_MS);
    expect(forgottenAt(lane, 60_000 + 2 * HOUR_MS, 60_001 + 2 * HOUR_MS)).toBe(60_001 + 2 * HOUR_MS);
  });
});
