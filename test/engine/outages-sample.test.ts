import {describe, expect, test} from 'vitest';
import {errorOf, onTheWire, queued} from './support/bench.ts';
import {asleep, upstream} from './support/failures.ts';
import {answer, cars, fail, outage, pauses} from './support/outage.ts';

describe('when the pause of a make is over', () => {
  test('one sample goes; if it fails, the next pause is twice as long', async () => {
    const on = await outage();
    await on.clock.advance(30_000);
    const sample = onTheWire<number>();
    const sampling = errorOf(on.policy.run(sample.send, {vehicle: 't1', idempotent: true}));
    await expect(on.clock.run(answer(on, 't2'))).rejects.toMatchObject({code: 'PAUSED'});
    sample.reject(upstream());
    await sampling;
    await on.clock.advance(60_000);
    await fail(on, 't3');
    await on.clock.advance(120_000);
    await fail(on, 't4');

    expect(pauses(on)).toEqual([
      '0 pause make:tesla until 30000, maker-outage',
      '30000 pause make:tesla until 90000, maker-outage',
      '90000 pause make:tesla until 210000, maker-outage',
      '210000 pause make:tesla until 450000, maker-outage',
    ]);
  });

  test('a sample that is answered, be it with an error of the car, opens it wider for those who wait', async () => {
    const on = await outage();
    const wire = cars(8).map(vehicle => ({vehicle, on: onTheWire<number>()}));
    const calls = wire.map(({vehicle, on: {send}}) =>
      on.policy.run(send, {vehicle, idempotent: true, maxWaitMs: 3_600_000}).catch(() => undefined),
    );
    const under = (): number => wire.filter(({on: {sent}}) => sent > 0).length;
    await queued(8);
    await on.clock.advance(29_999);
    expect(under()).toBe(0);
    await on.clock.advance(1);
    await queued(8);
    expect(under()).toBe(1);
    wire[0]?.on.reject(asleep());
    await queued(8);
    expect(under()).toBe(3);
    for (const {on: one} of wire) one.resolve(1);
    await on.clock.run(Promise.all(calls));

    expect(pauses(on).at(-1)).toBe('30000 resume make:tesla');
    await fail(on, 't1');
    expect(pauses(on)).toHaveLength(2);
  });

  test('after a success it takes five cars again to open', async () => {
    const on = await outage();
    await on.clock.advance(30_000);
    await answer(on, 't1');
    for (const vehicle of cars(4)) await fail(on, vehicle);
    expect(pauses(on)).toHaveLength(2);
    await fail(on, 't4');
    expect(pauses(on).at(-1)).toBe('30000 pause make:tesla until 60000, maker-outage');
  });

  test('a sample that is given up tells nothing, and the next one goes', async () => {
    const on = await outage();
    await on.clock.advance(30_000);
    const controller = new AbortController();
    const given = errorOf(
      on.policy.run(onTheWire<number>().send, {vehicle: 't1', idempotent: true, signal: controller.signal}),
    );
    await on.clock.advance(0);
    controller.abort('gone');
    await given;
    await expect(answer(on, 't2')).resolves.toBe('a reading');
    expect(pauses(on).at(-1)).toBe('30000 resume make:tesla');
  });
});
