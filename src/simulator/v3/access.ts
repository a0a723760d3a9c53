import type {Call, Fault} from '../http/answer.ts';
import {bearerOf} from '../oauth/credentials.ts';
import {vehicleFault} from '../errors/vehicle-fault.ts';
import {type OwnerState, isConnected} from '../fleet/owner.ts';
import type {Car} from '../fleet/vehicle.ts';
import type {World} from '../world.ts';

/** A v3 request to a car that is connected. */
export interface Visit {
  readonly owner: OwnerState;
  readonly car: Car;
}

/** The application's own token, and its bucket. Undefined when both let the request through. */
export function refuseApplication(world: World, call: Call): Fault | undefined {
  const token = bearerOf(call);
  if (token === undefined || world.tokens.lookUpApplication(token)?.valid !== true)
    return {error: 'AUTHENTICATION:UNAUTHORIZED'};
  return world.limits.drawApplication(world.now());
}

/** The value of `sc-user-id`, or undefined where the header is missing. */
export function userIdOf(call: Call): string | undefined {
  const value = call.headers['sc-user-id'];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/**
 * Signals and commands need `sc-user-id`; `GET /vehicles/{id}` doesn't, but a wrong one is refused there too.
 * What the real API says to a wrong one is not known: we assume 403.
 */
export function visitVehicle(world: World, call: Call, vehicle: string, needsUser: boolean): Visit | Fault {
  const refusal = refuseApplication(world, call);
  if (refusal !== undefined) return refusal;
  const user = userIdOf(call);
  if (user === undefined && needsUser)
    return {error: 'VALIDATION:MISSING_PARAMETER', description: 'missing userId'};

  const found = world.fleet.findCar(vehicle);
  if (
    user !== undefined &&
    (!world.fleet.owners.has(user) || (found !== undefined && found.owner.id !== user))
  ) {
    return {
      error: 'AUTHENTICATION:ACCESS_DENIED',
      description: 'sc-user-id is not the owner of this vehicle.',
    };
  }
  if (found === undefined || !isConnected(found.owner, vehicle))
    return {error: 'RESOURCE_NOT_FOUND:VEHICLE_NOT_FOUND'};
  return world.limits.drawVehicle(vehicle, world.now()) ?? found;
}

/** Why a command doesn't get through to the car: the car itself, or, at its door, the maker's limit. */
export function refuseCommand(world: World, visit: Visit): Fault | undefined {
  return (
    vehicleFault(world, visit, '3', 'command') ?? world.limits.drawMaker(visit.car.state.id, world.now())
  );
}
