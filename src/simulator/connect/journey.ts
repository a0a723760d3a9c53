import {isConnected, permits} from '../fleet/owner.ts';
import type {OwnerState} from '../fleet/owner.ts';
import type {Car} from '../fleet/vehicle.ts';
import type {World} from '../world.ts';
import {type Credentials, type Problem, logIn, logInAgain} from './accounts.ts';
import {findBrand, normalMake} from './brands.ts';
import {carsToChoose, permissionsOf, wishesFor} from './choice.ts';
import {complete, completeReauthentication, connectedCar} from './completion.ts';
import {type NamedCar, type Return, endWith, isEnding, misconfigured} from './endings.ts';
import type {Flow, Step} from './flows.ts';
import {carNamedBy} from './headless.ts';
import type {Link} from './link.ts';

/** Where a link leads first, or that it leads straight back. */
export type Start = {readonly step: Step; readonly problem?: Problem} | {readonly back: Return};

/** What becomes of a form: the next step, the same one with a complaint, or the way back. */
export type Advance = Start | {readonly problem: Problem};

export function setOut(world: World, link: Link): Start {
  if (link.errand === 'reauthenticate') {
    const found = connectedCar(world, link);
    if (found === undefined) return {back: misconfigured('Expected `vehicle_id` to be a connected vehicle.')};
    return {step: {name: 'relogin', ...found}};
  }
  const make = makeOf(world, link);
  if (make === undefined) return {step: {name: 'brand'}};
  if (findBrand(world, make) !== undefined) return {step: {name: 'login', make}};
  const message = `The link asks for a brand that nobody here knows (${make.slice(0, 50)}). Choose another.`;
  return {step: {name: 'brand'}, problem: {message, field: 'make'}};
}

/** Takes a form that was sent from the flow's present step. */
export function goOn(world: World, flow: Flow, form: URLSearchParams): Advance {
  const ending = form.get('end');
  if (ending !== null) {
    if (!isEnding(ending)) return {problem: {message: 'Connect has no such ending. Choose another.'}};
    return {back: endWith(ending, () => carOf(world, flow))};
  }
  const {link, step} = flow;
  // A page from before, sent again: its fields mean nothing here.
  if (form.get('step') !== step.name) {
    return {problem: {message: 'That page was out of date. Please go on from here.'}};
  }
  switch (step.name) {
    case 'brand':
      return chooseBrand(world, form.get('make') ?? '');
    case 'login':
      if (form.has('another-brand') && canChangeBrand(world, link)) return {step: {name: 'brand'}};
      return atMaker(world, link, step.make, credentials(form));
    case 'relogin': {
      const login = logInAgain(world, link, step, credentials(form));
      return 'owner' in login ? {back: completeReauthentication(world, link)} : login;
    }
    case 'cars':
      return chooseCars(world, link, step, form.getAll('car'));
    case 'consent':
      return consent(world, link, step, form.getAll('grant'));
  }
}

/** Whether it was the owner who chose the brand. */
export function canChangeBrand(world: World, link: Link): boolean {
  const make = makeOf(world, link);
  return make === undefined || findBrand(world, make) === undefined;
}

/** A VIN that we know beats the make. */
function makeOf({fleet}: World, {vin, make}: Link): string | undefined {
  if (vin === undefined) return make;
  const cars = [...fleet.owners.values()].flatMap(owner => owner.cars);
  const car = cars.find(({state}) => state.vin.toUpperCase() === vin);
  return car === undefined ? make : normalMake(car.state.make);
}

function chooseBrand(world: World, make: string): Advance {
  if (findBrand(world, make) !== undefined) return {step: {name: 'login', make}};
  return {problem: {message: 'Choose one of the brands.', field: 'make'}};
}

function atMaker(world: World, link: Link, make: string, typed: Credentials): Advance {
  const brand = findBrand(world, make);
  if (brand === undefined) return {step: {name: 'brand'}};
  const login = logIn(world, link, brand, typed);
  if (!('owner' in login)) return login;
  const {owner} = login;
  const cars = carsToChoose(owner, link, make);
  if (cars.length === 0) return {back: endWith('no_vehicles')};
  if (link.vin === undefined) return {step: {name: 'cars', owner, cars}};
  return askForConsent(world, link, owner, cars.slice(0, 1));
}

function chooseCars(
  world: World,
  link: Link,
  {owner, cars}: Extract<Step, {readonly name: 'cars'}>,
  ids: readonly string[],
): Advance {
  const chosen = cars.filter(car => ids.includes(car.state.id));
  // An id that the page did not offer is left out like one that was not ticked.
  if (link.singleSelect && chosen.length !== 1) return {problem: {message: 'Choose one car.', field: 'car'}};
  if (chosen.length === 0) return {problem: {message: 'Choose at least one car.', field: 'car'}};
  return askForConsent(world, link, owner, chosen);
}

/** Skips the question where the answer has been given before, unless the link insists. */
function askForConsent(world: World, link: Link, owner: OwnerState, cars: readonly Car[]): Advance {
  const wishes = wishesFor(owner, link);
  const granted = cars.every(
    ({state: {id}}) =>
      isConnected(owner, id) && wishes.every(({permission}) => permits(owner, owner.scope, permission, id)),
  );
  if (!granted || link.approvalPrompt === 'force') return {step: {name: 'consent', owner, cars, wishes}};
  return {back: complete(world, link, {owner, cars, scope: permissionsOf(wishes)})};
}

function consent(
  world: World,
  link: Link,
  {owner, cars, wishes}: Extract<Step, {readonly name: 'consent'}>,
  ticked: readonly string[],
): Advance {
  const granted = wishes.filter(({permission, required}) => required || ticked.includes(permission));
  if (granted.length === 0 && wishes.length > 0) {
    return {problem: {message: 'Allow at least one permission, or deny access.', field: 'grant'}};
  }
  return {back: complete(world, link, {owner, cars, scope: permissionsOf(granted)})};
}

function credentials(form: URLSearchParams): Credentials {
  return {email: (form.get('email') ?? '').trim(), password: form.get('password') ?? ''};
}

/** The car that a rehearsed ending names. */
function carOf(world: World, {link, step}: Flow): NamedCar {
  if (step.name === 'relogin') return step.car.state;
  const chosen = 'cars' in step ? step.cars[0] : undefined;
  return chosen?.state ?? carNamedBy(world, link, 'make' in step ? step.make : link.make);
}
