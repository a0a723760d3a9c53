import {describe, expect, test} from 'vitest';
import {kindsOf, type Limits} from '../../src/limits/kinds.ts';
import {SharedLane} from '../../src/limits/shared-lane.ts';
import type {WaitingRoom} from '../../src/limits/waiting-room.ts';
import type {Closing, GateKey, GateNews, TurnRequest} from '../../src/ports.ts';
import {learnedOf} from './support/learned-of.ts';

const FREE: Limits = {vehicle: {commands: Infinity, requests: Infinity, spacingMs: 0}};
const RATED: Limits = {...FREE, application: {bucket: 3, perMinute: 60}};

const laneOf = (key: GateKey = 'application', limits: Limits = FREE): SharedLane =>
  new SharedLane(key, kindsOf(limits)(key));
const waiting = (size: number): WaitingRoom => ({size}) as WaitingRoom;
const limit: Closing = {until: 0, reason: 'RATE_LIMIT', limit: true};
const given = (count: number, againInMs = 0, certain?: boolean) => ({
  given: count,
  againInMs,
  ...(certain !== undefined && {certain}),
});

/** Shut until 1 000 by the clock of the lane, after which one probe goes. */
function shut(key: GateKey = 'application', closing: Partial<Closing> = {}): SharedLane {
  const lane = laneOf(key);
  lane.close({...limit, limit: false, ...closing}, 1_000, true, 0);
  return lane;
}

const answer = (lane: SharedLane, request: TurnRequest, ...turns: Parameters<typeof given>): number =>
  lane.answered(request, given(...turns), lane.epoch, 1_000);

describe('a turn is needed', () => {
  test.each([
    ['for a probe', () => shut(), true],
    ['at a pace that was learned', () => shut('application', {limit: true}), true],
    ['of a rate that was set for all', () => laneOf('application', RATED), true],
    ['for nothing else', () => laneOf(), false],
    [
      'for a rate of one car no more',
      () => laneOf('vehicle:a', {...FREE, vehicle: {...FREE.vehicle, spacingMs: 9}}),
      false,
    ],
  ])('%s', (_what, make, needed) => {
    const lane = make();
    expect(lane.needsTurn).toBe(needed);
    expect(lane.ask(1_000) !== undefined).toBe(needed);
    expect(lane.readyInMs(1_000)).toBe(needed ? Infinity : 0);
  });

  test('and not asked for while the gate is shut', () => {
    const lane = shut();
    expect([lane.ask(999), lane.askApart(999), lane.readyInMs(999)]).toEqual([undefined, undefined, 1]);
    expect(lane.ask(1_000)).toBeDefined();
  });
});

describe('what is asked for', () => {
  test.each<[GateKey, boolean]>([
    ['vehicle:a', true],
    ['application', false],
  ])('is one turn for the probe: of %s, patiently: %s', (key, patient) => {
    const lane = shut(key);
    lane.room = waiting(9);
    expect(lane.ask(1_000)).toEqual({key, probe: true, patient, rate: false, wanted: 1});
  });

  test('is one turn of a pace, with the pace', () => {
    const lane = shut('application', {limit: true, toldMs: 1_000});
    lane.room = waiting(9);
    const {intervalMs, size} = learnedOf(lane) ?? {};
    expect(lane.ask(1_000)).toMatchObject({wanted: 1, pace: {intervalMs, size}});
    expect(Object.keys(lane.askApart(1_000) ?? {})).toEqual([]);
  });

  test.each([
    [0, 1],
    [2, 2],
    [9, 3],
  ])('is a turn for each of %s who wait, as far as the rate goes: %s', (size, wanted) => {
    const lane = laneOf('application', RATED);
    lane.room = waiting(size);
    expect(lane.ask(0)).toEqual({key: 'application', probe: false, patient: false, rate: true, wanted});
  });

  test('is no more than 50 turns', () => {
    const lane = laneOf('application', {...FREE, application: {bucket: 100, perMinute: 60}});
    lane.room = waiting(99);
    expect(lane.ask(0)?.wanted).toBe(50);
  });

  test('is asked for once, until there is an answer and the turns are taken', () => {
    const lane = laneOf('application', RATED);
    const request = lane.ask(0)!;
    expect(lane.ask(0)).toBeUndefined();
    answer(lane, request, 1);
    expect(lane.ask(0)).toBeUndefined();
    lane.take(0);
    expect(lane.ask(0)).toBeDefined();
  });

  test('by newcomers of a rate may be asked for by many at once, and by one alone for a probe', () => {
    const rated = laneOf('application', RATED);
    expect([1, 2, 3].map(() => rated.askApart(0)?.wanted)).toEqual([1, 1, 1]);
    const probing = shut();
    expect(probing.askApart(1_000)).toMatchObject({probe: true, wanted: 1});
    expect(probing.askApart(1_000)).toBeUndefined();
    expect(laneOf().askApart(0)).toBeUndefined();
  });

  test('of a turn that was not used is the rate, and no probe', () => {
    expect(shut().unused).toMatchObject({probe: false, wanted: 1});
  });
});

