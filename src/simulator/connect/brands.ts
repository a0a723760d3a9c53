import {type Car, createCar} from '../fleet/vehicle.ts';
import type {World} from '../world.ts';
import type {NamedCar} from './endings.ts';

/** A maker's brand on the pages. */
export interface Brand {
  /** As the API writes it. */
  readonly make: string;
  readonly name: string;
  /** What the accounts that Connect makes up drive. */
  readonly model: string;
}

const known: readonly Brand[] = [
  ['Audi', 'Q4 e-tron'],
  ['BMW', 'i4'],
  ['BYD', 'Seal'],
  ['Cadillac', 'Lyriq'],
  ['Chevrolet', 'Bolt EV'],
  ['Citroën', 'ë-C4'],
  ['Cupra', 'Born'],
  ['Fiat', '500e'],
  ['Ford', 'Mustang Mach-E'],
  ['Hyundai', 'Ioniq 5'],
  ['Jaguar', 'I-Pace'],
  ['Kia', 'EV6'],
  ['Lexus', 'RZ'],
  ['Mazda', 'MX-30'],
  ['Mercedes-Benz', 'EQA'],
  ['MINI', 'Cooper SE'],
  ['Nissan', 'Leaf'],
  ['Opel', 'Mokka-e'],
  ['Peugeot', 'e-208'],
  ['Polestar', '2'],
  ['Porsche', 'Taycan'],
  ['Renault', 'Megane E-Tech'],
  ['Rivian', 'R1T'],
  ['Seat', 'Mii electric'],
  ['Škoda', 'Enyaq'],
  ['Tesla', 'Model 3'],
  ['Toyota', 'bZ4X'],
  ['Volkswagen', 'ID.3'],
  ['Volvo', 'XC40 Recharge'],
].map(([name = '', model = '']) => ({make: normalMake(name), name, model}));

/** How makes are compared: `Mercedes-Benz`, `MERCEDES_BENZ` and `mercedes benz` are one, `Škoda` is SKODA. */
export function normalMake(make: string): string {
  return make
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toUpperCase()
    .replace(/[\s-]+/g, '_');
}

/** Undefined for a brand that neither the world at large nor this simulator has. */
export function findBrand(world: World, make: string): Brand | undefined {
  const found = known.find(brand => brand.make === make);
  if (found !== undefined) return found;
  const car = carsHere(world).find(({state}) => normalMake(state.make) === make);
  return car && {make, name: car.state.make, model: car.state.model};
}

/** The brands of the cars that are here, and all the others. */
export function brandsToChoose(world: World): {readonly here: Brand[]; readonly others: Brand[]} {
  const makes = new Set(carsHere(world).map(({state}) => normalMake(state.make)));
  const here = [...makes].map(make => findBrand(world, make)).filter(brand => brand !== undefined);
  return {
    here: here.toSorted((a, b) => a.name.localeCompare(b.name)),
    others: known.filter(({make}) => !makes.has(make)),
  };
}

/** Nobody owns it: it is what an ending is about. */
export function madeUpCar({dice, now}: World, brand?: Brand, vin?: string): NamedCar {
  const spec = {...(brand && {make: brand.make, model: brand.model}), ...(vin === undefined ? {} : {vin})};
  return createCar(spec, dice, now()).state;
}

function carsHere({fleet}: World): Car[] {
  return [...fleet.owners.values()].flatMap(owner => owner.cars);
}
