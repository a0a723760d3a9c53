/** An error in the envelope of the API that was called: flat on v2, `errors[]` on v3, OAuth's on the token endpoints. */
export interface ErrorReply {
  /** `TYPE:CODE`, or `TYPE` for a code of null. Status and resolution come from the simulator's table. */
  readonly error: string;
  /** Needed only for a type that the table doesn't know. */
  readonly status?: number;
  /** Any shape in place of the table's; `'omit'` leaves the member away. */
  readonly resolution?: unknown;
  /** The `Retry-After` header, as it is. */
  readonly retryAfter?: string | number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly description?: string;
}

/** Exactly this status, these headers and this body; whatever isn't a string is sent as JSON. */
export interface RawReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** The page of a proxy that stands before the API. */
export interface HtmlReply {
  readonly html: 502 | 503 | 504;
}

/** Cuts the connection: before or after the request took effect, or (after it did) halfway through the body. */
export interface DropReply {
  readonly drop: 'before' | 'after' | 'mid-body';
}

/**
 * Half of the body with all of its manners: the length fits, the connection stays, the JSON doesn't close. A command
 * without a `then` has been carried out.
 */
export interface TruncateReply {
  readonly truncate: true;
  /** What is cut in half. @default the usual answer */
  readonly then?: ErrorReply | RawReply;
}

/** A body that comes in small pieces, the first at once. A command without a `then` has been carried out by then. */
export interface TrickleReply {
  readonly trickle: {
    /** Between two pieces, in milliseconds; above 0. */
    readonly everyMs: number;
    /** @default 1 */
    readonly bytes?: number;
  };
  /** What trickles. @default the usual answer */
  readonly then?: ErrorReply | RawReply;
}

/** Never answers. The connection stays open until the client, or `close`, ends it. */
export interface HangReply {
  readonly hang: true;
}

/**
 * A command that takes long: 202 without a content length, then the true outcome as the body on the same
 * connection. With `success` and `cut` the command takes effect at the end, with an error never. A request
 * that would be refused anyway is refused at once. To a client that leaves, the outcome happens then.
 * @see https://smartcar.com/docs/api-reference/commands/overview
 */
export interface SlowReply {
  readonly slow: {
    /** Until the 202, in milliseconds. @default 0 */
    readonly acceptedAfterMs?: number;
    readonly outcome: 'success' | 'cut' | Omit<ErrorReply, 'retryAfter' | 'headers'>;
    /** From the 202 to the outcome, in milliseconds. */
    readonly afterMs: number;
  };
}

/**
 * Waits, then replies as told, or as usual. The wait is over when the client leaves: as a server that does not notice, the
 * simulator then goes on, so that a command is carried out all the same, and the journal says so.
 */
export interface DelayReply {
  /** In milliseconds. */
  readonly delayMs: number;
  readonly then?: Reply;
}

/** Sets the simulator's clock, forwards or back, then replies as told, or as usual. */
export interface JumpReply {
  /** In milliseconds; below 0 it goes back. */
  readonly jumpMs: number;
  readonly then?: Reply;
}

/**
 * Failures inside a 200: items of a batch by their path, signals of v3 by their code. What isn't named answers as
 * usual, and a name that the answer doesn't hold does nothing; so does the whole reply on any other request, or one that
 * fails anyway. An item's `retryAfter` and `headers` stand among its own. `empty` is a signal list with nothing in it, as
 * before the first data of a car.
 */
export interface PartialReply {
  readonly partial: Readonly<Record<string, ErrorReply>> | 'empty';
  /** Leaves the `headers` of every failing batch item away, or writes their names in capitals. @default neither */
  readonly itemHeaders?: 'omit' | 'capitals';
}

/** Sends the client somewhere else. */
export interface RedirectReply {
  readonly redirect: string;
  /** @default 302 */
  readonly status?: 301 | 302 | 303 | 307 | 308;
}

/** What to answer in place of the usual. Times are ms on the simulator's clock: `advance` shortens them. */
export type Reply =
  | ErrorReply
  | RawReply
  | HtmlReply
  | DropReply
  | TruncateReply
  | TrickleReply
  | HangReply
  | SlowReply
  | DelayReply
  | JumpReply
  | PartialReply
  | RedirectReply;
