import {describe, expect, test} from 'vitest';
import {memoryStore} from '../../src/index.ts';
import {JUNE, MAY, setup} from './support/quota.ts';

describe('how full the quotas are', () => {
  test('is told by the fullest vehicle, and by how many have come to the share that warns', async () => {
    const {quota} = setup();
    expect(quota.fullness()).toEqual({period: MAY, fullest: 0, near: 0});
    quota.count('car', 3);
    quota.count('van', 5);
    await quota.flush();
    expect(quota.fullness()).toEqual({period: MAY, fullest: 0.5, near: 0});
    quota.count('car', 9);
    quota.count('van', 3);
    await quota.flush();
    expect(quota.fullness()).toEqual({period: MAY, fullest: 1.2, near: 2});
    quota.count('car', 1);
    await quota.flush();
    expect(quota.fullness()).toMatchObject({fullest: 1.3, near: 2});
  });

  test('counts what other processes have called, of the vehicles that this one calls', async () => {
    const counts = memoryStore().usage!;
    const [one, other] = [setup({}, counts), setup({}, counts)];
    one.quota.count('car', 7);
    one.quota.count('van', 9);
    await one.quota.flush();
    other.quota.count('car', 1);
    await other.quota.flush();
    expect(other.quota.fullness()).toMatchObject({fullest: 0.8, near: 1});
    expect(one.quota.fullness()).toMatchObject({fullest: 0.9, near: 1});
  });

  test('begins anew with each period, and what is written late for the last one changes nothing', async () => {
    const {quota, clock, refuse} = setup();
    quota.count('car', 9);
    await quota.flush();
    refuse(new Error('gone'));
    quota.count('van', 10);
    await quota.flush().catch(() => undefined);
    clock.set(Date.UTC(2026, 5, 1));
    expect(quota.fullness()).toEqual({period: JUNE, fullest: 0, near: 0});
    refuse();
    quota.count('car', 1);
    await quota.flush();
    expect(quota.fullness()).toEqual({period: JUNE, fullest: 0.1, near: 0});
    clock.set(Date.UTC(2026, 4, 20));
    quota.count('van', 1);
    await quota.flush();
    expect(quota.fullness()).toEqual({period: MAY, fullest: 0, near: 0});
    clock.set(Date.UTC(2026, 5, 2));
    expect(quota.fullness()).toEqual({period: JUNE, fullest: 0.1, near: 0});
  });
});
