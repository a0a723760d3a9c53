import type {OwnerState} from '../fleet/owner.ts';
import type {World} from '../world.ts';
import {findBrand, madeUpCar} from './brands.ts';
import {carsToChoose, permissionsOf, wishesFor} from './choice.ts';
import {complete, completeReauthentication} from './completion.ts';
import {type NamedCar, type Return, endWith} from './endings.ts';
import type {Link} from './link.ts';

/** Connect without pages: whoever opens the link is the owner it names, and consents at once. */
export function consentAtOnce(world: World, link: Link): Return {
  if (link.errand === 'reauthenticate') return completeReauthentication(world, link);
  const owner = ownerNamedBy(world, link);
  if (owner === undefined)
    return {error: 'no_vehicles', error_description: 'No such owner: name one with `user`.'};
  const cars = carsToChoose(owner, link, link.make);
  if (cars.length === 0) return endWith('no_vehicles');
  const scope = permissionsOf(wishesFor(owner, link));
  return complete(world, link, {owner, scope, cars: link.singleSelect ? cars.slice(0, 1) : cars});
}

/** The owner whom the link names; without a name, the only one there is. */
function ownerNamedBy(world: World, {user}: Link): OwnerState | undefined {
  if (user !== undefined) return world.fleet.owners.get(user);
  const [first, second] = world.fleet.owners.values();
  return second === undefined ? first : undefined;
}

/** The car that an ending names, where nothing else says which; where nobody is named, one that is made up. */
export function carNamedBy(world: World, link: Link, make: string | undefined = link.make): NamedCar {
  const car = world.fleet.findCar(link.vehicle ?? '')?.car ?? ownerNamedBy(world, link)?.cars[0];
  return car?.state ?? madeUpCar(world, make === undefined ? undefined : findBrand(world, make), link.vin);
}
