export {startSimulator} from './simulator.ts';

export type {Clock} from './clock.ts';
export type {ApiName, JournalEntry} from './journal.ts';
export type {LimitOptions, RetryAfterNotation} from './limits/limits.ts';
export type {Access, OwnerSpec} from './fleet/owners.ts';
export type {
  DelayReply,
  DropReply,
  ErrorReply,
  HangReply,
  HtmlReply,
  Match,
  RawReply,
  RedirectReply,
  Reply,
  SlowReply,
} from './faults/script.ts';
export type {TokenOptions, TokenPair} from './oauth/tokens.ts';
export type {GrantOptions, OwnedVehicle, Owner, Simulator, SimulatorOptions} from './types.ts';
export type {ChargeSchedule, CommandName, Powertrain, VehicleSpec, VehicleState} from './fleet/vehicle.ts';
