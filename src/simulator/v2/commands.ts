import type {Fault} from '../http/answer.ts';
import {member} from '../json.ts';
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
import type {VehicleState} from '../fleet/vehicle.ts';

/** One thing that v2 can tell a car to do. */
export interface Command {
  /** Below `/v2.0/vehicles/{id}`; starts with `/:make` where it belongs to a brand. */
  readonly path: string;
  readonly permission: string;
  readonly needs?: 'battery';
  plan(body: unknown, car: VehicleState): Plan | Fault;
}

/** https://smartcar.com/docs/api-reference/vehicles-api-intro */
export const commands: readonly Command[] = [
  {
    path: '/security',
    permission: 'control_security',
    plan: (body, car) => byAction(body, {LOCK: lock(car), UNLOCK: unlock}),
  },
  {
    path: '/charge',
    permission: 'control_charge',
    needs: 'battery',
    plan: (body, car) => byAction(body, {START: startCharge(car), STOP: stopCharge}),
  },
  {
    path: '/charge/limit',
    permission: 'control_charge',
    needs: 'battery',
    plan: body => chargeLimit(member(body, 'limit'), 1) ?? invalid('limit', 'a number from 0.5 to 1'),
  },
  {
    path: '/navigation/destination',
    permission: 'control_navigation',
    plan: body =>
      destination(member(body, 'latitude'), member(body, 'longitude')) ??
      invalid('latitude', 'a place: latitude and longitude in degrees'),
  },
  // https://smartcar.com/docs/api-reference/about-brand-specific
  {
    path: '/:make/charge/charge_port_door',
    permission: 'control_charge',
    needs: 'battery',
    plan: body => byAction(body, {OPEN: openChargePort, CLOSE: closeChargePort}),
  },
  {
    path: '/:make/climate/cabin',
    permission: 'control_climate',
    plan: body => byAction(body, {START: climate(true), SET: climate(true), STOP: climate(false)}),
  },
  {
    path: '/:make/security/trunk',
    permission: 'control_trunk',
    plan: body => byAction(body, {OPEN: trunk(true), CLOSE: trunk(false)}),
  },
  {
    path: '/:make/security/pin',
    permission: 'control_pin',
    plan: body =>
      /^\d{4,6}$/.test(String(member(body, 'pin')))
        ? {command: 'set-pin', change: {}}
        : invalid('pin', '4 to 6 digits'),
  },
];

function climate(climateOn: boolean): Plan {
  return {command: 'set-climate', change: {climateOn}};
}

function trunk(trunkOpen: boolean): Plan {
  return {command: trunkOpen ? 'open-trunk' : 'close-trunk', change: {trunkOpen}};
}

function byAction(body: unknown, plans: Readonly<Record<string, Plan | Fault>>): Plan | Fault {
  const action = member(body, 'action');
  const plan = typeof action === 'string' && Object.hasOwn(plans, action) ? plans[action] : undefined;
  return plan ?? invalid('action', `one of ${Object.keys(plans).join(', ')}`);
}

function invalid(field: string, expected: string): Fault {
  return {error: 'VALIDATION', detail: [{field: [field], message: `has to be ${expected}`}]};
}
