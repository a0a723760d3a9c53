import type {Call, Outcome, Route} from '../http/answer.ts';
import {basicOf, isApplication} from '../oauth/credentials.ts';
import {allPermissions, parseScope} from '../fleet/permissions.ts';
import {commands} from './commands.ts';
import {readings} from './reads.ts';
import {type VehicleState, isCapable} from '../fleet/vehicle.ts';
import type {World} from '../world.ts';

/** The two endpoints of v2 that are about no owner; the application proves itself with its secret. */
export function compatibilityRoutes(world: World): Route[] {
  return [
    {method: 'GET', path: '/v2.0/compatibility', handle: call => ifApplication(world, call, compatibility)},
    {method: 'GET', path: '/v2.0/compatibility/matrix', handle: call => ifApplication(world, call, matrix)},
  ];
}

function ifApplication(
  world: World,
  call: Call,
  answer: (world: World, query: URLSearchParams) => Outcome,
): Outcome {
  return isApplication(world.application, basicOf(call))
    ? answer(world, call.query)
    : {error: 'AUTHENTICATION'};
}

/** https://smartcar.com/docs/api-reference/compatibility/by-vin; only cars of this simulator are compatible. */
function compatibility(world: World, query: URLSearchParams): Outcome {
  const vin = query.get('vin');
  const scope = query.get('scope');
  if (vin === null || scope === null) {
    return {error: 'VALIDATION', detail: [{field: [vin === null ? 'vin' : 'scope'], message: 'is required'}]};
  }
  const car = carsOf(world).find(state => state.vin === vin);
  if (car === undefined)
    return {status: 200, body: {compatible: false, reason: 'MAKE_NOT_COMPATIBLE', capabilities: []}};
  const capabilities = parseScope(scope).map(permission => {
    const endpoint = endpointsOf(car).find(entry => entry.permission === permission);
    const capable = endpoint !== undefined;
    return {
      permission,
      endpoint: endpoint?.path ?? null,
      capable,
      reason: capable ? null : 'VEHICLE_NOT_CAPABLE',
    };
  });
  return {status: 200, body: {compatible: true, reason: null, capabilities}};
}

/** https://smartcar.com/docs/api-reference/compatibility/by-region-and-make */
function matrix(world: World, query: URLSearchParams): Outcome {
  if (query.get('region') === null)
    return {error: 'VALIDATION', detail: [{field: ['region'], message: 'is required'}]};
  const makes = parseScope(query.get('make') ?? '');
  const models: Record<string, unknown[]> = {};
  for (const car of carsOf(world)) {
    if (makes.length > 0 && !makes.includes(car.make)) continue;
    const entries = endpointsOf(car);
    const permissions = allPermissions.filter(name => entries.some(entry => entry.permission === name));
    (models[car.make] ??= []).push({
      model: car.model,
      startYear: car.year,
      endYear: car.year,
      type: car.powertrain,
      endpoints: entries.map(entry => entry.path),
      permissions,
    });
  }
  return {status: 200, body: models};
}

function carsOf(world: World): VehicleState[] {
  return [...world.fleet.owners.values()].flatMap(owner => owner.cars.map(car => car.state));
}

function endpointsOf(car: VehicleState): {readonly path: string; readonly permission: string}[] {
  return [...readings, ...commands].filter(({needs}) => isCapable(car, needs));
}
