import type {Fault} from '../http/answer.ts';
import {signalError} from '../errors/envelopes.ts';
import {vehicleFault} from '../errors/vehicle-fault.ts';
import type {World} from '../world.ts';
import {permits} from '../fleet/owner.ts';
import type {Visit} from './access.ts';
import {type Need, type VehicleState, chargeState, isCapable} from '../fleet/vehicle.ts';

/** One signal of a car. */
export interface Signal {
  readonly code: string;
  readonly name: string;
  readonly group: string;
  /** Assumed from the v2 permission of the same reading. */
  readonly permission: string;
  readonly needs?: Need;
  /** Reported as NOT_CHARGING while the car isn't. */
  readonly whileCharging?: true;
  /** Kept by Smartcar itself. */
  readonly stored?: true;
  read(car: VehicleState): unknown;
}

type Row = Omit<Signal, 'code' | 'group'>;

const percent = (share: number) => ({value: Math.round(share * 100), unit: 'percent'});
const corner = (row: number, column: number) => ({row, column});
const corners = [corner(0, 0), corner(0, 1), corner(1, 0), corner(1, 1)];

/** https://smartcar.com/docs/api-reference/signals; the part of the catalogue that our cars know. */
const groups: Readonly<Record<string, readonly Row[]>> = {
  Charge: [
    {
      name: 'ChargeLimits',
      permission: 'read_charge',
      needs: 'battery',
      read: ({chargeLimit}) => {
        const limit = Math.round(chargeLimit * 100);
        return {values: [{type: 'GLOBAL', limit}], activeLimit: limit, unit: 'percent'};
      },
    },
    {
      name: 'ChargeTimers',
      permission: 'read_charge',
      needs: 'battery',
      read: ({schedules}) => ({
        values: schedules.map(({id, kind, attributes}) => ({
          type: 'LOCATION',
          scheduleId: id,
          scheduleType: kind.toUpperCase(),
          attributes,
        })),
      }),
    },
    {
      name: 'DetailedChargingStatus',
      permission: 'read_charge',
      needs: 'battery',
      read: car => ({value: chargeState(car)}),
    },
    {
      name: 'IsCharging',
      permission: 'read_charge',
      needs: 'battery',
      read: ({charging}) => ({value: charging}),
    },
    {
      name: 'IsChargingCableConnected',
      permission: 'read_charge',
      needs: 'battery',
      read: ({pluggedIn}) => ({value: pluggedIn}),
    },
    {
      name: 'IsChargingPortFlapOpen',
      permission: 'read_charge',
      needs: 'battery',
      read: ({chargePortOpen}) => ({value: chargePortOpen}),
    },
    {
      name: 'Voltage',
      permission: 'read_charge',
      needs: 'battery',
      whileCharging: true,
      read: () => ({value: 230, unit: 'volts'}),
    },
    {
      name: 'Wattage',
      permission: 'read_charge',
      needs: 'battery',
      whileCharging: true,
      read: () => ({value: 3680, unit: 'watts'}),
    },
  ],
  Climate: [
    {
      name: 'ExternalTemperature',
      permission: 'read_thermometer',
      read: ({exteriorCelsius}) => ({value: exteriorCelsius, unit: 'celsius'}),
    },
    {
      name: 'InternalTemperature',
      permission: 'read_thermometer',
      read: ({interiorCelsius}) => ({value: interiorCelsius, unit: 'celsius'}),
    },
  ],
  Closure: [
    {
      name: 'Doors',
      permission: 'read_security',
      read: ({locked}) => ({
        values: corners.map(place => ({...place, isOpen: false, isLocked: locked})),
        rowCount: 2,
        columnCount: 2,
      }),
    },
    {name: 'IsLocked', permission: 'read_security', read: ({locked}) => ({value: locked})},
    {
      name: 'RearTrunk',
      permission: 'read_security',
      read: ({locked, trunkOpen}) => ({isOpen: trunkOpen, isLocked: locked}),
    },
  ],
  Diagnostics: [{name: 'DTCCount', permission: 'read_diagnostics', read: () => ({value: 0})}],
  InternalCombustionEngine: [
    {name: 'FuelLevel', permission: 'read_fuel', needs: 'engine', read: ({fuelLevel}) => percent(fuelLevel)},
    {name: 'OilLife', permission: 'read_engine_oil', needs: 'engine', read: ({oilLife}) => percent(oilLife)},
  ],
  Location: [
    {
      name: 'PreciseLocation',
      permission: 'read_location',
      read: ({latitude, longitude}) => ({latitude, longitude}),
    },
  ],
  Motion: [
    {
      name: 'CurrentSpeed',
      permission: 'read_speedometer',
      read: ({speedKmh}) => ({value: speedKmh, unit: 'km/h'}),
    },
  ],
  Odometer: [
    {
      name: 'TraveledDistance',
      permission: 'read_odometer',
      read: ({odometerKm}) => ({value: odometerKm, unit: 'km'}),
    },
  ],
  TractionBattery: [
    {
      name: 'NominalCapacity',
      permission: 'read_battery',
      needs: 'battery',
      read: ({batteryCapacityKwh}) => ({capacity: batteryCapacityKwh, source: 'SMARTCAR', unit: 'kWh'}),
    },
    {
      name: 'Range',
      permission: 'read_battery',
      needs: 'battery',
      read: ({batteryRangeKm}) => ({value: batteryRangeKm, unit: 'km'}),
    },
    {
      name: 'StateOfCharge',
      permission: 'read_battery',
      needs: 'battery',
      read: ({batteryLevel}) => percent(batteryLevel),
    },
  ],
  VehicleIdentification: [
    {name: 'VIN', permission: 'read_vin', stored: true, read: ({vin}) => ({value: vin})},
  ],
  Wheel: [
    {
      name: 'Tires',
      permission: 'read_tires',
      read: ({tyrePressureKpa}) => ({
        values: corners.map(place => ({...place, tirePressure: tyrePressureKpa, unit: 'kPa'})),
        rowCount: 2,
        columnCount: 2,
      }),
    },
  ],
};

