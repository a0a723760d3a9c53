import type {Clock} from '../ports.ts';

/** A clock with every member in place. */
export type FullClock = Required<Clock>;

/** The longest time a Node timer can hold; a longer one would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const systemClock: FullClock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  timer(ms, callback) {
    const timer = setTimeout(callback, Math.min(ms, LONGEST_TIMER_MS));
    return () => clearTimeout(timer);
  },
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
  return {
    now: () => clock.now(),
    sleep: (ms, signal) => clock.sleep(ms, signal),
    monotonic: clock.monotonic ? () => clock.monotonic!() : () => clock.now(),
    timer: clock.timer ? (ms, callback) => clock.timer!(ms, callback) : timerBySleep(clock),
  };
}

function timerBySleep(clock: Clock): FullClock['timer'] {
  return (ms, callback) => {
    const cancel = new AbortController();
    clock.sleep(Math.min(ms, LONGEST_TIMER_MS), cancel.signal).then(
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
