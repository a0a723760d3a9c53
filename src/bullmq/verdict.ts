import {PolicyError, type Explanation, type Reason} from '../index.ts';
import type {DeathReason} from './stored-call.ts';

/** What becomes of a call that did not succeed this time. */
export type Verdict =
  /** Not before `at` (epoch ms): the server told it, or a gate is shut that long. */
  | {readonly to: 'later'; readonly at: number}
  /** The same, but nobody told a time: it counts against `maxRounds`. */
  | {readonly to: 'round'; readonly at?: number}
  /** Until the owner is back. */
  | {readonly to: 'parked'}
  /** A command that may have been carried out. */
  | {readonly to: 'settled'}
  | {readonly to: 'dead'; readonly reason: DeathReason}
  /** Nothing is sent from this process any more. */
  | {readonly to: 'waiting'};

/** What the policy stopped for want of time, budget or a place: another round may be luckier. */
const ANOTHER_ROUND: ReadonlySet<Reason> = new Set<Reason>([
  'retries-spent',
  'budget',
  'wait-too-long',
  'past-deadline',
  'crowded',
  'paused',
]);

/** The error, or the failed `Response`, of one run through the policy. `explanation`: what the policy says of it. */
export function verdictOn(subject: unknown, explanation: Explanation | undefined, command: boolean): Verdict {
  const refusal = PolicyError.is(subject) ? subject : undefined;
  if (refusal?.code === 'CLOSED') return {to: 'waiting'};
  // A context or a handler that is wrong as it stands; the policy has not even begun.
  if (!explanation) return {to: 'dead', reason: refusal ? 'failed' : 'handler-error'};
  const {action, reason, failure, retryAt, attempts} = explanation;
  const open = command && failure.effect === 'possible';
  if (reason === 'outcome-unknown') return {to: 'settled'};
  if (open && (reason === 'aborted' || reason === 'past-deadline')) return {to: 'settled'};
  if (open && !refusal && (retryAt !== undefined || action !== 'fail')) return {to: 'settled'};
  if (action === 'reauthenticate') return {to: 'parked'};
  // What the server told, or a gate that is shut already, is no failure of this call.
  const told = attempts === 0 || failure.retryAfterMs !== undefined;
  if (retryAt !== undefined) return {to: told ? 'later' : 'round', at: Math.ceil(retryAt)};
  if (action !== 'fail' || ANOTHER_ROUND.has(reason) || refusal?.code === 'PAUSED') return {to: 'round'};
  if (reason !== 'unrecognised') return {to: 'dead', reason: 'failed'};
  // The store that the policy keeps its tokens in: most likely away for a while.
  return refusal ? {to: 'round'} : {to: 'dead', reason: 'handler-error'};
}
