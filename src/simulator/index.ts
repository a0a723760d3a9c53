export {divideScenario, readScenario} from './control/read-scenario.ts';
export {startSimulator} from './simulator.ts';

export type {Clock} from './clock.ts';
export type {AtStart} from './control/read-scenario.ts';
export type {Actions, Scenario, Step} from './control/scenario.ts';
export type {PassingLine} from './control/script-shapes.ts';
export type {GrantSpec} from './control/shapes.ts';
export type {
  DelayReply,
  DropReply,
  ErrorReply,
  HangReply,
  HtmlReply,
  JumpReply,
  PartialReply,
  RawReply,
  RedirectReply,
  Reply,
  SlowReply,
  TrickleReply,
  TruncateReply,
} from './faults/replies.ts';
export type {Match} from './faults/script.ts';
export type {Access} from './fleet/access.ts';
export type {OwnerSpec} from './fleet/owner.ts';
export type {ChargeSchedule, CommandName, Powertrain, VehicleSpec, VehicleState} from './fleet/vehicle.ts';
export type {ApiName, JournalEntry} from './journal.ts';
export type {LimitOptions, RetryAfterNotation} from './limits/limits.ts';
export type {TokenOptions, TokenPair} from './oauth/tokens.ts';
export type {
  GrantOptions,
  OwnedVehicle,
  Owner,
  PlayedOwner,
  Playing,
  Simulator,
  SimulatorOptions,
} from './types.ts';
export type {
  Delivery,
  ErrorEvent,
  StateEvent,
  Webhook,
  WebhookEventType,
  WebhookSpec,
  Webhooks,
} from './webhooks/types.ts';
export type {Face} from './world.ts';
