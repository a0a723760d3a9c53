import {advancingClock} from './clock.ts';
import {connectRoutes} from './connect/routes.ts';
import {createJournal} from './journal.ts';
import {createLimits} from './limits/limits.ts';
import {oauthRoutes} from './oauth/routes.ts';
import {checkOptions} from './options.ts';
import {type OwnerState, createOwners, giveBack, withdraw} from './fleet/owners.ts';
import {createScript} from './faults/script.ts';
import {type RunningServer, listen} from './http/server.ts';
import {createTokens} from './oauth/tokens.ts';
import type {Owner, Simulator, SimulatorOptions} from './types.ts';
import {v2Routes} from './v2/routes.ts';
import {v3Routes} from './v3/routes.ts';
import {type Car, countCommands} from './fleet/vehicle.ts';
import type {World} from './world.ts';

/** Starts a simulator. Close it when done: until then it keeps the process alive. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  checkOptions(options);
  const {
    port = 0,
    clock = {now: Date.now},
    clientId = 'client_simulator',
    clientSecret = 'simulator-secret',
    applicationId = 'simulator-application',
    redirectUris,
    latencyMs = 0,
  } = options;
  const time = advancingClock(clock);
  const script = createScript();
  const journal = createJournal();
  let server: RunningServer | undefined;
  const world: World = {
    application: {clientId, clientSecret, applicationId, redirectUris},
    owners: createOwners(time.now),
    tokens: createTokens(options.tokens ?? {}, time.now),
    limits: createLimits(options.limits),
    now: time.now,
    origin: () => server?.origin ?? '',
  };
  const routes = [...oauthRoutes(world), ...connectRoutes(world), ...v2Routes(world), ...v3Routes(world)];
  server = await listen({world, routes, script, journal, latencyMs, port});
  const {origin, close} = server;
  const {owners, tokens} = world;

  function carOf(id: string): Car {
    const found = owners.findCar(id);
    if (found === undefined) throw new Error(`Expected the id of a vehicle, got \`${id}\``);
    return found.car;
  }

  function setGranted(owner: OwnerState, granted: boolean): void {
    owner.connected = granted;
    tokens.setRevoked(owner, !granted);
  }

  return {
    origin,
    env: {
      SMARTCAR_API_ORIGIN: origin,
      SMARTCAR_API_V3_ORIGIN: origin,
      SMARTCAR_AUTH_ORIGIN: origin,
      SMARTCAR_AUTH_V3_ORIGIN: origin,
      SMARTCAR_CONNECT_ORIGIN: origin,
      SMARTCAR_MANAGEMENT_API_ORIGIN: origin,
      SMARTCAR_CLIENT_ID: clientId,
      SMARTCAR_CLIENT_SECRET: clientSecret,
    },
    now: time.now,
    advance: time.advance,
    addOwner: spec => describeOwner(owners.add(spec ?? {})),
    grant(ownerId, {scope, vehicles} = {}) {
      const owner = owners.get(ownerId);
      const ids = vehicles ?? owner.cars.map(car => car.state.id);
      for (const id of ids) carOf(id);
      owner.connected = true;
      return tokens.grant(owner, scope === undefined ? owner.scope : new Set(scope), new Set(ids));
    },
    expireAccessTokens(ownerId) {
      tokens.expireAccessTokens(ownerId === undefined ? undefined : owners.get(ownerId));
    },
    revoke(access) {
      const owner = owners.get(access.owner);
      if (access.how === 'grant') setGranted(owner, false);
      else withdraw(owner, access);
    },
    restore(access) {
      const owner = owners.get(access.owner);
      if (access.how === 'grant') setGranted(owner, true);
      else giveBack(owner, access);
    },
    next: script.add,
    journal: journal.entries,
    unused: script.unused,
    done() {
      const left = script.leftovers();
      if (left.length > 0) throw new Error(`Scripted replies that were not used:\n  ${left.join('\n  ')}`);
    },
    vehicle: id => carOf(id).state,
    commandCount: (vehicleId, command) => countCommands(carOf(vehicleId), command),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function describeOwner({id, cars}: OwnerState): Owner {
  const vehicles = cars.map(({state}) => ({
    id: state.id,
    vin: state.vin,
    make: state.make,
    model: state.model,
    year: state.year,
  }));
  return {id, vehicles};
}
