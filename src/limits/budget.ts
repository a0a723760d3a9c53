import type {Budget} from '../ports.ts';

export interface BudgetOptions {
  /** Retries that each call pays in. */
  readonly share: number;
  /** Retries that can be saved up, and are there from the start. */
  readonly size: number;
}

/** Sums of tenths are a little less than whole. */
const ROUNDING = 1e-9;

/**
 * A bucket of retries, filled by calls and not by time: however long an outage lasts, at most `share` of the calls is sent
 * again, and `size` more. Source of the idea: https://brooker.co.za/blog/2022/02/28/retries.html
 */
export function retryBudget({share, size}: BudgetOptions): Budget {
  let left = size;
  return {
    get affordable() {
      return left >= 1 - ROUNDING;
    },
    deposit() {
      left = Math.min(size, left + share);
    },
    spend() {
      left = Math.max(0, left - 1);
    },
    get left() {
      return Math.floor(left + ROUNDING);
    },
  };
}
