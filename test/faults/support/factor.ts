/** How much harder to attack than `npm test` does: `npm run fuzz` sets it. */
export const FACTOR: number = Math.max(1, Number(process.env['SMARTCAR_POLICY_FUZZ'] ?? 1) || 1);

/** Where a run of chance begins: set it to see a failure again. */
export const SEED: number =
  Number(process.env['SMARTCAR_POLICY_SEED'] ?? 0) || Math.floor(Math.random() * 2 ** 31);

/** Chance that can be had again: mulberry32, which costs a few nanoseconds. */
export interface Dice {
  /** From 0 to below 1. */
  (): number;
  /** From 0 to below `below`. */
  upTo(below: number): number;
  of<T>(choices: readonly T[]): T;
}

export function dice(seed: number): Dice {
  let state = seed >>> 0;
  const roll = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const upTo = (below: number): number => Math.floor(roll() * below);
  return Object.assign(roll, {upTo, of: <T>(choices: readonly T[]): T => choices[upTo(choices.length)]!});
}
