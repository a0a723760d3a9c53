import type {Endpoint} from '../core/endpoints.ts';
import type {Failure} from '../core/failure.ts';
import type {Reason} from '../core/reasons.ts';
import type {Episode, EpisodeEnd, OpenEpisode, Place} from './episode.ts';
import type {EpisodeRecord} from './records.ts';

/** Knows which calls are parked until an owner is back. */
export interface Episodes {
  /** Whether the open ones have been read from the store. */
  readonly loaded: boolean;
  /** Reads them, once. */
  load(): Promise<void>;
  /** Whether any episode is open, as far as this process knows. */
  readonly any: boolean;
  /** The episode that parks a call, as far as this process knows; `undefined` when it may go. */
  parking(place: Place): Episode | undefined;
  /** Looks at the store again: whether it is still open there. A reminder that is due goes out. */
  holds(episode: string): Promise<boolean>;
  /** After a cool-down one call may try all the same, since false alarms happen: true for that one. */
  probe(episode: string): Promise<boolean>;
  /** Milliseconds until `probe` may say yes. */
  probeInMs(episode: string): number;
  /**
   * Opens an episode, or finds the open one. `undefined` for old news: what failed was sent before the last episode
   * here was over.
   */
  open(place: Place, found: Finding): Promise<Episode | undefined>;
  /** A call in this place succeeded. `sentAt`: epoch ms; `generation`: of the token that it was sent with. */
  succeeded(place: Place, sentAt: number, generation: string | undefined): Promise<void>;
  /**
   * Ends the episodes of a user, of one car where given, and of those the ones that `which` picks. Resolves with how many
   * there were.
   * @default which: all of them
   */
  end(
    user: string,
    vehicle: string | undefined,
    by: EpisodeEnd,
    which?: (episode: Episode) => boolean,
  ): Promise<number>;
  list(): Promise<readonly OpenEpisode[]>;
  /** Another process has opened one, or it has moved on there. */
  openedElsewhere(record: EpisodeRecord): void;
  /** Another process has ended it: those who wait here go on. */
  overElsewhere(episode: string): void;
  /** Reads all of them again: some may have opened or ended unheard. */
  reread(): Promise<void>;
  /** Resolves when the episode is over. */
  over(episode: string, signal: AbortSignal): Promise<void>;
}

/** Why an episode opens. */
export interface Finding {
  readonly scope: 'permission' | 'vehicle' | 'user';
  readonly reason: Reason;
  readonly failure: Failure;
  /** What the call wanted to do, for the message to the owner. */
  readonly endpoint?: Endpoint;
  /** When what failed was sent, in epoch ms; absent where nothing was. */
  readonly sentAt?: number;
  /** The generation of a grant that is dead. */
  readonly generation?: string;
}
