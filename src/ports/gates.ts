/**
 * A scope that a gate can close: `application`, `user:ada`, `vehicle:…`, `permission:<vehicle>:read_odometer`,
 * `make:tesla`; `commands:<vehicle>` for the commands to one car, `token:…` for the token endpoint.
 */
export type GateKey = string;

/** "Not before": holds what the server told about a scope, and the limits set for it, for everything in that scope. */
export interface Gates {
  /** Nothing but the application's own gate can stand in the way of a read: no other scope has to be looked at. */
  readonly quiet: boolean;
  /** Other processes share what is learned here. */
  readonly shared: boolean;
  /** `false` while news of other processes may be missing and can be read: `sync` has to come first. */
  readonly current: boolean;
  sync(): Promise<void>;
  /** Takes a place in all of these scopes, without waiting; `undefined` where one of them stands in the way. */
  enterAtOnce(keys: readonly GateKey[]): readonly Pass[] | undefined;
  /**
   * Asks the other processes for a turn, where nothing else is lacking and nobody waits; `undefined` otherwise. Resolves
   * with a place, or with `undefined` where there is more to wait for. Never rejects.
   */
  enterByTurn(key: GateKey): Promise<Pass | undefined> | undefined;
  /** Waits for a place in one scope. */
  enter(key: GateKey, visitor: Visitor, signal: AbortSignal): Promise<Pass | Refused>;
  /** The gate among these that stays shut longest; `undefined` when none is shut. */
  shut(keys: readonly GateKey[]): Blockade | undefined;
  /** Whether these passes are all that it takes, and no gate has shut since they were given. */
  holds(keys: readonly GateKey[], passes: readonly Pass[]): boolean;
  /** `passes`: of the call that was refused; it may have been sent before the gate last closed. */
  close(key: GateKey, closing: Closing, passes: readonly Pass[]): void;
  /** Sets up a gate that is just opening, so that many who were held up elsewhere do not start all at once. */
  ease(key: GateKey): void;
  /** Opens a shut gate for a probe, now. `false`: it was not shut. */
  reopen(key: GateKey): boolean;
  /** How many wait for a place in this scope. */
  waiting(key: GateKey): number;
  list(): readonly GateState[];
}

/** Why, and until when, a gate closes. */
export interface Closing {
  /** Epoch ms. */
  readonly until: number;
  readonly reason: string;
  /** A limit of calls was met: those that follow are sent apart. */
  readonly limit?: boolean;
  /** What the server itself told to wait, in milliseconds. */
  readonly toldMs?: number;
}

/** Who waits at a gate. */
export interface Visitor {
  /** From 0 (first) to 9. */
  readonly priority: number;
  /** By the monotonic clock: what would take longer is refused at once. */
  readonly latest: number;
}

/** No place, and it makes no sense to wait for one. */
export interface Refused {
  readonly refused: 'too-long' | 'full';
  readonly key: GateKey;
  /** Epoch ms: when it makes sense again. */
  readonly until: number;
}

export interface Blockade {
  readonly key: GateKey;
  /** Epoch ms. */
  readonly until: number;
  /** Milliseconds to go by the monotonic clock. */
  readonly restMs: number;
  readonly reason: string;
}

/** One place in a scope, from before the request is sent until its answer has been read. */
export interface Pass {
  readonly key: GateKey;
  readonly epoch: number;
  /** Of a probe: so many have failed in a row if this one does. 0 for what is no probe. */
  readonly failedProbes: number;
  /** To be called when the request is sent: a place that is left without has taken nothing of a rate. */
  sent(): void;
  /** To be called once. `passed`: an answer came that was not this scope's limit. */
  leave(outcome: 'passed' | 'unknown'): void;
}

/** What is known about a scope now. */
export interface GateState {
  readonly scope: GateKey;
  /** Epoch ms; absent where the gate is not shut. */
  readonly until?: number;
  /** Why it closed last. */
  readonly reason?: string;
  /** Calls that wait for it. */
  readonly waiting: number;
  /** Calls that are under way. */
  readonly inFlight: number;
  /** A rate that was set, or learned from what the server refused. */
  readonly rate?: {
    /** `set`: by the option `limits`. */
    readonly source: 'set' | 'learned';
    /** Calls a minute. */
    readonly perMinute: number;
    /** So many may go at once after a rest. */
    readonly bucket: number;
    /** So many may go now. */
    readonly available: number;
  };
}
