import {findErrorRow} from '../errors/table.ts';
import type {OwnerState} from '../fleet/owner.ts';
import {isConnected} from '../fleet/owner.ts';
import type {Car} from '../fleet/vehicle.ts';
import type {World} from '../world.ts';
import {normalMake} from './brands.ts';
import {type Return, misconfigured} from './endings.ts';
import type {Link} from './link.ts';

/** What an owner consents to in the end. */
export interface Consent {
  readonly owner: OwnerState;
  readonly cars: readonly Car[];
  readonly scope: ReadonlySet<string>;
}

/** A finished Connect: settles everything that it is about, and issues the code. */
export function complete(world: World, link: Link, {owner, cars, scope}: Consent): Return {
  const vehicles = cars.map(car => car.state.id);
  world.fleet.reconnect(owner, scope, vehicles);
  const code =
    link.responseType === 'code'
      ? world.tokens.createCode({
          owner,
          scope,
          vehicles: new Set(vehicles),
          redirectUri: link.givenRedirectUri,
        })
      : undefined;
  return {
    code,
    user_id: link.v3 ? owner.id : undefined,
    external_id: link.externalId,
    virtual_key_url: virtualKeyUrl(cars, scope),
  };
}

/** https://smartcar.com/docs/connect/re-auth/redirect: brings the login back and leaves the tokens as they are. */
export function completeReauthentication(world: World, link: Link): Return {
  const found = connectedCar(world, link);
  if (found === undefined) return misconfigured('Expected `vehicle_id` to be a connected vehicle.');
  const vehicle = found.car.state.id;
  world.fleet.giveBack(found.owner, {owner: found.owner.id, how: 'login', vehicle});
  return {vehicle_id: vehicle};
}

/** The car whose login a link is about. */
export function connectedCar(
  world: World,
  {vehicle = ''}: Link,
): {readonly owner: OwnerState; readonly car: Car} | undefined {
  const found = world.fleet.findCar(vehicle);
  return found !== undefined && isConnected(found.owner, vehicle) ? found : undefined;
}

/** Where the owner of a Tesla pairs the key without which commands fail. */
function virtualKeyUrl(cars: readonly Car[], scope: ReadonlySet<string>): string | undefined {
  const lacking = cars.some(({state}) => normalMake(state.make) === 'TESLA' && !state.virtualKey);
  if (!lacking || ![...scope].some(permission => permission.startsWith('control_'))) return undefined;
  return findErrorRow('CONNECTED_SERVICES_ACCOUNT:VIRTUAL_KEY_REQUIRED')?.url;
}
