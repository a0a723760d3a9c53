import type {Run} from '../run.ts';
import {titleOf} from '../scenario.ts';
import {quantile, recoveryMs} from './recovery.ts';

/** What one policy cost, and brought, in one scenario. Durations are milliseconds of virtual time. */
export interface Result {
  readonly scenario: string;
  readonly policy: string;
  readonly settings: string;
  /** The goals are about it. */
  readonly ours: boolean;
  /** Answers that somebody waited for, and those that came in time. */
  readonly asked: number;
  readonly good: number;
  /** The most that the limits of the scenario allow; absent where no limit bounds it. */
  readonly limit?: number;
  /** Requests for readings and commands, and for tokens of grants that were known to be dead. */
  readonly calls: number;
  /** Calls sent for each answer asked for. */
  readonly amplification: number;
  /** The same for the time of the fault. */
  readonly amplificationInFault?: number;
  /** To cars that were known to wait for their owner or for the next month. */
  readonly parked: number;
  /** Refused by a limit, and not parked. */
  readonly refused: number;
  /** Answered when nobody waited any more, and neither parked nor refused. */
  readonly unheard: number;
  /** The three above, as a share of the calls: each call is one of them at most. */
  readonly wasted: number;
  /** Sent before a time that the server had told. */
  readonly early: number;
  /** Completion of good answers, waits included. */
  readonly p50Ms?: number;
  readonly p99Ms?: number;
  /** From the end of the fault until all is as before; `null`: not within the run. Absent where too little came after it. */
  readonly recoveryMs?: number | null;
  /** Requests for tokens for each one that was needed. */
  readonly refreshesPerGeneration?: number;
  readonly lostGrants: number;
  /** Owners who were told to come back although they had not left. */
  readonly falseAlarms: number;
  /** Commands that a car carried out more than once. */
  readonly twice: number;
  /** Calls that the plan counts. */
  readonly billed: number;
  readonly billedPerGood?: number;
  /** Over time: good answers and calls in each step. */
  readonly series: {
    readonly stepMs: number;
    readonly good: readonly number[];
    readonly calls: readonly number[];
  };
}

export function resultOf(
  {scenario, contender, account, tally, stepMs}: Run,
  limit: number | undefined,
): Result {
  const {asked, askedInFault, good, tookMs, lostGrants, falseAlarms} = account;
  const {calls, callsInFault, refused, unheard, parked, early, billed, renewals, needed, carriedOut} = tally;
  const sorted = Float64Array.from(tookMs).toSorted();
  const p50Ms = quantile(sorted, 0.5);
  const p99Ms = quantile(sorted, 0.99);
  const {fault} = scenario;
  const recovery = fault && recoveryMs(account, fault.until);
  const steps = Math.max(account.goodAt.length, tally.callsAt.length);
  return {
    scenario: titleOf(scenario),
    policy: contender.name,
    settings: contender.settings,
    ours: contender.ours === true,
    asked,
    good,
    ...(limit !== undefined && {limit}),
    calls,
    amplification: calls / asked,
    ...(askedInFault > 0 && {amplificationInFault: callsInFault / askedInFault}),
    refused,
    unheard,
    parked,
    wasted: calls === 0 ? 0 : (refused + unheard + parked) / calls,
    early,
    ...(p50Ms !== undefined && {p50Ms}),
    ...(p99Ms !== undefined && {p99Ms}),
    ...(recovery !== undefined && {recoveryMs: recovery === Infinity ? null : recovery}),
    ...(needed > 0 && {refreshesPerGeneration: renewals / needed}),
    lostGrants,
    falseAlarms,
    twice: [...carriedOut.values()].filter(times => times > 1).length,
    billed,
    ...(good > 0 && {billedPerGood: billed / good}),
    series: {stepMs, good: filled(account.goodAt, steps), calls: filled(tally.callsAt, steps)},
  };
}

function filled(counts: readonly (number | undefined)[], length: number): readonly number[] {
  return Array.from({length}, (_, index) => counts[index] ?? 0);
}
