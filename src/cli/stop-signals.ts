import {constants} from 'node:os';

/** Resolves at the first SIGINT, SIGTERM or SIGHUP; the second ends the process at once. */
export function stopSignal(): Promise<void> {
  return new Promise(resolve => {
    let asked = false;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (asked) process.exit(128 + constants.signals[signal]);
        asked = true;
        resolve();
      });
    }
  });
}
