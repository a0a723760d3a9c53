import type {OwnerState} from '../fleet/owner.ts';
import type {Car} from '../fleet/vehicle.ts';
import {normalMake} from './brands.ts';
import type {Link, Wish} from './link.ts';

/** The owner's cars that a link leaves to choose from: the one VIN it names, or those of the make. */
export function carsToChoose(owner: OwnerState, {vin}: Link, make: string | undefined): Car[] {
  return owner.cars.filter(({state}) => {
    if (vin !== undefined) return state.vin.toUpperCase() === vin;
    return make === undefined || normalMake(state.make) === make;
  });
}

/** What the link asks for; without a scope, what this owner's account was set up with. */
export function wishesFor(owner: OwnerState, {wishes}: Link): readonly Wish[] {
  return wishes ?? [...owner.scope].map(permission => ({permission, required: false}));
}

export function permissionsOf(wishes: readonly Wish[]): Set<string> {
  return new Set(wishes.map(({permission}) => permission));
}
