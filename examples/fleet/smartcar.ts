import {startSimulator, type Simulator} from 'smartcar-policy/simulator';
import {APPLICATION, CARS_OF_EACH, LATENCY_MS, OWNERS, SEED, VEHICLE, type AboutCar} from './plan.ts';

/** The Smartcar of the show, and everything in it that will go wrong. */
export interface Smartcar {
  readonly simulator: Simulator;
  /** What the owners' visits to Connect have brought, by owner: some of it is worth nothing by now. */
  readonly pairs: ReadonlyMap<string, ReturnType<Simulator['grant']>>;
  readonly cars: readonly AboutCar[];
}

export async function startSmartcar(): Promise<Smartcar> {
  const simulator = await startSimulator({
    seed: SEED,
    latencyMs: LATENCY_MS,
    limits: {application: APPLICATION.simulator, vehicle: VEHICLE},
  });
  const owners = Array.from({length: OWNERS}, (_, owner) => {
    // No two cars tell the same: an answer that belongs to another call would be noticed.
    const vehicles = Array.from({length: CARS_OF_EACH}, (_none, car) => {
      const number = owner * CARS_OF_EACH + car;
      return {odometerKm: 10_000 + number, batteryLevel: (1 + (number % 99)) / 100};
    });
    return simulator.addOwner({id: `owner-${owner + 1}`, vehicles});
  });
  const cars = owners.flatMap(({id: user, vehicles}) => vehicles.map(({id: vehicle}) => ({user, vehicle})));
  const pairs = new Map(owners.map(({id}) => [id, simulator.grant(id)]));
  makeTrouble(simulator, cars);
  return {simulator, pairs, cars};
}

const UPSTREAM_SHARE = 0.03;

function makeTrouble(simulator: Simulator, cars: readonly AboutCar[]): void {
  const car = (number: number): AboutCar => cars[number - 1]!;
  // Now and then the maker does not answer.
  simulator.next(
    {method: 'GET', path: /\/vehicles\/[^/]+\//, share: UPSTREAM_SHARE, seed: SEED},
    {error: 'UPSTREAM:NO_RESPONSE'},
  );
  // Some cars sleep when they are asked first.
  for (const number of [23, 71, 119])
    simulator.next({method: 'GET', vehicle: car(number).vehicle}, {error: 'VEHICLE_STATE:ASLEEP'});
  // The answers to some commands are lost, and some commands themselves; nobody can tell one from the other.
  for (const number of [41, 81]) loseLock(simulator, car(number), 'after');
  for (const number of [61, 101]) loseLock(simulator, car(number), 'before');
  // Two owners have taken their consent back, and one login at the maker is no longer good.
  simulator.revoke({owner: car(17).user, how: 'grant'});
  simulator.revoke({owner: car(53).user, how: 'grant'});
  simulator.revoke({owner: car(89).user, how: 'login', vehicle: car(89).vehicle});
}

function loseLock(simulator: Simulator, {vehicle}: AboutCar, drop: 'before' | 'after'): void {
  simulator.next({method: 'POST', path: '/security', vehicle}, {drop});
}
