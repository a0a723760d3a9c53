import {setFlagsFromString} from 'node:v8';
import {runInNewContext} from 'node:vm';
import {expect, test} from 'vitest';
import {enter, setup, type Setup} from './support/gates.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function heapUsed(): number {
  // What the first one sets free may hold more.
  collectGarbage();
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

const MILLION = 1_000_000;

test('a million cars that are asked once each leave nothing behind', () => {
  const {gates} = setup();
  for (let car = 0; car < MILLION; car++) {
    const passes = gates.enterAtOnce([`vehicle:${car}`, 'application']) ?? [];
    for (const pass of passes) pass.leave('passed');
  }
  expect(gates.list()).toEqual([{scope: 'application', waiting: 0, inFlight: 0}]);
  expect(gates.quiet).toBe(true);
});

test('a million cars that get one command each leave nothing behind', () => {
  const {gates} = setup();
  let most = 0;
  for (let car = 0; car < MILLION; car++) {
    const passes = gates.enterAtOnce([`commands:${car}`, `vehicle:${car}`, 'application']) ?? [];
    most = Math.max(most, passes.length);
    for (const pass of passes) pass.leave(car % 2 === 0 ? 'passed' : 'unknown');
  }
  // The command's place, and the application's.
  expect(most).toBe(2);
  expect(gates.list()).toEqual([{scope: 'application', waiting: 0, inFlight: 0}]);
});

test('a hundred thousand cars that had a place waited for leave nothing behind', async () => {
  const {gates} = setup();
  for (let car = 0; car < 100_000; car++) {
    const key = `commands:${car}`;
    const [first] = gates.enterAtOnce([key]) ?? [];
    const waits = enter(gates, key);
    first?.leave('passed');
    (await waits).leave('passed');
  }
  expect(gates.list()).toHaveLength(1);
});

test('gates that nobody comes to any more do not pile up: those of 100 000 cars are gone when others close', async () => {
  const {gates, clock, log} = setup();
  const shutFor = (car: string): void =>
    gates.close(`vehicle:${car}`, {until: clock.now() + 500, reason: 'told'}, []);
  for (let car = 0; car < 100_000; car++) shutFor(`${car}`);
  await clock.advance(700_000);
  for (let car = 0; car < 120_000; car++) shutFor(`new-${car}`);

  await Promise.resolve();
  // All of the old ones were swept, though nobody asked about them again.
  expect(log.filter(line => line.startsWith('opened'))).toHaveLength(100_000);
  expect(gates.list()).toHaveLength(120_001);
});

/** As many cars whose gates are closed, with ids as long as theirs are and a time of its own for each. */
function closed(cars: number): Setup {
  const all = setup();
  for (let car = 0; car < cars; car++) {
    const id = `36ab27d0-fd9d-4455-823a-${String(car).padStart(12, '0')}`;
    const toldMs = 30_000.5 + car;
    const closing = {until: all.clock.now() + toldMs, reason: 'rate-limited', limit: true, toldMs};
    all.gates.close(`vehicle:${id}`, closing, []);
    all.log.length = 0;
  }
  return all;
}

test('a closed gate costs no more than 400 bytes, its key and what was told included', () => {
  const gateCount = 100_000;
  // Code and shapes are there before anything is measured.
  closed(5_000);
  const before = heapUsed();
  const {gates} = closed(gateCount);
  const bytes = (heapUsed() - before) / gateCount;

  expect(bytes).toBeLessThanOrEqual(400);
  expect(gates.list()).toHaveLength(gateCount + 1);
});
