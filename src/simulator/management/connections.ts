import {type OwnerState, isConnected} from '../fleet/owner.ts';
import type {Car} from '../fleet/vehicle.ts';
import type {Call, Fault, Outcome, Route, Success} from '../http/answer.ts';
import type {World} from '../world.ts';
import {refuseBasic} from './token.ts';

const path = '/v2.0/management/connections';

/** https://smartcar.com/docs/api-reference/management/get-vehicle-connections */
export function connectionRoutes(world: World): Route[] {
  return [
    {method: 'GET', path, handle: call => refuseBasic(world, call) ?? list(world, call)},
    {
      method: 'DELETE',
      path,
      command: true,
      handle: call => refuseBasic(world, call) ?? remove(world, call),
    },
  ];
}

interface Connection {
  readonly owner: OwnerState;
  readonly car: Car;
}

/** The newest first; disconnected cars among them, so that each keeps its place. */
function everyCar(world: World): Connection[] {
  return [...world.fleet.owners.values()]
    .flatMap(owner => owner.cars.map(car => ({owner, car})))
    .toSorted((a, b) => b.owner.connectedAt - a.owner.connectedAt);
}

function connected(cars: readonly Connection[], query: URLSearchParams): Connection[] {
  const user = query.get('user_id');
  const vehicle = query.get('vehicle_id');
  return cars.filter(
    ({owner, car: {state}}) =>
      isConnected(owner, state.id) &&
      (user === null || owner.id === user) &&
      (vehicle === null || state.id === vehicle),
  );
}

function list(world: World, {query}: Call): Outcome {
  const limit = limitOf(query.get('limit'));
  if (limit === undefined) return invalid('limit', 'has to be a whole number from 1 to 100');
  const cars = everyCar(world);
  const start = startOf(cars, query.get('cursor'));
  if (start === undefined) return invalid('cursor', 'has to be one that came with the page before');
  const found = connected(cars.slice(start), query);
  const page = found.slice(0, limit);
  const last = page.at(-1);
  return {
    status: 200,
    body: {
      connections: page.map(({owner, car}) => ({
        connectedAt: new Date(owner.connectedAt).toISOString(),
        userId: owner.id,
        vehicleId: car.state.id,
      })),
      paging: {cursor: last !== undefined && found.length > limit ? cursorAt(last) : null},
    },
  };
}

/** https://smartcar.com/docs/api-reference/management/delete-vehicle-connections */
function remove(world: World, {query}: Call): Outcome {
  // One page allows both together, the SDK refuses that.
  if (query.has('user_id') === query.has('vehicle_id'))
    return invalid('user_id', 'has to be given, or else vehicle_id, and not both');
  const found = connected(everyCar(world), query);
  const answer: Success = {
    status: 200,
    body: {connections: found.map(({owner, car}) => ({userId: owner.id, vehicleId: car.state.id}))},
  };
  if (found.length === 0) return answer;
  return {
    ...answer,
    commit() {
      for (const {owner, car} of found) world.fleet.disconnect(owner, [car]);
    },
  };
}

function limitOf(text: string | null): number | undefined {
  if (text === null) return 10;
  const limit = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  return limit >= 1 && limit <= 100 ? limit : undefined;
}

/** Names the last car of a page, so that the next page is right whatever is removed in between. */
function cursorAt({car}: Connection): string {
  return Buffer.from(car.state.id).toString('base64url');
}

/** Where the page after the cursor begins. Undefined for a cursor that is none. */
function startOf(cars: readonly Connection[], cursor: string | null): number | undefined {
  if (cursor === null) return 0;
  const last = cars.findIndex(connection => cursorAt(connection) === cursor);
  return last === -1 ? undefined : last + 1;
}

function invalid(field: string, message: string): Fault {
  return {error: 'VALIDATION', detail: [{field: [field], message}]};
}
