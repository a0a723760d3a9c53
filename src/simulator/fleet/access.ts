import type {Change} from './changes.ts';
import {type OwnerState, lossKey} from './owner.ts';
import {checkPermissions} from './permissions.ts';
import type {Car} from './vehicle.ts';

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

/** `Access` without the whole grant, which also concerns tokens. */
export type PartialAccess = Exclude<Access, {readonly how: 'grant'}>;

/** Told about what becomes of cars and logins, for webhooks. */
export type Notify = (change: Change) => void;

export function withdraw(owner: OwnerState, access: PartialAccess, notify: Notify): void {
  checkVehicle(owner, access.vehicle);
  if (access.how === 'permission') checkPermissions([access.permission]);
  if (access.how === 'login') {
    if (owner.lostLogins.has(access.vehicle)) return;
    owner.lostLogins.add(access.vehicle);
  } else {
    const key = lossKey(access.permission, access.vehicle);
    if (owner.lostPermissions.has(key)) return;
    owner.lostPermissions.add(key);
  }
  report(owner, access, 'lost', notify);
}

export function giveBack(owner: OwnerState, access: PartialAccess, notify: Notify): void {
  checkVehicle(owner, access.vehicle);
  const found =
    access.how === 'login'
      ? owner.lostLogins.delete(access.vehicle)
      : restorePermission(owner, access.permission, access.vehicle);
  if (found) report(owner, access, 'restored', notify);
}

/** What a finished Connect settles: the logins and permissions that it was about, and the connection itself. */
export function reconnect(
  owner: OwnerState,
  scope: ReadonlySet<string>,
  vehicles: readonly string[],
  now: number,
  notify: Notify,
): void {
  // A new connection holds the cars that were chosen; a renewed one keeps those it had.
  if (!owner.connected) for (const car of owner.cars) owner.disconnected.add(car.state.id);
  owner.scope = new Set(owner.connected ? [...owner.scope, ...scope] : scope);
  owner.connected = true;
  owner.connectedAt = now;
  for (const vehicle of vehicles) {
    owner.disconnected.delete(vehicle);
    giveBack(owner, {owner: owner.id, how: 'login', vehicle}, notify);
  }
  for (const permission of scope) giveBack(owner, {owner: owner.id, how: 'permission', permission}, notify);
}

function report(owner: OwnerState, access: PartialAccess, kind: 'lost' | 'restored', notify: Notify): void {
  for (const car of concernedCars(owner, access.vehicle)) {
    notify(
      access.how === 'login'
        ? {kind, what: 'login', owner, car}
        : {kind, what: access.permission, owner, car},
    );
  }
}

function concernedCars(owner: OwnerState, vehicle: string | undefined): readonly Car[] {
  return vehicle === undefined ? owner.cars : owner.cars.filter(car => car.state.id === vehicle);
}

export function checkVehicle(owner: OwnerState, vehicle: string | undefined): void {
  if (vehicle === undefined || owner.vehicleIds.has(vehicle)) return;
  throw new Error(`Expected a vehicle of the owner \`${owner.id}\`, got \`${vehicle}\``);
}

/** Without a vehicle: for every car. */
function restorePermission(owner: OwnerState, permission: string, vehicle?: string): boolean {
  const keys = [lossKey(permission, vehicle)];
  if (vehicle === undefined) keys.push(...owner.cars.map(car => lossKey(permission, car.state.id)));
  return keys.map(key => owner.lostPermissions.delete(key)).includes(true);
}
