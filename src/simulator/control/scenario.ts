import type {Access} from '../fleet/access.ts';
import type {OwnerSpec} from '../fleet/owner.ts';
import type {VehicleState} from '../fleet/vehicle.ts';
import type {LimitOptions} from '../limits/limits.ts';
import type {TokenOptions} from '../oauth/tokens.ts';
import type {ErrorEvent, StateEvent, WebhookSpec} from '../webhooks/types.ts';
import type {PassingLine} from './script-shapes.ts';
import type {GrantSpec} from './shapes.ts';

/** Who is there, what goes wrong, and when: the same in every run. */
export interface Scenario {
  /** For people. */
  readonly description?: string;
  /** Only for the start, as are `tokens` and `latencyMs`: a simulator that runs can't take them any more. */
  readonly seed?: number;
  readonly tokens?: TokenOptions;
  /** Before each answer, in milliseconds. @default 0 */
  readonly latencyMs?: number;
  readonly limits?: LimitOptions;
  /** `grant` starts a v2 token family: `true`, or narrower than the owner. */
  readonly owners?: readonly (OwnerSpec & {readonly grant?: GrantSpec | true})[];
  readonly script?: readonly PassingLine[];
  /** What is gone from the beginning. */
  readonly revoke?: readonly Access[];
  readonly webhooks?: readonly WebhookSpec[];
  readonly timeline?: readonly Step[];
}

/** What can happen in the course of a scenario: one verb of the simulator each, with what it takes. */
export interface Actions {
  /** Ms; what lies further on comes that much sooner. */
  readonly advance: number;
  /** Ms, forwards or back. */
  readonly jump: number;
  readonly revoke: Access;
  readonly restore: Access;
  /** `true` for everybody's, or the id of an owner. */
  readonly expireAccessTokens: string | true;
  /** With `forMs`, an outage: a standing order that ends after so long. */
  readonly next: PassingLine;
  readonly setLimits: LimitOptions;
  readonly updateVehicle: {readonly vehicle: string; readonly change: Partial<Omit<VehicleState, 'id'>>};
  /** To webhooks. */
  readonly sendEvent: ErrorEvent | StateEvent;
}

/** One action and its time: ms of the simulator's time after the scenario began. */
export type Step = {
  [Name in keyof Actions]: {readonly atMs: number} & Readonly<Pick<Actions, Name>>;
}[keyof Actions];
