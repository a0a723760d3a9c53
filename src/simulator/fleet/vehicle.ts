import type {Dice} from '../dice.ts';

/** What moves the car. A `BEV` has no fuel and no engine oil, an `ICE` no traction battery. */
export type Powertrain = 'BEV' | 'PHEV' | 'ICE';

/** A stored charge schedule of a car (v3). */
export interface ChargeSchedule {
  readonly id: string;
  readonly kind: 'daily' | 'weekly' | 'workweek';
  readonly attributes: unknown;
}

/**
 * A car as it is now. The object is live: commands change it, and what you change is what the next read
 * reports.
 */
export interface VehicleState {
  /** Smartcar's vehicle id. */
  readonly id: string;
  vin: string;
  /** In capitals, as Smartcar writes makes. */
  make: string;
  model: string;
  year: number;
  powertrain: Powertrain;
  locked: boolean;
  pluggedIn: boolean;
  charging: boolean;
  chargePortOpen: boolean;
  /** 0 to 1. */
  chargeLimit: number;
  /** 0 to 1. */
  batteryLevel: number;
  batteryRangeKm: number;
  batteryCapacityKwh: number;
  /** 0 to 1. */
  fuelLevel: number;
  fuelLitres: number;
  fuelRangeKm: number;
  /** 0 to 1. */
  oilLife: number;
  odometerKm: number;
  speedKmh: number;
  tyrePressureKpa: number;
  interiorCelsius: number;
  exteriorCelsius: number;
  latitude: number;
  longitude: number;
  climateOn: boolean;
  trunkOpen: boolean;
  /** Where the navigation was told to go last. */
  destination: {readonly latitude: number; readonly longitude: number} | undefined;
  schedules: readonly ChargeSchedule[];
  /** Whether Tesla's virtual key is paired; without it commands answer VIRTUAL_KEY_REQUIRED. */
  virtualKey: boolean;
  /**
   * `TYPE:CODE` with which everything answers that needs the car itself: a car that sleeps, a maker that is down. The
   * make and model, the VIN and the permissions are known without it.
   */
  fault: string | undefined;
  /** When the car last recorded its data, epoch ms; behind `SC-Data-Age`. */
  recordedAt: number;
}

/** What you may say about a car that you add; the rest has defaults. */
export type VehicleSpec = Readonly<VehicleState>;

/** What a command does, whichever API it came through. */
export type CommandName =
  | 'lock'
  | 'unlock'
  | 'start-charge'
  | 'stop-charge'
  | 'set-charge-limit'
  | 'open-charge-port'
  | 'close-charge-port'
  | 'set-charge-schedule'
  | 'remove-charge-schedule'
  | 'send-destination'
  | 'set-climate'
  | 'open-trunk'
  | 'close-trunk'
  | 'set-pin'
  | 'disconnect';

/** A car and how often each command was carried out on it. */
export interface Car {
  readonly state: VehicleState;
  readonly carriedOut: Map<CommandName, number>;
}

export function createCar(spec: Partial<VehicleSpec>, dice: Dice, now: number): Car {
  const state: VehicleState = {
    id: dice.uuid(),
    vin: vinOf(dice.uuid()),
    make: 'TESLA',
    model: 'Model 3',
    year: 2023,
    powertrain: 'BEV',
    locked: false,
    pluggedIn: true,
    charging: false,
    chargePortOpen: false,
    chargeLimit: 0.8,
    batteryLevel: 0.62,
    batteryRangeKm: 290,
    batteryCapacityKwh: 75,
    fuelLevel: 0.5,
    fuelLitres: 25,
    fuelRangeKm: 400,
    oilLife: 0.86,
    odometerKm: 37_829,
    speedKmh: 0,
    tyrePressureKpa: 250,
    interiorCelsius: 21,
    exteriorCelsius: 14,
    latitude: 52.52,
    longitude: 13.405,
    climateOn: false,
    trunkOpen: false,
    destination: undefined,
    schedules: [],
    virtualKey: true,
    fault: undefined,
    recordedAt: now,
    ...spec,
  };
  return {state, carriedOut: new Map()};
}

/** What a command does to a car; a function where it depends on how the car is at that moment. */
export type CarChange = Partial<VehicleState> | ((car: VehicleState) => Partial<VehicleState>);

/** Changes the car and counts the command; returns the former values of what has another value now. */
export function carryOut(
  car: Car,
  command: CommandName,
  change: CarChange,
  now: number,
): Partial<VehicleState> {
  car.carriedOut.set(command, (car.carriedOut.get(command) ?? 0) + 1);
  return write(car.state, typeof change === 'function' ? change(car.state) : change, now);
}

/** Writes those members that a car has, its id apart; returns the former values of what has another value now. */
export function write(
  state: VehicleState,
  change: Partial<VehicleState>,
  now: number,
): Partial<VehicleState> {
  const known = Object.entries(change).filter(([key]) => key !== 'id' && Object.hasOwn(state, key));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of a part of the state
  const keys = known.map(([key]) => key) as (keyof VehicleState)[];
  const before = Object.fromEntries(
    keys.filter(key => state[key] !== change[key]).map(key => [key, state[key]]),
  );
  Object.assign(state, Object.fromEntries(known), {recordedAt: now});
  return before;
}

export function countCommands(car: Car, command?: CommandName): number {
  if (command !== undefined) return car.carriedOut.get(command) ?? 0;
  return [...car.carriedOut.values()].reduce((sum, count) => sum + count, 0);
}

/** What a car has to have for some question or command. */
export type Need = 'battery' | 'engine';

/** Whether the car is built in a way that makes the question sensible. */
export function isCapable(car: VehicleState, needs: Need | undefined): boolean {
  if (needs === 'battery') return car.powertrain !== 'ICE';
  return needs === undefined || car.powertrain !== 'BEV';
}

/** Whether the battery holds all that it may, which the owner can set below what it could. */
export function isFull(car: Pick<VehicleState, 'batteryLevel' | 'chargeLimit'>): boolean {
  return car.batteryLevel >= Math.min(car.chargeLimit, 1);
}

export function chargeState(car: VehicleState): 'CHARGING' | 'FULLY_CHARGED' | 'NOT_CHARGING' {
  if (car.charging) return 'CHARGING';
  return car.pluggedIn && isFull(car) ? 'FULLY_CHARGED' : 'NOT_CHARGING';
}

/** 17 characters that no VIN check refuses: no I, O or Q. */
function vinOf(uuid: string): string {
  return `5YJ3${uuid.replaceAll('-', '').slice(0, 13).toUpperCase()}`;
}
