import type {Episode} from './episode.ts';

/** An open episode as a store keeps it. Times are epoch ms. */
export interface EpisodeRecord extends Episode {
  /** What it is about, in one text: at most one episode is open under a key. */
  readonly key: string;
  /** Of the grant that is dead. */
  readonly generation?: string;
  /** From then on one call may try in spite of it. */
  readonly probeAt: number;
  /** When the owner was told last. */
  readonly toldAt: number;
  /** What the owner is told; ready to show. */
  readonly userMessage: string;
}

/**
 * Keeps open episodes where they survive. All who share the store see the same ones; each is opened and ended by exactly
 * one of them.
 */
export interface EpisodeRecords {
  /** Whether other processes may open and end them too. */
  readonly shared: boolean;
  /** Opens it unless one is open under its key. Resolves with the one that is open now, and whether it is this one. */
  open(record: EpisodeRecord): Promise<{readonly record: EpisodeRecord; readonly opened: boolean}>;
  /** The open one of this id; `undefined` when it is over. */
  get(episode: string): Promise<EpisodeRecord | undefined>;
  /** Resolves with the record for the one who ended it, at `now`; with `undefined` when somebody else has. */
  end(episode: string, now: number): Promise<EpisodeRecord | undefined>;
  /** When the last episode under a key was over, in epoch ms; may be forgotten after a day. */
  endedAt(key: string): Promise<number | undefined>;
  /** Moves a time on, in one step: `false` when it is not (any more) what it was thought to be. */
  move(episode: string, time: 'probeAt' | 'toldAt', from: number, to: number): Promise<boolean>;
  /** All that are open. */
  list(): Promise<readonly EpisodeRecord[]>;
  /** The same without waiting, where that is possible: then the first call need not wait either. */
  atHand?(): readonly EpisodeRecord[];
}

/** Remembers for a while what may happen once: a `state` that has been spent, a webhook event that was handled. */
export interface Marks {
  /** Sets a mark until a time, in one step; both epoch ms. `false`: it stands already, and is not over `now`. */
  set(mark: string, until: number, now: number): Promise<boolean>;
  /** Lets a mark stand until another time, whether it stands or not. */
  keep(mark: string, until: number): Promise<void>;
  /** Takes it away again: what it stood for has failed and may be tried once more. */
  clear(mark: string): Promise<void>;
}
