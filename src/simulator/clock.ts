/** Where the simulator reads the time. */
export interface Clock {
  /** Epoch ms. */
  now(): number;
}

/** The simulator's own time: another clock, run faster, moved on, or set wrong. */
export interface SimulatedTime {
  /** Epoch ms, always whole. */
  readonly now: () => number;
  /** The same without its jumps: for what has to last so long and no longer. */
  readonly steadyNow: () => number;
  /** Moves on, and with it whoever sleeps, in the order in which they are due. */
  readonly advance: (ms: number) => void;
  /** Sets the clock forwards or back, as an operator might; durations, and sleepers, don't notice. */
  readonly jump: (ms: number) => void;
  /**
   * Ends once `advance` has gone so far, or so much real time is over, and never a moment before; rejects when the
   * signal aborts.
   */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
}

interface Sleeper {
  readonly dueAt: number;
  readonly wake: () => void;
}

/** The longest time that a timer of the platform can take. */
const longestTimerMs = 2 ** 31 - 1;

/** How far from 1970 a `Date` can be. */
const farthestMs = 8.64e15;

/** `speed`: ms of the simulator's time in one real ms. */
export function simulatedTime(base: Clock, speed = 1): SimulatedTime {
  if (!(speed > 0 && speed < Infinity)) {
    throw new RangeError(`Expected \`speed\` to be a number above 0, got \`${speed}\``);
  }
  const startedAt = base.now();
  if (!isTime(startedAt)) {
    throw new RangeError(`Expected \`clock.now()\` to return a time in epoch ms, got \`${startedAt}\``);
  }
  let advanced = 0;
  let jumped = 0;
  const exactNow = () => startedAt + (base.now() - startedAt) * speed + advanced + jumped;
  /** Never set back, and moving even where the base clock stands still. */
  const elapsed = () => performance.now() * speed + advanced;

  /** Soonest first. One timer waits for the first, so that nobody overtakes whoever is due in the same real ms. */
  const sleepers: Sleeper[] = [];
  let timer: NodeJS.Timeout | undefined;

  function wakeDue(): void {
    clearTimeout(timer);
    const now = elapsed();
    for (let [first] = sleepers; first !== undefined && first.dueAt <= now; [first] = sleepers) {
      sleepers.shift();
      first.wake();
    }
    const [next] = sleepers;
    if (next === undefined) return;
    const leftMs = Math.max(1, Math.ceil((next.dueAt - now) / speed));
    timer = setTimeout(wakeDue, Math.min(leftMs, longestTimerMs));
  }

  function remove(sleeper: Sleeper): void {
    const index = sleepers.indexOf(sleeper);
    if (index !== -1) sleepers.splice(index, 1);
    if (index === 0) wakeDue();
  }

  return {
    now: () => Math.floor(exactNow()),
    steadyNow: () => Math.floor(exactNow() - jumped),
    advance(ms) {
      if (!(ms >= 0 && isTime(exactNow() + ms))) {
        throw new RangeError(`Expected \`ms\` to be a number from 0 up that leads to a date, got \`${ms}\``);
      }
      advanced += ms;
      wakeDue();
    },
    jump(ms) {
      if (!isTime(exactNow() + ms)) {
        throw new RangeError(`Expected \`ms\` to be a number that leads to a date, got \`${ms}\``);
      }
      jumped += ms;
    },
    sleep(ms, signal) {
      return new Promise((resolve, reject) => {
        if (!Number.isFinite(ms)) {
          throw new RangeError(`Expected \`ms\` to be a finite number, got \`${ms}\``);
        }
        const abort = () => {
          remove(sleeper);
          reject(signal?.reason as Error);
        };
        const sleeper: Sleeper = {
          dueAt: elapsed() + ms,
          wake() {
            signal?.removeEventListener('abort', abort);
            resolve();
          },
        };
        if (signal?.aborted === true) return reject(signal.reason as Error);
        if (ms <= 0) return resolve();
        signal?.addEventListener('abort', abort, {once: true});
        const place = sleepers.findLastIndex(other => other.dueAt <= sleeper.dueAt) + 1;
        sleepers.splice(place, 0, sleeper);
        if (place === 0) wakeDue();
      });
    },
  };
}

function isTime(ms: number): boolean {
  return Math.abs(ms) <= farthestMs;
}
