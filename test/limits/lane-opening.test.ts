import {describe, expect, test} from 'vitest';
import type {Lane} from '../../src/limits/lane.ts';
import {go, laneOf, limit, shut, waits} from './support/lane.ts';

/** Shut until 500; its probe came back at 600. */
function opening(kind: Parameters<typeof laneOf>[0]): Lane {
  const lane = laneOf(kind);
  shut(lane, 0, 500);
  go(lane, 500).back(600);
  return lane;
}

describe('after its probe a gate opens', () => {
  test('to twice as many in each round', () => {
    const lane = opening({opening: 'doubling'});
    expect(lane.roomFor(600)).toBe(2);
    const round = [go(lane, 600), go(lane, 600)];
    expect(lane.roomFor(600)).toBe(0);
    for (const call of round) call.back(700);
    expect(lane.roomFor(700)).toBe(4);
    expect([lane.probing, lane.recovering]).toEqual([false, true]);
  });

  test('to one at a time', () => {
    const lane = opening({opening: 'one'});
    go(lane, 600).back(700);
    expect(lane.roomFor(700)).toBe(1);
  });

  test('to all, or to as many as have places', () => {
    expect(opening({opening: 'all'}).roomFor(600)).toBe(Infinity);
    expect(opening({opening: 'all', places: 7}).roomFor(600)).toBe(7);
  });

  test('to as many as have places, where a pace is known that they keep', () => {
    const lane = laneOf({places: 7, learnedSize: 120});
    limit(lane, 0, 500);
    go(lane, 500).back(600);
    // As much as a rest has saved up.
    expect(lane.roomFor(90_000)).toBe(7);
  });

  test('no wider for one that failed, and it may go again', () => {
    const lane = opening({opening: 'doubling'});
    go(lane, 600).back(700, false);
    expect(lane.roomFor(700)).toBe(2);
  });

  test('no wider for one that was let in before it closed', () => {
    const lane = laneOf();
    const old = go(lane, 0);
    shut(lane, 0, 500);
    expect(old.back(501)).toBe(false);
    expect([lane.inside, lane.roomFor(501), lane.probing]).toEqual([0, 1, true]);
  });

  test('no wider for one that comes back while it is shut', () => {
    const lane = laneOf();
    shut(lane, 0, 500);
    const probe = go(lane, 500);
    shut(lane, 600, 900, {current: false});
    probe.back(700);
    expect([lane.probing, lane.roomFor(900)]).toEqual([true, 1]);
    const next = go(lane, 900);
    next.back(900);
    expect([lane.probing, lane.roomFor(900)]).toEqual([false, 2]);
  });
});

describe('a probe that hangs', () => {
  test('is waited for ten seconds, then another may go', () => {
    const lane = laneOf();
    shut(lane, 0, 500);
    go(lane, 700);
    expect(lane.readyInMs(700)).toBe(10_000);
    expect(lane.readyInMs(10_699)).toBe(1);
    expect([lane.readyInMs(10_700), lane.readyInMs(99_000)]).toEqual([0, 0]);
  });

  test('of a car is waited for until it comes back', () => {
    const lane = laneOf({opening: 'one'});
    shut(lane, 0, 500);
    go(lane, 500);
    expect(lane.readyInMs(99_000)).toBe(Infinity);
  });
});

describe('everybody who had to wait has gone: the gate', () => {
  test('is open as before, once', () => {
    const lane = opening({opening: 'doubling'});
    expect(lane.recovered(600)).toBe(true);
    expect([lane.recovering, lane.roomFor(600), lane.recovered(600)]).toEqual([false, Infinity, false]);
  });

  test('is not open while one still waits', () => {
    const lane = opening({opening: 'doubling'});
    const leave = waits(lane);
    expect(lane.recovered(600)).toBe(false);
    leave();
    expect(lane.recovered(600)).toBe(true);
  });

  test('is not open before its probe has come through', () => {
    const lane = laneOf();
    shut(lane, 0, 500);
    expect(lane.recovered(600)).toBe(false);
    expect(lane.probing).toBe(true);
  });

  test('is not open while others are under way, who may still say that it was too early', () => {
    const lane = opening({opening: 'doubling'});
    const last = go(lane, 600);
    expect(lane.recovered(600)).toBe(false);
    last.back(700);
    expect(lane.recovered(600)).toBe(true);
  });

  test('is not open while old news keeps it shut', () => {
    const lane = opening({opening: 'doubling'});
    shut(lane, 600, 900, {current: false});
    expect([lane.recovered(899), lane.recovered(900)]).toEqual([false, true]);
  });

  test('is open though others are under way, where a crowd will be looked at', () => {
    const lane = opening({opening: 'doubling', crowd: 5});
    go(lane, 600);
    expect(lane.recovered(600)).toBe(true);
  });
});

describe('one who was let in', () => {
  test('brings news until the gate closes, and those who come later do', () => {
    const lane = laneOf();
    const before = go(lane, 0);
    expect(lane.bringsNews(before.epoch)).toBe(true);
    shut(lane, 0, 500);
    expect(lane.bringsNews(before.epoch)).toBe(false);
    expect(lane.bringsNews(go(lane, 500).epoch)).toBe(true);
  });

  test('before the lane was dropped and made anew brings none', () => {
    const before = go(laneOf(), 0);
    expect(laneOf().bringsNews(before.epoch)).toBe(false);
  });

  test('nowhere brings none', () => {
    expect(laneOf().bringsNews(undefined)).toBe(false);
  });

  test('finds no place where all are taken, however long it waits', () => {
    const lane = laneOf({places: 2});
    const one = go(lane, 0);
    expect([lane.readyInMs(0), lane.roomFor(0)]).toEqual([0, 1]);
    go(lane, 0);
    expect([lane.readyInMs(99_000), lane.roomFor(99_000)]).toEqual([Infinity, 0]);
    one.back(1, false);
    expect(lane.readyInMs(1)).toBe(0);
  });

  test('before a gate closed takes up a place behind it', () => {
    const lane = laneOf({places: 2, opening: 'all'});
    go(lane, 0);
    go(lane, 0);
    shut(lane, 0, 500);
    expect([lane.readyInMs(500), lane.roomFor(500)]).toEqual([Infinity, 0]);
  });
});
