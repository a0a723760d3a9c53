import type {Car, VehicleSpec} from './vehicle.ts';

/** A person with an account at a maker, and what they have granted the application. */
export interface OwnerState {
  /** Smartcar's user id. */
  readonly id: string;
  /** The login at the maker. */
  readonly email: string;
  /** Undefined: any will do. */
  readonly password: string | undefined;
  readonly cars: readonly Car[];
  /** Of all the cars, connected or not. */
  readonly vehicleIds: ReadonlySet<string>;
  /** The permissions of the v3 connections, and the default of a new v2 grant. */
  scope: ReadonlySet<string>;
  /** False from a revoked grant, or a first visit to Connect that was not finished, to the next finished Connect. */
  connected: boolean;
  connectedAt: number;
  /** Ids of cars that were taken out of the connection one by one. */
  readonly disconnected: Set<string>;
  /** Ids of cars whose login at the maker no longer works. */
  readonly lostLogins: Set<string>;
  /** Keys made by `lossKey`. */
  readonly lostPermissions: Set<string>;
  /** How many v2 token pairs this owner's grants have seen. */
  tokenGeneration: number;
}

/** An owner to add. */
export interface OwnerSpec {
  /** @default a random UUID */
  readonly id?: string;
  /**
   * The login at the maker, for Connect's pages. A test login such as `VEHICLE_STATE.ASLEEP@smartcar.com` also says
   * how the owner's cars behave.
   * @default `<id>@example.com`
   * @see https://smartcar.com/docs/errors/testing-errors
   */
  readonly email?: string;
  /** @default any will do */
  readonly password?: string;
  /** @default one Tesla, or what the test login asks for */
  readonly vehicles?: readonly Partial<VehicleSpec>[];
  /** @default every `read_` and `control_` permission */
  readonly scope?: readonly string[];
  /** Whether the owner has been through Connect already. @default true */
  readonly connected?: boolean;
}

/** Whether the owner still lets this permission through for this car. */
export function permits(
  owner: OwnerState,
  scope: ReadonlySet<string>,
  permission: string,
  vehicle: string,
): boolean {
  return (
    scope.has(permission) &&
    !owner.lostPermissions.has(lossKey(permission)) &&
    !owner.lostPermissions.has(lossKey(permission, vehicle))
  );
}

/** Whether the car is among the owner's connections. */
export function isConnected(owner: OwnerState, vehicle: string): boolean {
  return owner.connected && !owner.disconnected.has(vehicle) && owner.vehicleIds.has(vehicle);
}

/** How a lost permission is noted: for one car, or without a vehicle for all. */
export function lossKey(permission: string, vehicle?: string): string {
  return vehicle === undefined ? permission : `${permission} ${vehicle}`;
}
