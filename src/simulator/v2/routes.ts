import type {Call, Outcome, Route, RouteParams, Success} from '../http/answer.ts';
import {isFault} from '../http/answer.ts';
import {jsonBodyOf} from '../http/json-body.ts';
import {pageByOffset} from '../http/paging.ts';
import type {Plan} from '../fleet/plans.ts';
import {findObstacle, openSession, visitVehicle} from './access.ts';
import {answerPermissions, answerReading, badPaging, paged} from './answers.ts';
import {batchRoute} from './batch.ts';
import {type Command, commands} from './commands.ts';
import {compatibilityRoutes} from './compatibility.ts';
import {readings} from './reads.ts';
import type {Car} from '../fleet/vehicle.ts';
import type {World} from '../world.ts';

const vehiclePath = '/v2.0/vehicles/:vehicle';

/** The API of v2.0. */
export function v2Routes(world: World): Route[] {
  return [
    {method: 'GET', path: '/v2.0/vehicles', handle: call => listVehicles(world, call)},
    {method: 'GET', path: '/v2.0/user', handle: call => identifyOwner(world, call)},
    {
      method: 'GET',
      path: `${vehiclePath}/permissions`,
      handle: (call, params) => listPermissions(world, call, params),
    },
    {
      method: 'DELETE',
      path: `${vehiclePath}/application`,
      command: true,
      handle: (call, params) => disconnect(world, call, params),
    },
    ...readings.map((reading): Route => ({
      method: 'GET',
      path: vehiclePath + reading.path,
      handle(call, params) {
        const visit = visitVehicle(world, call, params['vehicle'] ?? '');
        return isFault(visit) ? visit : answerReading(world, visit, reading, params['make']);
      },
    })),
    ...commands.map((command): Route => ({
      method: 'POST',
      path: vehiclePath + command.path,
      command: true,
      handle: (call, params) => answerCommand(world, call, params, command),
    })),
    batchRoute(world, vehiclePath),
    ...compatibilityRoutes(world),
  ];
}

function listVehicles(world: World, call: Call): Outcome {
  const session = openSession(world, call);
  if (isFault(session)) return session;
  const page = pageByOffset(session.vehicles, call.query);
  return page === undefined ? badPaging() : paged('vehicles', page);
}

function identifyOwner(world: World, call: Call): Outcome {
  const session = openSession(world, call);
  return isFault(session) ? session : {status: 200, body: {id: session.owner.id}};
}

function listPermissions(world: World, call: Call, params: RouteParams): Outcome {
  const visit = visitVehicle(world, call, params['vehicle'] ?? '');
  return isFault(visit) ? visit : answerPermissions(world, visit, call.query);
}

function answerCommand(world: World, call: Call, params: RouteParams, command: Command): Outcome {
  const visit = visitVehicle(world, call, params['vehicle'] ?? '');
  if (isFault(visit)) return visit;
  const {permission, needs} = command;
  const obstacle = findObstacle(world, visit, {permission, needs, command: true, make: params['make']});
  if (obstacle !== undefined) return obstacle;
  const body = jsonBodyOf(call);
  if ('complaint' in body) return {error: 'VALIDATION', description: body.complaint};
  const plan = command.plan(body.value, visit.car.state);
  return isFault(plan) ? plan : willDo(world, visit.car, plan);
}

function disconnect(world: World, call: Call, params: RouteParams): Outcome {
  const visit = visitVehicle(world, call, params['vehicle'] ?? '');
  if (isFault(visit)) return visit;
  const {session, car} = visit;
  const answer = willDo(world, car, {command: 'disconnect', change: {}});
  return {...answer, commit: () => world.fleet.disconnect(session.owner, [car])};
}

function willDo(world: World, car: Car, {command, change}: Plan): Success {
  return {
    status: 200,
    body: {status: 'success', message: 'Successfully sent request to vehicle'},
    commit: () => world.fleet.carryOut(car, command, change),
  };
}