/** Codes are the group and the name in lower case: `tractionbattery-stateofcharge`. */
export const signals: readonly Signal[] = Object.entries(groups).flatMap(([group, rows]) =>
  rows.map(row => ({...row, code: `${group}-${row.name}`.toLowerCase(), group})),
);

/** Why a signal can't be read at the moment. */
export function findSignalFault(world: World, {owner, car}: Visit, signal: Signal): Fault | undefined {
  const {id, charging} = car.state;
  if (!permits(owner, owner.scope, signal.permission, id)) return {error: 'PERMISSION'};
  if (!isCapable(car.state, signal.needs)) return {error: 'COMPATIBILITY:VEHICLE_NOT_CAPABLE'};
  const fault = signal.stored === true ? undefined : vehicleFault(world, {owner, car}, '3', 'read');
  if (fault !== undefined) return fault;
  if (signal.whileCharging === true && !charging) return {error: 'VEHICLE_STATE:NOT_CHARGING'};
  return undefined;
}

/** A signal as an element of `data`. A fault goes inside: the request itself succeeded. */
export function describeSignal(
  car: VehicleState,
  signal: Signal,
  fault: Fault | undefined,
  now: number,
  vehicleUrl: string,
): unknown {
  const {code, name, group} = signal;
  const status = fault === undefined ? {value: 'SUCCESS'} : {value: 'ERROR', error: signalError(fault)};
  return {
    id: code,
    type: 'signal',
    attributes: {code, name, group, status, body: fault === undefined ? signal.read(car) : null},
    meta: {retrievedAt: now, oemUpdatedAt: car.recordedAt, ingestedAt: now},
    links: {self: `${vehicleUrl}/signals/${code}`},
  };
}
