import type {Clock} from './clock.ts';
import type {Scenario} from './control/scenario.ts';
import type {Reply} from './faults/replies.ts';
import type {Match} from './faults/script.ts';
import type {Access} from './fleet/access.ts';
import type {OwnerSpec} from './fleet/owner.ts';
import type {CommandName, VehicleState} from './fleet/vehicle.ts';
import type {JournalEntry} from './journal.ts';
import type {LimitOptions} from './limits/limits.ts';
import type {TokenOptions, TokenPair} from './oauth/tokens.ts';
import type {Webhooks} from './webhooks/types.ts';
import type {Face} from './world.ts';

/** How to start a simulator. Everything has a default. */
export interface SimulatorOptions {
  /** A port of 127.0.0.1; with several origins the first of six in a row. @default 0, any free one */
  readonly port?: number;
  /**
   * Whether one origin is every host of Smartcar, or each has its own and knows nothing of the others' paths.
   * @default 'one'
   */
  readonly origins?: 'one' | 'several';
  /**
   * Where the time comes from; `advance` adds to it. Delays don't follow it: they take real time, or `advance`.
   * @default the system's clock
   */
  readonly clock?: Clock;
  /** How many times faster than the clock the simulator's time runs, delays included; up to 1e9. @default 1 */
  readonly speed?: number;
  /** Ids, tokens and chance follow from it: the same seed and the same requests, the same answers. @default a new one each time */
  readonly seed?: number;
  /** Of v2 and v3 alike. @default 'client_simulator' */
  readonly clientId?: string;
  /** @default 'simulator-secret' */
  readonly clientSecret?: string;
  /** Two more secrets at most that work as well, as while one is replaced. @default none */
  readonly moreClientSecrets?: readonly string[];
  /** What v3 Connect links name instead of the client id. @default 'simulator-application' */
  readonly applicationId?: string;
  /** Opens the management API, and signs webhooks. @default 'simulator-management-token' */
  readonly applicationManagementToken?: string;
  /** Where Connect may send owners back to; the first is used for links that name none. @default anywhere */
  readonly redirectUris?: readonly string[];
  /**
   * Who gets Connect's pages: `browsers` (whoever accepts HTML; programs are sent back at once, as if the owner whom
   * the link names had consented to all of it), `everybody`, or `nobody`.
   * @default 'browsers'
   */
  readonly pages?: 'browsers' | 'everybody' | 'nobody';
  /** Life and rotation of tokens. */
  readonly tokens?: TokenOptions;
  /** Request limits. @default none */
  readonly limits?: LimitOptions;
  /** Ms of the simulator's time before each answer, but those of control. @default 0 */
  readonly latencyMs?: number;
}

/** An owner and their cars. */
export interface Owner {
  /** Smartcar's user id: the `sc-user-id` of v3. */
  readonly id: string;
  /** The login on Connect's pages. */
  readonly email: string;
  readonly vehicles: readonly OwnedVehicle[];
}

/** A car as it is told of when its owner is added. */
export type OwnedVehicle = Readonly<Pick<VehicleState, 'id' | 'vin' | 'make' | 'model' | 'year'>>;

/** A v2 token family to start. */
export interface GrantOptions {
  /** @default the owner's scope */
  readonly scope?: readonly string[];
  /** Vehicle ids. @default all of the owner's */
  readonly vehicles?: readonly string[];
}

/** An owner of a scenario. */
export interface PlayedOwner extends Owner {
  /** Where the scenario says `grant`. */
  readonly tokens?: TokenPair;
}

/** A scenario under way. */
export interface Playing {
  /** Those that the scenario brought. */
  readonly owners: readonly PlayedOwner[];
  /** Ends after the last step, or with `stop` or `close`; rejects when a step, or a webhook, fails, which ends the rest. */
  readonly done: Promise<void>;
  readonly state: 'playing' | 'done' | 'stopped' | 'failed';
  /** Of one that failed: why. */
  readonly problem: string | undefined;
  /** Drops the steps to come, and takes back the replies that the scenario scripted. */
  stop(): void;
}

/** A Smartcar on this machine: a real HTTP server that is v2, v3, both token endpoints and Connect at once. */
export interface Simulator {
  /** `http://127.0.0.1:<port>`: the origin of every API, or with several origins of v2's. */
  readonly origin: string;
  /** The origin of each host: fits the option `origins` of `createPolicy`. */
  readonly origins: Readonly<Record<Face, string>>;
  /** The environment variables that point the official SDK, and this package, here. Holds the credentials. */
  readonly env: Readonly<Record<string, string>>;
  /** What v3 Connect links name instead of the client id. */
  readonly applicationId: string;
  /** Opens the management API, and signs webhooks. */
  readonly applicationManagementToken: string;
  /** The one that was given, or drawn. */
  readonly seed: number;
  /** Epoch ms, as the simulator sees it. */
  now(): number;
  /** Moves the simulator's clock forward: tokens age, buckets fill, delays that have begun end. */
  advance(ms: number): void;
  /** Sets the simulator's clock forwards or, with a negative number, back. Delays don't notice. */
  jump(ms: number): void;
  /** Adds an owner whose cars are connected. v3 knows them at once; v2 needs `grant`, or Connect. */
  addOwner(owner?: OwnerSpec): Owner;
  /** Everybody, in the order of their coming. */
  owners(): Owner[];
  /** A new v2 token family, as after a finished Connect and the exchange of its code. Older families go on. */
  grant(ownerId: string, options?: GrantOptions): TokenPair;
  /** v2 access tokens of this owner stop working now; without an owner everybody's, and v3 application tokens. */
  expireAccessTokens(ownerId?: string): void;
  /** Takes access away, as an owner or a maker would. Repeating it changes nothing. */
  revoke(access: Access): void;
  /** Gives it back, as a finished Connect would. */
  restore(access: Access): void;
  /**
   * Scripts the next replies to the requests that fit, or a share of them. The first line that fits and has times
   * left wins. A scripted reply stands before everything else, token checks and limits included.
   * @returns what takes the line back
   */
  next(match: Match, reply: Reply): () => void;
  /** Lays other limits over those that hold; buckets that change start full. */
  setLimits(limits: LimitOptions): void;
  /** The last 10 000 requests, in the order in which they were decided. The array is live. */
  readonly journal: readonly JournalEntry[];
  /** The scripted lines that have times left, standing orders apart. */
  unused(): Match[];
  /** Throws when scripted replies are left, standing orders apart, naming each. For the end of a test. */
  done(): void;
  /** A car as it is now; change it, and the next read says so. */
  vehicle(id: string): VehicleState;
  /** Changes a car and tells webhooks. */
  updateVehicle(id: string, change: Partial<Omit<VehicleState, 'id'>>): void;
  /** How often this command, or any, was really carried out on the car. */
  commandCount(vehicleId: string, command?: CommandName): number;
  /** Signed events, sent to URLs of yours. */
  readonly webhooks: Webhooks;
  /**
   * Plays a scenario: its beginning at once, its steps as the simulator's time passes. Throws for one that can't
   * be played; options of the start in it are refused, unless it is the seed of this simulator.
   */
  play(scenario: Scenario): Playing;
  /** Those that were played, oldest first; the last hundred. */
  readonly scenarios: readonly Playing[];
  /** Stops listening and cuts every connection, hanging ones included. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
