import type {FieldProblem, Resolution} from '../failure.ts';

/** The dialect an error was written in; the catalogue has rows for each. */
export type Api =
  | '1.0'
  | '2.0'
  | '3'
  | '3-openapi'
  | '3-signal'
  | 'webhook-4.0'
  | 'oauth-v2'
  | 'oauth-v3'
  | 'connect'
  | 'network'
  | 'any';

/** One error as it was found: nothing is judged yet, and every member may be missing. */
export interface Evidence {
  readonly api: Api;
  /** One item of a batch or one signal: the outer response was a success. */
  readonly part?: boolean;
  readonly status?: number;
  readonly type?: string;
  readonly code?: string;
  readonly resolution?: Resolution;
  /** As it came: a string, a number, or nonsense. */
  readonly retryAfter?: unknown;
  readonly requestId?: string;
  readonly description?: string;
  readonly suggestedUserMessage?: string;
  readonly detail?: readonly FieldProblem[];
}

/** What the caller knows and the subject may not say. */
export interface ReadContext {
  readonly status?: number;
  /** `Headers`, or a plain object with names in any letter case. */
  readonly headers?: unknown;
  /** The dialect, where the place it came from says so: the token endpoints and Connect's redirects. */
  readonly api?: Api;
}
