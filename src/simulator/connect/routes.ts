import type {Call, Outcome, Route} from '../http/answer.ts';
import {type OwnerState, isConnected} from '../fleet/owner.ts';
import {parseScope} from '../fleet/permissions.ts';
import type {World} from '../world.ts';

/**
 * Connect without pages: whoever opens the link is the owner it names, and consents at once. The steps stay
 * apart (read the request, learn who consents to what, settle it, redirect), so that pages can take the
 * middle.
 */
export function connectRoutes(world: World, _pages: 'browsers' | 'everybody' | 'nobody'): Route[] {
  return [
    {method: 'GET', path: '/oauth/authorize', handle: call => visit(world, call, authorize)},
    {method: 'GET', path: '/oauth/reauthenticate', handle: call => visit(world, call, reauthenticate)},
  ];
}

/** A Connect link that has been understood. */
interface Visit {
  readonly query: URLSearchParams;
  readonly redirectUri: URL;
  /** As written in the link; the token request has to repeat it. */
  readonly givenRedirectUri: string | undefined;
  /** Whether the link names the v3 application rather than the v2 client. */
  readonly v3: boolean;
}

/** The parameters that go back with the redirect. */
type Return = Readonly<Record<string, string | undefined>>;

/**
 * What Connect sends back when it fails.
 * @see https://smartcar.com/docs/errors/connect-errors/access-denied
 */
const redirectErrors: Readonly<Record<string, string>> = {
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

function visit(world: World, call: Call, complete: (world: World, visit: Visit) => Return): Outcome {
  const {query} = call;
  const {clientId, applicationId, redirectUris} = world.application;
  const client = query.get('application_id') ?? query.get('client_id');
  if (client !== clientId && client !== applicationId)
    return refuse('client_id or application_id is not known.');

  // Without a page that we trust to send the owner to, there is only our own to complain on.
  const givenRedirectUri = query.get('redirect_uri') ?? undefined;
  const redirectUri = URL.parse(givenRedirectUri ?? redirectUris?.[0] ?? '');
  if (redirectUri === null) return refuse('redirect_uri is missing or is no URL.');
  if (givenRedirectUri !== undefined && redirectUris?.includes(givenRedirectUri) === false) {
    return refuse('redirect_uri is not registered.');
  }

  const simulated = query.get('simulate');
  if (simulated !== null && !Object.hasOwn(redirectErrors, simulated)) {
    return refuse(`simulate has to be one of ${Object.keys(redirectErrors).join(', ')}.`);
  }
  const back =
    simulated === null
      ? complete(world, {query, redirectUri, givenRedirectUri, v3: client === applicationId})
      : failure(world, query, simulated);
  for (const [name, value] of Object.entries({...back, state: query.get('state') ?? undefined})) {
    if (value !== undefined) redirectUri.searchParams.set(name, value);
  }
  return {status: 302, headers: {location: redirectUri.href}};
}

/** https://smartcar.com/docs/connect/redirect-to-connect */
function authorize(world: World, {query, givenRedirectUri, v3}: Visit): Return {
  const responseType = query.get('response_type');
  if (responseType !== 'code' && responseType !== 'none')
    return misconfigured('response_type has to be code or none.');
  const owner = consentingOwner(world, query);
  if (owner === undefined)
    return {error: 'no_vehicles', error_description: 'No such owner: name one with `user`.'};

  const vehicles = chosenVehicles(owner, query);
  if (vehicles.length === 0) return {error: 'no_vehicles', error_description: redirectErrors['no_vehicles']};
  const wanted = query.get('scope');
  const scope = wanted === null ? owner.scope : new Set(parseScope(wanted));
  world.fleet.reconnect(owner, scope, vehicles);
  const code =
    responseType === 'code'
      ? world.tokens.createCode({owner, scope, vehicles: new Set(vehicles), redirectUri: givenRedirectUri})
      : undefined;
  return {code, user_id: v3 ? owner.id : undefined, external_id: query.get('external_id') ?? undefined};
}

/** https://smartcar.com/docs/connect/re-auth/redirect: brings the login back and leaves the tokens as they are. */
function reauthenticate(world: World, {query}: Visit): Return {
  const responseType = query.get('response_type');
  if (responseType !== 'vehicle_id' && responseType !== 'none') {
    return misconfigured('response_type has to be vehicle_id or none.');
  }
  const vehicle = query.get('vehicle_id') ?? '';
  const owner = world.fleet.findCar(vehicle)?.owner;
  if (owner === undefined || !isConnected(owner, vehicle))
    return misconfigured('vehicle_id is not connected.');
  world.fleet.giveBack(owner, {owner: owner.id, how: 'login', vehicle});
  return {vehicle_id: vehicle};
}

/** The owner the link names; without a name, the only one there is. */
function consentingOwner(world: World, query: URLSearchParams): OwnerState | undefined {
  const name = query.get('user') ?? query.get('external_id');
  if (name !== null) return world.fleet.owners.get(name);
  const [first, second] = world.fleet.owners.values();
  return second === undefined ? first : undefined;
}

function chosenVehicles(owner: OwnerState, query: URLSearchParams): string[] {
  const vin = query.get('single_select_vin');
  const make = query.get('make')?.toUpperCase();
  const cars = owner.cars.filter(({state}) =>
    vin === null ? make === undefined || state.make === make : state.vin === vin,
  );
  const ids = cars.map(car => car.state.id);
  return query.get('single_select') === 'true' ? ids.slice(0, 1) : ids;
}

function failure(world: World, query: URLSearchParams, error: string): Return {
  const back = {error, error_description: redirectErrors[error]};
  if (error === 'configuration_error') return misconfigured('Asked for by `simulate`.');
  const car = consentingOwner(world, query)?.cars[0]?.state;
  if (error !== 'vehicle_incompatible' || car === undefined) return back;
  return {...back, vin: car.vin, make: car.make, model: car.model, year: String(car.year)};
}

function misconfigured(message: string): Return {
  return {
    error: 'configuration_error',
    error_description: redirectErrors['configuration_error'],
    status_code: '400',
    error_message: message,
  };
}

function refuse(description: string): Outcome {
  return {error: 'invalid_request', description};
}
