import type {CommandName, VehicleState} from '../fleet/vehicle.ts';
import type {Simulator} from '../types.ts';
import {type ControlRoute, NotHere, answer, route, routeWith} from './route.ts';
import {vehicleChange} from './vehicle-shape.ts';

const commands: Readonly<Record<CommandName, true>> = {
  lock: true,
  unlock: true,
  'start-charge': true,
  'stop-charge': true,
  'set-charge-limit': true,
  'open-charge-port': true,
  'close-charge-port': true,
  'set-charge-schedule': true,
  'remove-charge-schedule': true,
  'send-destination': true,
  'set-climate': true,
  'open-trunk': true,
  'close-trunk': true,
  'set-pin': true,
  disconnect: true,
};

/** Cars as they are, changed from outside, and what was carried out on them. */
export function vehicleRoutes(simulator: Simulator): ControlRoute[] {
  function find(id: string): VehicleState {
    try {
      return simulator.vehicle(id);
    } catch {
      throw new NotHere(`There is no vehicle \`${id.slice(0, 60)}\`.`);
    }
  }

  return [
    route('GET', '/vehicles/:id', ({param}) => answer(find(param('id')))),
    routeWith('PATCH', '/vehicles/:id', vehicleChange, ({body, param}) => {
      const {id} = find(param('id'));
      simulator.updateVehicle(id, body);
      return answer(find(id));
    }),
    route('GET', '/vehicles/:id/commands', ({param}) => {
      const {id} = find(param('id'));
      const counts = Object.keys(commands)
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of the record
        .map(command => [command, simulator.commandCount(id, command as CommandName)] as const)
        .filter(([, count]) => count > 0);
      return answer({total: simulator.commandCount(id), counts: Object.fromEntries(counts)});
    }),
  ];
}
