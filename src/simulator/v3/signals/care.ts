import type {Need} from '../../fleet/vehicle.ts';
import {type Groups, type Row, always} from './row.ts';

/** A part of the car that is well. */
function system(name: string, needs?: Need): Row {
  return {
    name,
    permission: 'read_diagnostics',
    ...(needs === undefined ? {} : {needs}),
    read: always({status: 'OK', description: null}),
  };
}

/** How the car is, and who looked after it. */
export const careSignals: Groups = {
  // https://smartcar.com/docs/api-reference/signals/diagnostics
  Diagnostics: [
    system('ABS'),
    system('ActiveSafety'),
    system('Airbag'),
    system('BrakeFluid'),
    system('DriverAssistance'),
    {name: 'DTCCount', permission: 'read_diagnostics', read: always({value: 0, unit: 'count'})},
    {name: 'DTCList', permission: 'read_diagnostics', read: always({values: []})},
    system('Emissions', 'engine'),
    system('EVBatteryConditioning', 'battery'),
    system('EVCharging', 'battery'),
    system('EVDriveUnit', 'battery'),
    system('EVHVBattery', 'battery'),
    system('Lighting'),
    system('MIL'),
    system('OilLife', 'engine'),
    system('OilPressure', 'engine'),
    system('OilTemperature', 'engine'),
    system('Telematics'),
    system('TirePressure'),
    system('TirePressureMonitoring'),
    system('Transmission'),
    system('WasherFluid'),
    system('WaterInFuel', 'engine'),
  ],
  // https://smartcar.com/docs/api-reference/signals/service
  Service: [
    {
      name: 'IsInService',
      permission: 'read_service_history',
      read: ({fault}) => ({value: fault === 'VEHICLE_STATE:VEHICLE_OFFLINE_FOR_SERVICE'}),
    },
    {
      name: 'Records',
      permission: 'read_service_history',
      read: ({odometerKm}) => ({
        values: [
          {
            serviceDate: '2025-03-14T09:30:00.000Z',
            odometerDistance: Math.max(0, odometerKm - 5000),
            serviceTasks: [{taskId: '1', taskDescription: 'Tyre rotation'}],
          },
        ],
        unit: 'km',
      }),
    },
  ],
};
