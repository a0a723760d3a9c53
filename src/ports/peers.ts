import type {GateKey} from './gates.ts';
import type {EpisodeRecord} from './records.ts';

/** How fast a scope may be called, as far as it was learned. Opaque but for its first two members. */
export interface SharedPace {
  /** Between two calls, in milliseconds. */
  readonly intervalMs: number;
  /** So many may go at once after a rest. */
  readonly size: number;
  /** How it was learned: whoever gets it hands it on as it is. */
  readonly manner: unknown;
}

/** What one process knows about a scope, in durations: the clocks of machines differ. */
export interface GateNews {
  readonly key: GateKey;
  /** Milliseconds until the gate opens; 0 where it is not shut. */
  readonly restMs: number;
  /** Why it closed: Smartcar's `TYPE:CODE`, or a reason code of ours. */
  readonly reason: string;
  /** So many probes in a row have met it shut again. */
  readonly failedProbes: number;
  /** An answer has come through since it closed; else one probe goes first. */
  readonly passed: boolean;
  readonly pace?: SharedPace;
}

/**
 * What has happened to a scope. `extended`: who was sent before it closed has come back, and it stays shut for longer;
 * whoever was let in since then is no old news by that.
 */
export type GateChange = 'closed' | 'extended' | 'passed' | 'paced' | 'reopened';

/** What it takes to send one more call in a scope, among all processes. */
export interface TurnRequest {
  readonly key: GateKey;
  /** The gate has just opened: one in the whole cluster goes first. */
  readonly probe: boolean;
  /** A probe that hangs is waited for: nobody else may go meanwhile. */
  readonly patient: boolean;
  readonly pace?: Pick<SharedPace, 'intervalMs' | 'size'>;
  /** The rate that was set for the application counts. */
  readonly rate: boolean;
  /** So many would go at once. */
  readonly wanted: number;
}

/** Turns that were given, or when it makes sense to ask again. */
export interface Turns {
  readonly given: number;
  /** Milliseconds until it makes sense to ask again; where none was given. */
  readonly againInMs: number;
  /** No turn can come earlier than that. */
  readonly certain?: boolean;
}

/** One process, as the others reach it. None of these may throw. */
export interface Member {
  /** Something has happened to a scope elsewhere. */
  gate(change: GateChange, news: GateNews): void;
  /** Somebody has given a turn of this scope back. */
  turnFree(key: GateKey): void;
  episodeOpened(record: EpisodeRecord): void;
  episodeOver(episode: string): void;
  /** The pair under this key is another now; `undefined`: none. */
  tokensChanged(key: string, generation: string | undefined): void;
  /** The store has lost its data: puts back what is at hand. */
  lost(): Promise<void>;
  /** Something may have been missed: reads again what the store knows. */
  reread(): Promise<void>;
}

/** The line to the other processes. While it is down, everything goes by what this process knows. */
export interface PeerLink {
  /** `false` from when the line is up (again) until what was missed has been read: a call waits for `sync` then. */
  readonly current: boolean;
  /** Resolves when it has been read, or when that takes too long. Never rejects. */
  sync(): Promise<void>;
  /** Never throws, and nobody waits for it. */
  tell(change: GateChange, news: GateNews): void;
  /** Never rejects: where nobody can be asked, all that are wanted are given. */
  take(request: TurnRequest): Promise<Turns>;
  /** Turns that nobody used. */
  giveBack(request: TurnRequest, turns: number): void;
  /** A probe has ended, whatever came of it. */
  probeOver(key: GateKey): void;
  close(): Promise<void>;
}

/** A rate that all processes draw on together. */
export interface SharedRate {
  readonly bucket: number;
  readonly perMinute: number;
}

/** The other processes of the same application, for the option `peers`: `redisPorts(redis)` has them. */
export interface Peers {
  /** From then on `member` is told. `rate`: of the application, where one was set. */
  join(member: Member, rate: SharedRate | undefined): PeerLink;
}
