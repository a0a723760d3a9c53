/** One period in which an owner has to reconnect. */
export interface Episode {
  /** Its id. */
  readonly episode: string;
  /** The key of the owner's grant. */
  readonly user: string;
  /** Smartcar's vehicle id; absent where all cars of the owner are concerned. */
  readonly vehicle?: string;
  /** What is parked: one permission of the car, the car, or all that the owner has. */
  readonly scope: 'permission' | 'vehicle' | 'user';
  /** With the scope `permission`: which one, such as `read_odometer`. */
  readonly permission?: string;
  /** Smartcar's `TYPE:CODE` where it gave one, else one of our reason codes. */
  readonly reason: string;
  /** Where to send the owner; absent where `connect` is not configured and the server gave no link. */
  readonly connectUrl?: string;
  /** When it was opened, in epoch ms. */
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

/**
 * What ended an episode: a call that succeeded, tokens that were saved or deleted, `reauth.resolve`, Connect's redirect, or
 * a webhook.
 */
export type EpisodeEnd = 'success' | 'tokens' | 'resolved' | 'callback' | 'webhook';
