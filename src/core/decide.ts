import {combinedDelay, delayOf, retriesOf, settingFor, type BackoffTable} from './backoff.ts';
import {classify, type Case, type Circumstances} from './classify.ts';
import type {Evidence} from './evidence/evidence.ts';
import type {Action, Failure, FailureScope, Needs} from './failure.ts';
import type {Reason} from './reasons.ts';
import {rule, type Ruling} from './rules.ts';

/** A time before which nothing in a scope may be sent. */
export interface GateClosing {
  readonly scope: FailureScope;
  /** Epoch ms. */
  readonly until: number;
}

/** What to do about a failure, and why. */
export interface Decision {
  readonly action: Action;
  readonly reason: Reason;
  readonly needs: Needs;
  readonly failure: Failure;
  /** With `retry`: how long to wait first, in milliseconds. */
  readonly delayMs?: number;
  /** Epoch ms: when the next attempt makes sense. Also with a `fail` that only lacks the time to wait. */
  readonly retryAt?: number;
  /** With a failure that holds for more than this call: the gate it closes. */
  readonly gate?: GateClosing;
  /** The key of `backoff` that a retry is counted under. */
  readonly backoffKey?: string;
  /** With a `retry` whose key of `backoff` has a `maxWaitMs` of its own: it holds for the call from now on. */
  readonly maxWaitMs?: number;
  readonly docUrl?: string;
}

/** What one call has already used, and what it may use. */
export interface CallState extends Circumstances {
  readonly command: boolean;
  /** The caller says that carrying the command out twice does no harm. */
  readonly idempotent: boolean;
  /** Whether the request can be sent again at all; a streamed body can't. */
  readonly replayable: boolean;
  /** Whether a refused token can be replaced. */
  readonly refreshable: boolean;
  readonly retries: Readonly<Record<string, number>>;
  readonly waitedMs: number;
  /** The longest time the call may spend waiting, over all its attempts. */
  readonly maxWaitMs: number;
  /** Epoch ms. */
  readonly deadlineAt?: number;
}

/** What a call has used before its first attempt. */
export const FRESH_CALL: CallState = Object.freeze({
  command: false,
  idempotent: false,
  replayable: true,
  refreshable: true,
  retries: {},
  waitedMs: 0,
  maxWaitMs: Infinity,
});

/** Time and chance, as arguments: `now` in epoch ms, `dice` from 0 to below 1. */
export interface Moment {
  readonly now: number;
  readonly dice: number;
}

/** The entry that blocks most decides. */
const BLOCKS_MOST: readonly Action[] = ['reauthenticate', 'fail', 'refresh', 'retry'];

/** Takes all that is known and returns one decision. No evidence at all is a stranger's error: fail. */
export function decide(
  evidence: readonly Evidence[],
  state: CallState,
  table: BackoffTable,
  moment: Moment,
): Decision {
  const entries = evidence.length > 0 ? evidence : [{api: 'any'} as const];
  const ruled = entries.map(entry => {
    const subject = classify(entry, state, moment.now);
    return {subject, ruling: rule(subject, state)};
  });
  const decisive = BLOCKS_MOST.map(action => ruled.find(one => one.ruling.action === action)).find(Boolean);
  const {subject, ruling} = decisive ?? ruled[0]!;
  return limited(subject, ruling, state, table, moment);
}

function limited(
  subject: Case,
  ruling: Ruling,
  state: CallState,
  table: BackoffTable,
  moment: Moment,
): Decision {
  const known = {failure: subject.failure, ...(subject.docUrl !== undefined && {docUrl: subject.docUrl})};
  const {action, reason, needs, ifPersists = needs} = ruling;
  if (action === 'refresh') return {...known, ...refreshOrNot(state, reason, needs, ifPersists)};
  if (action !== 'retry') return {...known, action, reason, needs};
  return {...known, ...retryOrNot(subject, ruling, state, table, moment)};
}

type Verdict = Omit<Decision, 'failure' | 'docUrl'>;

function refreshOrNot(state: CallState, reason: Reason, needs: Needs, ifPersists: Needs): Verdict {
  if (!state.refreshable) return {action: 'fail', reason: 'token-rejected', needs: ifPersists};
  if (!state.replayable) return {action: 'fail', reason: 'body-not-replayable', needs: 'developer'};
  return {action: 'refresh', reason, needs};
}

/** A ladder of guards; whoever falls through may go again. */
function retryOrNot(
  subject: Case,
  ruling: Ruling,
  state: CallState,
  table: BackoffTable,
  moment: Moment,
): Verdict {
  const {failure} = subject;
  const {key, setting} = settingFor(table, failure, ruling.pace);
  const used = state.retries[key] ?? 0;
  const maxWaitMs = (setting === false ? undefined : setting.maxWaitMs) ?? state.maxWaitMs;
  const leftMs = maxWaitMs - state.waitedMs;
  const toldMs = failure.retryAfterMs;
  const backoffMs = setting === false ? 0 : delayOf(setting, used, moment.dice);
  const delayMs = combinedDelay(toldMs, backoffMs, moment.dice, leftMs);
  const retryAt = moment.now + delayMs;
  const gate =
    failure.scope === 'call' || failure.scope === 'permission'
      ? {}
      : {gate: {scope: failure.scope, until: retryAt}};
  const stop = (reason: Reason, needs: Needs, at: {readonly retryAt?: number} = {retryAt}): Verdict =>
    Object.assign({action: 'fail', reason, needs}, at, gate) as Verdict;
  const ifPersists = ruling.ifPersists ?? ruling.needs;

  // A repeat could carry the command out twice, so no time is named for one.
  if (state.command && !state.idempotent && failure.effect === 'possible')
    return stop('outcome-unknown', 'developer', {});
  if (!state.replayable) return stop('body-not-replayable', 'developer');
  if (setting === false) return stop('retries-off', ifPersists);
  if (used >= retriesOf(setting)) return stop('retries-spent', ifPersists);
  if (delayMs > leftMs) return stop('wait-too-long', ruling.needs);
  if (state.deadlineAt !== undefined && retryAt >= state.deadlineAt)
    return stop('past-deadline', ruling.needs);
  return {
    action: 'retry',
    reason: ruling.reason,
    needs: ruling.needs,
    delayMs,
    retryAt,
    backoffKey: key,
    ...gate,
  };
}
