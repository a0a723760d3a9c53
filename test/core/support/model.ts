import type {BackoffTable} from '../../../src/core/backoff.ts';
import {classify} from '../../../src/core/classify.ts';
import {decide, type CallState, type Decision} from '../../../src/core/decide.ts';
import type {Evidence} from '../../../src/core/evidence/evidence.ts';
import type {Failure} from '../../../src/core/failure.ts';
import {NOW} from './call.ts';

/** One attempt that failed, and the chance of that moment. */
export interface Blow {
  readonly evidence: readonly Evidence[];
  readonly dice: number;
}

/** One decision of a call, with all that was known when it was taken. */
export interface Step {
  readonly state: CallState;
  readonly now: number;
  readonly failures: readonly Failure[];
  readonly decision: Decision;
}

/**
 * The life of one call whose every attempt fails: decides, and does what was decided as an engine would, without a
 * clock and without a network. Ends with the first decision that ends the call, or after `most` steps.
 */
export function live(
  blows: readonly Blow[],
  start: CallState,
  table: BackoffTable,
  most: number,
): readonly Step[] {
  const steps: Step[] = [];
  let state = start;
  let now = NOW;
  for (let index = 0; index < most; index++) {
    const {evidence, dice} = blows[index % blows.length]!;
    const failures = evidence.map(entry => classify(entry, state, now).failure);
    const decision = decide(evidence, state, table, {now, dice});
    steps.push({state, now, failures, decision});
    if (decision.action === 'fail' || decision.action === 'reauthenticate') break;
    now += decision.delayMs ?? 0;
    state = afterwards(state, decision);
  }
  return steps;
}

function afterwards(state: CallState, decision: Decision): CallState {
  if (decision.action === 'refresh') return {...state, tokenWasFresh: true};
  const key = decision.backoffKey!;
  return {
    ...state,
    retries: {...state.retries, [key]: (state.retries[key] ?? 0) + 1},
    waitedMs: state.waitedMs + decision.delayMs!,
    maxWaitMs: decision.maxWaitMs ?? state.maxWaitMs,
  };
}
