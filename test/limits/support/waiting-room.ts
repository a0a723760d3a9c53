import {waitingRoom, type Waiter, type WaitingRoom} from '../../../src/limits/waiting-room.ts';
import {manualClock} from '../../../src/testing/manual-clock.ts';

export interface Setup {
  readonly room: WaitingRoom;
  /** What became of whom, in this order. */
  readonly log: string[];
  /** Somebody comes in; `sit` says that it cannot go when its turn comes. */
  readonly come: (
    name: string,
    priority?: number,
    options?: {latest?: number; sit?: () => boolean},
  ) => Waiter;
  /** Promises and zero timers come to rest. */
  readonly settle: () => Promise<void>;
  /** Turns that have passed, with somebody or without. */
  readonly turns: () => number;
}

/** For all tests: nothing falls due on it. It waits for the turns, which take real time. */
const clock = manualClock();

/** A waiting room; `onTurn` is told of each turn that has passed. */
export function setup(most = 100_000, onTurn: (room: WaitingRoom) => void = () => undefined): Setup {
  const log: string[] = [];
  let turns = 0;
  const afterTurn = (): void => {
    turns += 1;
    onTurn(room);
  };
  const room = waitingRoom(most, afterTurn, () => clock.hold());
  return {
    room,
    log,
    come: (name, priority = 5, {latest = Infinity, sit = () => false} = {}) => {
      const waiter: Waiter = {
        priority,
        latest,
        turn() {
          if (sit()) return false;
          log.push(name);
          return true;
        },
        refuse: why => log.push(`${name} refused: ${why}`),
      };
      room.enter(waiter);
      return waiter;
    },
    settle: () => clock.advance(0),
    turns: () => turns,
  };
}

/** Goes on calling as long as there is somebody, as a lane does that has room for one after another. */
export const callOn = (room: WaitingRoom): void => {
  if (room.size > 0) room.call();
};

/** Real timers of this thread. */
export const realTimers = (): number =>
  process.getActiveResourcesInfo().filter(resource => resource === 'Timeout').length;
