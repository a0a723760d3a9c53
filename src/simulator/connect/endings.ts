import type {VehicleState} from '../fleet/vehicle.ts';

/** The parameters that go back with the redirect. */
export type Return = Readonly<Record<string, string | undefined>>;

/** How Connect fails: the `error` of the redirect. */
export type Ending =
  | 'access_denied'
  | 'vehicle_incompatible'
  | 'invalid_subscription'
  | 'no_vehicles'
  | 'configuration_error'
  | 'server_error'
  | 'user_manually_returned_to_application'
  | 'oem_cancelled_login'
  | 'user_cancelled';

/**
 * What Connect says when it fails.
 * @see https://smartcar.com/docs/errors/connect-errors/access-denied
 */
export const endings: Readonly<Record<Ending, string>> = {
  access_denied: 'The owner did not grant access.',
  vehicle_incompatible: 'The vehicle is not compatible.',
  invalid_subscription: 'The owner has no active subscription at the maker.',
  no_vehicles: 'There is no vehicle in the account at the maker.',
  configuration_error: 'The application is not set up correctly.',
  server_error: 'Something broke on our side.',
  user_manually_returned_to_application: 'The owner went back before the end.',
  oem_cancelled_login: 'The login at the maker was cancelled.',
  user_cancelled: 'The owner cancelled.',
};

/** The car that an ending is about. */
export type NamedCar = Readonly<Pick<VehicleState, 'vin' | 'make' | 'model' | 'year'>>;

export function isEnding(text: string): text is Ending {
  return Object.hasOwn(endings, text);
}

/** An ending that the owner, or the link, chose. Only an incompatible vehicle names a car. */
export function endWith(ending: Ending, carOf?: () => NamedCar): Return {
  if (ending === 'configuration_error') return misconfigured('Asked for, to rehearse it.');
  const back = {error: ending, error_description: endings[ending]};
  if (ending !== 'vehicle_incompatible' || carOf === undefined) return back;
  const {vin, make, model, year} = carOf();
  return {...back, vin, make, model, year: String(year)};
}

/** The link makes no sense; the message is for the developer. */
export function misconfigured(message: string): Return {
  return {
    error: 'configuration_error',
    error_description: endings.configuration_error,
    status_code: '400',
    error_message: message,
  };
}
