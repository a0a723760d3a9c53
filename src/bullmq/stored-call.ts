import type {Explanation} from '../index.ts';
import type {DurableContext} from './handlers.ts';

/** Why a call was given up. */
export type DeathReason =
  /** The policy says that repeating cannot help; the explanation says why. */
  | 'failed'
  /** It was not done by `expiresAt`. */
  | 'expired'
  /** A command may have been carried out, and nobody could say. */
  | 'outcome-unknown'
  /** It failed in as many rounds as `maxRounds` allows. */
  | 'rounds-spent'
  /** The handler threw what no policy knows. */
  | 'handler-error'
  /** No worker knows a handler of this name. */
  | 'no-handler'
  /** Its workers died of it, one after the other. */
  | 'stalled'
  /** BullMQ gave it up, or another program did. */
  | 'queue';

export interface Death {
  readonly reason: DeathReason;
  /** In words, without secrets. */
  readonly message: string;
  /** Epoch ms. */
  readonly diedAt: number;
}

/** What stands in Redis for one call. */
export interface StoredCall {
  readonly data: unknown;
  readonly context: DurableContext;
  /** Epoch ms: given up then, and never started after it. */
  readonly expiresAt: number;
  /** From adding to expiry, in milliseconds; a revived call gets as long again. */
  readonly lifeMs: number;
  /** Tells the call that was added from one that was there under the same id. */
  readonly nonce: string;
  /** Epoch ms: never started before it. */
  readonly notBefore?: number;
  /** Failures that no time was told for. */
  readonly rounds?: number;
  /** A command that was sent, or was about to be: epoch ms. Gone once it is known to have had no effect. */
  readonly sentAt?: number;
  /** It stands in the index of those who wait for an owner. */
  readonly parked?: {readonly user: string; readonly vehicle?: string};
  /** What the policy said of it last. */
  readonly explanation?: Explanation;
  readonly dead?: Death;
  /** Somebody wants it sent again although its outcome is unknown. */
  readonly revived?: true;
}

/** What a call that is done leaves behind. */
export type Answer =
  | {readonly value: unknown}
  | {readonly response: KeptResponse}
  /** Carried out, as `verify` said; what it answered is not known. */
  | {readonly verified: true}
  /** Done, but what it resolved with could not be kept. */
  | {readonly omitted: string};

/** A `Response` as it is kept: its body as JSON where it is that, else as text. */
export interface KeptResponse {
  readonly status: number;
  readonly body?: unknown;
}

/** Members that are `undefined` go. */
export type Change = {readonly [K in keyof StoredCall]?: StoredCall[K] | undefined};

export function changed(stored: StoredCall, change: Change): StoredCall {
  const merged = {...stored, ...change};
  return Object.fromEntries(
    Object.entries(merged).filter(([, value]) => value !== undefined),
  ) as unknown as StoredCall;
}

/** BullMQ takes no colon and no number for an id, and some words are names of its own keys. */
export function jobIdOf(id: string): string {
  return `call-${encodeURIComponent(id)}`;
}

/** `undefined` for a job that was not added here. */
export function idOf(jobId: string): string | undefined {
  return jobId.startsWith('call-') ? decodeURIComponent(jobId.slice('call-'.length)) : undefined;
}
