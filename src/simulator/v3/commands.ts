import type {Call, Fault, Outcome, Route, RouteParams} from '../http/answer.ts';
import {isFault} from '../http/answer.ts';
import {jsonBodyOf} from '../http/json-body.ts';
import {isObject, member} from '../json.ts';
import {permits} from '../fleet/owner.ts';
import {
  type Plan,
  chargeLimit,
  closeChargePort,
  destination,
  lock,
  openChargePort,
  startCharge,
  stopCharge,
  unlock,
} from '../fleet/plans.ts';
import {refuseCommand, visitVehicle} from './access.ts';
import {type ChargeSchedule, type VehicleState, isCapable} from '../fleet/vehicle.ts';
import type {World} from '../world.ts';

/** One thing that v3 can tell a car to do. */
interface Command {
  readonly method?: 'DELETE';
  /** Below `/v3/vehicles/{id}`. */
  readonly path: string;
  /** Assumed to be v2's. */
  readonly permission: string;
  readonly needs?: 'battery';
  /** Whether the body says more than the path; where it doesn't, it is not looked at. */
  readonly takesBody?: true;
  plan(car: VehicleState, attributes: unknown, params: RouteParams, id: () => string): Plan | Fault;
}

/** https://smartcar.com/docs/api-reference/commands/overview */
const commands: readonly Command[] = [
  {path: '/commands/security/lock', permission: 'control_security', plan: lock},
  {path: '/commands/security/unlock', permission: 'control_security', plan: () => unlock},
  {path: '/commands/charge/start', permission: 'control_charge', needs: 'battery', plan: startCharge},
  {path: '/commands/charge/stop', permission: 'control_charge', needs: 'battery', plan: () => stopCharge},
  {
    path: '/commands/charge/set-limit',
    permission: 'control_charge',
    needs: 'battery',
    takesBody: true,
    plan: (_car, attributes) => {
      const percent = member(attributes, 'percent');
      const plan = Number.isInteger(percent) ? chargeLimit(percent, 100) : undefined;
      return plan ?? invalid('data.attributes.percent has to be a whole number from 50 to 100.');
    },
  },
  {
    path: '/commands/charge-port/open',
    permission: 'control_charge',
    needs: 'battery',
    plan: () => openChargePort,
  },
  {
    path: '/commands/charge-port/close',
    permission: 'control_charge',
    needs: 'battery',
    plan: () => closeChargePort,
  },
  {
    path: '/commands/navigation/set-destination',
    permission: 'control_navigation',
    takesBody: true,
    plan: (_car, attributes) =>
      destination(member(attributes, 'latitude'), member(attributes, 'longitude')) ??
      invalid('data.attributes.latitude and .longitude have to be a place in degrees.'),
  },
  ...(['daily', 'weekly', 'workweek'] as const).map((kind): Command => ({
    path: `/charge-schedules/${kind}`,
    permission: 'control_charge',
    needs: 'battery',
    takesBody: true,
    plan: (car, attributes, _params, id) => addSchedule(car, kind, attributes, id()),
  })),
  {
    method: 'DELETE',
    path: '/charge-schedules/:schedule',
    permission: 'control_charge',
    needs: 'battery',
    plan: (car, _attributes, params) => removeSchedule(car, params['schedule']),
  },
];

export function v3CommandRoutes(world: World): Route[] {
  return commands.map(command => ({
    method: command.method ?? 'POST',
    path: `/v3/vehicles/:vehicle${command.path}`,
    command: true,
    handle: (call, params) => answerCommand(world, call, params, command),
  }));
}

function answerCommand(world: World, call: Call, params: RouteParams, command: Command): Outcome {
  const visit = visitVehicle(world, call, params['vehicle'] ?? '', true);
  if (isFault(visit)) return visit;
  const {owner, car} = visit;
  const {id} = car.state;
  if (!permits(owner, owner.scope, command.permission, id)) return {error: 'PERMISSION'};
  if (!isCapable(car.state, command.needs)) return {error: 'COMPATIBILITY:VEHICLE_NOT_CAPABLE'};
  const fault = refuseCommand(world, visit);
  if (fault !== undefined) return fault;
  const body = command.takesBody === true ? jsonBodyOf(call) : {value: undefined};
  if ('complaint' in body) return invalid(body.complaint);

  const attributes = member(body.value, 'data', 'attributes');
  const plan = command.plan(car.state, attributes, params, world.dice.uuid);
  if (isFault(plan)) return plan;
  const at = new Date(world.now()).toISOString();
  return {
    status: 200,
    body: {
      data: {
        id: `exec_${world.dice.uuid()}`,
        type: 'command-execution',
        attributes: {
          commandType: command.path
            .replace('/commands', '')
            .slice(1)
            .replace('/:schedule', '')
            .replaceAll('/', '-'),
          status: {value: 'SUCCESS'},
          executionMode: 'sync',
        },
        meta: {executedAt: at, completedAt: at, durationInSeconds: 0},
      },
    },
    commit: () => world.fleet.carryOut(car, plan.command, plan.change),
  };
}

/** The oldest makes room, so that no car grows without end. */
const mostSchedules = 100;

/** Tesla takes all three kinds, Volvo the daily one. */
function addSchedule(
  car: VehicleState,
  kind: ChargeSchedule['kind'],
  attributes: unknown,
  id: string,
): Plan | Fault {
  if (car.make !== 'TESLA' && !(car.make === 'VOLVO' && kind === 'daily'))
    return {error: 'COMPATIBILITY:VEHICLE_NOT_CAPABLE'};
  if (!isObject(attributes)) return invalid('data.attributes has to describe the schedule.');
  const schedule = {id, kind, attributes};
  return {
    command: 'set-charge-schedule',
    change: ({schedules}) => ({schedules: [...schedules, schedule].slice(-mostSchedules)}),
  };
}

function removeSchedule(car: VehicleState, id: string | undefined): Plan | Fault {
  if (!car.schedules.some(schedule => schedule.id === id)) {
    return {error: 'RESOURCE_NOT_FOUND:INVALID_PATH', description: 'There is no such schedule.'};
  }
  return {
    command: 'remove-charge-schedule',
    change: ({schedules}) => ({schedules: schedules.filter(schedule => schedule.id !== id)}),
  };
}

function invalid(description: string): Fault {
  return {error: 'VALIDATION:INVALID_INPUT_FORMAT', description};
}
