import {randomUUID} from 'node:crypto';
import {allPermissions} from './permissions.ts';
import {type Car, type VehicleSpec, createCar} from './vehicle.ts';

/** A person with an account at a maker, and what they have granted the application. */
export interface OwnerState {
  readonly id: string;
  readonly cars: readonly Car[];
  /** The permissions of the v3 connections, and the default of a new v2 grant. */
  scope: ReadonlySet<string>;
  /** False from a revoked grant to the next finished Connect. */
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
  /** @default one Tesla */
  readonly vehicles?: readonly Partial<VehicleSpec>[];
  /** @default every `read_` and `control_` permission */
  readonly scope?: readonly string[];
}

/** What can be taken from an application, and given back. */
export type Access =
  /** The whole grant. v2: every token of the owner dies. v3: the connections are gone. */
  | {readonly owner: string; readonly how: 'grant'}
  /** One permission, of one car or of all. */
  | {
      readonly owner: string;
      readonly how: 'permission';
      readonly permission: string;
      readonly vehicle?: string;
    }
  /** The login at the maker: CONNECTED_SERVICES_ACCOUNT:AUTHENTICATION_FAILED until the owner reconnects. */
  | {readonly owner: string; readonly how: 'login'; readonly vehicle: string};

export interface Owners {
  readonly all: ReadonlyMap<string, OwnerState>;
  add(spec: OwnerSpec): OwnerState;
  /** Throws for an unknown id, naming the known ones. */
  get(id: string): OwnerState;
  findCar(vehicle: string): {readonly owner: OwnerState; readonly car: Car} | undefined;
}

export function createOwners(now: () => number): Owners {
  const all = new Map<string, OwnerState>();
  const byVehicle = new Map<string, {owner: OwnerState; car: Car}>();
  return {
    all,
    add({id = randomUUID(), vehicles = [{}], scope = allPermissions}) {
      const cars = vehicles.map(vehicle => createCar(vehicle, now()));
      const ids = cars.map(car => car.state.id);
      const taken = ids.find((vehicle, index) => byVehicle.has(vehicle) || ids.indexOf(vehicle) !== index);
      if (all.has(id)) throw new Error(`Expected a new owner id, got \`${id}\`, which is taken`);
      if (taken !== undefined) throw new Error(`Expected a new vehicle id, got \`${taken}\`, which is taken`);
      const owner: OwnerState = {
        id,
        cars,
        scope: new Set(scope),
        connected: true,
        connectedAt: now(),
        disconnected: new Set(),
        lostLogins: new Set(),
        lostPermissions: new Set(),
        tokenGeneration: 0,
      };
      all.set(id, owner);
      for (const car of cars) byVehicle.set(car.state.id, {owner, car});
      return owner;
    },
    get(id) {
      const owner = all.get(id);
      if (owner === undefined)
        throw new Error(`Expected the id of an owner (${[...all.keys()].join(', ')}), got \`${id}\``);
      return owner;
    },
    findCar: vehicle => byVehicle.get(vehicle),
  };
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
  return (
    owner.connected && !owner.disconnected.has(vehicle) && owner.cars.some(car => car.state.id === vehicle)
  );
}

/** `Access` without the whole grant, which also concerns tokens. */
export type PartialAccess = Exclude<Access, {readonly how: 'grant'}>;

export function withdraw(owner: OwnerState, access: PartialAccess): void {
  checkVehicle(owner, access.vehicle);
  if (access.how === 'login') owner.lostLogins.add(access.vehicle);
  else owner.lostPermissions.add(lossKey(access.permission, access.vehicle));
}

export function giveBack(owner: OwnerState, access: PartialAccess): void {
  checkVehicle(owner, access.vehicle);
  if (access.how === 'login') owner.lostLogins.delete(access.vehicle);
  else restorePermission(owner, access.permission, access.vehicle);
}

/** What a finished Connect settles: the logins and permissions that it was about, and the connection itself. */
export function reconnect(
  owner: OwnerState,
  scope: ReadonlySet<string>,
  vehicles: readonly string[],
  now: number,
): void {
  owner.connected = true;
  owner.connectedAt = now;
  owner.scope = new Set([...owner.scope, ...scope]);
  for (const vehicle of vehicles) {
    owner.disconnected.delete(vehicle);
    owner.lostLogins.delete(vehicle);
  }
  for (const permission of scope) restorePermission(owner, permission);
}

function checkVehicle(owner: OwnerState, vehicle: string | undefined): void {
  if (vehicle === undefined || owner.cars.some(car => car.state.id === vehicle)) return;
  throw new Error(`Expected a vehicle of the owner \`${owner.id}\`, got \`${vehicle}\``);
}

/** Without a vehicle: for every car. */
function restorePermission(owner: OwnerState, permission: string, vehicle?: string): void {
  owner.lostPermissions.delete(lossKey(permission, vehicle));
  if (vehicle !== undefined) return;
  for (const car of owner.cars) owner.lostPermissions.delete(lossKey(permission, car.state.id));
}

function lossKey(permission: string, vehicle?: string): string {
  return vehicle === undefined ? permission : `${permission} ${vehicle}`;
}
