import {type Groups, always, never, percent} from './row.ts';

/** What moves the car, and where it is. */
export const driveSignals: Groups = {
  // https://smartcar.com/docs/api-reference/signals/internalcombustionengine
  InternalCombustionEngine: [
    {
      name: 'AmountRemaining',
      permission: 'read_fuel',
      needs: 'engine',
      read: ({fuelLitres}) => ({value: fuelLitres, unit: 'liters'}),
    },
    {name: 'FuelLevel', permission: 'read_fuel', needs: 'engine', read: ({fuelLevel}) => percent(fuelLevel)},
    {name: 'OilLife', permission: 'read_engine_oil', needs: 'engine', read: ({oilLife}) => percent(oilLife)},
    {
      name: 'Range',
      permission: 'read_fuel',
      needs: 'engine',
      read: ({fuelRangeKm}) => ({value: fuelRangeKm, unit: 'km'}),
    },
  ],
  // https://smartcar.com/docs/api-reference/signals/location
  Location: [
    // The simulator knows no owner's home.
    {name: 'IsAtHome', permission: 'read_location', read: never},
    {
      name: 'PreciseLocation',
      permission: 'read_location',
      read: ({latitude, longitude, speedKmh}) => ({
        latitude,
        longitude,
        locationType: speedKmh > 0 ? 'CURRENT' : 'LAST_PARKED',
      }),
    },
  ],
  // https://smartcar.com/docs/api-reference/signals/motion
  Motion: [
    {
      name: 'CurrentSpeed',
      permission: 'read_speedometer',
      read: ({speedKmh}) => ({value: speedKmh, unit: 'km/h'}),
    },
  ],
  // https://smartcar.com/docs/api-reference/signals/odometer
  Odometer: [
    {
      name: 'TraveledDistance',
      permission: 'read_odometer',
      read: ({odometerKm}) => ({value: odometerKm, unit: 'km'}),
    },
  ],
  // https://smartcar.com/docs/api-reference/signals/tractionbattery
  TractionBattery: [
    {name: 'IsHeaterActive', permission: 'read_battery', needs: 'battery', read: always({value: false})},
    {
      name: 'MaxRangeChargeCounter',
      permission: 'read_battery',
      needs: 'battery',
      read: always({value: 0, unit: 'count'}),
    },
    {
      name: 'NominalCapacity',
      permission: 'read_battery',
      needs: 'battery',
      read: ({batteryCapacityKwh}) => ({
        capacity: batteryCapacityKwh,
        availableCapacities: [{capacity: batteryCapacityKwh, description: null}],
        source: 'SMARTCAR',
        unit: 'kWh',
      }),
    },
    {
      name: 'Range',
      permission: 'read_battery',
      needs: 'battery',
      read: ({batteryRangeKm}) => ({
        value: batteryRangeKm,
        type: 'DEFAULT',
        additionalValues: [],
        unit: 'km',
      }),
    },
    {
      name: 'StateOfCharge',
      permission: 'read_battery',
      needs: 'battery',
      read: ({batteryLevel}) => percent(batteryLevel),
    },
  ],
  // https://smartcar.com/docs/api-reference/signals/transmission; no permission is known for it.
  Transmission: [
    {name: 'DriveMode', read: never},
    {name: 'GearState', read: ({speedKmh}) => ({value: speedKmh > 0 ? 'DRIVE' : 'PARK'})},
  ],
};
