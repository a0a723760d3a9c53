import type {PeerLink, TurnRequest} from '../ports.ts';
import type {GateClock} from './gate-settings.ts';
import type {Lane} from './lane.ts';
import {SharedLane} from './shared-lane.ts';

/** Gets the turns that calls need among all processes. */
export interface TurnTaker {
  /** Asks for what the lane waits for, once at a time. */
  ask(lane: Lane, now: number): void;
  /** The same for a newcomer with nobody before it: resolves when they have answered. */
  askApart(lane: Lane, now: number): Promise<void> | undefined;
  /** Gives back what nobody waits for any more, or may use any more. */
  drop(lane: Lane): void;
  /** Gives back the turn of a call that was never sent. */
  unused(lane: Lane): void;
}

/** So many ask for themselves; of more, one asks for all. */
const MOST_APART = 50;

/** `settle` is told when an answer has come. */
export function turnTaker(
  link: PeerLink,
  clock: Pick<GateClock, 'monotonic'>,
  settle: (lane: Lane) => void,
): TurnTaker {
  const last = new WeakMap<Lane, TurnRequest>();
  const apart = new WeakMap<Lane, number>();

  function giveBack(request: TurnRequest | undefined, turns: number): void {
    if (request && turns > 0) link.giveBack(request, turns);
  }

  async function taken(lane: SharedLane, request: TurnRequest): Promise<void> {
    last.set(lane, request);
    const {epoch} = lane;
    // Never rejects.
    const turns = await link.take(request);
    const at = clock.monotonic();
    giveBack(request, lane.answered(request, turns, epoch, at));
    if (turns.given === 0 && turns.certain) lane.room?.notBefore(at + turns.againInMs);
  }

  return {
    ask(lane, now) {
      const request = lane instanceof SharedLane ? lane.ask(now) : undefined;
      if (request) void taken(lane as SharedLane, request).then(() => settle(lane));
    },
    askApart(lane, now) {
      if (!(lane instanceof SharedLane)) return undefined;
      const asking = apart.get(lane) ?? 0;
      const request = asking < MOST_APART ? lane.askApart(now) : undefined;
      if (!request) return undefined;
      apart.set(lane, asking + 1);
      return taken(lane, request).finally(() => apart.set(lane, (apart.get(lane) ?? 1) - 1));
    },
    drop(lane) {
      if (lane instanceof SharedLane) giveBack(last.get(lane), lane.drop());
    },
    unused(lane) {
      if (lane instanceof SharedLane) giveBack(lane.unused, 1);
    },
  };
}
