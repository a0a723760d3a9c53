/**
 * What to do about a failure: send it again later, renew the token and send it again, ask the owner to reconnect, or give
 * up.
 */
export type Action = 'retry' | 'refresh' | 'reauthenticate' | 'fail';

/** Whether the failed attempt may have changed the car: with `possible` nobody knows, as after a lost connection. */
export type Effect = 'none' | 'possible';

/** Who has to act so that the call can succeed. `nobody`: it passes by itself, or a new token is enough. */
export type Needs = 'nobody' | 'owner' | 'developer' | 'support' | 'finance';

/**
 * How far a failure reaches: `call` is nothing but this call, batch item or signal; `permission` is one ability
 * of one car.
 */
export type FailureScope = 'call' | 'permission' | 'vehicle' | 'user' | 'application';

/** The rhythm of a retry: seconds with backoff, minutes apart, or as the server told. */
export type Pace = 'backoff' | 'minutes' | 'told';

/**
 * What the server says to do next. `type` is an open set: `RETRY_LATER`, `REAUTHENTICATE`, `CONTACT_SUPPORT`,
 * `FINANCE`, `ACTION_REQUIRED` and `USER_ACTION_REQUIRED` have been seen; `null` stands for "nothing to add".
 *
 * Source: https://smartcar.com/docs/api-reference/api-errors
 */
export interface Resolution {
  readonly type: string | null;
  /** A page for the owner: Connect's, or with `ACTION_REQUIRED` the car maker's. */
  readonly url?: string;
}

/** One entry of `detail`, which VALIDATION carries: a field by its path, and what is wrong with it. */
export interface FieldProblem {
  /** `charge.limit`, say. */
  readonly field: string;
  /** The server's words. */
  readonly message: string;
}

/**
 * What went wrong, read off any client's error or response, in one form.
 *
 * Source: https://smartcar.com/docs/errors/api-errors
 */
export interface Failure {
  /** Smartcar's error type, such as `UPSTREAM`, or an OAuth error such as `invalid_grant`. */
  readonly type?: string;
  /** Smartcar's error code, such as `NO_RESPONSE`, or a network code such as `ECONNRESET`. */
  readonly code?: string;
  /** HTTP status: of the batch item where there is one, else of the response. */
  readonly status?: number;
  /** Absent where the body has no such member; a bare string on the wire stands here as `{type}`. */
  readonly resolution?: Resolution;
  /** Quote it to Smartcar's support. */
  readonly requestId?: string;
  /** The server's words, for developers. At most 500 characters. */
  readonly description?: string;
  /** The server's `suggestedUserMessage`. It may hold placeholders such as `<app name>`: not to be shown as it is. */
  readonly suggestedUserMessage?: string;
  /** How long the server told to wait, in milliseconds from the moment the failure was read. */
  readonly retryAfterMs?: number;
  /** Which parameters were refused, and why. */
  readonly detail?: readonly FieldProblem[];
  /** How far it reaches. */
  readonly scope: FailureScope;
  /** Whether the car may have done what was asked. */
  readonly effect: Effect;
}
