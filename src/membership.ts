import type {TokenKeeper} from './engine/tokens.ts';
import type {ProcessGates} from './limits/gates.ts';
import type {PolicyOptions} from './options.ts';
import type {Episodes, Member, PeerLink} from './ports.ts';

/** What the news of other processes are about. */
export interface Concerned {
  readonly gates: ProcessGates;
  readonly episodes: Episodes;
  readonly tokens: TokenKeeper | undefined;
}

/** The line to the other processes, if there are any; it is up from `join` on. */
export interface Membership {
  readonly link: PeerLink | undefined;
  /** To be called when nothing can go wrong any more: a policy that is never made must leave nothing behind. */
  readonly join: (concerned: Concerned) => void;
}

export function membershipOf({peers, limits}: PolicyOptions): Membership {
  if (!peers) return {link: undefined, join: () => undefined};
  let joined: PeerLink | undefined;
  const line = (): PeerLink => {
    if (!joined) throw new Error('nobody can call before the policy is made');
    return joined;
  };
  return {
    link: {
      get current() {
        return line().current;
      },
      sync: () => line().sync(),
      tell: (change, news) => line().tell(change, news),
      take: request => line().take(request),
      giveBack: (request, turns) => line().giveBack(request, turns),
      probeOver: key => line().probeOver(key),
      close: () => line().close(),
    },
    join(concerned) {
      joined = peers.join(memberOf(concerned), limits?.application);
    },
  };
}

function memberOf({gates, episodes, tokens}: Concerned): Member {
  return {
    gate: gates.hear,
    turnFree: gates.turnFree,
    episodeOpened: record => episodes.openedElsewhere(record),
    episodeOver: episode => episodes.overElsewhere(episode),
    tokensChanged: (key, generation) => tokens?.changed(key, generation),
    lost: async () => tokens?.putBack(),
    async reread() {
      tokens?.missed();
      await episodes.reread();
    },
  };
}
