/** What Smartcar documents about one kind of error, in our words. */
export interface ErrorRow {
  readonly status: number;
  /** The value of `resolution.type`. */
  readonly resolution: string | null;
  readonly text: string;
  /** `resolution.url`, where it is the same for everyone. */
  readonly url?: string;
}

type Cells = readonly [status: number, resolution: string | null, text: string, url?: string];

const teslaKeyUrl = 'https://www.tesla.com/_ak/smartcar.com';

/**
 * Keys are `TYPE:CODE`, or `TYPE` where the code is null. v2 pages:
 * https://smartcar.com/docs/errors/api-errors/; v3 repeats most of them, and where it publishes no page the
 * v2 row is assumed.
 */
const cells: Readonly<Record<string, Cells>> = {
  VALIDATION: [
    400,
    null,
    'A parameter, the content type, the path or the method is not what this endpoint takes.',
  ],
  'VALIDATION:PARAMETER': [400, null, 'A parameter is missing or has a value this endpoint does not take.'],
  'VALIDATION:INVALID_INPUT_FORMAT': [400, null, 'The request is not in the form this endpoint takes.'],
  'VALIDATION:MISSING_PARAMETER': [400, null, 'A required parameter is missing.'],
  AUTHENTICATION: [
    401,
    null,
    'The access token is missing, unknown or expired, or does not cover this vehicle.',
  ],
  'AUTHENTICATION:UNAUTHORIZED': [401, null, 'The application token is missing, unknown or expired.'],
  'AUTHENTICATION:ACCESS_DENIED': [403, null, 'The application has no access to this resource.'],
  PERMISSION: [403, 'REAUTHENTICATE', 'The owner has not granted the permission this request needs.'],
  'PERMISSION:UNKNOWN': [
    403,
    'REAUTHENTICATE',
    'The owner has not granted the permission this request needs.',
  ],
  'RESOURCE_NOT_FOUND:PATH': [404, null, 'There is nothing at this path.'],
  'RESOURCE_NOT_FOUND:VERSION': [404, null, 'There is no such API version.'],
  'RESOURCE_NOT_FOUND:INVALID_PATH': [404, null, 'There is nothing at this path in this version.'],
  'RESOURCE_NOT_FOUND:VEHICLE_NOT_FOUND': [404, null, 'There is no such vehicle among the connections.'],
  'RESOURCE_NOT_FOUND:SIGNAL_NOT_FOUND': [404, null, 'This vehicle reports no signal with this code.'],
  'SERVER:INTERNAL': [500, 'RETRY_LATER', 'Something broke on our side.'],
  'SERVER:RECORD_NOT_FOUND': [500, 'CONTACT_SUPPORT', 'No battery capacity is on record for this vehicle.'],
  'SERVER:MULTIPLE_RECORDS_FOUND': [500, 'CONTACT_SUPPORT', 'Several battery capacities fit this vehicle.'],
  'BILLING:INVALID_PLAN': [
    430,
    'CONTACT_SUPPORT',
    'The plan of this application does not include this feature.',
  ],
  'BILLING:VEHICLE_LIMIT': [
    430,
    'CONTACT_SUPPORT',
    'The application has more vehicles than its plan allows.',
  ],
  'BILLING:VEHICLE_REQUEST_LIMIT': [
    430,
    'CONTACT_SUPPORT',
    'The monthly requests of this vehicle are used up.',
  ],
  'BILLING:ACCOUNT_SUSPENDED': [430, 'FINANCE', 'The account is suspended over an open invoice.'],
  'COMPATIBILITY:MAKE_NOT_COMPATIBLE': [501, null, 'Vehicles of this make are not supported.'],
  'COMPATIBILITY:PLATFORM_NOT_CAPABLE': [
    501,
    'REAUTHENTICATE',
    'The vehicle is connected through an older integration.',
  ],
  'COMPATIBILITY:SMARTCAR_NOT_CAPABLE': [501, null, 'This request has not been built for this vehicle yet.'],
  'COMPATIBILITY:VEHICLE_NOT_CAPABLE': [501, null, 'The vehicle is not able to do this.'],
  'CONNECTED_SERVICES_ACCOUNT:ACCOUNT_ISSUE': [
    400,
    null,
    'The owner has something to settle in the maker’s app.',
  ],
  'CONNECTED_SERVICES_ACCOUNT:AUTHENTICATION_FAILED': [
    400,
    'REAUTHENTICATE',
    'The owner’s login at the maker has stopped working.',
  ],
  'CONNECTED_SERVICES_ACCOUNT:NO_VEHICLES': [400, null, 'The owner’s account at the maker holds no vehicle.'],
  'CONNECTED_SERVICES_ACCOUNT:PERMISSION': [
    400,
    'REAUTHENTICATE',
    'The owner has withdrawn the access at the maker.',
  ],
  'CONNECTED_SERVICES_ACCOUNT:SUBSCRIPTION': [
    400,
    null,
    'The owner’s subscription at the maker has ended or is too small.',
  ],
  'CONNECTED_SERVICES_ACCOUNT:VEHICLE_MISSING': [
    400,
    null,
    'The vehicle is no longer in the owner’s account at the maker.',
  ],
  'CONNECTED_SERVICES_ACCOUNT:VIRTUAL_KEY_REQUIRED': [
    400,
    'ACTION_REQUIRED',
    'The owner has to add a virtual key to the vehicle.',
    teslaKeyUrl,
  ],
  'RATE_LIMIT:SMARTCAR_API': [429, 'RETRY_LATER', 'The application sends more requests than it may.'],
  'RATE_LIMIT:VEHICLE': [429, 'RETRY_LATER', 'This vehicle gets more requests than it may.'],
  'UPSTREAM:INVALID_DATA': [502, 'RETRY_LATER', 'The maker sent data that makes no sense.'],
  'UPSTREAM:KNOWN_ISSUE': [502, 'RETRY_LATER', 'The maker reported a failure that is known to pass.'],
  'UPSTREAM:NO_RESPONSE': [502, 'RETRY_LATER', 'The maker or the vehicle did not answer in time.'],
  'UPSTREAM:RATE_LIMIT': [
    502,
    'RETRY_LATER',
    'The maker refuses further requests for this vehicle for a while.',
  ],
  'UPSTREAM:UNKNOWN_ISSUE': [502, 'RETRY_LATER', 'The maker reported a failure nobody has seen before.'],
  'VEHICLE_STATE:ASLEEP': [409, null, 'The vehicle is asleep; nothing was sent to it.'],
  'VEHICLE_STATE:CHARGE_FAULT': [
    409,
    null,
    'The charger gives no current, or another schedule is in the way.',
  ],
  'VEHICLE_STATE:CHARGING_IN_PROGRESS': [409, null, 'The vehicle is charging already.'],
  'VEHICLE_STATE:CHARGING_PLUG_CONNECTED': [409, null, 'The vehicle is plugged in.'],
  'VEHICLE_STATE:CHARGING_PLUG_NOT_CONNECTED': [409, null, 'The vehicle is not plugged in.'],
  'VEHICLE_STATE:DOOR_OPEN': [409, null, 'A door is open.'],
  'VEHICLE_STATE:FULLY_CHARGED': [409, null, 'The battery is full.'],
  'VEHICLE_STATE:HOOD_OPEN': [409, null, 'The hood is open.'],
  'VEHICLE_STATE:IGNITION_ON': [409, null, 'The ignition is on.'],
  'VEHICLE_STATE:IN_MOTION': [409, null, 'The vehicle is moving.'],
  'VEHICLE_STATE:LOW_BATTERY': [409, 'RETRY_LATER', 'The battery is too low.'],
  'VEHICLE_STATE:NOT_CHARGING': [409, null, 'The vehicle is not charging.'],
  'VEHICLE_STATE:REMOTE_ACCESS_DISABLED': [409, null, 'The owner has switched remote access off.'],
  'VEHICLE_STATE:TRUNK_OPEN': [409, null, 'The trunk is open.'],
  'VEHICLE_STATE:UNKNOWN': [409, 'RETRY_LATER', 'The vehicle is in a state that rules this out.'],
  'VEHICLE_STATE:UNREACHABLE': [409, null, 'The vehicle has no reception.'],
  'VEHICLE_STATE:VEHICLE_OFFLINE_FOR_SERVICE': [409, null, 'The vehicle is in service mode.'],
  // The dialect of the token endpoints, https://www.rfc-editor.org/rfc/rfc6749#section-5.2
  invalid_request: [400, null, 'The request lacks a parameter or has one that is not understood.'],
  invalid_grant: [400, null, 'Invalid or expired refresh token.'],
  invalid_client: [401, null, 'Unknown client id or wrong client secret.'],
  unauthorized_client: [400, null, 'This client may not use this grant type.'],
  unsupported_grant_type: [400, null, 'This grant type is not supported here.'],
  invalid_scope: [400, null, 'The scope is not understood.'],
  server_error: [500, null, 'Something broke on our side.'],
  temporarily_unavailable: [503, null, 'Not available for the moment.'],
};

