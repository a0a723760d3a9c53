import type {Call, Fault, Outcome, Route, RouteParams} from '../http/answer.ts';
import {isFault} from '../http/answer.ts';
import {type OwnerState, isConnected, permits} from '../fleet/owner.ts';
import type {Car} from '../fleet/vehicle.ts';
import {pageByNumber} from '../http/paging.ts';
import type {World} from '../world.ts';
import {refuseApplication, userIdOf} from './access.ts';
import {badPaging, pageLinks, pageMeta} from './pages.ts';
import {vehicleUrl} from './vehicles.ts';

/** A connection is one car of one owner; its id is derived, so that there is nothing to keep. */
interface Connection {
  readonly id: string;
  readonly owner: OwnerState;
  readonly car: Car;
}

/** Whose car the application may reach, and the end of it. */
export function connectionRoutes(world: World): Route[] {
  return [
    {method: 'GET', path: '/v3/connections', handle: call => listConnections(world, call)},
    {
      method: 'GET',
      path: '/v3/connections/:connection',
      handle: (call, params) => readConnection(world, call, params),
    },
    {
      method: 'DELETE',
      path: '/v3/connections/:connection',
      command: true,
      handle: (call, params) => removeConnection(world, call, params),
    },
    {
      method: 'DELETE',
      path: '/v3/users/:user',
      command: true,
      handle: (call, params) => removeOwner(world, call, params),
    },
  ];
}

function connectionsOf(owner: OwnerState): Connection[] {
  return owner.cars
    .filter(car => isConnected(owner, car.state.id))
    .map(car => ({id: `connection-${car.state.id}`, owner, car}));
}

function listConnections(world: World, call: Call): Outcome {
  const refusal = refuseApplication(world, call);
  if (refusal !== undefined) return refusal;
  const fits = createFilter(call);
  const wanted = [...world.fleet.owners.values()].flatMap(connectionsOf).filter(fits);
  const page = pageByNumber(wanted, call.query);
  if (page === undefined) return badPaging;
  return {
    status: 200,
    body: {
      data: page.items.map(connection => describeConnection(world, connection)),
      meta: pageMeta(page),
      links: pageLinks(page, `${world.origin('apiV3')}/v3/connections`, call.query),
    },
  };
}

/** All that are given have to fit. The product's own id of an owner is taken to be Smartcar's. */
function createFilter(call: Call): (connection: Connection) => boolean {
  const {query} = call;
  const users = [userIdOf(call), query.get('filter[userId]'), query.get('filter[user.externalId]')].filter(
    user => user !== undefined && user !== null,
  );
  const vehicle = query.get('filter[vehicleId]');
  const mode = query.get('filter[vehicle.mode]');
  return ({owner, car}) =>
    users.every(user => user === owner.id) &&
    (vehicle === null || vehicle === car.state.id) &&
    (mode === null || mode === 'simulated');
}

function readConnection(world: World, call: Call, params: RouteParams): Outcome {
  const connection = refuseApplication(world, call) ?? findConnection(world, params);
  if (isFault(connection)) return connection;
  return {status: 200, body: {data: describeConnection(world, connection)}};
}

function removeConnection(world: World, call: Call, params: RouteParams): Outcome {
  const connection = refuseApplication(world, call) ?? findConnection(world, params);
  if (isFault(connection)) return connection;
  return {status: 204, commit: () => world.fleet.disconnect(connection.owner, [connection.car])};
}

/** Takes the cars that are still connected; the owner may come back through Connect. */
function removeOwner(world: World, call: Call, params: RouteParams): Outcome {
  const refusal = refuseApplication(world, call);
  if (refusal !== undefined) return refusal;
  const owner = world.fleet.owners.get(params['user'] ?? '');
  if (owner === undefined)
    return {error: 'RESOURCE_NOT_FOUND:INVALID_PATH', description: 'There is no such user.'};
  const cars = connectionsOf(owner).map(({car}) => car);
  return cars.length === 0 ? {status: 204} : {status: 204, commit: () => world.fleet.disconnect(owner, cars)};
}

function findConnection(world: World, params: RouteParams): Connection | Fault {
  const vehicle = /^connection-(.+)$/.exec(params['connection'] ?? '')?.[1] ?? '';
  const owner = world.fleet.findCar(vehicle)?.owner;
  const found = owner && connectionsOf(owner).find(({car}) => car.state.id === vehicle);
  return found ?? {error: 'RESOURCE_NOT_FOUND:INVALID_PATH', description: 'There is no such connection.'};
}

function describeConnection(world: World, {id, owner, car: {state}}: Connection): unknown {
  const {make, model, year, powertrain} = state;
  const since = new Date(owner.connectedAt).toISOString();
  return {
    id,
    type: 'connection',
    attributes: {
      permissions: [...owner.scope].filter(name => permits(owner, owner.scope, name, state.id)),
      vehicle: {make, model, year, mode: 'simulated', powertrainType: powertrain},
      user: {id: owner.id},
    },
    relationships: {
      vehicle: {data: {id: state.id, type: 'vehicle'}, links: {related: vehicleUrl(world, state)}},
      user: {data: {id: owner.id, type: 'user'}},
    },
    meta: {createdAt: since, updatedAt: since},
    links: {self: `${world.origin('apiV3')}/v3/connections/${id}`},
  };
}
