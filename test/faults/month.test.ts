import {expect, test} from 'vitest';
import {fakeAuth, pair} from '../engine/support/auth.ts';
import {
  asleep,
  lostLogin,
  noPermission,
  rateLimited,
  unauthorized,
  upstream,
} from '../engine/support/failures.ts';
import {dice, FACTOR, SEED} from './support/factor.ts';
import {createPolicy, manualClock, sqliteStore} from './support/front-door.ts';
import {heapUsed} from './support/heap.ts';

const CARS = Math.min(80 * FACTOR, 1_000);
const HOUR = 3_600_000;
const FAULTS = [
  () => rateLimited('VEHICLE', 600),
  asleep,
  upstream,
  lostLogin,
  noPermission,
  unauthorized,
  () => new Error('a stranger'),
];

test(`a month of ${CARS} cars that are asked by the hour, with faults and owners who come back, leaves the heap flat`, async () => {
  const clock = manualClock();
  const chance = dice(SEED);
  let renewals = 0;
  const auth = fakeAuth(async () => pair(`${++renewals}`, clock.now(), 2 * HOUR));
  const policy = createPolicy({
    clock,
    auth,
    random: chance,
    store: sqliteStore(':memory:', {clock}),
    quota: {perVehicle: 500},
    outages: true,
    maxWaitMs: 0,
  });
  const heard = {success: 0, fail: 0, reauth: 0};
  policy.on('success', () => void heard.success++);
  policy.on('fail', () => void heard.fail++);
  policy.on('reauth', () => void heard.reauth++);
  for (let car = 0; car < CARS; car++)
    await policy.tokens.save(`owner-${car}`, pair(`${car}`, clock.now(), 2 * HOUR));

  const poll = async (car: number, hour: number): Promise<void> => {
    // Half of the cars are rented for an hour, and never asked again: what was learned about them must go.
    const rented = car % 2 === 0;
    const fault = chance() < (rented ? 0.3 : 0.03) ? chance.of(FAULTS) : undefined;
    const context = {
      user: `owner-${car}`,
      vehicle: rented ? `rental-${car}-${hour}` : `car-${car}`,
      // Who makes names of their own for each call must not fill the memory either.
      operation: chance() < 0.5 ? 'odometer' : `poll-${hour}`,
      idempotent: true,
      make: 'tesla',
      deadlineMs: 60_000,
    };
    const send = async (): Promise<string> => {
      if (fault) throw fault();
      return 'a reading';
    };
    await policy.run(send, context).catch(() => undefined);
  };

  const heap: number[] = [];
  for (let hour = 0; hour < 30 * 24; hour++) {
    for (let car = 0; car < CARS; car += 50)
      await Promise.all(
        Array.from({length: Math.min(50, CARS - car)}, (_, index) => poll(car + index, hour)),
      );
    if (hour % 24 === 23) for (const {user} of await policy.reauth.list()) await policy.reauth.resolve(user);
    await clock.advance(HOUR);
    if (hour % 240 === 239) heap.push((await heapUsed()) / 1e6);
  }
  const [tenth = 0, twentieth = 0, thirtieth = 0] = heap;
  if (FACTOR > 1)
    console.log(
      `${CARS * 720} calls, ${JSON.stringify(heard)}, heap in MB ${heap.map(mb => mb.toFixed(1)).join(', ')}`,
    );

  expect(heard.success + heard.fail).toBe(CARS * 720);
  expect(heard.reauth).toBeGreaterThan(CARS / 2);
  // In MB. Were no gate forgotten, two thirds of a month would leave 1.3 of 80 cars.
  const bound = 0.9 + CARS / 1_000;
  expect(thirtieth - tenth).toBeLessThan(bound);
  expect(thirtieth - twentieth).toBeLessThan(bound);
  await policy.close();
  expect(clock.waiting).toBe(0);
}, 240_000);
