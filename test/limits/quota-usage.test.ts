import * as fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {memoryStore} from '../../src/index.ts';
import {gone, JUNE, MAY, MID_MAY, setup} from './support/quota.ts';

describe('the usage of a vehicle', () => {
  test('holds every call that was counted, written or not', async () => {
    const {quota, clock, hold} = setup();
    quota.count('car', 1);
    await clock.advance(10);
    quota.count('car', 2);
    expect(await quota.usage('car')).toEqual({
      vehicle: 'car',
      period: MAY,
      calls: 3,
      perVehicle: 10,
      endsAt: Date.UTC(2026, 5, 1),
    });
    const release = hold();
    quota.count('car', 4);
    const usage = quota.usage('car');
    await clock.advance(10);
    quota.count('car', 8);
    release();
    expect((await usage).calls).toBe(15);
  });

  test('is 0 for a vehicle without calls, and that of another period for another time', async () => {
    const {quota, clock} = setup();
    quota.count('car', 2);
    clock.set(Date.UTC(2026, 5, 20));
    quota.count('car', 5);
    expect((await quota.usage('van')).calls).toBe(0);
    expect(await quota.usage('car')).toMatchObject({period: JUNE, calls: 5});
    expect(await quota.usage('car', MID_MAY)).toMatchObject({period: MAY, calls: 2});
  });

  test('is that of all processes that share the store', async () => {
    const counts = memoryStore().usage!;
    const [one, other] = [setup({}, counts), setup({}, counts)];
    one.quota.count('car', 2);
    await one.quota.flush();
    other.quota.count('car', 3);
    expect((await other.quota.usage('car')).calls).toBe(5);
  });
});

describe('the warning', () => {
  test('comes when the threshold is reached, with what is known, and not again', async () => {
    const {quota, warnings} = setup();
    for (let call = 1; call <= 12; call++) {
      quota.count('car', 1);
      await quota.flush();
      expect(warnings).toHaveLength(call < 8 ? 0 : 1);
    }
    expect(warnings).toEqual([{vehicle: 'car', period: MAY, calls: 8, perVehicle: 10, share: 0.8}]);
  });

  test('comes for a step that goes beyond the quota', async () => {
    const {quota, warnings} = setup();
    quota.count('car', 25);
    await quota.flush();
    expect(warnings).toMatchObject([{calls: 25, share: 2.5}]);
  });

  test('comes on the call that is meant where a product of fractions would lie above it', async () => {
    const {quota, warnings} = setup({perVehicle: 100, warnAt: 0.07});
    quota.count('car', 7);
    await quota.flush();
    expect(warnings).toHaveLength(1);
  });

  test('comes again in the next period', async () => {
    const {quota, clock, warnings} = setup();
    quota.count('car', 8);
    await quota.flush();
    clock.set(Date.UTC(2026, 5, 1));
    quota.count('car', 9);
    await quota.flush();
    expect(warnings.map(({period}) => period)).toEqual([MAY, JUNE]);
  });

  test('comes once over all processes, however the calls fall', async () => {
    const step = fc.record({who: fc.nat(2), calls: fc.integer({min: 1, max: 5}), flush: fc.boolean()});
    await fc.assert(
      fc.asyncProperty(fc.array(step, {maxLength: 20}), async steps => {
        const counts = memoryStore().usage!;
        const processes = [setup({}, counts), setup({}, counts), setup({}, counts)];
        const flushing: Promise<void>[] = [];
        for (const {who, calls, flush} of steps) {
          processes[who]?.quota.count('car', calls);
          if (flush) flushing.push(...processes.map(({quota}) => quota.flush()));
        }
        await Promise.all([...flushing, ...processes.map(({quota}) => quota.flush())]);
        const total = steps.reduce((sum, {calls}) => sum + calls, 0);
        expect(await counts.count(MAY, 'car')).toBe(total);
        expect(processes.flatMap(({warnings}) => warnings)).toHaveLength(total >= 8 ? 1 : 0);
      }),
    );
  });
});

describe('a new period', () => {
  test('drops those before the one that has ended, once', async () => {
    const {quota, clock, asked, stored} = setup();
    quota.count('car', 1);
    await quota.flush();
    quota.count('car', 1);
    await quota.flush();
    clock.set(Date.UTC(2026, 5, 3));
    quota.count('car', 1);
    await quota.flush();
    clock.set(Date.UTC(2026, 6, 3));
    quota.count('car', 1);
    await quota.flush();
    expect(asked.filter(one => one.startsWith('forget'))).toEqual([
      'forget 2026-04-01',
      `forget ${MAY}`,
      `forget ${JUNE}`,
    ]);
    expect([await stored('car', MAY), await stored('car', JUNE)]).toEqual([0, 1]);
  });

  test('drops them with the next write where the store refused', async () => {
    const counts = memoryStore().usage!;
    let refusals = 1;
    const {quota, failures} = setup({
      counts: {
        ...counts,
        forget: before => (refusals-- > 0 ? Promise.reject(gone) : counts.forget(before)),
      },
    });
    await counts.add('2026-03-01', new Map([['car', 1]]));
    quota.count('car', 1);
    await quota.flush();
    expect(failures).toEqual([gone]);
    quota.count('car', 1);
    await quota.flush();
    expect(await counts.count('2026-03-01', 'car')).toBe(0);
  });

  test('begins on the day that was set', () => {
    expect(setup({startDay: 20}).quota.endsAt()).toBe(Date.UTC(2026, 4, 20));
    expect(setup().quota.endsAt()).toBe(Date.UTC(2026, 5, 1));
  });
});