const rows = new Map<string, ErrorRow>(
  Object.entries(cells).map(([key, [status, resolution, text, url]]) => [
    key,
    {status, resolution, text, ...(url === undefined ? {} : {url})},
  ]),
);

/** `TYPE:CODE` of every row. */
export const errorKeys: readonly string[] = [...rows.keys()];

/**
 * The row of an error. A code nobody has heard of takes the status of its type, and no resolution: the
 * lists of codes have grown before.
 */
export function findErrorRow(error: string): ErrorRow | undefined {
  const known = rows.get(error);
  if (known !== undefined) return known;
  const type = error.split(':', 1)[0] ?? '';
  const sibling = [...rows].find(([key]) => key === type || key.startsWith(`${type}:`));
  return sibling && {status: sibling[1].status, resolution: null, text: `An error of the type ${type}.`};
}

/** What the API suggests telling the owner, placeholders included, as in the original; nothing for most types. */
export function ownerMessage(type: string, {text}: ErrorRow): string | undefined {
  if (type !== 'VEHICLE_STATE') return ownerMessages[type];
  return `<app name> could not do this. ${text.replace(/^The vehicle/, 'Your car')}`;
}

const ownerMessages: Readonly<Record<string, string>> = {
  COMPATIBILITY: 'Your vehicle does not support this feature.',
  CONNECTED_SERVICES_ACCOUNT:
    '<app name> could not reach your car through your account at its maker. Please look at <link to Smartcar Connect>.',
  PERMISSION: '<app name> needs your permission. Please grant it at <link to Smartcar Connect>.',
  UPSTREAM: 'Your car’s maker has a problem at the moment. Please try again later.',
};
