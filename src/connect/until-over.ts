import type {Clock} from '../ports.ts';

/** How often those who wait look whether another process has ended their episode. */
const LOOK_MS = 2_000;

/** How to learn of an end that nobody has told of. */
export interface Looking {
  readonly clock: Required<Pick<Clock, 'timer'>>;
  /** Resolves with whether the episode is open; wakes those who wait where it is not. */
  readonly look: () => Promise<boolean>;
}

/** Resolves when whoever ends the episode wakes all in `waiting`; rejects with the signal's reason. */
export function untilOver(waiting: Set<() => void>, signal: AbortSignal, looking?: Looking): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    let cancel: (() => void) | undefined;
    const leave = (): void => {
      cancel?.();
      waiting.delete(wake);
      signal.removeEventListener('abort', stop);
    };
    const wake = (): void => {
      leave();
      resolve();
    };
    const stop = (): void => {
      leave();
      reject(signal.reason);
    };
    const again = ({clock, look}: Looking): void => {
      cancel = clock.timer(LOOK_MS, () => {
        const next = (): void => (waiting.has(wake) ? again({clock, look}) : undefined);
        look().then(still => (still ? next() : undefined), next);
      });
    };
    waiting.add(wake);
    signal.addEventListener('abort', stop, {once: true});
    if (looking) again(looking);
  });
}
