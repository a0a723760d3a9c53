import {describe, expect, test} from 'vitest';
import type {UsageCounts} from '../../src/ports.ts';
import {additions, gone, JUNE, MAY, MID_MAY, setup} from './support/quota.ts';

describe('calls reach the store', () => {
  test('at once for the first, together with what is counted in the same breath', async () => {
    const {quota, clock, asked} = setup();
    quota.count('car', 1);
    quota.count('car', 2);
    quota.count('van', 1);
    expect(asked).toEqual([]);
    await clock.advance(0);
    expect(additions(asked)).toEqual([`add ${MAY} car+3 van+1`]);
    expect(clock.waiting).toBe(0);
  });

  test('gathered for a second after a write, by one timer', async () => {
    const {quota, clock, asked} = setup();
    quota.count('car', 1);
    await clock.advance(400);
    for (let call = 0; call < 5; call++) quota.count('car', 1);
    quota.count('van', 1);
    expect(clock.waiting).toBe(1);
    await clock.advance(599);
    expect(additions(asked)).toHaveLength(1);
    await clock.advance(1);
    expect(additions(asked)).toEqual([`add ${MAY} car+1`, `add ${MAY} car+5 van+1`]);
    expect(clock.waiting).toBe(0);
  });

  test('a second after a write that was under way when they were counted', async () => {
    const {quota, clock, asked, hold, stored} = setup();
    const release = hold();
    quota.count('car', 1);
    await clock.advance(5_000);
    quota.count('car', 1);
    await clock.advance(5_000);
    expect(clock.waiting).toBe(0);
    expect(additions(asked)).toHaveLength(1);
    release();
    await clock.advance(999);
    expect(await stored('car')).toBe(1);
    await clock.advance(1);
    expect(await stored('car')).toBe(2);
  });

  test('at once again when more than a second has passed', async () => {
    const {quota, clock, stored} = setup();
    quota.count('car', 1);
    await clock.advance(1_001);
    quota.count('car', 1);
    await clock.advance(0);
    expect(await stored('car')).toBe(2);
  });

  test('within a second even when the wall clock was set back', async () => {
    const {quota, clock, stored} = setup();
    quota.count('car', 1);
    await clock.advance(1);
    clock.set(MID_MAY - 86_400_000);
    quota.count('car', 1);
    await clock.advance(1_000);
    expect(await stored('car')).toBe(2);
  });

  test('as far as there are any', async () => {
    const {quota, clock, asked} = setup();
    quota.count('car', 0);
    await quota.flush();
    expect(asked).toEqual([]);
    expect(clock.waiting).toBe(0);
  });
});

describe('a flush', () => {
  test('writes everything at once and leaves no timer', async () => {
    const {quota, clock, stored} = setup();
    quota.count('car', 1);
    await clock.advance(10);
    quota.count('car', 1);
    expect(clock.waiting).toBe(1);
    await quota.flush();
    expect(await stored('car')).toBe(2);
    expect(clock.waiting).toBe(0);
  });

  test('waits for the write that is under way', async () => {
    const {quota, clock, hold, stored} = setup();
    const release = hold();
    quota.count('car', 1);
    await clock.advance(10);
    let flushed = false;
    const flush = quota.flush().then(() => (flushed = true));
    await clock.advance(10);
    expect(flushed).toBe(false);
    release();
    await flush;
    expect(await stored('car')).toBe(1);
  });

  test('rejects with what the store refused it with', async () => {
    const {quota, refuse, failures, asked} = setup();
    refuse(gone);
    quota.count('car', 1);
    await expect(quota.flush()).rejects.toBe(gone);
    // The write at once, which nobody waits for, and the one of the flush.
    expect(asked).toHaveLength(2);
    expect(failures).toEqual([gone]);
    refuse();
    await quota.flush();
  });
});

describe('a store that refuses', () => {
  test('loses nothing: the calls come with the next write', async () => {
    const {quota, clock, refuse, failures, asked, stored} = setup();
    refuse(gone);
    quota.count('car', 2);
    await clock.advance(2_000);
    quota.count('van', 1);
    await clock.advance(2_000);
    expect(failures).toEqual([gone, gone]);
    refuse();
    quota.count('car', 1);
    await clock.advance(0);
    expect(additions(asked).at(-1)).toBe(`add ${MAY} car+3 van+1`);
    expect([await stored('car'), await stored('van')]).toEqual([3, 1]);
  });

  test('is not asked again by itself, so that the process can end', async () => {
    const {quota, clock, refuse, asked} = setup();
    refuse(gone);
    quota.count('car', 1);
    await clock.advance(0);
    expect(clock.waiting).toBe(0);
    await clock.advance(60_000);
    expect(asked).toHaveLength(1);
  });

  test('gets what was counted during the refused write a second later', async () => {
    const {quota, clock, refuse, hold, stored} = setup();
    const release = hold();
    refuse(gone);
    quota.count('car', 1);
    await clock.advance(0);
    quota.count('car', 1);
    release();
    await clock.advance(0);
    refuse();
    await clock.advance(1_000);
    expect(await stored('car')).toBe(2);
  });

  test('gets the calls of two periods each in its own, when it comes back in the next', async () => {
    const {quota, clock, refuse, stored} = setup();
    refuse(gone);
    quota.count('car', 2);
    await clock.advance(0);
    clock.set(Date.UTC(2026, 5, 1));
    quota.count('car', 5);
    await clock.advance(2_000);
    refuse();
    await quota.flush();
    expect([await stored('car', MAY), await stored('car', JUNE)]).toEqual([2, 5]);
  });

  test('still tells what a vehicle has used, with what is not written', async () => {
    const {quota, clock, refuse, failures} = setup();
    quota.count('car', 3);
    await clock.advance(0);
    refuse(gone);
    quota.count('car', 2);
    expect((await quota.usage('car')).calls).toBe(5);
    expect(failures).toEqual([gone]);
  });

  test('that throws at once is one that refuses', async () => {
    const counts: UsageCounts = {
      add() {
        throw gone;
      },
      count: () => Promise.reject(gone),
      forget: () => Promise.resolve(),
    };
    const {quota, clock, failures} = setup({counts});
    quota.count('car', 1);
    await clock.advance(0);
    expect(failures).toEqual([gone]);
    await expect(quota.usage('car')).rejects.toBe(gone);
  });
});
