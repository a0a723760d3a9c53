/** Where the simulator reads the time. */
export interface Clock {
  /** Epoch ms. */
  now(): number;
}

export interface AdvancingClock {
  readonly now: () => number;
  readonly advance: (ms: number) => void;
}

/** Lays an offset, which only grows, over another clock. */
export function advancingClock(base: Clock): AdvancingClock {
  let offset = 0;
  return {
    now: () => base.now() + offset,
    advance(ms) {
      if (!Number.isFinite(ms) || ms < 0) {
        throw new RangeError(`Expected \`ms\` to be a number from 0 up, got \`${ms}\``);
      }
      offset += ms;
    },
  };
}
