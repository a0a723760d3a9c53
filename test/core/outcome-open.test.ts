import {describe, expect, it} from 'vitest';
import {isOutcomeOpen} from '../../src/core/outcome-open.ts';
import {REASONS, type Reason} from '../../src/core/reasons.ts';

const possible = {effect: 'possible'} as const;
const none = {effect: 'none'} as const;

/** What ends a call although its failure could have been repeated. */
const CUT_SHORT: readonly Reason[] = [
  'retries-spent',
  'retries-off',
  'wait-too-long',
  'past-deadline',
  'body-not-replayable',
  'budget',
  'paused',
  'aborted',
  'closed',
];

describe('nobody knows whether a command was carried out', () => {
  it.each(CUT_SHORT)('that may have reached the car and ended as %s', reason => {
    expect(isOutcomeOpen({reason, failure: possible, command: true})).toBe(true);
  });

  it('where the decision says so itself', () => {
    expect(isOutcomeOpen({reason: 'outcome-unknown', failure: none})).toBe(true);
  });
});

describe('the outcome is known', () => {
  it.each(CUT_SHORT)('of what never reached the car, or changes nothing: %s', reason => {
    expect(isOutcomeOpen({reason, failure: none, command: true})).toBe(false);
    expect(isOutcomeOpen({reason, failure: possible, command: false})).toBe(false);
    expect(isOutcomeOpen({reason, failure: possible})).toBe(false);
  });

  const answered = (Object.keys(REASONS) as Reason[]).filter(
    reason => reason !== 'outcome-unknown' && !CUT_SHORT.includes(reason),
  );
  it.each(answered)('of a command whose answer was %s', reason => {
    expect(isOutcomeOpen({reason, failure: possible, command: true})).toBe(false);
  });
});
