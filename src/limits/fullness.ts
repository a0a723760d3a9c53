import type {QuotaFullness} from '../ports.ts';

/** What is known of the newest period: its name, one number, and who has come to the threshold. */
export interface Fullness {
  /** A vehicle has used so much of its quota. */
  saw(period: string, vehicle: string, share: number): void;
  /** Of this period; of another one than the newest nothing is known. */
  of(period: string): QuotaFullness;
}

export function createFullness(warnAt: number): Fullness {
  let newest = '';
  let fullest = 0;
  const near = new Set<string>();
  return {
    saw(period, vehicle, share) {
      // Written late.
      if (period < newest) return;
      if (period > newest) {
        newest = period;
        fullest = 0;
        near.clear();
      }
      fullest = Math.max(fullest, share);
      if (share >= warnAt) near.add(vehicle);
    },
    of: period => (period === newest ? {period, fullest, near: near.size} : {period, fullest: 0, near: 0}),
  };
}
