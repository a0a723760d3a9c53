import {buildWorld, routesOf} from './build.ts';
import {play} from './control/play.ts';
import {controlHandler} from './control/routes.ts';
import {createScript} from './faults/script.ts';
import {checkVehicle} from './fleet/access.ts';
import type {OwnerState} from './fleet/owner.ts';
import {checkPermissions} from './fleet/permissions.ts';
import {type Car, countCommands} from './fleet/vehicle.ts';
import {faces} from './http/faces.ts';
import {createHandling} from './http/handling.ts';
import {type Listening, listen} from './http/listen.ts';
import {createResponder} from './http/responder.ts';
import {createJournal} from './journal.ts';
import {resolveOptions} from './options.ts';
import type {Owner, Playing, Simulator, SimulatorOptions} from './types.ts';
import type {Face, World} from './world.ts';

/** How many scenarios are remembered. */
const mostScenarios = 100;

/** Starts a simulator. Close it when done: until then it keeps the process alive. */
export async function startSimulator(given: SimulatorOptions = {}): Promise<Simulator> {
  const options = resolveOptions(given);
  const closing = new AbortController();
  const listening: Listening[] = [];
  const origin = (face: Face) => (listening[faces.indexOf(face)] ?? listening[0])?.origin ?? '';
  const built = buildWorld(options, origin, closing.signal);
  const {world, webhooks, seed} = built;
  const {application, fleet, tokens, limits, time} = world;
  const script = createScript(seed);
  const journal = createJournal();
  const scenarios: Playing[] = [];

  function carOf(id: string): Car {
    const found = fleet.findCar(id);
    if (found === undefined) throw new Error(`Expected the id of a vehicle, got \`${id}\``);
    return found.car;
  }

  function setGranted(owner: OwnerState, granted: boolean): void {
    owner.connected = granted;
    tokens.setRevoked(owner, !granted);
  }

  async function close(): Promise<void> {
    closing.abort();
    await Promise.all(listening.map(server => server.close()));
  }

  const simulator: Simulator = {
    get origin() {
      return origin('api');
    },
    get origins() {
      return originsBy(origin);
    },
    get env() {
      return environment(world);
    },
    applicationId: application.applicationId,
    applicationManagementToken: application.managementToken,
    seed,
    now: time.now,
    advance: time.advance,
    jump: time.jump,
    addOwner: spec => describeOwner(fleet.add(spec ?? {})),
    owners: () => [...fleet.owners.values()].map(describeOwner),
    grant(ownerId, {scope, vehicles} = {}) {
      const owner = fleet.get(ownerId);
      const ids = vehicles ?? owner.cars.map(car => car.state.id);
      for (const id of ids) checkVehicle(owner, id);
      if (scope !== undefined) checkPermissions(scope);
      owner.connected = true;
      return tokens.grant(owner, scope === undefined ? owner.scope : new Set(scope), new Set(ids));
    },
    expireAccessTokens(ownerId) {
      tokens.expireAccessTokens(ownerId === undefined ? undefined : fleet.get(ownerId));
    },
    revoke(access) {
      const owner = fleet.get(access.owner);
      if (access.how === 'grant') setGranted(owner, false);
      else fleet.withdraw(owner, access);
    },
    restore(access) {
      const owner = fleet.get(access.owner);
      if (access.how === 'grant') setGranted(owner, true);
      else fleet.giveBack(owner, access);
    },
    next: script.add,
    setLimits: limits.set,
    journal: journal.entries,
    unused: script.unused,
    done() {
      const left = script.leftovers();
      if (left.length > 0) throw new Error(`Scripted replies that were not used:\n  ${left.join('\n  ')}`);
    },
    vehicle: id => carOf(id).state,
    updateVehicle: (id, change) => fleet.update(carOf(id), change),
    commandCount: (vehicleId, command) => countCommands(carOf(vehicleId), command),
    webhooks: webhooks.control,
    play(scenario) {
      const playing = play(simulator, scenario, {time, closing: closing.signal});
      if (scenarios.length >= mostScenarios) scenarios.shift();
      scenarios.push(playing);
      return playing;
    },
    scenarios,
    close,
    [Symbol.asyncDispose]: close,
  };

  const respond = createResponder({
    world,
    handling: createHandling(routesOf(built, options.pages)),
    script,
    journal,
    latencyMs: options.latencyMs,
    closing: closing.signal,
    control: controlHandler(simulator),
  });
  try {
    const wanted: readonly (Face | undefined)[] = options.origins === 'several' ? faces : [undefined];
    for (const [index, face] of wanted.entries()) {
      listening.push(await listen(options.port === 0 ? 0 : options.port + index, respond(face)));
    }
  } catch (error) {
    await close();
    throw error;
  }
  return simulator;
}

function originsBy(origin: (face: Face) => string): Record<Face, string> {
  return {
    api: origin('api'),
    apiV3: origin('apiV3'),
    auth: origin('auth'),
    authV3: origin('authV3'),
    connect: origin('connect'),
    management: origin('management'),
  };
}

function environment({application, origin}: World): Record<string, string> {
  const [clientSecret = ''] = application.clientSecrets;
  return {
    SMARTCAR_API_ORIGIN: origin('api'),
    SMARTCAR_API_V3_ORIGIN: origin('apiV3'),
    // What the Python and the Ruby SDK call it.
    SMARTCAR_VEHICLE_API_V3_ORIGIN: origin('apiV3'),
    SMARTCAR_VEHICLE_API_ORIGIN: origin('apiV3'),
    SMARTCAR_AUTH_ORIGIN: origin('auth'),
    SMARTCAR_AUTH_V3_ORIGIN: origin('authV3'),
    SMARTCAR_CONNECT_ORIGIN: origin('connect'),
    SMARTCAR_MANAGEMENT_API_ORIGIN: origin('management'),
    SMARTCAR_CLIENT_ID: application.clientId,
    SMARTCAR_CLIENT_SECRET: clientSecret,
  };
}

function describeOwner({id, email, cars}: OwnerState): Owner {
  const vehicles = cars.map(({state}) => ({
    id: state.id,
    vin: state.vin,
    make: state.make,
    model: state.model,
    year: state.year,
  }));
  return {id, email, vehicles};
}
