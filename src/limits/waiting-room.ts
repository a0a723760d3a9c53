import Bottleneck from 'bottleneck';

/** One caller who waits. */
export interface Waiter {
  /** From 0 (first) to 9. */
  readonly priority: number;
  /** By the monotonic clock: longer than until then it may not wait. */
  readonly latest: number;
  /** Its turn has come: whether it could go. */
  readonly turn: () => boolean;
  readonly refuse: (why: 'too-long' | 'full') => void;
}

/**
 * Where the callers of a contended scope wait: the lowest priority number first, then in the order of their coming.
 * A Bottleneck limiter with an empty reservoir gives the turns: one job waits in it, each `call` puts one token in, and the
 * turn is that of whoever is first by then. (A job of each caller's own would take part in Bottleneck's order a millisecond of
 * real time after the one before it: of many who come at once, the urgent would go last.) The limiter is made when a second
 * one comes, since one alone needs no order, and dropped with the last.
 */
export interface WaitingRoom {
  readonly size: number;
  enter(waiter: Waiter): void;
  leave(waiter: Waiter): void;
  /** Gives the first one its turn, in a moment; nothing happens while a turn is under way. */
  call(): void;
  /** Gives everybody a turn, at once: the order is the same, and nobody has to wait for it. */
  callAll(): void;
  /** How many would come before a newcomer of this priority. */
  ahead(priority: number): number;
  /** Refuses those who may not wait until this time. */
  notBefore(monotonic: number): void;
}

const PRIORITIES = 10;

/** `afterTurn` is told each time somebody has gone, or a turn has passed; `hold` of turns that take real time. */
export function waitingRoom(most: number, afterTurn: () => void, hold?: () => () => void): WaitingRoom {
  const waiters = new Set<Waiter>();
  const byPriority = Array.from({length: PRIORITIES}, () => new Set<Waiter>());
  let limiter: Bottleneck | undefined;
  /** While a turn is under way: to be called when it is over. */
  let calling: (() => void) | undefined;

  function called(): void {
    calling?.();
    calling = undefined;
  }

  function add(waiter: Waiter): void {
    waiters.add(waiter);
    byPriority[waiter.priority]?.add(waiter);
  }

  function remove(waiter: Waiter): boolean {
    byPriority[waiter.priority]?.delete(waiter);
    return waiters.delete(waiter);
  }

  const inOrder = (): Waiter[] => byPriority.flatMap(equals => [...equals]);

  function first(): Waiter | undefined {
    return byPriority
      .find(equals => equals.size > 0)
      ?.values()
      .next().value;
  }

  function seat(room: Bottleneck): void {
    const turn = async (): Promise<void> => {
      if (room !== limiter) return;
      const over = calling;
      calling = undefined;
      const waiter = first();
      if (waiter?.turn()) remove(waiter);
      closeIfEmpty();
      if (room === limiter) seat(room);
      afterTurn();
      over?.();
    };
    // Rejects when the room is closed.
    room.schedule(turn).catch(() => undefined);
  }

  function open(): void {
    limiter = new Bottleneck({reservoir: 0, trackDoneStatus: false});
    seat(limiter);
  }

  function callAll(): void {
    for (const waiter of inOrder()) if (waiter.turn()) remove(waiter);
    closeIfEmpty();
    afterTurn();
  }

  function closeIfEmpty(): void {
    if (waiters.size > 0 || !limiter) return;
    close(limiter);
    limiter = undefined;
    called();
  }

  /** The one of the least urgent who came last, if a newcomer goes before it. */
  function leastUrgent(priority: number): Waiter | undefined {
    const least = byPriority.findLastIndex(waiting => waiting.size > 0);
    return least > priority ? [...(byPriority[least] ?? [])].at(-1) : undefined;
  }

  return {
    get size() {
      return waiters.size;
    },
    enter(waiter) {
      if (waiters.size >= most) {
        const other = leastUrgent(waiter.priority);
        if (!other) return waiter.refuse('full');
        remove(other);
        other.refuse('full');
      }
      add(waiter);
      if (!limiter && waiters.size > 1) open();
    },
    leave(waiter) {
      remove(waiter);
      closeIfEmpty();
    },
    call() {
      if (!limiter) return callAll();
      if (calling) return;
      calling = hold?.() ?? (() => undefined);
      limiter.incrementReservoir(1).catch(() => undefined);
    },
    callAll,
    ahead(priority) {
      return byPriority.slice(0, priority + 1).reduce((sum, equals) => sum + equals.size, 0);
    },
    notBefore(monotonic) {
      for (const waiter of waiters) {
        if (waiter.latest >= monotonic) continue;
        remove(waiter);
        waiter.refuse('too-long');
      }
      closeIfEmpty();
    },
  };
}

/** Its turns are not worth their timers any more, which would keep the process alive. */
function close(room: Bottleneck): void {
  room.stop({dropWaitingJobs: true}).catch(() => undefined);
}
