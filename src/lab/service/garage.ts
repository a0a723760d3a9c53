import type {Scenario} from '../scenario.ts';
import type {TokenPair, World} from './smartcar.ts';

/** The cars of an experiment, by their numbers, and who owns them. */
export interface Garage {
  readonly carId: (car: number) => string;
  readonly ownerId: (car: number) => string;
  readonly makeOf: (car: number) => string;
  readonly carOf: (vehicle: string) => number;
  readonly carOfOwner: (owner: string) => number;
  /** Whether the owner has taken access away, and has not come back. */
  readonly isGone: (car: number) => boolean;
  /** The first pair of each owner (v2). */
  readonly grant: (car: number) => TokenPair;
  readonly leaves: (car: number) => void;
  /** Through Connect: what v2 gets of it. */
  readonly returns: (car: number) => TokenPair | undefined;
}

const carId = (car: number): string => `car-${car}`;
const ownerId = (car: number): string => `owner-${car}`;
const carOf = (vehicle: string): number => Number(vehicle.slice('car-'.length));
const carOfOwner = (owner: string): number => Number(owner.slice('owner-'.length));

export function createGarage({fleet, tokens}: World, scenario: Scenario): Garage {
  const {size, makes = ['TESLA'], api, service} = scenario;
  const gone = new Set<number>();
  const makeOf = (car: number): string => makes[car % makes.length] ?? 'TESLA';
  for (let car = 0; car < size.cars; car++)
    fleet.add({id: ownerId(car), vehicles: [{id: carId(car), make: makeOf(car)}]});

  function grant(car: number): TokenPair {
    const owner = fleet.get(ownerId(car));
    return tokens.grant(owner, owner.scope, owner.vehicleIds);
  }

  return {
    carId,
    ownerId,
    makeOf,
    carOf,
    carOfOwner,
    isGone: car => gone.has(car),
    grant,
    leaves(car) {
      gone.add(car);
      const owner = fleet.get(ownerId(car));
      if (service.leaving === 'grant') tokens.setRevoked(owner, true);
      else fleet.withdraw(owner, {owner: owner.id, how: 'login', vehicle: carId(car)});
    },
    returns(car) {
      gone.delete(car);
      const owner = fleet.get(ownerId(car));
      if (service.leaving !== 'grant')
        fleet.giveBack(owner, {owner: owner.id, how: 'login', vehicle: carId(car)});
      // What was revoked stays so: what comes back through Connect is a new grant.
      return api === 'v2' ? grant(car) : undefined;
    },
  };
}
