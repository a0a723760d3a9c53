import type {CallbackProblem} from './callback-problem.ts';

/** Every code a `PolicyError` can carry. */
export const POLICY_ERROR_CODES = [
  'REAUTH_REQUIRED',
  'PAUSED',
  'DEADLINE',
  'CLOSED',
  'CALLBACK',
  'CONFIGURATION',
] as const;

/** Why a call was refused here. */
export type PolicyErrorCode = (typeof POLICY_ERROR_CODES)[number];

/** What a `PolicyError` is made of, besides its message. */
export interface PolicyErrorDetails {
  /** Epoch ms: when the call makes sense again. */
  readonly retryAt?: number;
  /** Where the owner has to go first. */
  readonly connectUrl?: string;
  /** With `CALLBACK`: why the redirect was not accepted. */
  readonly callback?: CallbackProblem;
  /** What it came of. */
  readonly cause?: unknown;
}

/**
 * A refusal that starts in the policy. What the wrapped call itself threw is never turned into one.
 *
 * `REAUTH_REQUIRED`: the owner has to reconnect (`connectUrl`). `PAUSED`: a gate is closed, or no token could be had
 * (`retryAt`). `DEADLINE`: `deadlineMs` has passed. `CLOSED`: the policy was closed. `CALLBACK`: Connect's redirect
 * was not accepted (`callback`). `CONFIGURATION`: an option, an argument or the store is not as it has to be.
 */
export class PolicyError extends Error {
  readonly code: PolicyErrorCode;
  // Declared alone: what is absent is no member, also where the error is printed.
  /** Epoch ms: when the call makes sense again. With `PAUSED`. */
  declare readonly retryAt?: number;
  /** Where the owner has to go. With `REAUTH_REQUIRED`, where there is a link. */
  declare readonly connectUrl?: string;
  /** With `CALLBACK`: why the redirect was not accepted. */
  declare readonly callback?: CallbackProblem;

  constructor(code: PolicyErrorCode, message: string, details: PolicyErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : {cause: details.cause});
    this.name = 'PolicyError';
    this.code = code;
    if (details.retryAt !== undefined) this.retryAt = details.retryAt;
    if (details.connectUrl !== undefined) this.connectUrl = details.connectUrl;
    if (details.callback !== undefined) this.callback = details.callback;
  }

  /** Also true for a `PolicyError` of another copy of this package. */
  static is(error: unknown): error is PolicyError {
    return (
      error instanceof Error &&
      error.name === 'PolicyError' &&
      (POLICY_ERROR_CODES as readonly string[]).includes((error as Partial<PolicyError>).code ?? '')
    );
  }
}