describe('turns that are given', () => {
  test('let so many go as the rate has room for', () => {
    const lane = laneOf('application', RATED);
    expect([lane.roomFor(0), lane.readyInMs(0)]).toEqual([0, Infinity]);
    expect(answer(lane, lane.ask(0)!, 2)).toBe(0);
    expect([lane.roomFor(0), lane.readyInMs(0)]).toEqual([2, 0]);
    lane.take(0);
    expect(lane.roomFor(0)).toBe(1);
    lane.take(0);
    expect([lane.roomFor(0), lane.readyInMs(0)]).toEqual([0, Infinity]);
    lane.take(0);
    expect(lane.drop()).toBe(0);
  });

  test('are not counted where none is needed', () => {
    const lane = laneOf();
    expect([lane.roomFor(0), lane.readyInMs(0)]).toEqual([120, 0]);
  });

  test('are dropped once', () => {
    const lane = laneOf('application', RATED);
    answer(lane, lane.ask(0)!, 3);
    expect([lane.drop(), lane.drop(), lane.roomFor(0)]).toEqual([3, 0, 0]);
  });

  test('are of no use when the gate has closed since', () => {
    const lane = shut();
    const {epoch} = lane;
    const request = lane.ask(1_000)!;
    lane.close({...limit, limit: false}, 2_000, true, 1_000);
    expect(lane.answered(request, given(1), epoch, 1_500)).toBe(1);
    expect(lane.drop()).toBe(0);
  });

  test('for a probe are of no use when one has come through, and those of a rate when one has to', () => {
    const lane = shut();
    const request = lane.ask(1_000)!;
    lane.take(1_000);
    lane.leave(lane.epoch, true, false, 1_000);
    expect(answer(lane, request, 1)).toBe(1);

    const rated = laneOf('application', RATED);
    const turn = rated.ask(0)!;
    rated.close({...limit, limit: false}, 500, true, 0);
    expect(answer(rated, turn, 1)).toBe(1);
  });

  test('to one who asked apart are of no use once a pace is known', () => {
    const lane = laneOf('application', RATED);
    const apart = lane.askApart(0)!;
    expect(answer(lane, apart, 1)).toBe(0);
    const other = lane.askApart(0);
    expect(other).toBeDefined();
    lane.hear('paced', news({passed: true, pace: {intervalMs: 5_000, size: 1, manner: {}}}), 0, 0);
    expect(answer(lane, other!, 1)).toBe(1);
  });
});

describe('no turn', () => {
  test('says when to ask again', () => {
    const lane = shut();
    answer(lane, lane.ask(1_000)!, 0, 700);
    expect([lane.readyInMs(1_000), lane.ask(1_699), lane.readyInMs(1_699)]).toEqual([700, undefined, 1]);
    expect(lane.readyInMs(1_700)).toBe(Infinity);
    expect(lane.ask(1_700)).toBeDefined();
  });

  test.each([
    [true, 700],
    [undefined, 0],
  ])('tells newcomers how long they wait at least, where that is certain: %s', (certain, ms) => {
    const lane = laneOf('application', RATED);
    answer(lane, lane.ask(0)!, 0, 700, certain);
    expect(lane.soonestInMs(1_000, 0)).toBe(ms);
  });

  test('for something that is not asked any more says nothing, unless it is certain', () => {
    const lane = shut();
    const request = lane.ask(1_000)!;
    lane.take(1_000);
    lane.leave(lane.epoch, true, false, 1_000);
    lane.close({...limit, limit: true}, 1_000, true, 1_000);
    const old = {...request, probe: false};
    answer(lane, old, 0, 9_000);
    expect(lane.readyInMs(1_000)).toBe(Infinity);
    answer(lane, old, 0, 9_000, true);
    expect(lane.soonestInMs(1_000, 0)).toBe(9_000);
  });

  test('is forgotten when the gate is opened', () => {
    const lane = shut();
    answer(lane, lane.ask(1_000)!, 0, 700, true);
    lane.openAt(1_100);
    expect(lane.ask(1_100)).toBeDefined();
    expect(lane.soonestInMs(1_100, 0)).toBe(0);
  });
});

describe('a probe', () => {
  test.each<[string, (lane: SharedLane) => void, boolean]>([
    ['is not here yet', () => undefined, false],
    ['is asked for', lane => void lane.ask(1_000), true],
    ['may go', lane => void answer(lane, lane.ask(1_000)!, 1), true],
    ['is not to go yet', lane => void answer(lane, lane.ask(1_000)!, 0), false],
    ['is under way', lane => void lane.take(1_000), true],
  ])('%s', (_what, happens, has) => {
    const lane = shut();
    happens(lane);
    expect(lane.hasProbe).toBe(has);
  });

  test('is none where the gate is open', () => {
    const lane = laneOf();
    lane.take(0);
    expect(lane.hasProbe).toBe(false);
  });
});

function news(more: Partial<GateNews> = {}): GateNews {
  return {key: 'application', restMs: 0, reason: 'RATE_LIMIT', failedProbes: 0, passed: false, ...more};
}

describe('news of a lane', () => {
  test('are when it opens, why it is shut, and its pace', () => {
    const lane = shut('application', {limit: true, toldMs: 1_000});
    expect(lane.news(400)).toEqual({
      ...news({restMs: 600}),
      pace: {intervalMs: learnedOf(lane)?.intervalMs, size: 120, manner: learnedOf(lane)?.manner},
    });
    expect(laneOf().news(0)).toEqual(news({reason: '', passed: true}));
  });
});
