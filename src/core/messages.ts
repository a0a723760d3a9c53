import type {Endpoint} from './endpoints.ts';
import type {Action, Failure, Needs} from './failure.ts';
import {REASONS, type Reason} from './reasons.ts';

/** What a message is made of. */
export interface Verdict {
  readonly action: Action;
  readonly reason: Reason;
  readonly needs: Needs;
  readonly failure: Failure;
  readonly endpoint?: Endpoint;
}

/** A sentence for the owner of the car: what did not work, why, and the one thing to do. */
export function userMessage(verdict: Verdict): string {
  return `We couldn't ${target(verdict.endpoint)}${because(verdict)}`;
}

function target(endpoint: Endpoint | undefined): string {
  return endpoint ? `${endpoint.phrase} your car` : 'reach your car';
}

function because({action, reason, needs, failure}: Verdict): string {
  if (action === 'reauthenticate' || reason === 'parked') {
    return failure.scope === 'permission' || failure.type === 'PERMISSION'
      ? ', because we do not have your permission for that. Please connect your car again and allow it.'
      : ', because the connection to it has ended. Please connect it again.';
  }
  if (reason === 'outcome-unknown')
    return ' for certain: no answer came. Please check your car before you try again.';
  if (reason === 'goal-reached') return ', because it already is in that state. There is nothing to do.';
  const state = OWNER_ADVICE.get(failure.code ?? '');
  if (state !== undefined) return `, because ${state}`;
  if (needs === 'owner')
    return ', because it needs your attention. Please check it and the app of its maker.';
  if (needs === 'nobody') return ' right now. Please try again later.';
  return '. We are looking into it.';
}

const OWNER_ADVICE: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ASLEEP: 'it is asleep. Please try again later, or start it once.',
    UNREACHABLE: 'it cannot be reached. Please try again when it has better reception.',
    IN_MOTION: 'it is moving. Please try again when it stands still.',
    IGNITION_ON: 'its ignition is on. Please try again when it is off.',
    LOW_BATTERY: 'its battery is low. Please charge or drive it.',
    VEHICLE_OFFLINE_FOR_SERVICE: 'it is in service mode. Please try again later.',
    CHARGING_PLUG_NOT_CONNECTED: 'it is not plugged in. Please plug it in.',
    CHARGING_PLUG_CONNECTED: 'it is plugged in. Please unplug it.',
    NOT_CHARGING: 'it is not charging.',
    CHARGE_FAULT: 'the charger gives no current. Please check the cable and the charger.',
    DOOR_OPEN: 'a door is open. Please close it.',
    HOOD_OPEN: 'the hood is open. Please close it.',
    TRUNK_OPEN: 'the trunk is open. Please close it.',
    REMOTE_ACCESS_DISABLED: 'remote access is switched off in the car. Please switch it on.',
    VIRTUAL_KEY_REQUIRED: 'it needs our virtual key. Please add it in the app of its maker.',
    SUBSCRIPTION: 'the subscription at its maker does not cover it. Please renew it.',
    ACCOUNT_ISSUE: 'something is waiting for you in the app of its maker. Please open it.',
    VEHICLE_MISSING: 'it is no longer in your account at its maker. Please add it there.',
  }),
);

/** For the developer: why it was decided so, and what to quote to support. */
export function hints({reason, failure, needs}: Verdict): readonly string[] {
  const lines: string[] = [REASONS[reason]];
  if (failure.description !== undefined) {
    lines.push(
      failure.status === undefined
        ? `It says: ${failure.description}`
        : `Smartcar says: ${failure.description}`,
    );
  }
  if (needs === 'support' && failure.requestId !== undefined) {
    lines.push(`Quote request ${failure.requestId} to Smartcar's support.`);
  }
  return lines;
}
