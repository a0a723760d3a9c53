import {closest} from 'fastest-levenshtein';

/**
 * Every permission an owner can grant.
 * @see https://smartcar.com/docs/api-reference/permissions
 */
export const allPermissions: readonly string[] = [
  'read_alerts',
  'read_battery',
  'read_charge',
  'read_charge_events',
  'read_charge_locations',
  'read_charge_records',
  'read_climate',
  'read_compass',
  'read_diagnostics',
  'read_engine_oil',
  'read_extended_vehicle_info',
  'read_fuel',
  'read_location',
  'read_odometer',
  'read_security',
  'read_service_history',
  'read_speedometer',
  'read_thermometer',
  'read_tires',
  'read_user_profile',
  'read_vehicle_info',
  'read_vin',
  'control_charge',
  'control_climate',
  'control_navigation',
  'control_pin',
  'control_security',
  'control_trunk',
];

/** Refuses a name that nothing could ever be granted by, naming the nearest. */
export function checkPermissions(names: readonly string[]): void {
  for (const name of names) {
    if (allPermissions.includes(name)) continue;
    throw new TypeError(
      `Expected a permission of Smartcar, got \`${name}\`. Did you mean \`${closest(name, allPermissions)}\`?`,
    );
  }
}

/** The permissions in a `scope` parameter; the prefix `required:` only concerns the consent page. */
export function parseScope(text: string): string[] {
  return text
    .split(/[\s+]+/)
    .map(word => word.replace(/^required:/, ''))
    .filter(word => word !== '');
}
