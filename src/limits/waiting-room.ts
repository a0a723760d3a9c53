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
 * A Bottleneck limiter with an empty reservoir keeps the order, and each `call` puts one token in. It is made when a second
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

/** Those who left stay in Bottleneck's queue until their turn: from so many on, the others move to a fresh one. */
const MOST_GHOSTS = 1_000;
const PRIORITIES = 10;

/** `afterTurn` is told each time somebody has gone, or a turn has passed. */
export function waitingRoom(most: number, afterTurn: () => void): WaitingRoom {
  const waiters = new Set<Waiter>();
  const byPriority = Array.from({length: PRIORITIES}, () => 0);
  let limiter: Bottleneck | undefined;
  let queued = 0;
  let calling = false;

  function add(waiter: Waiter): void {
    waiters.add(waiter);
    byPriority[waiter.priority] = (byPriority[waiter.priority] ?? 0) + 1;
  }

  function remove(waiter: Waiter): boolean {
    if (!waiters.delete(waiter)) return false;
    byPriority[waiter.priority] = (byPriority[waiter.priority] ?? 1) - 1;
    return true;
  }

  function seat(waiter: Waiter, room: Bottleneck): void {
    queued += 1;
    const turn = async (): Promise<void> => {
      if (room !== limiter) return;
      queued -= 1;
      calling = false;
      if (waiters.has(waiter)) {
        if (waiter.turn()) remove(waiter);
        else seat(waiter, room);
      }
      closeIfEmpty();
      afterTurn();
    };
    // Rejects when the room is closed: whoever still waits has a seat in another.
    room.schedule({priority: waiter.priority}, turn).catch(() => undefined);
  }

  function open(): Bottleneck {
    queued = 0;
    calling = false;
    return (limiter = new Bottleneck({reservoir: 0, trackDoneStatus: false}));
  }

  function seatAll(room: Bottleneck): void {
    for (const waiter of waiters) seat(waiter, room);
  }

  function callAll(): void {
    const inOrder = [...waiters].toSorted((one, other) => one.priority - other.priority);
    for (const waiter of inOrder) if (waiter.turn()) remove(waiter);
    closeIfEmpty();
    afterTurn();
  }

  function closeIfEmpty(): void {
    if (waiters.size > 0 || !limiter) return;
    close(limiter);
    limiter = undefined;
  }

  /** The one of the least urgent who came last, if a newcomer goes before it. */
  function leastUrgent(priority: number): Waiter | undefined {
    let found: Waiter | undefined;
    for (const waiter of waiters) {
      if (waiter.priority > priority && waiter.priority >= (found?.priority ?? 0)) found = waiter;
    }
    return found;
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
      if (limiter) seat(waiter, limiter);
      else if (waiters.size > 1) seatAll(open());
    },
    leave(waiter) {
      if (!remove(waiter)) return;
      closeIfEmpty();
      if (!limiter || queued - waiters.size < MOST_GHOSTS + waiters.size) return;
      close(limiter);
      seatAll(open());
      afterTurn();
    },
    call() {
      if (!limiter) return callAll();
      if (calling) return;
      calling = true;
      limiter.incrementReservoir(1).catch(() => undefined);
    },
    callAll,
    ahead(priority) {
      return byPriority.slice(0, priority + 1).reduce((sum, count) => sum + count, 0);
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
