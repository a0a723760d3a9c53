import type {Fault} from '../http/answer.ts';
import {signalError} from '../errors/envelopes.ts';
import {vehicleFault} from '../errors/vehicle-fault.ts';
import {permits} from '../fleet/owner.ts';
import {type VehicleState, isCapable} from '../fleet/vehicle.ts';
import {member} from '../json.ts';
import type {World} from '../world.ts';
import type {Visit} from './access.ts';
import {accountSignals} from './signals/account.ts';
import {bodySignals} from './signals/body.ts';
import {careSignals} from './signals/care.ts';
import {chargeSignals} from './signals/charge.ts';
import {driveSignals} from './signals/drive.ts';
import type {Groups, Row} from './signals/row.ts';

/** One signal of a car. */
export interface Signal extends Row {
  readonly code: string;
  readonly group: string;
}

const groups: Groups = {
  ...chargeSignals,
  ...bodySignals,
  ...accountSignals,
  ...careSignals,
  ...driveSignals,
};

/**
 * Every signal with a path of its own in the API's description. Codes are the group and the name in lower case:
 * `tractionbattery-stateofcharge`.
 * @see https://smartcar.com/docs/api-reference/signals/schema
 */
export const signals: readonly Signal[] = Object.entries(groups)
  .flatMap(([group, rows]) => rows.map(row => ({...row, code: `${group}-${row.name}`.toLowerCase(), group})))
  .toSorted((a, b) => (a.code < b.code ? -1 : 1));

const byCode: ReadonlyMap<string, Signal> = new Map(signals.map(signal => [signal.code, signal]));

/** In lower case only, as documented. */
export function findSignal(code: string): Signal | undefined {
  return byCode.get(code);
}

/** Why a signal can't be read at the moment. */
export function findSignalFault(world: World, {owner, car}: Visit, signal: Signal): Fault | undefined {
  const {permission, needs, stored, whileCharging} = signal;
  const {id, charging} = car.state;
  if (permission !== undefined && !permits(owner, owner.scope, permission, id)) return {error: 'PERMISSION'};
  if (!isCapable(car.state, needs)) return {error: 'COMPATIBILITY:VEHICLE_NOT_CAPABLE'};
  const fault = stored === true ? undefined : vehicleFault(world, {owner, car}, '3', 'read');
  if (fault !== undefined) return fault;
  if (whileCharging === true && !charging) return {error: 'VEHICLE_STATE:NOT_CHARGING'};
  return undefined;
}

/**
 * A signal as an element of `data`. A fault goes inside: the request itself succeeded. So does the want of data, which
 * is no error.
 */
export function describeSignal(
  car: VehicleState,
  signal: Signal,
  fault: Fault | undefined,
  now: number,
  vehicleUrl: string,
): unknown {
  const {code, name, group} = signal;
  const body = fault === undefined ? signal.read(car) : undefined;
  const known = body !== undefined && hasValue(body);
  const status =
    fault === undefined
      ? {value: known ? 'SUCCESS' : 'UNAVAILABLE'}
      : {value: 'ERROR', error: signalError(fault)};
  return {
    id: code,
    type: 'signal',
    attributes: {code, name, group, status, body: known ? body : null},
    meta: {retrievedAt: now, oemUpdatedAt: car.recordedAt, ingestedAt: now},
    links: {self: `${vehicleUrl}/signals/${code}`},
  };
}

/** A car whose state was written from outside may lack what the types promise. */
function hasValue(body: object): boolean {
  if (!('value' in body)) return true;
  const value = member(body, 'value');
  return value !== undefined && value !== null && !Number.isNaN(value);
}
