import {describe, expect, test} from 'vitest';
import {localGates} from '../../src/limits/gates.ts';
import type {Gates, Pass} from '../../src/ports.ts';
import {manualClock, type ManualClock} from '../../src/testing/manual-clock.ts';

const never = new AbortController().signal;

function setup(): {gates: Gates; clock: ManualClock; log: string[]} {
  const clock = manualClock(0);
  const log: string[] = [];
  const gates = localGates(clock, {
    closed: (key, until) => log.push(`closed ${key} until ${until}`),
    opened: key => log.push(`opened ${key}`),
  });
  return {gates, clock, log};
}

describe('a closed gate', () => {
  test('blocks its own key and no other', () => {
    const {gates} = setup();
    gates.close('vehicle:a', 500, 'told');

    expect(gates.blocking(['application', 'vehicle:a'])).toEqual({key: 'vehicle:a', until: 500, restMs: 500});
    expect(gates.blocking(['application', 'vehicle:b'])).toBeUndefined();
  });

  test('that stays shut longest is the one that is told', () => {
    const {gates} = setup();
    gates.close('application', 300, 'told');
    gates.close('vehicle:a', 500, 'told');
    gates.close('user:ada', 400, 'told');

    expect(gates.blocking(['application', 'user:ada', 'vehicle:a'])?.key).toBe('vehicle:a');
  });

  test('is not opened earlier by a shorter time that is told later', () => {
    const {gates, log} = setup();
    gates.close('application', 500, 'told');
    gates.close('application', 300, 'told');

    expect(gates.blocking(['application'])?.restMs).toBe(500);
    expect(log).toEqual(['closed application until 500']);
  });

  test('does not open when the wall clock is set', async () => {
    const {gates, clock} = setup();
    gates.close('application', 500, 'told');
    clock.set(10_000_000);
    expect(gates.blocking(['application'])?.restMs).toBe(500);
    await clock.advance(500);
    expect(gates.blocking(['application'])?.restMs).toBe(0);
  });
});

describe('a place behind a gate that opens', () => {
  test('is there at once, without a turn of the event loop, where nobody contends it', async () => {
    const {gates, clock} = setup();
    gates.close('application', 500, 'told');
    await clock.advance(500);
    let got: Pass | undefined;
    void gates.enter('application', 5, never).then(pass => (got = pass));
    for (let microtasks = 0; microtasks < 5; microtasks++) await Promise.resolve();

    expect(got?.key).toBe('application');
  });

  test('is given on when the one who holds it leaves, successful or not', async () => {
    const {gates, clock} = setup();
    gates.ease('application');
    const first = await gates.enter('application', 5, never);
    let second: Pass | undefined;
    const waits = gates.enter('application', 5, never).then(pass => (second = pass));
    await clock.advance(0);
    expect(second).toBeUndefined();
    first?.leave('unknown');
    await waits;
    expect(second).toBeDefined();
  });

  test('left twice is left once', async () => {
    const {gates, clock, log} = setup();
    gates.ease('application');
    const first = await gates.enter('application', 5, never);
    const second = gates.enter('application', 5, never);
    first?.leave('unknown');
    first?.leave('passed');
    first?.leave('passed');
    const pass = await second;
    let third: Pass | undefined;
    void gates.enter('application', 5, never).then(got => (third = got));
    await clock.advance(0);
    expect(third).toBeUndefined();
    pass?.leave('passed');
    await clock.advance(0);
    third?.leave('passed');
    expect(log).toEqual(['opened application']);
  });

  test('is not lost to a caller who has gone', async () => {
    const {gates, clock} = setup();
    gates.ease('application');
    const first = await gates.enter('application', 5, never);
    const gone = new AbortController();
    const left = gates.enter('application', 0, gone.signal);
    left.catch(() => undefined);
    const waits = gates.enter('application', 5, never);
    gone.abort('gone');
    await expect(left).rejects.toBe('gone');
    first?.leave('unknown');
    expect((await waits)?.key).toBe('application');
    await clock.advance(0);
  });

  test('is refused to a caller who has gone before asking', async () => {
    const {gates} = setup();
    gates.ease('application');
    await expect(gates.enter('application', 5, AbortSignal.abort('gone'))).rejects.toBe('gone');
    expect(await gates.enter('application', 5, never)).toBeDefined();
  });

  test('is none when the gate has closed again: those who wait are sent back', async () => {
    const {gates, clock} = setup();
    gates.ease('application');
    const first = await gates.enter('application', 5, never);
    const waits = [1, 2, 3].map(() => gates.enter('application', 5, never));
    gates.close('application', 900, 'told');
    first?.leave('unknown');

    expect(await Promise.all(waits)).toEqual([undefined, undefined, undefined]);
    await clock.advance(900);
    expect(await gates.enter('application', 5, never)).toBeDefined();
  });

  test('is not given to more than the gate has room for, however callers come and go', async () => {
    const {gates, clock} = setup();
    gates.ease('application');
    let inside = 0;
    let most = 0;
    const visit = async (outcome: 'passed' | 'unknown'): Promise<void> => {
      const pass = await gates.enter('application', 5, never);
      if (pass) most = Math.max(most, ++inside);
      await clock.sleep(10);
      if (pass) inside -= 1;
      pass?.leave(outcome);
    };
    await clock.run(Promise.all(Array.from({length: 6}, () => visit('unknown'))));
    expect(most).toBe(1);
  });
});

describe('a gate that nobody comes to any more', () => {
  test('is forgotten after ten minutes, and reported open', async () => {
    const {gates, clock, log} = setup();
    gates.close('vehicle:a', 500, 'told');
    await clock.advance(500 + 600_001);

    expect(gates.blocking(['vehicle:a'])).toBeUndefined();
    expect(log).toEqual(['closed vehicle:a until 500', 'opened vehicle:a']);
  });

  test('does not pile up with those of 100 000 other cars', async () => {
    const {gates, clock, log} = setup();
    const began = performance.now();
    for (let car = 0; car < 100_000; car++) gates.close(`vehicle:${car}`, 500, 'told');
    await clock.advance(700_000);
    for (let car = 0; car < 120_000; car++) gates.close(`vehicle:new-${car}`, clock.now() + 500, 'told');

    // All of the old ones were swept, though nobody asked about them again.
    expect(log.filter(line => line.startsWith('opened'))).toHaveLength(100_000);
    // Not a tolerance: a sweep for each new gate would take minutes.
    expect(performance.now() - began).toBeLessThan(10_000);
  });
});
