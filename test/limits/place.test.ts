import {describe, expect, test} from 'vitest';
import type {Kind} from '../../src/limits/kinds.ts';
import {Lane} from '../../src/limits/lane.ts';
import {Place, type Surroundings} from '../../src/limits/place.ts';
import {SharedLane} from '../../src/limits/shared-lane.ts';
import {laneOf, limit, waits} from './support/lane.ts';

interface Setup {
  readonly log: string[];
  readonly enter: (paced?: boolean) => Place;
  readonly to: (now: number) => void;
}

/** Places of this lane; what happens around them is a line each. */
function setup(lane: Lane, start = 0): Setup {
  const log: string[] = [];
  let time = start;
  const around: Surroundings = {
    now() {
      log.push('looks at the clock');
      return time;
    },
    unused: ({key}) => log.push(`turn of ${key} unused`),
    left: ({key}, paceChanged, {failedProbes}) =>
      log.push(`left ${key}, failed probes ${failedProbes}${paceChanged ? ', pace changed' : ''}`),
  };
  return {
    log,
    enter: (paced = false) => new Place(lane, paced, lane.take(time), around),
    to: now => (time = now),
  };
}

const RATE: Partial<Kind> = {rate: {intervalMs: 1_000, size: 1}};

describe('a place', () => {
  test('where nothing is known is left without a look at the clock', () => {
    const lane = laneOf();
    const {log, enter} = setup(lane);
    const place = enter();
    place.sent();
    place.leave('passed');
    expect(log).toEqual(['left vehicle:a, failed probes 0']);
    expect(lane.inside).toBe(0);
  });

  test('knows its scope and when it was given', () => {
    const lane = laneOf();
    const {key, epoch, failedProbes} = setup(lane).enter();
    expect({key, epoch, failedProbes}).toEqual({key: 'vehicle:a', epoch: lane.epoch, failedProbes: 0});
  });

  test('whose request was sent has used its token, from that moment on', () => {
    const lane = laneOf(RATE);
    const {enter, to} = setup(lane);
    const place = enter();
    to(300);
    place.sent();
    to(400);
    place.leave('unknown');
    expect(lane.readyInMs(400)).toBe(900);
  });

  test('that is left unsent gives its token back', () => {
    const lane = laneOf(RATE);
    const {enter, log} = setup(lane);
    enter().leave('unknown');
    expect(lane.readyInMs(0)).toBe(0);
    expect(log.filter(line => line.startsWith('turn'))).toEqual([]);
  });

  test.each([
    {outcome: 'passed', probing: false},
    {outcome: 'unknown', probing: true},
  ] as const)('of a probe that is left $outcome: still probing is $probing', ({outcome, probing}) => {
    const lane = laneOf();
    limit(lane, 0, 500);
    const {enter, log} = setup(lane, 500);
    const place = enter();
    place.sent();
    place.leave(outcome);
    expect(lane.probing).toBe(probing);
    expect(log.at(-1)).toBe('left vehicle:a, failed probes 1');
  });

  test.each([true, false])('that had to wait for the pace (%s) quickens it by a success', paced => {
    const lane = laneOf();
    lane.close({until: 500, reason: 'told', limit: true}, 500, true, 0);
    waits(lane);
    const {enter, log} = setup(lane, 500);
    const place = enter(paced);
    place.sent();
    place.leave('passed');
    expect(log.at(-1)).toBe(`left vehicle:a, failed probes 1${paced ? ', pace changed' : ''}`);
  });
});

const shared = (over: Partial<Kind>): SharedLane =>
  new SharedLane('application', {...laneOf().kind, ...over});

describe('a turn among all processes', () => {
  test('of a call that was never sent is given back, and that of one that was is not', () => {
    const lane = shared({...RATE, rateIsShared: true});
    const {log, enter} = setup(lane);
    const sent = enter();
    sent.sent();
    sent.leave('unknown');
    const unsent = enter();
    unsent.leave('unknown');
    expect(log.filter(line => line.startsWith('turn'))).toEqual(['turn of application unused']);
  });

  test('was needed if it was when the place was given', () => {
    const lane = shared(RATE);
    const {log, enter} = setup(lane);
    const place = enter();
    limit(lane, 0, 500);
    place.leave('unknown');
    expect(lane.needsTurn).toBe(true);
    expect(log.filter(line => line.startsWith('turn'))).toEqual([]);
  });
});
