import type {PeerLink, TurnRequest} from '../ports.ts';
import type {GateClock} from './gate-settings.ts';
import type {Lane} from './lane.ts';
import {SharedLane} from './shared-lane.ts';

/** Gets the turns that calls need among all processes. */
export interface TurnTaker {
  /** Asks for what the lane waits for, once at a time. */
  ask(lane: Lane, now: number): void;
  /** Gives back what nobody waits for any more, or may use any more. */
  drop(lane: Lane): void;
}

/** `settle` is told when an answer has come. */
export function turnTaker(
  link: PeerLink,
  clock: Pick<GateClock, 'monotonic'>,
  settle: (lane: Lane) => void,
): TurnTaker {
  const last = new WeakMap<Lane, TurnRequest>();
  const giveBack = (request: TurnRequest | undefined, turns: number): void => {
    if (request && turns > 0) link.giveBack(request, turns);
  };
  return {
    ask(lane, now) {
      if (!(lane instanceof SharedLane)) return;
      const request = lane.ask(now);
      if (!request) return;
      last.set(lane, request);
      const {epoch} = lane;
      // Never rejects.
      void link.take(request).then(turns => {
        const at = clock.monotonic();
        giveBack(request, lane.answered(turns, epoch, at));
        if (turns.given === 0 && turns.certain) lane.room?.notBefore(at + turns.againInMs);
        settle(lane);
        return undefined;
      });
    },
    drop(lane) {
      if (lane instanceof SharedLane) giveBack(last.get(lane), lane.drop());
    },
  };
}
