import type {Clock} from '../ports.ts';

/** A clock that stands still until it is told to go on. */
export interface ManualClock extends Required<Clock> {
  /** Moves on by `ms`; what falls due on the way happens at its own time, one after another. */
  advance(ms: number): Promise<void>;
  /**
   * Moves on from one due time to the next until the promise settles, and settles as it does. Throws when everything
   * waits for something that no clock can bring.
   */
  run<T>(promise: Promise<T>): Promise<T>;
  /** Sets the wall clock, forwards or back; durations do not notice. */
  set(epochMs: number): void;
  /** How many sleeps and timers are waiting. */
  readonly waiting: number;
}

interface Due {
  readonly at: number;
  readonly order: number;
  readonly wake: () => void;
}

/** Turns of the event loop in which promises come to rest. */
const SETTLING_TURNS = 8;
/** So many zero timers in a row are waited for before a real timer counts as one that stays. */
const SETTLING_TIMERS = 200;
/** What is held for longer is never given back. */
const MOST_ROUNDS = 100_000;

const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve));
const zeroTimer = (): Promise<void> => new Promise(resolve => setTimeout(resolve, 0));

/** Real timers that are set in this thread, by anybody. */
const realTimers = (): number =>
  process.getActiveResourcesInfo().filter(resource => resource === 'Timeout').length;

/**
 * Lets promises come to rest, and with them the zero timers that libraries set for one step after another (Bottleneck
 * does): as long as more real timers are set than in calm times, they get their turns.
 */
function settling(isHeld: () => boolean): () => Promise<void> {
  let calm = realTimers();
  return async () => {
    let tries = 0;
    for (let round = 0; round < MOST_ROUNDS; round++) {
      for (let turns = 0; turns < SETTLING_TURNS; turns++) await turn();
      if (isHeld()) {
        await zeroTimer();
        continue;
      }
      const set = realTimers();
      if (set <= calm || ++tries > SETTLING_TIMERS) {
        calm = set;
        return;
      }
      await zeroTimer();
    }
  };
}

/**
 * Time for tests: give it as `clock` and nothing really waits. Timers fire in the order of their times, then of their
 * making, and all promises come to rest between two of them.
 *
 * @example
 * const clock = manualClock();
 * const policy = createPolicy({clock});
 * const reading = policy.run(call, {user: 'ada'});
 * await clock.advance(30_000);
 */
export function manualClock(startMs: number = Date.UTC(2026, 0, 1)): ManualClock {
  let elapsed = 0;
  let wall = startMs;
  let order = 0;
  const dues = new Set<Due>();
  let held = 0;
  const settle = settling(() => held > 0);

  const add = (ms: number, wake: () => void): (() => void) => {
    const due = {at: elapsed + Math.max(0, ms), order: order++, wake};
    dues.add(due);
    return () => dues.delete(due);
  };
  const next = (): Due | undefined =>
    [...dues].reduce<Due | undefined>(
      (first, due) =>
        !first || due.at < first.at || (due.at === first.at && due.order < first.order) ? due : first,
      undefined,
    );
  const moveTo = (at: number): void => {
    wall += at - elapsed;
    elapsed = at;
  };
  const fire = async (due: Due): Promise<void> => {
    dues.delete(due);
    moveTo(due.at);
    due.wake();
    await settle();
  };

  return {
    now: () => wall,
    monotonic: () => elapsed,
    timer: add,
    hold() {
      held += 1;
      let over = false;
      return () => {
        if (!over) held -= 1;
        over = true;
      };
    },
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const stop = (): void => {
          cancel();
          reject(signal?.reason);
        };
        const cancel = add(ms, () => {
          signal?.removeEventListener('abort', stop);
          resolve();
        });
        signal?.addEventListener('abort', stop, {once: true});
      }),
    async advance(ms) {
      const end = elapsed + ms;
      await settle();
      for (let due = next(); due && due.at <= end; due = next()) await fire(due);
      moveTo(end);
    },
    async run(promise) {
      const state = {settled: false};
      const done = (): void => {
        state.settled = true;
      };
      promise.then(done, done);
      await settle();
      while (!state.settled) {
        const due = next();
        if (!due) {
          await new Promise(resolve => setTimeout(resolve, IDLE_MS));
          if (state.settled || next()) continue;
          throw new Error('Everything waits, and no timer of the manual clock could end that.');
        }
        await fire(due);
      }
      return promise;
    },
    set(epochMs) {
      wall = epochMs;
    },
    get waiting() {
      return dues.size;
    },
  };
}

/** Real I/O may be under way when no timer is due: it gets this long. */
const IDLE_MS = 250;
