import type {BackoffTable} from '../core/backoff.ts';
import type {Budget, Episodes, Gates, Outages, Quota, TokenSource} from '../ports.ts';
import type {Advisor} from './describe.ts';
import type {FullClock} from './clock.ts';
import type {Events} from './events.ts';
import type {Followed} from './followed.ts';
import type {TokenKeeper} from './tokens.ts';

/** Everything that a call needs from its policy. */
export interface Engine extends Advisor {
  readonly clock: FullClock;
  /** Chance as an argument: a number from 0 to below 1. */
  readonly random: () => number;
  readonly backoff: BackoffTable;
  readonly source?: TokenSource;
  readonly tokens?: TokenKeeper;
  readonly gates: Gates;
  readonly episodes: Episodes;
  readonly events: Events;
  readonly followed: Followed;
  /** Absent where retries are not bounded. */
  readonly budget?: Budget;
  /** Absent where calls are not counted. */
  readonly quota?: Quota;
  /** Absent where makers have no breaker. */
  readonly outages?: Outages;
  readonly maxWaitMs: number;
  readonly attemptTimeoutMs: number;
  /** Aborts, with a `PolicyError` of code `CLOSED`, when the policy is closed. */
  readonly closing: AbortSignal;
  /** Per user and car: the generation of a token that was refused although it was fresh. */
  readonly rejected: Map<string, string>;
}
