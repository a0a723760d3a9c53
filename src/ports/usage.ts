/**
 * How many calls each vehicle has had in each billing period, for all processes that share the store. A period is
 * named by the UTC day that it began on, `YYYY-MM-DD`, and compares as a text.
 */
export interface UsageCounts {
  /**
   * Adds to the counts of these vehicles in one step, all or nothing, and resolves with the new totals of the same
   * vehicles. Two that add at once get totals that differ: one of them sees the sum of both.
   */
  add(period: string, calls: ReadonlyMap<string, number>): Promise<ReadonlyMap<string, number>>;
  /** 0 where nothing was counted. */
  count(period: string, vehicle: string): Promise<number>;
  /** Drops the periods that began before this one. */
  forget(before: string): Promise<void>;
}

/** Counts calls against what Smartcar's plan allows each vehicle in a billing period. */
export interface Quota {
  /** Counts calls of a vehicle as made now. Never throws and never waits: the store gets them a little later. */
  count(vehicle: string, calls: number): void;
  /**
   * What a vehicle has used, calls included that are not in the store yet. Writes those first; rejects only where the
   * store cannot be read. `at`: a time within the period, in epoch ms.
   * @default at: now
   */
  usage(vehicle: string, at?: number): Promise<VehicleUsage>;
  /** Resolves when everything that was counted before is in the store; rejects where the store refuses it. */
  flush(): Promise<void>;
  /** When the next period begins, in epoch ms. */
  endsAt(): number;
  /** How full the quotas are, by the counts that this process has seen. */
  fullness(): QuotaFullness;
}

/**
 * How full the quotas of all vehicles are in the billing period of now. Counts are those of all processes that share the
 * store, of the vehicles that this process has called since it was started.
 */
export interface QuotaFullness {
  /** The UTC day that the period began on, `YYYY-MM-DD`. */
  readonly period: string;
  /** The share that the fullest vehicle has used; can be above 1. */
  readonly fullest: number;
  /** How many vehicles have used the share that warns, or more. */
  readonly near: number;
}

/** What a vehicle has used of its billing period. */
export interface VehicleUsage {
  readonly vehicle: string;
  /** The UTC day that the period began on, `YYYY-MM-DD`. */
  readonly period: string;
  /** Requests that named it, each path of a batch as one. */
  readonly calls: number;
  /** What the plan includes, as the option `quota` says. */
  readonly perVehicle: number;
  /** When the next period begins, in epoch ms. */
  readonly endsAt: number;
}

/** A vehicle comes near its quota. */
export interface QuotaWarning extends Omit<VehicleUsage, 'endsAt'> {
  /** `calls` by `perVehicle`; can be above 1. */
  readonly share: number;
}
