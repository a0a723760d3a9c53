import {isOutcomeOpen} from '../outcome-open.ts';
import type {Reason} from '../reasons.ts';
import type {Verdict} from './verdict.ts';

/** A sentence in our own words: what did not work, why, and the one thing to do. No codes, no blame. */
export function sentence(verdict: Verdict, phrase: string, appName?: string): string {
  if (isOutcomeOpen(verdict)) {
    const who = appName === undefined ? "We don't know whether we" : `${appName} doesn't know whether it`;
    return `${who} could ${phrase} your car: no clear answer came. Please check your car before you try again.`;
  }
  return `${appName ?? 'We'} couldn't ${phrase} your car${because(verdict, phrase)}`;
}

function because({action, reason, needs, failure, parkedFor}: Verdict, phrase: string): string {
  if (NOT_THE_OWNERS.has(reason)) return '. We are looking into it.';
  // What the call itself ran into before is not what it waits for now.
  const [type = '', code = ''] =
    reason === 'parked' ? (parkedFor ?? '').split(':') : [failure.type, failure.code];
  const known =
    charging(code, phrase) ?? CAUSES.get(`${type}:${code}`) ?? CAUSES.get(code) ?? CAUSES.get(type);
  if (action === 'reauthenticate') {
    if (known !== undefined) return `, because ${known}`;
    return failure.scope === 'permission'
      ? ', because your permission for that is missing. Please connect your car again and allow it.'
      : ', because the connection to it has ended. Please connect it again.';
  }
  if (known !== undefined) return `, because ${known}`;
  if (reason === 'goal-reached') return ', because it already is in that state. There is nothing to do.';
  if (needs === 'owner')
    return ', because it needs your attention. Please check it and the app of its maker.';
  if (needs === 'nobody') return ' right now. Please try again later.';
  return '. We are looking into it.';
}

/** The same state is the goal of one command, and stands in the way of another. */
function charging(code: string, phrase: string): string | undefined {
  if (phrase.startsWith('start')) return undefined;
  return (phrase === 'stop charging' ? STOPPED : IN_THE_WAY).get(code);
}

const IN_THE_WAY: ReadonlyMap<string, string> = new Map([
  ['FULLY_CHARGED', 'it is fully charged. Please try again later.'],
  ['CHARGING_IN_PROGRESS', 'it is charging. Please try again when it has stopped.'],
]);

const STOPPED: ReadonlyMap<string, string> = new Map([
  ['FULLY_CHARGED', 'it is fully charged. There is nothing to do.'],
  ['NOT_CHARGING', 'it is not charging. There is nothing to do.'],
  ['CHARGING_PLUG_NOT_CONNECTED', 'it is not plugged in. There is nothing to do.'],
  ['CHARGING_IN_PROGRESS', 'it goes on charging. Please try again later.'],
]);

/** Whatever the server says of the owner: the mistake is in the call. */
const NOT_THE_OWNERS: ReadonlySet<Reason> = new Set([
  'make-in-capitals',
  'signal-not-found',
  'token-rejected',
]);

const NO_PERMISSION = 'your permission for that is missing. Please connect your car again and allow it.';
const ASLEEP = 'it is asleep. Please try again later, or start it once.';
const NO_SUBSCRIPTION = 'the subscription at its maker does not cover it. Please renew it.';
const LOGIN_CHANGED = 'the login at its maker has changed. Please connect it again.';

/** By `TYPE:CODE`, by code, or by type: what an owner can understand, and do. */
const CAUSES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    // VEHICLE_STATE
    ASLEEP,
    UNREACHABLE: 'it cannot be reached. Please try again when it has better reception.',
    IN_MOTION: 'it is moving. Please try again when it stands still.',
    IGNITION_ON: 'its ignition is on. Please try again when it is off.',
    LOW_BATTERY: 'its battery is low. Please charge or drive it.',
    VEHICLE_OFFLINE_FOR_SERVICE: 'it is in service mode. Please try again later.',
    FULLY_CHARGED: 'it is fully charged. There is nothing to do.',
    CHARGING_IN_PROGRESS: 'it is charging already. There is nothing to do.',
    CHARGING_PLUG_NOT_CONNECTED: 'it is not plugged in. Please plug it in.',
    CHARGING_PLUG_CONNECTED: 'it is plugged in. Please unplug it.',
    NOT_CHARGING: 'it is not charging. Please plug it in and let it charge first.',
    CHARGE_FAULT: 'the charger gives no current. Please check the cable and the charger.',
    DOOR_OPEN: 'a door is open. Please close it.',
    HOOD_OPEN: 'the hood is open. Please close it.',
    TRUNK_OPEN: 'the trunk is open. Please close it.',
    REMOTE_ACCESS_DISABLED: 'remote access is switched off in the car. Please switch it on.',
    // CONNECTED_SERVICES_ACCOUNT
    ACCOUNT_ISSUE: 'something is waiting for you in the app of its maker. Please open it.',
    AUTHENTICATION_FAILED: LOGIN_CHANGED,
    NO_VEHICLES: 'your account at its maker has no car in it. Please add it there, then connect it again.',
    'CONNECTED_SERVICES_ACCOUNT:PERMISSION': 'its maker no longer allows it. Please connect it again.',
    SUBSCRIPTION: NO_SUBSCRIPTION,
    VEHICLE_MISSING: 'it is no longer in your account at its maker. Please add it there.',
    VIRTUAL_KEY_REQUIRED: 'it needs a virtual key. Please add it in the app of its maker.',
    // COMPATIBILITY
    MAKE_NOT_COMPATIBLE: 'its make is not supported.',
    PLATFORM_NOT_CAPABLE: 'its maker has changed how cars are connected. Please connect it again.',
    SMARTCAR_NOT_CAPABLE: 'that is not supported for it yet.',
    VEHICLE_NOT_CAPABLE: 'it does not offer that.',
    PERMISSION: NO_PERMISSION,
    // v1.0
    permission_error: NO_PERMISSION,
    not_capable_error: 'that is not supported for it yet.',
    vehicle_not_capable_error: 'it does not offer that.',
    'vehicle_state_error:VS_006': ASLEEP,
    VOA_000: LOGIN_CHANGED,
    VOA_001: NO_SUBSCRIPTION,
    // Connect's redirects: https://smartcar.com/docs/errors/connect-errors
    access_denied: 'it was not allowed. You can connect it whenever you like.',
    invalid_subscription: NO_SUBSCRIPTION,
    no_vehicles: 'your account at its maker has no car in it. Please add it there first.',
    vehicle_incompatible: 'it is not supported.',
    oem_cancelled_login: 'the login at its maker was cancelled. Please try again.',
    user_cancelled: 'that was cancelled. You can connect it whenever you like.',
    user_manually_returned_to_application: 'that was not finished. Please try again.',
  }),
);
