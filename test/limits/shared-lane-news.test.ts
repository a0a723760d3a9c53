import {describe, expect, test} from 'vitest';
import {kindsOf} from '../../src/limits/kinds.ts';
import {SharedLane} from '../../src/limits/shared-lane.ts';
import type {Closing, GateNews, SharedPace} from '../../src/ports.ts';
import {learnedOf} from './support/learned-of.ts';

const kinds = kindsOf({vehicle: {commands: Infinity, requests: Infinity, spacingMs: 0}});
const laneOf = (): SharedLane => new SharedLane('application', kinds('application'));
const EPOCH = 5_000_000;
const closing: Closing = {until: EPOCH + 1_000, reason: 'RATE_LIMIT', limit: false};
const paceOf = (intervalMs: number): SharedPace => ({
  intervalMs,
  size: 4,
  manner: {patience: 1, streak: 0, step: 2},
});

function news(more: Partial<GateNews> = {}): GateNews {
  return {key: 'application', restMs: 0, reason: 'RATE_LIMIT', failedProbes: 0, passed: false, ...more};
}

/** Shut here until 1 000. */
function shut(more: Partial<Closing> = {}): SharedLane {
  const lane = laneOf();
  lane.close({...closing, ...more}, 1_000, true, 0);
  return lane;
}

const sooner = (lane: SharedLane, now: number): void => {
  lane.answered(lane.ask(now)!, {given: 0, againInMs: 9_000, certain: true}, lane.epoch, now);
};

describe('a closing elsewhere', () => {
  test('closes here too, in the clocks of this machine, for one probe after it', () => {
    const lane = laneOf();
    const {epoch} = lane;
    expect(lane.hear('closed', news({restMs: 700.5, failedProbes: 3}), 300, EPOCH + 300)).toBe(true);
    expect([lane.restMs(300), lane.until, lane.reason]).toEqual([700.5, EPOCH + 1_001, 'RATE_LIMIT']);
    expect([lane.probing, lane.failedProbes, lane.epoch > epoch]).toEqual([true, 3, true]);
    expect(lane.ask(1_001)).toMatchObject({probe: true});
  });

  test('that is shorter shortens nothing, and forgets no failed probe', () => {
    const lane = shut();
    lane.hear('closed', news({restMs: 1_500, failedProbes: 2}), 0, EPOCH);
    lane.hear('closed', news({restMs: 500, failedProbes: 1}), 0, EPOCH);
    expect([lane.restMs(0), lane.failedProbes]).toEqual([1_500, 2]);
  });

  test('brings its pace, which begins when the gate opens', () => {
    const lane = laneOf();
    lane.hear('closed', news({restMs: 1_000, pace: paceOf(5_000)}), 0, EPOCH);
    expect(learnedOf(lane)).toMatchObject({intervalMs: 5_000, size: 4, fullAt: 1_000, takenSince: 3});
  });

  test.each([
    ['the slower', 5_000, 6_000, 6_000],
    ['its own, which is as slow', 5_000, 5_000, 5_000],
    ['its own, which is slower', 5_000, 4_000, 5_000],
    ['its own where it is told none', 5_000, undefined, 5_000],
  ])('of two paces leaves %s', (_what, own, told, left) => {
    const lane = laneOf();
    lane.hear('paced', news({passed: true, pace: {...paceOf(own), size: 9}}), 0, EPOCH);
    lane.hear('closed', news({restMs: 10, ...(told && {pace: paceOf(told)})}), 0, EPOCH);
    expect([learnedOf(lane)?.intervalMs, learnedOf(lane)?.size]).toEqual([
      left,
      left === told && told > own ? 4 : 9,
    ]);
    expect(learnedOf(lane)?.fullAt).toBe(10);
  });
});

