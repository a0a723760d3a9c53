import {describe, expect, test} from 'vitest';
import {createDice} from '../../src/simulator/dice.ts';
import type {OwnerState} from '../../src/simulator/fleet/owner.ts';
import {createShelf} from '../../src/simulator/oauth/shelf.ts';
import {createTokens} from '../../src/simulator/oauth/tokens.ts';

describe('many tokens', () => {
  const owner = {tokenGeneration: 0} as OwnerState;

  test('a hundred thousand refreshes leave a bounded number, and no idle grant is lost', () => {
    let now = 0;
    const tokens = createTokens({}, {now: () => now, steadyNow: () => now}, createDice(1));
    const idle = tokens.grant({tokenGeneration: 0} as OwnerState, new Set(), new Set());
    let pair = tokens.grant(owner, new Set(), new Set());
    const early: string[] = [];
    for (let count = 0; count < 100_000; count += 1) {
      now += 1000;
      if (count < 1000) early.push(pair.refreshToken);
      const next = tokens.refresh(pair.refreshToken);
      if (next === undefined) throw new Error('The refresh failed.');
      pair = next;
    }
    expect(early.filter(token => tokens.lookUp('refresh', token) !== undefined)).toEqual([]);
    expect(tokens.refresh(idle.refreshToken)).toBeDefined();
    expect(tokens.refresh(pair.refreshToken)).toBeDefined();
  });

  test('a shelf grows to what it remembers while things die, and to its most while they live', () => {
    let alive = false;
    const shelf = createShelf<number>({
      isDead: () => !alive,
      isExpendable: () => false,
      remembered: 10,
      most: 20,
    });
    const fill = () => {
      for (let value = 0; value < 1000; value += 1) shelf.set(String(value), value);
    };
    fill();
    expect(shelf.size).toBe(10);
    alive = true;
    fill();
    expect(shelf.size).toBe(20);
    expect(shelf.get('999')).toBe(999);
  });

  test('a full shelf gives up first what nobody will miss', () => {
    const shelf = createShelf<number>({
      isDead: () => false,
      isExpendable: value => value !== 0,
      remembered: 10,
      most: 20,
    });
    for (let value = 0; value < 1000; value += 1) shelf.set(String(value), value);
    expect(shelf.get('0')).toBe(0);
  });
});
