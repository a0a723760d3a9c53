import type {OwnerState} from '../fleet/owner.ts';
import {connectErrorOfTestLogin, isTestLogin, vehiclesOfTestLogin} from '../fleet/test-logins.ts';
import {type Ending, type NamedCar, type Return, endWith, isEnding} from './endings.ts';
import {type Brand, madeUpCar, normalMake} from './brands.ts';
import type {Car} from '../fleet/vehicle.ts';
import type {Link} from './link.ts';
import type {World} from '../world.ts';

/** What was typed on the login page. */
export interface Credentials {
  readonly email: string;
  readonly password: string;
}

/** What is wrong with a form, and with which of its fields. */
export interface Problem {
  readonly message: string;
  readonly field?: 'email' | 'password' | 'car' | 'grant' | 'make';
}

/** What the login at a maker comes to. */
export type Login = {readonly owner: OwnerState} | {readonly problem: Problem} | {readonly back: Return};

/**
 * Logs in at a maker. In simulated mode every address works with any password: an account is made for it, unless it
 * is a test login that stands for an ending.
 * @see https://smartcar.com/docs/errors/testing-errors
 */
export function logIn(world: World, link: Link, brand: Brand, typed: Credentials): Login {
  const missing = missingCredential(typed);
  if (missing !== undefined) return {problem: missing};
  const ending = endingOf(link, typed.email);
  if (ending !== undefined) return {back: endWith(ending, () => incompatibleCar(world, brand, typed.email))};
  if (link.mode === 'live' || world.fleet.findByEmail(typed.email) !== undefined) {
    return recognise(world, link, typed);
  }
  if (typed.email.length > 254 || !/^[^\s@]+@[^\s@]+$/.test(typed.email)) {
    return {problem: {message: 'Enter an email address such as ada@example.com.', field: 'email'}};
  }
  return {owner: makeUp(world, link, brand, typed.email)};
}

/** The login of a car that is connected already: no account is made up here. */
export function logInAgain(
  world: World,
  link: Link,
  {owner, car}: {readonly owner: OwnerState; readonly car: Car},
  typed: Credentials,
): Login {
  const missing = missingCredential(typed);
  if (missing !== undefined) return {problem: missing};
  const ending = endingOf(link, typed.email);
  if (ending !== undefined) return {back: endWith(ending, () => car.state)};
  const login = recognise(world, link, typed);
  if (!('owner' in login) || login.owner === owner) return login;
  const message = 'This car belongs to another account. Log in with the account that has the car.';
  return {problem: {message, field: 'email'}};
}

/** The accounts that have a car of this make, for those who don't know what to type. */
export function accountsOf({fleet}: World, make: string): OwnerState[] {
  return [...fleet.owners.values()].filter(owner =>
    owner.cars.some(({state}) => normalMake(state.make) === make),
  );
}

function missingCredential({email, password}: Credentials): Problem | undefined {
  if (email === '') return {message: 'Enter your email address.', field: 'email'};
  return password === '' ? {message: 'Enter your password.', field: 'password'} : undefined;
}

function endingOf({mode}: Link, email: string): Ending | undefined {
  const ending = mode === 'live' ? undefined : connectErrorOfTestLogin(email);
  return ending !== undefined && isEnding(ending) ? ending : undefined;
}

function recognise(world: World, link: Link, {email, password}: Credentials): Login {
  const owner = world.fleet.findByEmail(email);
  if (owner !== undefined) {
    if (owner.password === undefined || owner.password === password) return {owner};
    return {problem: {message: 'This password is not right. Please try again.', field: 'password'}};
  }
  const message =
    link.mode === 'live' && isTestLogin(email)
      ? 'This is a test login: it needs a link with mode=simulated.'
      : 'There is no account with this email address here.';
  return {problem: {message, field: 'email'}};
}

/** A new account at the maker, with the cars that its address asks for. */
function makeUp(world: World, {vin}: Link, {make, model}: Brand, email: string): OwnerState {
  const plain = [vin === undefined ? {} : {vin}];
  const vehicles = (vehiclesOfTestLogin(email) ?? plain).map(vehicle => ({make, model, ...vehicle}));
  return world.fleet.add({email, connected: false, vehicles});
}

/** The address may begin with its VIN. */
function incompatibleCar(world: World, brand: Brand, email: string): NamedCar {
  return madeUpCar(world, brand, /^([a-z0-9]{17})@/i.exec(email)?.[1]?.toUpperCase());
}
