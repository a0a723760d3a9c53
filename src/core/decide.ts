import {
  combinedDelay,
  DEFAULT_BACKOFF,
  delayOf,
  retriesOf,
  settingFor,
  type BackoffTable,
} from './backoff.ts';
import {classify, type Case, type Circumstances} from './classify.ts';
import type {Evidence} from './evidence/evidence.ts';
import type {Action, Failure, FailureScope, Needs} from './failure.ts';
import type {Reason} from './reasons.ts';
import {rule, type Ruling} from './rules.ts';

/** A time before which nothing in a scope may be sent. */
export interface GateClosing {
  /** What it holds for: the call's own car, user or ability, or everything. */
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
  /** With a `retry` whose key of `backoff` has a `maxWaitMs` of its own, in milliseconds: it holds for the call from now on. */
  readonly maxWaitMs?: number;
  /** Smartcar's page about it. */
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
  /** The call itself named it: no key of `backoff` stands above that. */
  readonly maxWaitIsOwn: boolean;
  /** Epoch ms. */
  readonly deadlineAt?: number;
  /** `false`: the application's budget of retries is spent. @default true */
  readonly affordable?: boolean;
  /** So many probes in a row have met a closed gate of this scope, this attempt included. @default 0 */
  readonly failedProbes?: (scope: FailureScope) => number;
  /** Epoch ms: when the billing period ends, where that is known. */
  readonly periodEndsAt?: number;
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
  maxWaitIsOwn: false,
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
    const ruling = rule(subject, state);
    return {called: ruling.action, decision: limited(subject, ruling, state, table, moment)};
  });
  const most = BLOCKS_MOST.find(action => ruled.some(one => one.called === action));
  const decisive = ruled.flatMap(one => (one.called === most ? [one.decision] : [])).reduce(stricter);
  const all = ruled.map(one => one.decision);
  const unknown = all.find(one => one.reason === 'outcome-unknown');
  // What another entry was told about its scope holds as well.
  const retryAt = Math.max(...all.map(one => one.retryAt ?? 0));
  const gate = all.flatMap(one => one.gate ?? []).reduce(later, undefined);
  return {
    ...(decisive.action === 'refresh' && unknown ? unknown : decisive),
    ...(decisive.retryAt !== undefined && {retryAt}),
    ...(gate && {gate}),
  };
}

/** Of two decisions of the same rank, the first, unless the other ends the call or makes it wait longer. */
function stricter(one: Decision, other: Decision): Decision {
  const gap = BLOCKS_MOST.indexOf(other.action) - BLOCKS_MOST.indexOf(one.action);
  if (gap !== 0) return gap < 0 ? other : one;
  return (other.retryAt ?? Infinity) > (one.retryAt ?? Infinity) ? other : one;
}

function later(one: GateClosing | undefined, other: GateClosing): GateClosing {
  return one && one.until >= other.until ? one : other;
}

function limited(
  subject: Case,
  ruling: Ruling,
  state: CallState,
  table: BackoffTable,
  moment: Moment,
): Decision {
  const {action, reason, needs, ifPersists = needs} = ruling;
  const failure = action === 'reauthenticate' ? parking(subject, state) : subject.failure;
  const known = {failure, ...(subject.docUrl !== undefined && {docUrl: subject.docUrl})};
  if (action === 'refresh') return {...known, ...refreshOrNot(state, reason, needs, ifPersists)};
  if (reason === 'billing') return {...known, action, reason, needs, ...untilPaid(subject, state, moment)};
  if (action !== 'retry') return {...known, action, reason, needs};
  return {...known, ...retryOrNot(subject, ruling, state, table, moment)};
}

/** Parking needs a car or a user; a part of a larger answer parks nothing but itself. */
function parking({failure, evidence}: Case, {vehicle}: CallState): Failure {
  if (evidence.part) return {...failure, scope: 'call'};
  if (failure.scope !== 'call' && failure.scope !== 'application') return failure;
  return {...failure, scope: vehicle === undefined ? 'user' : 'vehicle'};
}

/** Between two looks at whether a limit of the plan still holds, where nobody knows when the period ends. */
const FIRST_LOOK_MS = 3_600_000;
const LAST_LOOK_MS = 86_400_000;

/** A limit of the plan holds until the period ends; an invoice, or what is unknown, is looked at from time to time. */
function untilPaid(
  {failure, evidence}: Case,
  {periodEndsAt, failedProbes}: CallState,
  {now}: Moment,
): Pick<Decision, 'gate' | 'retryAt'> {
  // A bare 430 does not say what it is about.
  if (failure.type !== 'BILLING') return {};
  const gated = failure.code === 'INVALID_PLAN' && !evidence.part ? 'permission' : failure.scope;
  if (gated === 'call') return {};
  const byPeriod = periodEndsAt !== undefined && periodEndsAt > now && gated === 'vehicle';
  const lookMs = FIRST_LOOK_MS * 2 ** Math.min(failedProbes?.(gated) ?? 0, 10);
  const toldMs = failure.retryAfterMs ?? 0;
  const until = byPeriod ? periodEndsAt : now + Math.max(toldMs, Math.min(lookMs, LAST_LOOK_MS));
  return {...(byPeriod && {retryAt: until}), gate: {scope: gated, until}};
}

type Outcome = Omit<Decision, 'failure' | 'docUrl'>;

function refreshOrNot(state: CallState, reason: Reason, needs: Needs, ifPersists: Needs): Outcome {
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
): Outcome {
  const {failure} = subject;
  const {key, setting} = settingFor(table, failure, ruling.pace);
  const used = state.retries[key] ?? 0;
  // Switched off or not, the next attempt makes no sense before the time of the defaults.
  const pacing = setting || settingFor(DEFAULT_BACKOFF, failure, ruling.pace).setting;
  const ownWait = setting === false || state.maxWaitIsOwn ? undefined : setting.maxWaitMs;
  const leftMs = (ownWait ?? state.maxWaitMs) - state.waitedMs;
  const toldMs = failure.retryAfterMs;
  const gated = failure.scope !== 'call';
  // A gate that shuts on its probe backs off further each time, whosever call the probe was.
  const again = gated ? (state.failedProbes?.(failure.scope) ?? 0) : 0;
  const backoffMs = pacing === false ? 0 : delayOf(pacing, Math.max(used, again), moment.dice);
  const delayMs = combinedDelay(toldMs, backoffMs, moment.dice, leftMs);
  const retryAt = moment.now + delayMs;
  const gate = gated ? {gate: {scope: failure.scope, until: retryAt}} : {};
  const stop = (reason: Reason, needs: Needs, at: {readonly retryAt?: number} = {retryAt}): Outcome =>
    Object.assign({action: 'fail', reason, needs}, at, gate) as Outcome;
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
  // What a shut gate holds back needs no budget to be few.
  if (!gated && state.affordable === false) return stop('budget', ruling.needs);
  return {
    action: 'retry',
    reason: ruling.reason,
    needs: ruling.needs,
    delayMs,
    retryAt,
    backoffKey: key,
    ...(ownWait !== undefined && {maxWaitMs: ownWait}),
    ...gate,
  };
}
