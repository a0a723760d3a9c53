import {describe, expect, test} from 'vitest';
import {createAtHand} from '../../src/engine/at-hand.ts';
import type {StoredTokens} from '../../src/ports.ts';

const MOST = 10_000;
const pair = (generation: string): StoredTokens => ({
  generation,
  tokens: {accessToken: `access-${generation}`, accessExpiresAt: 1},
});
const one = pair('one');
const two = pair('two');

describe('a pair that is kept', () => {
  test('is warm until it changes, and what was brought is given back', () => {
    const hand = createAtHand();
    expect(hand.warm('ada')).toBeUndefined();
    expect(hand.lastSeen('ada')).toBeUndefined();
    expect(hand.keep('ada', one, hand.changes)).toBe(one);
    expect(hand.warm('ada')).toBe(one);
    expect(hand.lastSeen('ada')).toBe(one);
    expect(hand.toPutBack('ada')).toBe(one);
  });

  test('is not kept when it was read before a change, yet given back all the same', () => {
    const hand = createAtHand();
    const seenAt = hand.changes;
    hand.changed('ada', true);
    expect(hand.changedSince('ada', seenAt)).toBe(true);
    expect(hand.changedSince('bob', seenAt)).toBe(false);
    expect(hand.keep('ada', one, seenAt)).toBe(one);
    expect(hand.warm('ada')).toBeUndefined();
    hand.keep('ada', two, hand.changes);
    expect(hand.warm('ada')).toBe(two);
  });

  test('is gone after a drop, also as the last one seen', () => {
    const hand = createAtHand();
    hand.keep('ada', one, 0);
    hand.drop('ada');
    expect(hand.lastSeen('ada')).toBeUndefined();
    hand.keep('ada', one, 0);
    hand.missed();
    hand.drop('ada');
    expect(hand.lastSeen('ada')).toBeUndefined();
    expect(hand.keys()).toEqual([]);
  });
});

describe('a pair that has changed elsewhere', () => {
  test('is no longer warm; it is the last one seen, and not to be put back', () => {
    const hand = createAtHand();
    hand.keep('ada', one, 0);
    hand.changed('ada', false);
    expect(hand.warm('ada')).toBeUndefined();
    expect(hand.lastSeen('ada')).toMatchObject(one);
    expect(hand.toPutBack('ada')).toBeUndefined();
  });

  test('leaves nothing when it is gone, nor what was left of an older one', () => {
    const hand = createAtHand();
    hand.keep('ada', one, 0);
    hand.changed('ada', true);
    expect(hand.lastSeen('ada')).toBeUndefined();
    hand.keep('ada', two, hand.changes);
    hand.missed();
    hand.changed('ada', true);
    expect(hand.lastSeen('ada')).toBeUndefined();
  });

  test('keeps what was last seen when it changes a second time', () => {
    const hand = createAtHand();
    hand.keep('ada', one, 0);
    hand.missed();
    hand.changed('ada', false);
    expect(hand.lastSeen('ada')).toBe(one);
  });

  test('leaves nothing of itself when another is kept', () => {
    const hand = createAtHand();
    hand.keep('ada', one, 0);
    hand.changed('ada', false);
    hand.keep('ada', two, hand.changes);
    hand.drop('ada');
    expect(hand.lastSeen('ada')).toBeUndefined();
  });
});

describe('news that were missed', () => {
  test('make every pair unsure: the last one seen, which may be put back', () => {
    const hand = createAtHand();
    hand.keep('ada', one, 0);
    hand.keep('bob', two, 0);
    const seenAt = hand.changes;
    hand.missed();
    expect(hand.changes).toBe(seenAt + 1);
    expect([hand.warm('ada'), hand.warm('bob')]).toEqual([undefined, undefined]);
    expect([hand.lastSeen('ada'), hand.lastSeen('bob')]).toEqual([one, two]);
    expect([hand.toPutBack('ada'), hand.toPutBack('bob')]).toEqual([one, two]);
    expect(hand.changedSince('carl', seenAt)).toBe(true);
    expect(hand.changedSince('carl', hand.changes)).toBe(false);
  });

  test('leave the keys of all, each once', () => {
    const hand = createAtHand();
    hand.keep('ada', one, 0);
    hand.keep('bob', two, 0);
    hand.missed();
    hand.keep('bob', two, hand.changes);
    hand.keep('carl', one, hand.changes);
    expect(hand.keys().toSorted()).toEqual(['ada', 'bob', 'carl']);
  });
});

describe('of more than ten thousand users', () => {
  test('the one who was kept first goes first, and one who is kept again is the newest', () => {
    const hand = createAtHand();
    for (let user = 0; user < MOST; user++) hand.keep(`user-${user}`, one, 0);
    expect(hand.keys()).toHaveLength(MOST);
    hand.keep('user-0', two, 0);
    hand.keep('ada', one, 0);
    expect(hand.keys()).toHaveLength(MOST);
    expect(hand.warm('user-0')).toBe(two);
    expect(hand.warm('user-1')).toBeUndefined();
    expect(hand.warm('user-2')).toBe(one);
  });

  test('the changes are forgotten at once, and then all counts as changed', () => {
    const hand = createAtHand();
    for (let user = 0; user < MOST; user++) hand.changed(`user-${user}`, true);
    expect(hand.changedSince('ada', 0)).toBe(false);
    const seenAt = hand.changes;
    hand.changed('bob', true);
    expect(hand.changedSince('ada', seenAt)).toBe(true);
    expect(hand.changedSince('ada', hand.changes)).toBe(false);
    // From here on each is counted for itself again.
    const later = hand.changes;
    hand.changed('carl', true);
    expect(hand.changedSince('ada', later)).toBe(false);
    expect(hand.changedSince('carl', later)).toBe(true);
  });
});
