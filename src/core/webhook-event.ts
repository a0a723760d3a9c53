import type {Resolution} from './failure.ts';

/**
 * An event of Smartcar's webhooks, in one form for payloads 4.0 and 2.0. Events come at least once and in no order.
 *
 * Source: https://smartcar.com/docs/api-reference/webhooks/event-types
 */
export interface WebhookEvent {
  /** Stays the same however often the event is delivered. */
  readonly eventId: string;
  /** `VEHICLE_ERROR`, `VEHICLE_STATE`; an open set. Names of 2.0 are written the same way. */
  readonly type: string;
  /** Smartcar's vehicle id. */
  readonly vehicle?: string;
  /** Smartcar's user id: v3's `sc-user-id`, which with v2 is not the key of your store. */
  readonly smartcarUser?: string;
  readonly make?: string;
  /** When this delivery was sent, in epoch ms: later than the event. */
  readonly deliveredAt?: number;
  /** Of a `VEHICLE_ERROR`. */
  readonly errors: readonly WebhookError[];
  /** Of a `VEHICLE_STATE`. */
  readonly signals: readonly WebhookSignal[];
  /** The body as it came, parsed. */
  readonly raw: unknown;
}

/**
 * One error of a `VEHICLE_ERROR`.
 *
 * Source: https://smartcar.com/docs/api-reference/webhooks/events/vehicle-error
 */
export interface WebhookError {
  readonly type?: string;
  readonly code?: string;
  /** `ERROR` opens, `RESOLVED` ends. An older shape has no state: that is an `ERROR`. */
  readonly state: 'ERROR' | 'RESOLVED';
  readonly status?: number;
  readonly resolution?: Resolution;
  readonly requestId?: string;
  readonly description?: string;
  /** May hold placeholders such as `<app name>`: not to be shown as it is. */
  readonly suggestedUserMessage?: string;
  /** Codes of the signals that are affected. */
  readonly signals: readonly string[];
}

/**
 * One signal of a `VEHICLE_STATE`; its value stands in `raw`.
 *
 * Source: https://smartcar.com/docs/api-reference/webhooks/events/vehicle-state
 */
export interface WebhookSignal {
  /** `odometer-traveleddistance`, say. */
  readonly code?: string;
  /** `unavailable`: neither a value nor an error. */
  readonly state: 'ok' | 'failed' | 'unavailable';
  /** When Smartcar fetched it, in epoch ms. */
  readonly fetchedAt?: number;
}

/** An event that was accepted: what it asks of the policy has been done, or is being done. */
export interface WebhookReceived extends WebhookEvent {
  /** The key of your store that its owner has, where that is known. */
  readonly user?: string;
}

/**
 * A delivery that was not accepted, for developers. Nothing of its body stands in it: what is not signed can be
 * anybody's.
 */
export interface WebhookRejected {
  /** Which check it failed. */
  readonly why: WebhookRefusal;
  /** The status that was answered: 200 with `failed-late`. */
  readonly status: number;
  /** A sentence: what came, and what to look at. */
  readonly message: string;
  /** Of what was signed. */
  readonly eventId?: string;
}

/** Why a delivery was not accepted. */
export type WebhookRefusal =
  | 'method'
  | 'too-large'
  | 'unreadable'
  | 'unsigned'
  | 'signature'
  | 'challenge'
  | 'not-json'
  | 'stale'
  | 'failed'
  | 'failed-late';
