import {describe, expect, test} from 'vitest';
import {kindsOf, type Limits} from '../../src/limits/kinds.ts';
import {Lane} from '../../src/limits/lane.ts';
import {createLanes, type Lanes} from '../../src/limits/lanes.ts';
import {manualClock, type ManualClock} from '../../src/testing/manual-clock.ts';
import {go, shut} from './support/lane.ts';

interface Setup {
  readonly lanes: Lanes;
  readonly clock: ManualClock;
  /** Gates that were said to be open. */
  readonly opened: string[];
  /** Keeps a lane whose gate is shut for half a second. */
  readonly keepShut: (key: string) => Lane;
}

/** Ten minutes after a gate of half a second nobody asks for it any more. */
const FORGOTTEN_MS = 600_501;

function setup(vehicle: Partial<Limits['vehicle']> = {}): Setup {
  const kindOf = kindsOf({vehicle: {commands: 1, requests: Infinity, spacingMs: 0, ...vehicle}});
  const clock = manualClock(0);
  const opened: string[] = [];
  const lanes = createLanes({
    clock,
    make: key => new Lane(key, kindOf(key)),
    kindOf,
    opened: key => opened.push(key),
  });
  const keepShut = (key: string): Lane => {
    const lane = lanes.for(key);
    shut(lane, clock.monotonic(), clock.monotonic() + 500);
    lanes.keep(lane);
    return lane;
  };
  return {lanes, clock, opened, keepShut};
}

describe('the lane of the application', () => {
  test('is always there, and no other', () => {
    const {lanes, opened} = setup();
    expect(lanes.at('application')).toBe(lanes.application);
    expect(lanes.for('application')).toBe(lanes.application);
    expect(lanes.all()).toEqual([lanes.application]);
    expect(lanes.at('vehicle:a')).toBeUndefined();
    lanes.dropIfIdle(lanes.application);
    expect(lanes.at('application')).toBe(lanes.application);
    expect(opened).toEqual([]);
  });

  test('is not kept a second time', () => {
    const {lanes} = setup();
    lanes.keep(lanes.application);
    expect([lanes.empty, lanes.all().length]).toEqual([true, 1]);
  });

  test('is not said to be open when nobody came to its gate', async () => {
    const {lanes, clock, opened} = setup();
    shut(lanes.application, 0, 500);
    await clock.advance(FORGOTTEN_MS);
    lanes.dropIfIdle(lanes.application);
    await Promise.resolve();
    expect(opened).toEqual([]);
    expect(lanes.application.recovering).toBe(true);
  });
});

describe('a lane', () => {
  test('is made anew each time until it is kept', () => {
    const {lanes} = setup();
    const made = lanes.for('vehicle:a');
    expect(lanes.for('vehicle:a')).not.toBe(made);
    go(made, 0);
    lanes.keep(made);
    expect([lanes.for('vehicle:a'), lanes.at('vehicle:a')]).toEqual([made, made]);
    expect([lanes.empty, lanes.all()]).toEqual([false, [lanes.application, made]]);
  });

  test('does not take the place of one that is kept', () => {
    const {lanes, keepShut} = setup();
    const kept = keepShut('vehicle:a');
    lanes.keep(new Lane('vehicle:a', kept.kind));
    expect(lanes.at('vehicle:a')).toBe(kept);
  });

  test('is dropped when it says nothing any more, and not before', () => {
    const {lanes} = setup();
    const lane = lanes.for('vehicle:a');
    const call = go(lane, 0);
    lanes.keep(lane);
    lanes.dropIfIdle(lane);
    expect(lanes.at('vehicle:a')).toBe(lane);
    call.back(0);
    lanes.dropIfIdle(lane);
    expect(lanes.empty).toBe(true);
  });

  test('that is not kept is not dropped in place of the one that is', async () => {
    const {lanes, keepShut, opened} = setup();
    const kept = keepShut('vehicle:a');
    lanes.dropIfIdle(new Lane('vehicle:a', kept.kind));
    await Promise.resolve();
    expect(lanes.at('vehicle:a')).toBe(kept);
    expect(opened).toEqual([]);
  });
});

