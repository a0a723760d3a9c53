import type {OwnerState} from '../fleet/owner.ts';
import type {Car} from '../fleet/vehicle.ts';
import type {Fault} from '../http/answer.ts';
import type {World} from '../world.ts';
import {inDialect} from './dialects.ts';

const lostLogin = 'CONNECTED_SERVICES_ACCOUNT:AUTHENTICATION_FAILED';

/**
 * The one error that comes with a link for the owner. The link lacks `redirect_uri` and `state`, as
 * documented for v2; that v3 sends one, with the application id, is assumed.
 * @see https://smartcar.com/docs/errors/api-errors/connected-services-account-errors
 */
function loginFault(world: World, vehicle: string, api: '2.0' | '3'): Fault {
  const {clientId, applicationId} = world.application;
  const client = api === '3' ? applicationId : clientId;
  const query = new URLSearchParams({response_type: 'vehicle_id', client_id: client, vehicle_id: vehicle});
  const url = `${world.origin('connect')}/oauth/reauthenticate?${query.toString()}`;
  return {error: lostLogin, resolution: {type: 'REAUTHENTICATE', url}};
}

/** Adds the link to a scripted fault of this kind, unless the script says otherwise. */
export function withLink(world: World, fault: Fault, vehicle: string | undefined, api: string): Fault {
  if (fault.error !== lostLogin || vehicle === undefined) return fault;
  return {...loginFault(world, vehicle, api === '3' ? '3' : '2.0'), ...fault};
}

/** Tells callers of a test login's car when to come back, as the limit itself would. */
const limitedForSeconds = 60;

/** Why the car itself can't be reached at the moment, or undefined where it can. */
export function vehicleFault(
  world: World,
  {owner, car}: {readonly owner: OwnerState; readonly car: Car},
  api: '2.0' | '3',
  kind: 'read' | 'command',
): Fault | undefined {
  const {id, fault, virtualKey} = car.state;
  if (owner.lostLogins.has(id) || fault === lostLogin) return loginFault(world, id, api);
  if (fault === 'RATE_LIMIT:VEHICLE') return {error: fault, retryAfter: limitedForSeconds};
  if (fault !== undefined) return {error: inDialect(fault, api)};
  if (kind === 'command' && !virtualKey) return {error: 'CONNECTED_SERVICES_ACCOUNT:VIRTUAL_KEY_REQUIRED'};
  return undefined;
}
