import type {Clock} from './clock.ts';
import type {JournalEntry} from './journal.ts';
import type {LimitOptions} from './limits/limits.ts';
import type {Access, OwnerSpec} from './fleet/owners.ts';
import type {Match, Reply} from './faults/script.ts';
import type {TokenOptions, TokenPair} from './oauth/tokens.ts';
import type {CommandName, VehicleState} from './fleet/vehicle.ts';

/** How to start a simulator. Everything has a default. */
export interface SimulatorOptions {
  /** A port of 127.0.0.1. @default 0, any free one */
  readonly port?: number;
  /** Where the time comes from; `advance` adds to it. @default the system's clock */
  readonly clock?: Clock;
  /** Of v2 and v3 alike. @default 'client_simulator' */
  readonly clientId?: string;
  /** @default 'simulator-secret' */
  readonly clientSecret?: string;
  /** What v3 Connect links name instead of the client id. @default 'simulator-application' */
  readonly applicationId?: string;
  /** Where Connect may send owners back to; the first is used for links that name none. @default anywhere */
  readonly redirectUris?: readonly string[];
  /** Life and rotation of tokens. */
  readonly tokens?: TokenOptions;
  /** Request limits. @default none */
  readonly limits?: LimitOptions;
  /** Real ms before each answer. @default 0 */
  readonly latencyMs?: number;
}

/** An owner and their cars. */
export interface Owner {
  /** Smartcar's user id: the `sc-user-id` of v3. */
  readonly id: string;
  readonly vehicles: readonly OwnedVehicle[];
}

export type OwnedVehicle = Readonly<Pick<VehicleState, 'id' | 'vin' | 'make' | 'model' | 'year'>>;

/** A v2 token family to start. */
export interface GrantOptions {
  /** @default the owner's scope */
  readonly scope?: readonly string[];
  /** Vehicle ids. @default all of the owner's */
  readonly vehicles?: readonly string[];
}

/** A Smartcar on this machine: a real HTTP server that is v2, v3, both token endpoints and Connect at once. */
export interface Simulator {
  /** `http://127.0.0.1:<port>`, the origin of every API. */
  readonly origin: string;
  /** The environment variables that point the official SDK, and this package, here. Holds the credentials. */
  readonly env: Readonly<Record<string, string>>;
  /** Epoch ms, as the simulator sees it. */
  now(): number;
  /** Moves the simulator's clock forward: tokens age, buckets fill. Real delays don't. */
  advance(ms: number): void;
  /** Adds an owner whose cars are connected. v3 knows them at once; v2 needs `grant`, or Connect. */
  addOwner(owner?: OwnerSpec): Owner;
  /** A new v2 token family, as after a finished Connect and the exchange of its code. Older families go on. */
  grant(ownerId: string, options?: GrantOptions): TokenPair;
  /** v2 access tokens of this owner stop working now; without an owner everybody's, and v3 application tokens. */
  expireAccessTokens(ownerId?: string): void;
  /** Takes access away, as an owner or a maker would. Repeating it changes nothing. */
  revoke(access: Access): void;
  /** Gives it back, as a finished Connect would. */
  restore(access: Access): void;
  /**
   * Scripts the next replies to the requests that fit. The first line that fits and has times left wins. A
   * scripted reply stands before everything else, token checks and limits included.
   */
  next(match: Match, reply: Reply): void;
  /** The last 10 000 requests, in the order in which they were decided. The array is live. */
  readonly journal: readonly JournalEntry[];
  /** The scripted lines that have times left. */
  unused(): Match[];
  /** Throws when scripted replies are left, naming each. For the end of a test. */
  done(): void;
  /** A car as it is now; change it, and the next read says so. */
  vehicle(id: string): VehicleState;
  /** How often this command, or any, was really carried out on the car. */
  commandCount(vehicleId: string, command?: CommandName): number;
  /** Stops listening and cuts every connection, hanging ones included. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
