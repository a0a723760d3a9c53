const words: Readonly<Record<string, string>> = {
  read_alerts: 'See the warnings your car shows',
  read_battery: 'See the battery level and range',
  read_charge: 'See whether and how your car is charging',
  read_charge_events: 'Be told when charging starts and ends',
  read_charge_locations: 'See the places where you charge',
  read_charge_records: 'See past charging sessions',
  read_climate: 'See the state of the heating and air conditioning',
  read_compass: 'See the direction your car is facing',
  read_diagnostics: 'See faults and the state of systems in your car',
  read_engine_oil: 'See the engine oil life',
  read_extended_vehicle_info: 'See how your car is equipped',
  read_fuel: 'See the fuel level and range',
  read_location: 'See where your car is',
  read_odometer: 'See how far your car has been driven',
  read_security: 'See whether doors, windows and locks are closed',
  read_service_history: 'See past services of your car',
  read_speedometer: 'See how fast your car is going',
  read_thermometer: 'See the temperatures inside and outside',
  read_tires: 'See the tyre pressures',
  read_user_profile: 'See the profile of your account',
  read_vehicle_info: 'See the brand, model and year of your car',
  read_vin: 'See the vehicle identification number (VIN)',
  control_charge: 'Start and stop charging, and set its limit',
  control_climate: 'Switch the heating and air conditioning',
  control_navigation: 'Send destinations to the navigation',
  control_pin: 'Set the PIN that protects driving',
  control_security: 'Lock and unlock your car',
  control_trunk: 'Open and close the boot',
};

/** A permission as an owner would say it. */
export function wordsFor(permission: string): string {
  return words[permission] ?? permission;
}
