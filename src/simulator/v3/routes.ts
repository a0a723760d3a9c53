import type {Call, Outcome, Route, RouteParams} from '../http/answer.ts';
import {isFault} from '../http/answer.ts';
import {type OwnerState, isConnected, permits} from '../fleet/owner.ts';
import {pageByNumber} from '../http/paging.ts';
import {refuseApplication, userIdOf, visitVehicle} from './access.ts';
import {v3CommandRoutes} from './commands.ts';
import {describeSignal, findSignalFault, signals} from './signals.ts';
import type {Car, VehicleState} from '../fleet/vehicle.ts';
import type {World} from '../world.ts';

/** The API of v3. */
export function v3Routes(world: World): Route[] {
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
    {
      method: 'GET',
      path: '/v3/vehicles/:vehicle',
      handle: (call, params) => readVehicle(world, call, params),
    },
    {
      method: 'GET',
      path: '/v3/vehicles/:vehicle/signals',
      handle: (call, params) => listSignals(world, call, params),
    },
    {
      method: 'GET',
      path: '/v3/vehicles/:vehicle/signals/:signal',
      handle: (call, params) => readSignal(world, call, params),
    },
    ...v3CommandRoutes(world),
  ];
}

/** A connection is one car of one owner; its id is derived, so that there is nothing to keep. */
interface Connection {
  readonly id: string;
  readonly owner: OwnerState;
  readonly car: Car;
}

function connectionsOf(world: World): Connection[] {
  return [...world.fleet.owners.values()].flatMap(owner =>
    owner.cars
      .filter(car => isConnected(owner, car.state.id))
      .map(car => ({id: `connection-${car.state.id}`, owner, car})),
  );
}

function listConnections(world: World, call: Call): Outcome {
  const refusal = refuseApplication(world, call);
  if (refusal !== undefined) return refusal;
  const user = userIdOf(call) ?? call.query.get('filter[userId]');
  const vehicle = call.query.get('filter[vehicleId]');
  const wanted = connectionsOf(world).filter(
    ({owner, car}) => (user === null || owner.id === user) && (vehicle === null || car.state.id === vehicle),
  );
  const page = pageByNumber(wanted, call.query);
  if (page === undefined) {
    return {
      error: 'VALIDATION:INVALID_INPUT_FORMAT',
      description: 'page[number] and page[size] have to be whole numbers.',
    };
  }
  const link = (number: number) => {
    const query = new URLSearchParams(call.query);
    query.set('page[number]', String(number));
    query.set('page[size]', String(page.size));
    return `${world.origin('apiV3')}/v3/connections?${query.toString()}`;
  };
  const last = Math.max(1, Math.ceil(page.count / page.size));
  return {
    status: 200,
    body: {
      data: page.items.map(connection => describeConnection(world, connection)),
      meta: {pageNumber: page.number, pageSize: page.size, totalCount: page.count},
      links: {
        self: link(page.number),
        first: link(1),
        last: link(last),
        next: page.number < last ? link(page.number + 1) : null,
        prev: page.number > 1 ? link(page.number - 1) : null,
      },
    },
  };
}

function readConnection(world: World, call: Call, params: RouteParams): Outcome {
  const connection = refuseApplication(world, call) ?? findConnection(world, params);
  if ('error' in connection) return connection;
  return {status: 200, body: {data: describeConnection(world, connection)}};
}

function removeConnection(world: World, call: Call, params: RouteParams): Outcome {
  const connection = refuseApplication(world, call) ?? findConnection(world, params);
  if ('error' in connection) return connection;
  return {status: 204, commit: () => world.fleet.disconnect(connection.owner, [connection.car])};
}

function removeOwner(world: World, call: Call, params: RouteParams): Outcome {
  const refusal = refuseApplication(world, call);
  if (refusal !== undefined) return refusal;
  const owner = world.fleet.owners.get(params['user'] ?? '');
  if (owner === undefined)
    return {error: 'RESOURCE_NOT_FOUND:INVALID_PATH', description: 'There is no such user.'};
  return {status: 204, commit: () => world.fleet.disconnect(owner, owner.cars)};
}

function findConnection(world: World, params: RouteParams): Connection | {readonly error: string} {
  const found = connectionsOf(world).find(({id}) => id === params['connection']);
  return found ?? {error: 'RESOURCE_NOT_FOUND:INVALID_PATH'};
}

function readVehicle(world: World, call: Call, params: RouteParams): Outcome {
  const visit = visitVehicle(world, call, params['vehicle'] ?? '', false);
  if (isFault(visit)) return visit;
  const {owner, car} = visit;
  if (!permits(owner, owner.scope, 'read_vehicle_info', car.state.id)) return {error: 'PERMISSION'};
  return {status: 200, body: {data: describeVehicle(world, car.state)}};
}

/** Answers 200 whatever the signals say: each failure sits with its own signal. */
function listSignals(world: World, call: Call, params: RouteParams): Outcome {
  const visit = visitVehicle(world, call, params['vehicle'] ?? '', true);
  if (isFault(visit)) return visit;
  const {state} = visit.car;
  const data = signals.map(signal =>
    describeSignal(
      state,
      signal,
      findSignalFault(world, visit, signal),
      world.now(),
      vehicleUrl(world, state),
    ),
  );
  return {
    status: 200,
    body: {
      data,
      meta: {totalCount: data.length},
      links: {self: `${vehicleUrl(world, state)}/signals`, next: null},
      included: {vehicle: describeVehicle(world, state)},
    },
  };
}

/** A lost login or permission fails the request; what only the car can say stays inside a 200. */
function readSignal(world: World, call: Call, params: RouteParams): Outcome {
  const visit = visitVehicle(world, call, params['vehicle'] ?? '', true);
  if (isFault(visit)) return visit;
  const {state} = visit.car;
  const signal = signals.find(({code}) => code === params['signal']);
  if (signal === undefined) return {error: 'RESOURCE_NOT_FOUND:SIGNAL_NOT_FOUND'};
  const fault = findSignalFault(world, visit, signal);
  if (fault?.error === 'PERMISSION' || fault?.error.startsWith('CONNECTED_SERVICES_ACCOUNT') === true)
    return fault;
  return {
    status: 200,
    body: {
      data: describeSignal(state, signal, fault, world.now(), vehicleUrl(world, state)),
      included: {vehicle: describeVehicle(world, state)},
    },
  };
}

function vehicleUrl(world: World, {id}: VehicleState): string {
  return `${world.origin('apiV3')}/v3/vehicles/${id}`;
}

function describeVehicle(world: World, state: VehicleState): unknown {
  const {id, make, model, year, powertrain} = state;
  return {
    id,
    type: 'vehicle',
    attributes: {make, model, year, powertrainType: powertrain, mode: 'simulated'},
    links: {self: vehicleUrl(world, state)},
  };
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
