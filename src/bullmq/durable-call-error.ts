import type {Explanation} from '../index.ts';
import type {DeathReason} from './stored-call.ts';

/**
 * Of `result`, why there is none. `DEAD`: the call was given up (`reason`, `explanation`). `TIMEOUT`: it is not done yet, and
 * goes on. `UNKNOWN`: no such call was added, it was discarded, or it is not kept any more. `OMITTED`: it is done, but
 * what it resolved with could not be kept. `CLOSED`: these durable calls were closed; the call goes on elsewhere. Of every
 * method, `UNREACHABLE`: there has been no connection to Redis yet; nothing was done.
 */
export type DurableCallErrorCode = 'DEAD' | 'TIMEOUT' | 'UNKNOWN' | 'OMITTED' | 'CLOSED' | 'UNREACHABLE';

/** What a `DurableCallError` is made of, besides its message. */
export interface DurableCallErrorDetails {
  /** Of the call. */
  readonly id?: string;
  /** With `DEAD`: why it was given up. */
  readonly reason?: DeathReason;
  /** With `DEAD`: what the policy said of it last. */
  readonly explanation?: Explanation;
}

/** Why a durable call, or a question about one, brought nothing: `code` says which. */
export class DurableCallError extends Error {
  readonly code: DurableCallErrorCode;
  /** Of the call, where one was named. */
  readonly id?: string;
  /** With `DEAD`. */
  readonly reason?: DeathReason;
  /** With `DEAD`, where a policy has judged it. */
  readonly explanation?: Explanation;

  constructor(code: DurableCallErrorCode, message: string, details: DurableCallErrorDetails = {}) {
    super(message);
    this.name = 'DurableCallError';
    this.code = code;
    if (details.id !== undefined) this.id = details.id;
    if (details.reason !== undefined) this.reason = details.reason;
    if (details.explanation !== undefined) this.explanation = details.explanation;
  }
}
