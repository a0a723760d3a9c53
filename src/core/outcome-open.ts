import type {Failure} from './failure.ts';
import type {Reason} from './reasons.ts';

/** A limit of the call ended it, whatever the last attempt may have done. */
const CUT_SHORT: ReadonlySet<Reason> = new Set([
  'retries-spent',
  'retries-off',
  'wait-too-long',
  'past-deadline',
  'body-not-replayable',
  'budget',
  'paused',
  'aborted',
  'closed',
]);

/** What an end says about the outcome of a command. */
export interface End {
  readonly reason: Reason;
  readonly failure: Pick<Failure, 'effect'>;
  readonly command?: boolean;
}

/** Whether the call ended without anybody knowing if its command was carried out. */
export function isOutcomeOpen({reason, failure, command}: End): boolean {
  if (reason === 'outcome-unknown') return true;
  return command === true && failure.effect === 'possible' && CUT_SHORT.has(reason);
}
