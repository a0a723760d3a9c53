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
}

/** Who and what a call is about, as far as parking is concerned. */
export interface Place {
  readonly user: string;
  readonly vehicle?: string;
  readonly permission?: string;
}

/** Knows which calls are parked until an owner is back. */
export interface Episodes {
  /** Whether any episode is open. */
  readonly any: boolean;
  /** The episode that parks a call; `undefined` when it may go. */
  parking(place: Place): Episode | undefined;
  /** After a cool-down one call may try all the same, since false alarms happen: true for that one. */
  probe(episode: string): boolean;
  /** Milliseconds until `probe` may say yes. */
  probeInMs(episode: string): number;
  /**
   * Opens an episode, or finds the open one. `undefined` for old news: what failed was sent before the last episode
   * here was over.
   */
  open(place: Place, found: Finding): Episode | undefined;
  /** A call in this place succeeded. `sentAt`: epoch ms; `generation`: of the token that it was sent with. */
  succeeded(place: Place, sentAt: number, generation: string | undefined): void;
  /** Ends the episodes of a user, of one car where given. Resolves with how many there were. */
  end(user: string, vehicle: string | undefined, by: EpisodeEnd): number;
  list(): readonly Episode[];
  /** Resolves when the episode is over. */
  over(episode: string, signal: AbortSignal): Promise<void>;
}

export type EpisodeEnd = 'success' | 'tokens' | 'resolved';

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
