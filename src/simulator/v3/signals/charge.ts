import {type VehicleState, chargeState} from '../../fleet/vehicle.ts';
import {type Groups, type Row, always, never} from './row.ts';

/** What flows while a car charges: one phase at home. */
const volts = 230;
const amperes = 16;
const watts: number = volts * amperes;

type ChargeRow = Omit<Row, 'permission' | 'needs'>;

/** https://smartcar.com/docs/api-reference/signals/charge */
const rows: readonly ChargeRow[] = [
  {name: 'Amperage', whileCharging: true, read: always({value: amperes, unit: 'ampere'})},
  {name: 'AmperageMax', read: always({value: 32, unit: 'ampere'})},
  {name: 'AmperageRequested', read: always({value: amperes, unit: 'ampere'})},
  {
    name: 'ChargeLimits',
    read: ({chargeLimit}) => {
      const limit = Math.round(chargeLimit * 100);
      return {values: [{type: 'GLOBAL', limit}], activeLimit: limit, unit: 'percent'};
    },
  },
  {name: 'ChargePortStatusColor', read: ({charging}) => ({value: charging ? 'GREEN' : 'BLUE'})},
  {name: 'ChargeRate', whileCharging: true, read: always({value: 20, unit: 'km/h'})},
  {name: 'ChargeRecords', read: always({values: []})},
  {name: 'ChargerPhases', whileCharging: true, read: always({value: 1})},
  {
    name: 'ChargeTimers',
    read: ({schedules}) => ({
      values: schedules.map(({id, kind, attributes}) => ({
        type: 'LOCATION',
        scheduleId: id,
        scheduleType: kind.toUpperCase(),
        attributes,
      })),
    }),
  },
  {name: 'ChargingConnectorType', read: ({pluggedIn}) => (pluggedIn ? {value: 'TYPE_2'} : undefined)},
  {name: 'DetailedChargingStatus', read: car => ({value: chargeState(car)})},
  {name: 'EnergyAdded', whileCharging: true, read: always({value: 0, unit: 'kWh'})},
  // Only a fast charger has a type, and there is none.
  {name: 'FastChargerType', read: never},
  {name: 'IsCharging', read: ({charging}) => ({value: charging})},
  {name: 'IsChargingCableConnected', read: ({pluggedIn}) => ({value: pluggedIn})},
  {name: 'IsChargingCableLatched', read: ({pluggedIn}) => ({value: pluggedIn})},
  {name: 'IsChargingPortFlapOpen', read: ({chargePortOpen}) => ({value: chargePortOpen})},
  {name: 'IsFastChargerPresent', read: always({value: false})},
  {name: 'TimeToComplete', whileCharging: true, read: car => ({value: minutesLeft(car), unit: 'minute'})},
  {name: 'Voltage', whileCharging: true, read: always({value: volts, unit: 'volts'})},
  {name: 'Wattage', whileCharging: true, read: always({value: watts, unit: 'watts'})},
];

function minutesLeft({batteryCapacityKwh, batteryLevel, chargeLimit}: VehicleState): number {
  const missingKwh = Math.max(0, chargeLimit - batteryLevel) * batteryCapacityKwh;
  return Math.round((missingKwh * 60_000) / watts);
}

export const chargeSignals: Groups = {
  Charge: rows.map(row => ({...row, permission: 'read_charge', needs: 'battery'})),
};
