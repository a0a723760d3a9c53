import type {IncomingHttpHeaders} from 'node:http';
import type {ApiName} from '../journal.ts';

/** What a request carried in its body. */
export type RequestBody =
  | {readonly kind: 'empty' | 'malformed' | 'too-large'}
  | {readonly kind: 'json'; readonly value: unknown}
  | {readonly kind: 'form'; readonly value: URLSearchParams};

/** A request that has been read to its end. What every handler gets. */
export interface Call {
  readonly method: string;
  /** Without the query and without a trailing slash. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: RequestBody;
  readonly text: string;
  readonly api: ApiName;
  /** The `SC-Request-Id` of the answer. */
  readonly requestId: string;
}

/** A request that can be answered as asked. Nothing has happened to any car until `commit` runs. */
export interface Success {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** A page in place of a body. */
  readonly html?: string;
  /** Lets the command take effect; absent where there is nothing to do. */
  readonly commit?: () => void;
}

/** An error before it is written in the envelope of the API that was called. */
export interface Fault {
  /** `TYPE:CODE`, or `TYPE` where the code is null. */
  readonly error: string;
  readonly status?: number;
  readonly description?: string;
  /** Lies over the table's: any shape, or `'omit'` for no member at all. */
  readonly resolution?: unknown;
  readonly retryAfter?: string | number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly detail?: readonly {readonly field: readonly string[]; readonly message: string}[];
}

export type Outcome = Success | Fault;

export function isFault(value: object): value is Fault {
  return 'error' in value;
}

export type RouteParams = Readonly<Record<string, string | undefined>>;

/** One endpoint. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** In find-my-way's notation: `/v3/vehicles/:vehicle`. */
  readonly path: string;
  /** Commands change something, and have an `effect` in the journal. */
  readonly command?: boolean;
  handle(call: Call, params: RouteParams): Outcome;
}
