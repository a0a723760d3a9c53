/** What one endpoint needs and does: Smartcar's permission for it, and words that complete "couldn't … {car}". */
export interface Endpoint {
  readonly permission?: string;
  readonly phrase: string;
}

/** One request, as far as it matters to a decision. */
export interface RequestFacts {
  readonly method: string;
  /** `2.0`, `3`, … as it stands in the path; absent where the path has no version. */
  readonly version?: string;
  readonly vehicle?: string;
  /** The path with the vehicle's id left out: `GET /vehicles/{id}/odometer`. */
  readonly operation: string;
  /** A read changes nothing: GET, HEAD, and POST …/batch. All else is a command. */
  readonly command: boolean;
  readonly endpoint?: Endpoint;
  /** A make-specific path with the make in capitals is answered as if a permission were missing. */
  readonly makeInCapitals: boolean;
}

const e = (permission: string | undefined, phrase: string): Endpoint =>
  permission === undefined ? {phrase} : {permission, phrase};

/**
 * Endpoints below `/vehicles/{id}/` of both versions, by method and rest of the path; the bare name is the official
 * SDK's method for it. Source: https://smartcar.com/docs/api-reference, each endpoint's page.
 */
const ENDPOINTS: ReadonlyMap<string, Endpoint> = new Map([
  ...both('attributes', 'GET ', e('read_vehicle_info', 'read the make and model of')),
  ...both('permissions', 'GET permissions', e(undefined, 'read the permissions for')),
  ...both('vin', 'GET vin', e('read_vin', 'read the VIN of')),
  ...both('odometer', 'GET odometer', e('read_odometer', 'read the odometer of')),
  ...both('location', 'GET location', e('read_location', 'locate')),
  ...both('fuel', 'GET fuel', e('read_fuel', 'read the fuel level of')),
  ...both('battery', 'GET battery', e('read_battery', 'read the battery level of')),
  ...both('batteryCapacity', 'GET battery/capacity', e('read_battery', 'read the battery capacity of')),
  ...both(
    'nominalCapacity',
    'GET battery/nominal_capacity',
    e('read_battery', 'read the battery capacity of'),
  ),
  ...both('charge', 'GET charge', e('read_charge', 'read the charging state of')),
  ...both('getChargeLimit', 'GET charge/limit', e('read_charge', 'read the charge limit of')),
  ...both('engineOil', 'GET engine/oil', e('read_engine_oil', 'read the oil life of')),
  ...both('tirePressure', 'GET tires/pressure', e('read_tires', 'read the tyre pressure of')),
  ...both('lockStatus', 'GET security', e('read_security', 'read the lock state of')),
  ...both('serviceHistory', 'GET service/history', e('read_service_history', 'read the service history of')),
  ...both(
    'diagnosticSystemStatus',
    'GET diagnostics/system_status',
    e('read_diagnostics', 'read the diagnostics of'),
  ),
  ...both('diagnosticTroubleCodes', 'GET diagnostics/dtcs', e('read_diagnostics', 'read the diagnostics of')),
  ...both('batch', 'POST batch', e(undefined, 'read several values of')),
  ['lock', e('control_security', 'lock')],
  ['unlock', e('control_security', 'unlock')],
  ['POST security', e('control_security', 'lock or unlock')],
  ['startCharge', e('control_charge', 'start charging')],
  ['stopCharge', e('control_charge', 'stop charging')],
  ['POST charge', e('control_charge', 'start or stop charging')],
  ...both('setChargeLimit', 'POST charge/limit', e('control_charge', 'set the charge limit of')),
  ...both('sendDestination', 'POST navigation/destination', e('control_navigation', 'send a destination to')),
  ...both('disconnect', 'DELETE application', e(undefined, 'disconnect')),
  ...both('getSignals', 'GET signals', e(undefined, 'read the signals of')),
  ['POST commands/charge/start', e('control_charge', 'start charging')],
  ['POST commands/charge/stop', e('control_charge', 'stop charging')],
  ['POST commands/charge/set-limit', e('control_charge', 'set the charge limit of')],
  ['POST commands/charge-port/open', e('control_charge', 'open the charge port of')],
  ['POST commands/charge-port/close', e('control_charge', 'close the charge port of')],
  ['POST commands/security/lock', e('control_security', 'lock')],
  ['POST commands/security/unlock', e('control_security', 'unlock')],
  ['POST commands/navigation/set-destination', e('control_navigation', 'send a destination to')],
]);

function both(sdkMethod: string, request: string, endpoint: Endpoint): [string, Endpoint][] {
  return [
    [sdkMethod, endpoint],
    [request, endpoint],
  ];
}

/** Signal code prefixes, longest first; the permission behind each, seen in the field and partly inferred; the phrase. */
const SIGNALS: readonly (readonly [prefix: string, permission: string, phrase: string])[] = [
  ['internalcombustionengine-oillife', 'read_engine_oil', 'read the oil life of'],
  ['internalcombustionengine', 'read_fuel', 'read the fuel level of'],
  ['tractionbattery', 'read_battery', 'read the battery of'],
  ['lowvoltagebattery', 'read_battery', 'read the 12-volt battery of'],
  ['vehicleidentification-vin', 'read_vin', 'read the VIN of'],
  ['wheel-tires', 'read_tires', 'read the tyre pressure of'],
  ['diagnostics', 'read_diagnostics', 'read the diagnostics of'],
  ['location', 'read_location', 'locate'],
  ['odometer', 'read_odometer', 'read the odometer of'],
  ['closure', 'read_security', 'read the doors of'],
  ['climate', 'read_thermometer', 'read the temperature of'],
  ['service', 'read_service_history', 'read the service history of'],
  ['charge', 'read_charge', 'read the charging state of'],
  ['motion', 'read_speedometer', 'read the speed of'],
  ['hvac', 'read_climate', 'read the climate of'],
];

