import type {Dice} from '../dice.ts';
import {type Notify, type PartialAccess, giveBack, reconnect, withdraw} from './access.ts';
import type {OwnerSpec, OwnerState} from './owner.ts';
import {allPermissions, checkPermissions} from './permissions.ts';
import {connectErrorOfTestLogin, vehiclesOfTestLogin} from './test-logins.ts';
import {
  type Car,
  type CarChange,
  type CommandName,
  type VehicleSpec,
  type VehicleState,
  carryOut,
  createCar,
  write,
} from './vehicle.ts';

/** Every owner and every car. What happens to them happens here, and is told to webhooks. */
export interface Fleet {
  readonly owners: ReadonlyMap<string, OwnerState>;
  add(spec: OwnerSpec): OwnerState;
  /** Throws for an unknown id, naming some that are known. */
  get(id: string): OwnerState;
  /** By the login at the maker, in any letter case. */
  findByEmail(email: string): OwnerState | undefined;
  findCar(vehicle: string): {readonly owner: OwnerState; readonly car: Car} | undefined;
  withdraw(owner: OwnerState, access: PartialAccess): void;
  giveBack(owner: OwnerState, access: PartialAccess): void;
  /** A finished Connect. */
  reconnect(owner: OwnerState, scope: ReadonlySet<string>, vehicles: readonly string[]): void;
  /** Takes cars out of the connection. */
  disconnect(owner: OwnerState, cars: readonly Car[]): void;
  carryOut(car: Car, command: CommandName, change: CarChange): void;
  /** Writes the state of a car from outside, as time and people do. */
  update(car: Car, change: Partial<VehicleState>): void;
}

export function createFleet(now: () => number, dice: Dice, notify: Notify): Fleet {
  const owners = new Map<string, OwnerState>();
  const byEmail = new Map<string, OwnerState>();
  const byVehicle = new Map<string, {owner: OwnerState; car: Car}>();

  function tell(car: Car, before: Partial<VehicleState>): void {
    const owner = byVehicle.get(car.state.id)?.owner;
    if (owner !== undefined && Object.keys(before).length > 0) notify({kind: 'state', before, owner, car});
  }

  const fleet: Fleet = {
    owners,
    add({id = dice.uuid(), email = `${id}@example.com`, password, scope = allPermissions, ...spec}) {
      checkPermissions(scope);
      const vehicles = spec.vehicles ?? carsBehind(email);
      const cars = vehicles.map(vehicle => createCar(vehicle, dice, now()));
      const ids = cars.map(car => car.state.id);
      const taken = ids.find((vehicle, index) => byVehicle.has(vehicle) || ids.indexOf(vehicle) !== index);
      if (owners.has(id)) throw new Error(`Expected a new owner id, got \`${id}\`, which is taken`);
      if (byEmail.has(email.toLowerCase()))
        throw new Error(`Expected a new email, got \`${email}\`, which is taken`);
      if (taken !== undefined) throw new Error(`Expected a new vehicle id, got \`${taken}\`, which is taken`);
      const owner: OwnerState = {
        id,
        email,
        password,
        cars,
        vehicleIds: new Set(ids),
        scope: new Set(scope),
        connected: spec.connected ?? true,
        connectedAt: now(),
        disconnected: new Set(),
        lostLogins: new Set(),
        lostPermissions: new Set(),
        tokenGeneration: 0,
      };
      owners.set(id, owner);
      byEmail.set(email.toLowerCase(), owner);
      for (const car of cars) byVehicle.set(car.state.id, {owner, car});
      return owner;
    },
    get(id) {
      const owner = owners.get(id);
      if (owner === undefined)
        throw new Error(`Expected the id of an owner (${some([...owners.keys()])}), got \`${id}\``);
      return owner;
    },
    findByEmail: email => byEmail.get(email.toLowerCase()),
    findCar: vehicle => byVehicle.get(vehicle),
    withdraw: (owner, access) => withdraw(owner, access, notify),
    giveBack: (owner, access) => giveBack(owner, access, notify),
    reconnect: (owner, scope, vehicles) => reconnect(owner, scope, vehicles, now(), notify),
    disconnect(owner, cars) {
      for (const car of cars) {
        owner.disconnected.add(car.state.id);
        carryOut(car, 'disconnect', {}, now());
      }
    },
    carryOut: (car, command, change) => tell(car, carryOut(car, command, change, now())),
    update: (car, change) => tell(car, write(car.state, change, now())),
  };
  return fleet;
}

/** Enough of a list to recognise it by. */
function some(names: readonly string[], most = 10): string {
  const rest = names.length - most;
  return rest > 0 ? `${names.slice(0, most).join(', ')} and ${rest} more` : names.join(', ');
}

/** Some test logins only have a meaning on Connect's pages, where they end the visit. */
function carsBehind(email: string): readonly Partial<VehicleSpec>[] {
  const ending = connectErrorOfTestLogin(email);
  if (ending === 'no_vehicles') return [];
  if (ending === undefined) return vehiclesOfTestLogin(email) ?? [{}];
  throw new Error(
    `Expected the login of an owner who can be connected, got \`${email}\`, with which Connect ends in ${ending}`,
  );
}
