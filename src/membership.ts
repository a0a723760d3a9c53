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

/** Joins the other processes, if there are any. What they tell before `serve` is read again with the first `sync`. */
export function joinPeers({peers, limits}: PolicyOptions): {
  readonly link: PeerLink | undefined;
  readonly serve: (concerned: Concerned) => void;
} {
  if (!peers) return {link: undefined, serve: () => undefined};
  let member: Member | undefined;
  const link = peers.join(
    {
      gate: (change, news) => member?.gate(change, news),
      turnFree: key => member?.turnFree(key),
      episodeOpened: record => member?.episodeOpened(record),
      episodeOver: episode => member?.episodeOver(episode),
      tokensChanged: (key, generation) => member?.tokensChanged(key, generation),
      reread: () => member?.reread() ?? Promise.resolve(),
    },
    limits?.application,
  );
  return {
    link,
    serve(concerned) {
      member = memberOf(concerned);
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
    async reread() {
      tokens?.missed();
      await episodes.reread();
    },
  };
}
