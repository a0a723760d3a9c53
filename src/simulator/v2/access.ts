import type {Call, Fault} from '../http/answer.ts';
import {bearerOf} from '../oauth/credentials.ts';
import {vehicleFault} from '../errors/vehicle-fault.ts';
import {type OwnerState, isConnected, permits} from '../fleet/owner.ts';
import {type Units, unitsOf} from './units.ts';
import {type Car, type Need, isCapable} from '../fleet/vehicle.ts';
import type {World} from '../world.ts';

/** A v2 request whose token has been accepted. */
export interface Session {
  readonly owner: OwnerState;
  readonly scope: ReadonlySet<string>;
  /** Ids of the cars that the token covers and that are still connected. */
  readonly vehicles: readonly string[];
}

/** A v2 request to a car that its token covers. */
export interface Visit {
  readonly session: Session;
  readonly car: Car;
  readonly units: Units;
}

/** What an endpoint asks of the caller and of the car. */
export interface Demand {
  readonly permission?: string;
  readonly needs?: Need | undefined;
  /** True where Smartcar answers by itself, without the maker. */
  readonly stored?: boolean | undefined;
  /** Commands need Tesla's virtual key. */
  readonly command?: true;
  /** The make in the path of a brand-specific endpoint. */
  readonly make?: string | undefined;
}

/** Every request with a valid token draws from the application's bucket, whatever becomes of it. */
export function openSession(world: World, call: Call): Session | Fault {
  const token = bearerOf(call);
  if (token === undefined) {
    return {
      error: 'AUTHENTICATION',
      description: 'The Authorization header is missing or is not a bearer token.',
    };
  }
  const presented = world.tokens.lookUp('access', token);
  if (!presented?.valid)
    return {error: 'AUTHENTICATION', description: 'The access token is unknown or has expired.'};
  const limited = world.limits.drawApplication(world.now());
  if (limited !== undefined) return limited;
  const {owner, scope, vehicles} = presented.family;
  return {owner, scope, vehicles: [...vehicles].filter(vehicle => isConnected(owner, vehicle))};
}

export function visitVehicle(world: World, call: Call, vehicle: string): Visit | Fault {
  const session = openSession(world, call);
  if ('error' in session) return session;
  const found = session.vehicles.includes(vehicle) ? world.fleet.findCar(vehicle) : undefined;
  if (found === undefined) {
    return {error: 'AUTHENTICATION', description: 'The access token does not cover this vehicle.'};
  }
  const system = call.headers['sc-unit-system'] ?? 'metric';
  if (system !== 'metric' && system !== 'imperial') {
    return {
      error: 'VALIDATION',
      detail: [{field: ['sc-unit-system'], message: 'has to be metric or imperial'}],
    };
  }
  return {session, car: found.car, units: unitsOf(system)};
}

/**
 * What stands between an accepted token and the car: the car's limits, the permission, the car's build, the login; and
 * at the car's door, the maker's limit.
 */
export function findObstacle(world: World, {session, car}: Visit, demand: Demand): Fault | undefined {
  const {id, make} = car.state;
  const limited = world.limits.drawVehicle(id, world.now());
  if (limited !== undefined) return limited;
  if (demand.make !== undefined && demand.make !== demand.make.toLowerCase()) {
    // So documented, although the owner can do nothing about it.
    return {error: 'PERMISSION', description: 'The make in the path has to be in lower case.'};
  }
  if (demand.make !== undefined && demand.make !== make.toLowerCase())
    return {error: 'COMPATIBILITY:MAKE_NOT_COMPATIBLE'};
  if (demand.permission !== undefined && !permits(session.owner, session.scope, demand.permission, id)) {
    return {error: 'PERMISSION'};
  }
  if (!isCapable(car.state, demand.needs)) return {error: 'COMPATIBILITY:VEHICLE_NOT_CAPABLE'};
  if (demand.stored === true) return undefined;
  const kind = demand.command === true ? 'command' : 'read';
  return (
    vehicleFault(world, {owner: session.owner, car}, '2.0', kind) ?? world.limits.drawMaker(id, world.now())
  );
}
