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

/** What ended an episode. */
export type EpisodeEnd = 'success' | 'tokens' | 'resolved' | 'callback' | 'webhook';