describe('a longer closing elsewhere', () => {
  test.each([
    [500, false, 1_000],
    [1_000, false, 1_000],
    [1_001, true, 1_001],
  ])('until %s is news: %s', (restMs, isNews, until) => {
    const lane = shut();
    const {epoch} = lane;
    expect(lane.hear('extended', news({restMs, reason: 'LATER'}), 0, EPOCH)).toBe(isNews);
    expect([lane.restMs(0), lane.until]).toEqual([until, EPOCH + until]);
    expect([lane.reason, lane.epoch]).toEqual([isNews ? 'LATER' : 'RATE_LIMIT', epoch]);
  });

  test.each([
    ['nobody has come through there: one probe goes first', false, true],
    ['somebody has: no probe', true, false],
  ])('of a gate that was open here: %s', (_what, passed, probing) => {
    const lane = laneOf();
    lane.hear('extended', news({restMs: 800, passed}), 200, EPOCH + 200.5);
    expect([lane.restMs(200), lane.until, lane.probing]).toEqual([800, EPOCH + 1_001, probing]);
  });

  test('of a gate that opens here already begins no second probe', () => {
    const lane = shut();
    lane.take(1_000);
    lane.leave(lane.epoch, true, false, 1_000);
    lane.hear('extended', news({restMs: 500}), 1_000, EPOCH);
    expect(lane.probing).toBe(false);
  });
});

describe('an opening elsewhere', () => {
  test('opens here at once, and a turn can be asked for at once', () => {
    const lane = shut();
    expect(lane.hear('reopened', news(), 300, EPOCH)).toBe(true);
    expect([lane.restMs(300), lane.ask(300)?.probe]).toEqual([0, true]);
  });

  test('says nothing where it was open', () => {
    expect(laneOf().hear('reopened', news(), 0, EPOCH)).toBe(false);
    expect(shut().hear('reopened', news(), 1_000, EPOCH)).toBe(false);
  });

  test('leaves the pace as it is known here', () => {
    const lane = shut({limit: true, toldMs: 1_000});
    const intervalMs = learnedOf(lane)?.intervalMs;
    lane.hear('reopened', news({pace: paceOf(7)}), 300, EPOCH);
    expect(learnedOf(lane)?.intervalMs).toBe(intervalMs);
  });
});

describe('a call that came through elsewhere', () => {
  test('is the probe for this process too', () => {
    const lane = shut();
    expect(lane.hear('passed', news({passed: true}), 1_000, EPOCH)).toBe(true);
    expect([lane.probing, lane.recovering, lane.roomFor(1_000)]).toEqual([false, true, 2]);
  });

  test('opens no wider a gate that opens already', () => {
    const lane = shut();
    lane.hear('passed', news({passed: true}), 1_000, EPOCH);
    lane.hear('passed', news({passed: true}), 1_000, EPOCH);
    expect(lane.roomFor(1_000)).toBe(2);
  });

  test('is old news where the gate has closed since', () => {
    const lane = shut();
    expect(lane.hear('passed', news({passed: true}), 999, EPOCH)).toBe(false);
    expect(lane.probing).toBe(true);
  });
});

describe('a pace from elsewhere', () => {
  test('replaces the own one, and goes when it is gone there', () => {
    const lane = laneOf();
    lane.hear('paced', news({passed: true, pace: paceOf(5_000)}), 100, EPOCH);
    expect(learnedOf(lane)).toMatchObject({intervalMs: 5_000, size: 4, fullAt: 100});
    expect(lane.probing).toBe(false);
    lane.hear('paced', news({passed: true}), 200, EPOCH);
    expect(learnedOf(lane)).toBeUndefined();
  });

  test.each<'paced' | 'passed'>(['paced', 'passed'])(
    'may free a turn: one is asked for at once, %s',
    change => {
      const lane = laneOf();
      lane.hear('paced', news({passed: true, pace: {...paceOf(5_000), size: 1}}), 0, EPOCH);
      sooner(lane, 5_000);
      expect(lane.ask(5_000)).toBeUndefined();
      lane.hear(change, news({passed: true, pace: {...paceOf(4_000), size: 1}}), 5_000, EPOCH);
      expect(lane.ask(5_000)).toBeDefined();
      expect(lane.soonestInMs(5_000, 0)).toBe(0);
    },
  );

  test.each([
    ['now', 'paced', 0, 0],
    ['the gate is shut', 'closed', 50_000, 50_000],
  ] as const)('is remembered for two hours from when %s', (_what, change, restMs, from) => {
    const lane = laneOf();
    lane.hear(change, news({restMs, passed: true, pace: paceOf(5_000)}), 0, EPOCH);
    expect(lane.forgettable(from + 2 * 3_600_000)).toBe(false);
    expect(lane.forgettable(from + 2 * 3_600_000 + 1)).toBe(true);
  });
});
