/** Where the simulator reads the time. */
export interface Clock {
  /** Epoch ms. */
  now(): number;
}

/** The simulator's own time: another clock, run faster, moved on, or set wrong. */
export interface SimulatedTime {
  /** Epoch ms. */
  now(): number;
  /** Moves on, and with it whoever sleeps. */
  advance(ms: number): void;
  /** Sets the clock forwards or back, as an operator might; durations, and sleepers, don't notice. */
  jump(ms: number): void;
  /** Ends once `advance` has gone so far, or so much real time is over; rejects when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

interface Sleeper {
  readonly dueAt: number;
  readonly look: () => void;
}

/** The longest time that a timer of the platform can take. */
const longestTimerMs = 2 ** 31 - 1;

/** `speed`: ms of the simulator's time in one real ms. */
export function simulatedTime(base: Clock, speed = 1): SimulatedTime {
  const startedAt = base.now();
  let advanced = 0;
  let jumped = 0;
  const sleepers = new Set<Sleeper>();
  const elapsed = () => performance.now() * speed + advanced;
  return {
    now: () => startedAt + (base.now() - startedAt) * speed + advanced + jumped,
    advance(ms) {
      if (!Number.isFinite(ms) || ms < 0) {
        throw new RangeError(`Expected \`ms\` to be a number from 0 up, got \`${ms}\``);
      }
      advanced += ms;
      for (const {look} of [...sleepers].toSorted((a, b) => a.dueAt - b.dueAt)) look();
    },
    jump(ms) {
      if (!Number.isFinite(ms)) throw new RangeError(`Expected \`ms\` to be a number, got \`${ms}\``);
      jumped += ms;
    },
    sleep(ms, signal) {
      if (ms <= 0) return Promise.resolve();
      return new Promise((resolve, reject) => {
        const dueAt = elapsed() + ms;
        let timer: NodeJS.Timeout | undefined;
        const end = () => {
          clearTimeout(timer);
          sleepers.delete(sleeper);
          signal?.removeEventListener('abort', abort);
        };
        const abort = () => {
          end();
          reject(signal?.reason as Error);
        };
        const look = () => {
          clearTimeout(timer);
          const leftMs = (dueAt - elapsed()) / speed;
          if (leftMs > 0) timer = setTimeout(look, Math.min(Math.ceil(leftMs), longestTimerMs));
          else {
            end();
            resolve();
          }
        };
        const sleeper: Sleeper = {dueAt, look};
        if (signal?.aborted === true) return abort();
        signal?.addEventListener('abort', abort, {once: true});
        sleepers.add(sleeper);
        look();
      });
    },
  };
}
