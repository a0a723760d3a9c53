import {type Groups, always, never} from './row.ts';

/** What the maker knows about the car and its driver. */
export const accountSignals: Groups = {
  // No permission is known for the two groups of connectivity, nor for surveillance: none is asked for.
  // https://smartcar.com/docs/api-reference/signals/connectivitysoftware
  ConnectivitySoftware: [{name: 'CurrentFirmwareVersion', read: always({value: '2026.8.3'})}],
  // https://smartcar.com/docs/api-reference/signals/connectivitystatus
  ConnectivityStatus: [
    {name: 'IsAsleep', stored: true, read: ({fault}) => ({value: fault === 'VEHICLE_STATE:ASLEEP'})},
    {name: 'IsDigitalKeyPaired', read: ({virtualKey}) => ({value: virtualKey})},
    {
      name: 'IsOnline',
      stored: true,
      read: ({fault}) => ({value: fault === undefined || !unreachable.has(fault)}),
    },
  ],
  // https://smartcar.com/docs/api-reference/signals/surveillance
  Surveillance: [
    {name: 'Brand', read: never},
    {name: 'IsEnabled', read: always({value: false})},
  ],
  // https://smartcar.com/docs/api-reference/signals/vehicleidentification
  VehicleIdentification: [
    {name: 'ExteriorColor', permission: 'read_extended_vehicle_info', read: always({value: 'White'})},
    {name: 'Nickname', permission: 'read_extended_vehicle_info', read: never},
    {name: 'Packages', permission: 'read_extended_vehicle_info', read: always({values: []})},
    {name: 'Trim', permission: 'read_extended_vehicle_info', read: always({value: 'Base'})},
    {name: 'VIN', permission: 'read_vin', stored: true, read: ({vin}) => ({value: vin})},
  ],
  // https://smartcar.com/docs/api-reference/signals/vehicleuseraccount
  VehicleUserAccount: [
    {name: 'Permissions', permission: 'read_user_profile', read: always({values: ['read', 'command']})},
    {name: 'Role', permission: 'read_user_profile', read: always({value: 'Owner'})},
  ],
};

/** States in which nothing gets through to the car. */
const unreachable: ReadonlySet<string> = new Set([
  'VEHICLE_STATE:ASLEEP',
  'VEHICLE_STATE:UNREACHABLE',
  'VEHICLE_STATE:VEHICLE_OFFLINE_FOR_SERVICE',
]);
