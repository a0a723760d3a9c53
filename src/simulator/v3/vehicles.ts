import type {Call, Outcome, RouteParams} from '../http/answer.ts';
import {isFault} from '../http/answer.ts';
import {permits} from '../fleet/owner.ts';
import type {VehicleState} from '../fleet/vehicle.ts';
import type {World} from '../world.ts';
import {visitVehicle} from './access.ts';

/** `GET /vehicles/{id}`: what doesn't change about a car. */
export function readVehicle(world: World, call: Call, params: RouteParams): Outcome {
  const visit = visitVehicle(world, call, params['vehicle'] ?? '', false);
  if (isFault(visit)) return visit;
  const {owner, car} = visit;
  if (!permits(owner, owner.scope, 'read_vehicle_info', car.state.id)) return {error: 'PERMISSION'};
  return {status: 200, body: {data: describeVehicle(world, car.state)}};
}

export function vehicleUrl(world: World, {id}: VehicleState): string {
  return `${world.origin('apiV3')}/v3/vehicles/${id}`;
}

export function describeVehicle(world: World, state: VehicleState): unknown {
  const {id, make, model, year, powertrain} = state;
  return {
    id,
    type: 'vehicle',
    attributes: {make, model, year, powertrainType: powertrain, mode: 'simulated'},
    links: {self: vehicleUrl(world, state)},
  };
}
