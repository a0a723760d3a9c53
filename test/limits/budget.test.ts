import {describe, expect, test} from 'vitest';
import {retryBudget} from '../../src/limits/budget.ts';

describe('a budget of retries', () => {
  test('is full at the start, and spends whole retries', () => {
    const budget = retryBudget({share: 0.1, size: 2});
    expect([budget.left, budget.affordable]).toEqual([2, true]);
    budget.spend();
    budget.spend();
    expect([budget.left, budget.affordable]).toEqual([0, false]);
  });

  test('gets a retry for each ten calls, though ten tenths are less than one', () => {
    const budget = retryBudget({share: 0.1, size: 1});
    budget.spend();
    for (let call = 0; call < 9; call++) budget.deposit();
    expect([budget.left, budget.affordable]).toEqual([0, false]);
    budget.deposit();
    expect([budget.left, budget.affordable]).toEqual([1, true]);
  });

  test('saves up no more than its size', () => {
    const budget = retryBudget({share: 0.5, size: 1});
    for (let call = 0; call < 100; call++) budget.deposit();
    expect(budget.left).toBe(1);
  });

  test('never owes anything: who spends what is not there takes nothing from later calls', () => {
    const budget = retryBudget({share: 1, size: 1});
    for (let retry = 0; retry < 3; retry++) budget.spend();
    budget.deposit();
    expect(budget.affordable).toBe(true);
  });
});
