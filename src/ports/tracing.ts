/**
 * Follows calls from within, for spans: what no event can do is to stand round what is under way. None of its members may
 * throw.
 */
export interface Tracing {
  /** Runs one call. `trace` is told what becomes of it. */
  call<T>(facts: TracedCall, run: (trace: CallTrace) => Promise<T>): Promise<T>;
  /** Runs one renewal of a token, in the place of whatever has caused it. */
  refresh<T>(run: (told: (outcome: RefreshOutcome) => void) => Promise<T>): Promise<T>;
}

/**
 * How a renewal of a token has ended. `reused`: another caller or process had renewed it already. `failed` passes; `dead`:
 * the owner has to reconnect.
 */
export type RefreshOutcome = 'renewed' | 'reused' | 'failed' | 'dead';

/** What is known about a call when it begins. */
export interface TracedCall {
  /** Counts calls within this process; the same number stands in the events. */
  readonly call: number;
  readonly user?: string;
  readonly vehicle?: string;
  /** `GET /vehicles/{id}/odometer`, or the name given with the call. */
  readonly operation?: string;
  readonly command: boolean;
  /** Of the request, where a door has seen one. */
  readonly request?: {
    readonly method: string;
    /** With its query. */
    readonly url: string | URL;
    /** `/v2.0/vehicles/{id}/odometer`. */
    readonly template: string;
  };
}

export interface CallTrace {
  attempt(attempt: number): AttemptTrace;
  /** Another caller, in whose place this is called, waits for the outcome of this call instead of making one of its own. */
  joined(end: Promise<AttemptEnd>): void;
  waited(wait: TracedWait): void;
}

/** A time in which a call stood still. */
export interface TracedWait {
  /** `peers`: for a turn among all processes, or for what they know. */
  readonly for: 'gate' | 'backoff' | 'owner' | 'token' | 'peers';
  /** Of the gate. */
  readonly scope?: string;
  readonly ms: number;
}

export interface AttemptTrace {
  /** Runs what sends the attempt, or reads its answer. */
  within<T>(work: () => T): T;
  ended(end: AttemptEnd): void;
}

export interface AttemptEnd {
  readonly status?: number;
  /** Absent after a success. */
  readonly failure?: {
    /** Smartcar's words, or the network's. */
    readonly type?: string;
    readonly code?: string;
    /** The name of the error that was thrown; absent where a response told of the failure. */
    readonly thrown?: string;
  };
}
