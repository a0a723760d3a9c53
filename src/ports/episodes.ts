import type {Endpoint} from '../core/endpoints.ts';
import type {Failure} from '../core/failure.ts';
import type {Reason} from '../core/reasons.ts';

/** One period in which an owner has to reconnect. */
export interface Episode {
  readonly episode: string;
  readonly user: string;
  readonly vehicle?: string;
  readonly scope: 'permission' | 'vehicle' | 'user';
  readonly permission?: string;
  /** Smartcar's `TYPE:CODE` where it gave one, else one of our reason codes. */
  readonly reason: string;
  /** Where to send the owner; absent where `connect` is not configured and the server gave no link. */
  readonly connectUrl?: string;
  /** Epoch ms. */
  readonly since: number;
  /** The permission is none that `connect.scope` asks for: nothing is parked, since the owner cannot mend that. */
  readonly outsideScope?: true;
}

/** Who and what a call is about, as far as parking is concerned. */
export interface Place {
  readonly user: string;
  readonly vehicle?: string;
  readonly permission?: string;
}

/** An open episode with what to tell the owner, as `reauth.list()` shows it. */
export interface OpenEpisode extends Episode {
  /** Ready to show to the owner. */
  readonly userMessage: string;
}

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
  /** Resolves when the episode is over. */
  over(episode: string, signal: AbortSignal): Promise<void>;
}

/** What ended an episode. */
export type EpisodeEnd = 'success' | 'tokens' | 'resolved' | 'callback' | 'webhook';

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
