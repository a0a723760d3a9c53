import {isVehicleError} from '../errors/dialects.ts';
import {errorKeys} from '../errors/table.ts';
import type {VehicleSpec} from './vehicle.ts';

/** What a test login makes of Connect, when it does not lead to cars. */
const connectErrors: Readonly<Record<string, string>> = {
  'smartcar@invalid-subscription.com': 'invalid_subscription',
  'smartcar@vehicle-incompatible.com': 'vehicle_incompatible',
  '0-vehicles@smartcar.com': 'no_vehicles',
};

/** How many cars one test login can have. */
const mostVehicles = 50;

/** The redirect error with which Connect ends for this login. */
export function connectErrorOfTestLogin(email: string): string | undefined {
  const address = email.toLowerCase();
  if (/^[a-z0-9]{17}@incompatible\.smartcar\.com$/.test(address)) return 'vehicle_incompatible';
  return connectErrors[address];
}

/** Whether Smartcar would let this login in with any password, in simulated mode. */
export function isTestLogin(email: string): boolean {
  return vehiclesOfTestLogin(email) !== undefined || connectErrorOfTestLogin(email) !== undefined;
}

/** Documented for commands only: reads go on. */
const missingKey = 'CONNECTED_SERVICES_ACCOUNT:VIRTUAL_KEY_REQUIRED';

/**
 * The cars behind a test login; undefined for any other address. `TYPE.CODE@smartcar.com`, or `TYPE@smartcar.com`
 * where the code is null, takes every error of the vehicle APIs, also those that Smartcar's own test mode lacks. A code
 * of one version only is said by the other in its own words.
 * @see https://smartcar.com/docs/errors/testing-errors
 */
export function vehiclesOfTestLogin(email: string): Partial<VehicleSpec>[] | undefined {
  const [name = '', domain = ''] = email.toLowerCase().split('@');
  const powertrain = /^(compatible|phev|bev|fuel)\.smartcar\.com$/.exec(domain)?.[1];
  if (powertrain !== undefined && /^[a-z0-9]{17}$/.test(name)) {
    const kinds = {compatible: 'BEV', phev: 'PHEV', bev: 'BEV', fuel: 'ICE'} as const;
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the expression above lists the keys
    return [{vin: name.toUpperCase(), powertrain: kinds[powertrain as keyof typeof kinds]}];
  }
  if (domain === 'successful-request.com' && name === 'smartcar') return [{}];
  if (domain !== 'smartcar.com') return undefined;
  const count = Number(/^(\d{1,3})-vehicles$/.exec(name)?.[1] ?? 0);
  if (count > 0) return Array.from({length: Math.min(count, mostVehicles)}, () => ({}));
  const error = name.toUpperCase().replace('.', ':');
  const known = errorKeys.find(key => isVehicleError(key) && key === error);
  if (known === undefined) return undefined;
  return known === missingKey ? [{virtualKey: false}] : [{fault: known}];
}
