import type {Route} from '../http/answer.ts';
import type {World} from '../world.ts';
import {v3CommandRoutes} from './commands.ts';
import {connectionRoutes} from './connections.ts';
import {listSignals, readSignal} from './readings.ts';
import {readVehicle} from './vehicles.ts';

/** The API of v3. */
export function v3Routes(world: World): Route[] {
  return [
    ...connectionRoutes(world),
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
