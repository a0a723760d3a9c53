/** Something may have happened, also while nobody was waiting for it. */
export interface Bell {
  readonly ring: () => void;
  /** Resolves at the next ring, or after so long; with `false` once it is closed. */
  heardWithin(limitMs: number): Promise<boolean>;
  close(): void;
}

export function createBell(): Bell {
  let rung = false;
  let closed = false;
  let wake: (() => void) | undefined;
  const ring = (): void => {
    rung = true;
    wake?.();
  };
  return {
    ring,
    async heardWithin(limitMs) {
      if (!rung && !closed) {
        const {promise, resolve} = Promise.withResolvers<void>();
        const timer = setTimeout(resolve, limitMs);
        wake = resolve;
        await promise;
        clearTimeout(timer);
      }
      rung = false;
      return !closed;
    },
    close() {
      closed = true;
      wake?.();
    },
  };
}
