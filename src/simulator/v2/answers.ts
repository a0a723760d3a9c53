import type {Fault, Outcome, Success} from '../http/answer.ts';
import {permits} from '../fleet/owner.ts';
import {type Page, pageByOffset} from '../http/paging.ts';
import {type Demand, type Visit, findObstacle} from './access.ts';
import type {Reading} from './reads.ts';
import type {World} from '../world.ts';

/** `/permissions`: what the owner has granted for this car, as it stands now. */
export function answerPermissions(world: World, visit: Visit, query: URLSearchParams): Outcome {
  const obstacle = findObstacle(world, visit, {stored: true});
  if (obstacle !== undefined) return obstacle;
  const {session, car} = visit;
  const granted = [...session.scope].filter(name =>
    permits(session.owner, session.scope, name, car.state.id),
  );
  const page = pageByOffset(granted, query);
  return page === undefined ? badPaging() : paged('permissions', page);
}

/** Any other reading. */
export function answerReading(
  world: World,
  visit: Visit,
  reading: Reading,
  make: string | undefined,
): Outcome {
  const {permission, needs, stored} = reading;
  const demand: Demand = {permission, needs, stored, make};
  const obstacle = findObstacle(world, visit, demand);
  if (obstacle !== undefined) return obstacle;
  const {car, units} = visit;
  return {
    status: 200,
    headers: {
      'sc-data-age': new Date(car.state.recordedAt).toISOString(),
      'sc-fetched-at': new Date(world.now()).toISOString(),
      'sc-unit-system': units.system,
    },
    body: reading.read(car.state, units),
  };
}

export function paged(name: string, {items, count, offset}: Page<string>): Success {
  return {status: 200, body: {[name]: items, paging: {count, offset}}};
}

export function badPaging(): Fault {
  return {
    error: 'VALIDATION',
    detail: [{field: ['limit', 'offset'], message: 'have to be whole numbers; limit from 1 to 50'}],
  };
}
