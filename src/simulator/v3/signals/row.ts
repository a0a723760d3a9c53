import type {Need, VehicleState} from '../../fleet/vehicle.ts';

/** One signal of a group. Its code is the group and the name in lower case. */
export interface Row {
  readonly name: string;
  /** Assumed from the v2 permission of the same reading; without one, every connection may read it. */
  readonly permission?: string;
  readonly needs?: Need;
  /** Reported as NOT_CHARGING while the car isn't. */
  readonly whileCharging?: true;
  /** Kept by Smartcar itself. */
  readonly stored?: true;
  /** Undefined where the car has no data for it: the signal is then UNAVAILABLE. */
  read(car: VehicleState): object | undefined;
}

/** The signals of some groups, by the group's name. */
export type Groups = Readonly<Record<string, readonly Row[]>>;

/** A share from 0 to 1 as the API writes it. */
export function percent(share: number): {readonly value: number; readonly unit: 'percent'} {
  return {value: Math.round(share * 100), unit: 'percent'};
}

/** A value that is the same for every car: nothing in the simulator depends on it. */
export function always(body: object): () => object {
  return () => body;
}

/** What no car of the simulator knows. */
export function never(): undefined {
  return undefined;
}

const places: readonly {readonly row: number; readonly column: number}[] = [
  {row: 0, column: 0},
  {row: 0, column: 1},
  {row: 1, column: 0},
  {row: 1, column: 1},
];

/** The same at each corner of the car. */
export function atCorners(value: object): object {
  return {values: places.map(place => ({...place, ...value})), rowCount: 2, columnCount: 2};
}
