import type {Fault} from '../http/answer.ts';
import {type CarChange, type CommandName, type VehicleState, isFull} from './vehicle.ts';

/** What a command comes to, once its body has been understood. */
export interface Plan {
  readonly command: CommandName;
  readonly change: CarChange;
}

export const unlock: Plan = {command: 'unlock', change: {locked: false}};
export const stopCharge: Plan = {command: 'stop-charge', change: {charging: false}};
export const openChargePort: Plan = {command: 'open-charge-port', change: {chargePortOpen: true}};
export const closeChargePort: Plan = {command: 'close-charge-port', change: {chargePortOpen: false}};

/** An open trunk can't be locked. */
export function lock(car: VehicleState): Plan | Fault {
  if (car.trunkOpen) return {error: 'VEHICLE_STATE:TRUNK_OPEN'};
  return {command: 'lock', change: {locked: true}};
}

/** Starting twice is carried out twice, on purpose: a repeated command has to show in the count. */
export function startCharge(car: VehicleState): Plan | Fault {
  if (!car.pluggedIn) return {error: 'VEHICLE_STATE:CHARGING_PLUG_NOT_CONNECTED'};
  if (isFull(car)) return {error: 'VEHICLE_STATE:FULLY_CHARGED'};
  return {command: 'start-charge', change: {charging: true}};
}

/**
 * `whole` is what 100 % is written as: 1 on v2, 100 on v3. The SDK sends a string. A limit that has been reached
 * already ends the charging.
 */
export function chargeLimit(value: unknown, whole: 1 | 100): Plan | undefined {
  const given = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof given !== 'number' || !(given >= whole / 2 && given <= whole)) return undefined;
  const limit = given / whole;
  return {
    command: 'set-charge-limit',
    change: car => ({
      chargeLimit: limit,
      charging: car.charging && !isFull({...car, chargeLimit: limit}),
    }),
  };
}

export function destination(latitude: unknown, longitude: unknown): Plan | undefined {
  if (typeof latitude !== 'number' || typeof longitude !== 'number') return undefined;
  if (!(Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180)) return undefined;
  return {command: 'send-destination', change: {destination: {latitude, longitude}}};
}
