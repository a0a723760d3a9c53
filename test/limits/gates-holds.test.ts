import {describe, expect, test} from 'vitest';
import type {Pass} from '../../src/ports.ts';
import {enter, setup, type Setup} from './support/gates.ts';

const FIVE = {vehicle: {commands: 1, requests: 5, spacingMs: 0}};

/** A place that has to be there. */
function place({gates}: Setup, key: string): Pass {
  const [pass] = gates.enterAtOnce([key]) ?? [];
  if (!pass) throw new Error(`no place in ${key}`);
  return pass;
}

describe('passes are all that it takes', () => {
  test('where nothing is known of a scope, and there is no pass for it', () => {
    const all = setup();
    const application = place(all, 'application');
    expect(all.gates.holds(['user:ada', 'application'], [application])).toBe(true);
  });

  test('but not without one for a scope that is counted', () => {
    const all = setup(FIVE);
    const [car, application] = [place(all, 'vehicle:a'), place(all, 'application')];
    expect(all.gates.holds(['vehicle:a', 'application'], [application])).toBe(false);
    expect(all.gates.holds(['vehicle:a', 'application'], [application, car])).toBe(true);
  });

  test('but not with one of a lane that has been dropped meanwhile', () => {
    const all = setup(FIVE);
    const car = place(all, 'vehicle:a');
    car.leave('unknown');
    expect(all.gates.holds(['vehicle:a'], [car])).toBe(false);
  });

  test('but not where the gate has shut since', () => {
    const all = setup(FIVE);
    const car = place(all, 'vehicle:a');
    all.gates.close('vehicle:a', {until: 500, reason: 'told'}, [car]);
    expect(all.gates.holds(['vehicle:a'], [car])).toBe(false);
  });

  test('but not before the time between two requests is over, counted from when the last one was sent', async () => {
    const all = setup({vehicle: {commands: 1, requests: 5, spacingMs: 1_000}});
    const {gates, clock} = all;
    const first = place(all, 'vehicle:a');
    await clock.advance(600);
    first.sent();
    await clock.advance(400);
    expect(gates.enterAtOnce(['vehicle:a'])).toBeUndefined();
    const second = enter(gates, 'vehicle:a');
    await clock.advance(600);
    const pass = await second;
    expect(gates.holds(['vehicle:a'], [pass])).toBe(true);
    first.sent();
    expect(gates.holds(['vehicle:a'], [pass])).toBe(false);
    await clock.advance(1_000);
    expect(gates.holds(['vehicle:a'], [pass])).toBe(true);
  });
});
