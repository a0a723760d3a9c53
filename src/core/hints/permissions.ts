const READ =
  'alerts battery charge charge_locations charge_records charge_events climate compass diagnostics engine_oil extended_vehicle_info fuel location odometer security service_history speedometer thermometer tires user_profile vehicle_info vin';
const CONTROL = 'charge climate ignition navigation security pin trunk';

/** Every permission there is. Source: https://smartcar.com/docs/api-reference/permissions */
export const PERMISSIONS: readonly string[] = [
  ...READ.split(' ').map(name => `read_${name}`),
  ...CONTROL.split(' ').map(name => `control_${name}`),
];

/** A name of `connect.scope` without the prefix that makes it mandatory. */
export const plainName = (name: string): string => name.replace(/^required:/, '');
