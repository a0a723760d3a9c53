import {describe, expect, test} from 'vitest';
import type {Match} from '../../src/simulator/index.ts';
import {createScript} from '../../src/simulator/faults/script.ts';
import {start, v2Owner} from './harness.ts';

const reply = {error: 'UPSTREAM:NO_RESPONSE'} as const;
const request = {method: 'GET', path: '/v2.0/vehicles/v/odometer', vehicle: 'v', endpoint: 'api'} as const;

type Script = ReturnType<typeof createScript>;

/** Which of so many requests get a reply. */
function drawn(script: Script, count: number): number[] {
  return Array.from({length: count}, (_, index) => index).filter(() => script.take(request) !== undefined);
}

function scriptWith(seed: number, ...matches: readonly Match[]): Script {
  const script = createScript(seed);
  for (const match of matches) script.add(match, reply);
  return script;
}

const hits = (seed: number, match: Match) => drawn(scriptWith(seed, match), 200);

describe('a share of the requests', () => {
  test('of 20 % with seed 7 is the same 407 of 2 000 on every run', async () => {
    const line = {path: '/odometer', share: 0.2, seed: 7};
    const simulator = await start();
    const {vehicle, send} = v2Owner(simulator);
    simulator.next(line, reply);
    const statuses: number[] = [];
    for (let index = 0; index < 300; index += 1) {
      statuses.push((await send('GET', `/v2.0/vehicles/${vehicle}/odometer`)).status);
    }
    expect(new Set(statuses)).toEqual(new Set([200, 502]));
    const failed = statuses.flatMap((status, index) => (status === 502 ? [index] : []));
    expect(failed.slice(0, 5)).toEqual([1, 2, 7, 15, 18]);
    // Another simulator with another seed of its own, without the way over HTTP.
    const all = drawn(scriptWith(99, line), 2000);
    expect(all).toHaveLength(407);
    expect(all.slice(0, failed.length)).toEqual(failed);
    expect(all[failed.length]).toBeGreaterThanOrEqual(300);
  });

  test.each([0.05, 0.2, 0.5, 0.95])(
    'of %s stays within five standard deviations, whatever the seed',
    share => {
      const count = 2000;
      const deviation = Math.sqrt(count * share * (1 - share));
      for (let seed = 0; seed < 50; seed += 1) {
        const failed = drawn(scriptWith(seed, {share}), count).length;
        expect(Math.abs(failed - count * share)).toBeLessThan(5 * deviation);
      }
    },
  );

  test('of 1 is everybody, of 0 nobody', () => {
    expect(drawn(scriptWith(1, {share: 1}), 50)).toHaveLength(50);
    expect(drawn(scriptWith(1, {share: 0}), 50)).toHaveLength(0);
  });

  test('is drawn from the seed of the line, or from the simulator’s', () => {
    expect(hits(1, {share: 0.5})).toEqual(hits(1, {share: 0.5}));
    expect(hits(1, {share: 0.5})).not.toEqual(hits(2, {share: 0.5}));
    expect(hits(1, {share: 0.5, seed: 3})).toEqual(hits(2, {share: 0.5, seed: 3}));
    expect(hits(1, {share: 0.5, seed: 3})).not.toEqual(hits(1, {share: 0.5, seed: 4}));
  });

  test('falls on the same requests, whatever other lines there are', () => {
    const watched = {path: '/odometer', share: 0.3, seed: 7} as const;
    const alone = drawn(scriptWith(1, watched), 300);
    const among = createScript(1);
    const other = {error: 'VEHICLE_STATE:ASLEEP'} as const;
    among.add({share: 0.4}, other);
    among.add({times: 10}, other);
    among.add(watched, reply);
    among.add({share: 0.4, seed: 8}, other);
    const codes = Array.from({length: 300}, () => among.take(request));
    // Where an earlier line was faster the reply is another one; nobody else gets ours.
    const ours = codes.flatMap((taken, index) =>
      taken !== undefined && 'error' in taken && taken.error === reply.error ? [index] : [],
    );
    expect(ours.length).toBeGreaterThan(20);
    expect(alone).toEqual(expect.arrayContaining(ours));
    const missed = alone.filter(index => !ours.includes(index));
    expect(missed.every(index => codes[index] !== undefined)).toBe(true);
  });

  test('is not changed by requests that do not fit', () => {
    const script = scriptWith(1, {path: '/odometer', share: 0.3, seed: 7});
    const failed = Array.from({length: 300}, (_, index) => index).filter(() => {
      script.take({...request, path: '/v2.0/vehicles/v/vin'});
      return script.take(request) !== undefined;
    });
    expect(failed).toEqual(drawn(scriptWith(1, {path: '/odometer', share: 0.3, seed: 7}), 300));
  });

  test('leaves the others to the next line', () => {
    const script = scriptWith(1, {share: 0.5}, {times: 3});
    expect(drawn(script, 4).length).toBeGreaterThanOrEqual(3);
  });

  test('of two lines fall on different requests', () => {
    const first = drawn(scriptWith(1, {share: 0.5}), 200);
    const script = createScript(1);
    script.add({share: 0.5, path: '/vin'}, reply);
    script.add({share: 0.5, path: '/odometer'}, reply);
    expect(drawn(script, 200)).not.toEqual(first);
  });

  test('goes on for ever, is never missed, and ends when it is taken back', () => {
    const script = createScript(1);
    const back = script.add({share: 1}, reply);
    expect(drawn(script, 5000)).toHaveLength(5000);
    expect([script.unused(), script.leftovers()]).toEqual([[], []]);
    back();
    expect(drawn(script, 10)).toEqual([]);
  });

  test('with times ends after so many, and is missed until then', () => {
    const script = scriptWith(1, {share: 0.5, times: 3});
    expect(script.unused()).toEqual([{share: 0.5, times: 3}]);
    expect(drawn(script, 100)).toHaveLength(3);
    expect(script.leftovers()).toEqual([]);
  });
});
