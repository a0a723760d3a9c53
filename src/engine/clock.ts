import type {Clock} from '../ports.ts';

/** A clock with every member in place. */
export type FullClock = Required<Clock>;

/** The longest time a Node timer can hold; a longer one would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

const nothing = (): void => undefined;

export const systemClock: FullClock = {
  hold: () => nothing,
  now: () => Date.now(),
  monotonic: () => performance.now(),
  timer: chunked(
    () => performance.now(),
    (ms, callback) => {
      const timer = setTimeout(callback, ms);
      return () => clearTimeout(timer);
    },
  ),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', abort);
        resolve();
      }, ms);
      const abort = (): void => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', abort, {once: true});
    }),
};

export function fullClock(clock: Clock): FullClock {
  const monotonic = (): number => (clock.monotonic ? clock.monotonic() : clock.now());
  return {
    now: () => clock.now(),
    sleep: (ms, signal) => clock.sleep(ms, signal),
    hold: () => clock.hold?.() ?? nothing,
    monotonic,
    timer: chunked(
      monotonic,
      clock.timer ? (ms, callback) => clock.timer!(ms, callback) : timerBySleep(clock),
    ),
  };
}

/** A timer that is longer than one of Node's can be, made of several. */
function chunked(monotonic: () => number, timer: FullClock['timer']): FullClock['timer'] {
  return (ms, callback) => {
    if (ms <= LONGEST_TIMER_MS) return timer(ms, callback);
    const end = monotonic() + ms;
    let cancel: () => void;
    const next = (): void => {
      const rest = end - monotonic();
      cancel = rest > LONGEST_TIMER_MS ? timer(LONGEST_TIMER_MS, next) : timer(Math.max(0, rest), callback);
    };
    next();
    return () => cancel();
  };
}

function timerBySleep(clock: Clock): FullClock['timer'] {
  return (ms, callback) => {
    const cancel = new AbortController();
    clock.sleep(ms, cancel.signal).then(
      () => callback(),
      () => undefined,
    );
    return () => cancel.abort();
  };
}

/**
 * Waits `ms` milliseconds, never less: timers fire early by up to a millisecond, and can't hold more than 2^31-1 ms.
 * Rejects with the signal's reason as soon as it aborts.
 */
export async function pause(clock: FullClock, ms: number, signal: AbortSignal): Promise<void> {
  const start = clock.monotonic();
  for (let rest = ms; rest > 0; rest = ms - (clock.monotonic() - start)) {
    await clock.sleep(Math.min(Math.ceil(rest), LONGEST_TIMER_MS), signal);
  }
  signal.throwIfAborted();
}