/** Brand-specific paths, below the make. Source: https://smartcar.com/docs/api-reference/about-brand-specific */
const OF_A_MAKE: ReadonlyMap<string, Endpoint> = new Map([
  ['POST charge/charge_port_door', e('control_charge', 'open or close the charge port of')],
  ['POST climate/cabin', e('control_climate', 'set the climate of')],
  ['POST security/trunk', e('control_trunk', 'open or close the trunk of')],
  ['POST security/pin', e('control_pin', 'set the PIN of')],
]);

/** Paths that name no car. Source: https://smartcar.com/docs/api-reference, each endpoint's page. */
const BESIDES: ReadonlyMap<string, Endpoint> = new Map([
  ...both('getVehicles', 'GET vehicles', e(undefined, 'find')),
  ...both('getUser', 'GET user', e(undefined, 'find the owner of')),
  ...both('getCompatibility', 'GET compatibility', e(undefined, 'check the compatibility of')),
  ...both('getCompatibilityMatrix', 'GET compatibility/matrix', e(undefined, 'check the compatibility of')),
  ['GET connections', e(undefined, 'read the connections of')],
  ['GET connections/{id}', e(undefined, 'read the connections of')],
  ['DELETE connections/{id}', e(undefined, 'disconnect')],
  ['DELETE users/{id}', e(undefined, 'disconnect')],
]);

/** What an `action` in the body makes of a phrase that leaves it open. */
const BY_ACTION: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'lock or unlock': {LOCK: 'lock', UNLOCK: 'unlock'},
  'start or stop charging': {START: 'start charging', STOP: 'stop charging'},
  'open or close the charge port of': {OPEN: 'open the charge port of', CLOSE: 'close the charge port of'},
  'open or close the trunk of': {OPEN: 'open the trunk of', CLOSE: 'close the trunk of'},
};

/** The endpoint in the words of the action that was asked for. */
export function withAction(endpoint: Endpoint, action: string | undefined): Endpoint {
  const phrases = BY_ACTION[endpoint.phrase];
  if (action === undefined || !phrases || !Object.hasOwn(phrases, action)) return endpoint;
  return {...endpoint, phrase: phrases[action] ?? endpoint.phrase};
}

/** What can be asked below `/vehicles/{id}/`, as method and rest of the path: `GET odometer`. */
export const OPERATIONS: readonly string[] = [...ENDPOINTS.keys()].filter(name => name.includes(' '));

/** With what a signal's code begins, by the permission behind it, longest first. */
export const SIGNAL_PREFIXES: readonly (readonly [string, string])[] = SIGNALS.map(
  ([prefix, permission]) => [prefix, permission] as const,
);

const SCHEDULE = /(\/charge-schedules\/)[^/]+$/;

/** Reads a request's method and URL path. */
export function requestFacts(method: string, pathname: string): RequestFacts {
  const verb = method.toUpperCase();
  const [, first = '', ...others] = pathname.split('/');
  const version = /^v(\d+(?:\.\d+)?)$/.exec(first)?.[1];
  const [collection, id, ...rest] = version === undefined ? [first, ...others] : others;
  const vehicle = collection === 'vehicles' && id !== undefined && id !== '' ? safeDecode(id) : undefined;
  const below = rest.join('/').replace(/\/+$/, '');
  const path = vehicle === undefined ? namelessPath(collection, id, rest) : `vehicles/{id}/${below}`;
  const endpoint = vehicle === undefined ? BESIDES.get(`${verb} ${path}`) : endpointOf(verb, below);
  return {
    method: verb,
    ...(version === undefined ? {} : {version}),
    ...(vehicle === undefined ? {} : {vehicle}),
    operation: `${verb} /${path.replace(/\/$/, '').replace(SCHEDULE, '$1{id}')}`,
    command: !(verb === 'GET' || verb === 'HEAD' || (verb === 'POST' && below === 'batch')),
    ...(endpoint === undefined ? {} : {endpoint}),
    makeInCapitals: vehicle !== undefined && /^[A-Z][A-Z_-]+$/.test(rest[0] ?? '') && rest.length > 1,
  };
}

/** Ids of connections and owners stand in no operation's name: it is used to count. */
function namelessPath(
  collection: string | undefined,
  id: string | undefined,
  rest: readonly string[],
): string {
  const named = (collection === 'connections' || collection === 'users') && id ? '{id}' : id;
  return [collection, named, ...rest].filter(Boolean).join('/');
}

/** The endpoint behind an operation's name: `GET /vehicles/{id}/odometer`, or the SDK's method `odometer`. */
export function endpointNamed(operation: string): Endpoint | undefined {
  const parts = /^([A-Z]+) \/vehicles\/\{id\}\/?(.*)$/.exec(operation);
  if (parts) return endpointOf(parts[1] ?? '', parts[2] ?? '');
  return ENDPOINTS.get(operation) ?? BESIDES.get(operation.replace(' /', ' '));
}

function endpointOf(verb: string, below: string): Endpoint | undefined {
  const known = ENDPOINTS.get(`${verb === 'HEAD' ? 'GET' : verb} ${below}`);
  if (known) return known;
  if (below.startsWith('signals/')) return signalEndpoint(below.slice('signals/'.length));
  if (below.startsWith('charge-schedules/')) return e('control_charge', 'change a charge schedule of');
  return OF_A_MAKE.get(`${verb} ${below.slice(below.indexOf('/') + 1)}`);
}

function signalEndpoint(code: string): Endpoint {
  const [, permission, phrase = 'read a value of'] =
    SIGNALS.find(([prefix]) => code.startsWith(prefix)) ?? [];
  return e(permission, phrase);
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
