export type UnitSystem = 'metric' | 'imperial';

/** Converts from the metric units that the simulator keeps. */
export interface Units {
  readonly system: UnitSystem;
  /** km, or miles. */
  distance(km: number): number;
  /** kPa, or psi. */
  pressure(kpa: number): number;
  /** Litres, or US gallons. */
  volume(litres: number): number;
  /** Celsius, or Fahrenheit. */
  temperature(celsius: number): number;
}

export function unitsOf(system: UnitSystem): Units {
  if (system === 'metric') {
    return {system, distance: round, pressure: round, volume: round, temperature: round};
  }
  return {
    system,
    distance: km => round(km / 1.609344),
    pressure: kpa => round(kpa / 6.894757),
    volume: litres => round(litres / 3.785412),
    temperature: celsius => round(celsius * 1.8 + 32),
  };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
