import type {JsonObject} from '../json.ts';
import type {Hook} from './hooks.ts';
import type {Delivery} from './types.ts';

/** What there is to tell, before it is written in the version that a webhook asked for. */
export interface Content {
  readonly eventType: Delivery['eventType'];
  /** Challenges have none. */
  readonly vehicle?: string;
  readonly mode: 'LIVE' | 'TEST';
  readonly data: JsonObject;
}

/** What is new with each delivery, and the event's own id, which isn't. */
export interface Stamp {
  readonly eventId: string;
  readonly deliveryId: string;
  readonly deliveredAt: number;
}

/**
 * Writes the body of a delivery. Of version 2.0 the documentation shows the challenge; its events are assumed to hold
 * in `payload` what 4.0 holds in `data`, with the ids that 4.0 has outside.
 * @see https://smartcar.com/docs/api-reference/webhooks/event-types
 */
export function writePayload({id, settings}: Hook, content: Content, stamp: Stamp): string {
  return JSON.stringify(
    settings.version === '2.0' ? version2(id, content, stamp) : version4(id, content, stamp),
  );
}

function version4(webhookId: string, {eventType, vehicle, mode, data}: Content, stamp: Stamp): unknown {
  const {eventId, deliveryId, deliveredAt} = stamp;
  const {signals} = data;
  return {
    eventId,
    eventType,
    ...(vehicle === undefined ? {} : {vehicleId: vehicle}),
    data,
    meta: {
      version: '4.0',
      deliveryId,
      deliveredAt,
      webhookId,
      ...(Array.isArray(signals) ? {signalCount: signals.length} : {}),
      mode,
    },
  };
}

const olderNames: Readonly<Record<Content['eventType'], string>> = {
  VERIFY: 'verify',
  VEHICLE_ERROR: 'vehicleError',
  VEHICLE_STATE: 'vehicleState',
};

function version2(webhookId: string, {eventType, vehicle, mode, data}: Content, stamp: Stamp): unknown {
  const head = {version: '2.0', webhookId, eventName: olderNames[eventType]};
  if (eventType === 'VERIFY') return {...head, payload: data};
  return {...head, mode: mode.toLowerCase(), payload: {...stamp, vehicleId: vehicle, ...data}};
}