describe('a scope that is asked for a place', () => {
  test.each([
    ['vehicle:a', {}, false],
    ['vehicle:a', {requests: 9}, true],
    ['vehicle:a', {spacingMs: 100}, true],
    ['commands:a', {}, true],
    ['commands:a', {commands: Infinity}, false],
    ['user:ada', {}, false],
  ])('%s has a lane where something is counted: %o', (key, vehicle, has) => {
    const {lanes} = setup(vehicle);
    expect(lanes.toPass(key)?.key).toBe(has ? key : undefined);
    expect(lanes.empty).toBe(true);
  });

  test('has the lane that is kept', () => {
    const {lanes, keepShut} = setup();
    const kept = keepShut('vehicle:a');
    expect(lanes.toPass('vehicle:a')).toBe(kept);
    expect(lanes.toPass('application')).toBe(lanes.application);
  });
});

describe('a gate that nobody came to', () => {
  test.each<[string, (lanes: Lanes) => unknown]>([
    ['somebody asks for it', lanes => lanes.at('vehicle:a')],
    ['somebody asks for all', lanes => lanes.all()],
  ])('is open, and said to be in a moment, when %s', async (_, ask) => {
    const {lanes, clock, opened, keepShut} = setup();
    keepShut('vehicle:a');
    await clock.advance(FORGOTTEN_MS - 1);
    ask(lanes);
    expect(lanes.empty).toBe(false);
    await clock.advance(1);
    ask(lanes);
    expect([lanes.empty, opened]).toEqual([true, []]);
    await Promise.resolve();
    expect(opened).toEqual(['vehicle:a']);
  });

  test('is not said to be open where it has closed again by then', async () => {
    const {lanes, clock, opened, keepShut} = setup();
    keepShut('vehicle:a');
    await clock.advance(FORGOTTEN_MS);
    lanes.at('vehicle:a');
    keepShut('vehicle:a');
    await Promise.resolve();
    expect(opened).toEqual([]);
  });

  test('is said to be open only if it was opening', async () => {
    const {lanes, opened} = setup();
    const lane = lanes.for('vehicle:a');
    go(lane, 0).back(0);
    lanes.keep(lane);
    lanes.dropIfIdle(lane);
    await Promise.resolve();
    expect([lanes.empty, opened]).toEqual([true, []]);
  });

  test('is swept out with others from a thousand lanes on, though nobody asks', async () => {
    const {lanes, clock, opened, keepShut} = setup();
    for (let car = 0; car < 1_000; car++) keepShut(`vehicle:${car}`);
    await clock.advance(FORGOTTEN_MS);
    await Promise.resolve();
    expect(opened).toEqual([]);
    keepShut('vehicle:new');
    await Promise.resolve();
    expect(opened).toHaveLength(1_000);

    // Of few nobody takes care.
    await clock.advance(FORGOTTEN_MS);
    keepShut('vehicle:newer');
    await Promise.resolve();
    expect(opened).toHaveLength(1_000);
    expect(lanes.all()).toHaveLength(2);
  });

  test('is swept out next when their number has doubled', async () => {
    const {clock, opened, keepShut} = setup();
    // None can go: they are looked at once, and from then on cost nothing.
    for (let car = 0; car < 1_001; car++) keepShut(`vehicle:${car}`);
    await clock.advance(FORGOTTEN_MS);
    for (let car = 0; car < 999; car++) keepShut(`vehicle:new-${car}`);
    await Promise.resolve();
    expect(opened).toEqual([]);
    keepShut('vehicle:last');
    await Promise.resolve();
    expect(opened).toHaveLength(1_001);

    // A thousand are left: twice as many as were just after the sweep, and they are looked at again.
    await clock.advance(FORGOTTEN_MS);
    for (let car = 0; car < 998; car++) keepShut(`vehicle:newer-${car}`);
    await Promise.resolve();
    expect(opened).toHaveLength(1_001);
    keepShut('vehicle:newest');
    await Promise.resolve();
    expect(opened).toHaveLength(2_001);
  });
});
