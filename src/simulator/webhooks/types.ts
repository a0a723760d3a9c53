/** What Smartcar tells webhooks about. */
export type WebhookEventType = 'VEHICLE_ERROR' | 'VEHICLE_STATE';

/** A webhook to set up. */
export interface WebhookSpec {
  /** Where deliveries go: http or https. */
  readonly url: string;
  /** @default both */
  readonly events?: readonly WebhookEventType[];
  /** Ids of the cars it is subscribed to. @default every car, also those added later */
  readonly vehicles?: readonly string[];
  /**
   * The version of the payload. 2.0 has `eventName` (`verify`, `vehicleError`, `vehicleState`) and, in `payload`, what
   * 4.0 has in `data`.
   * @default '4.0'
   */
  readonly version?: '4.0' | '2.0';
  /** Whether the URL has to pass the challenge first. @default true */
  readonly verify?: boolean;
  /** Share of events, from 0 to 1, that are delivered twice. @default 0 */
  readonly duplicates?: number;
  /** Up to so many ms, drawn for each event, lie between an event and its first delivery. @default 0 */
  readonly disorderMs?: number;
}

/** A webhook that has been set up. */
export interface Webhook extends Required<Omit<WebhookSpec, 'vehicles'>> {
  readonly id: string;
  /** Undefined: every car. */
  readonly vehicles: readonly string[] | undefined;
}

/** An error to tell webhooks about. */
export interface ErrorEvent {
  readonly vehicle: string;
  /** `TYPE:CODE`, or `TYPE` for a code of null. */
  readonly error: string;
  /** @default 'ERROR' */
  readonly state?: 'ERROR' | 'RESOLVED';
  /** Codes of the signals that are concerned. @default none are named */
  readonly signals?: readonly string[];
  /** Lies over the table's: any shape, or `'omit'`. */
  readonly resolution?: unknown;
  /** `meta.mode`. @default 'LIVE' */
  readonly mode?: 'LIVE' | 'TEST';
}

/**
 * New data of a car to tell webhooks about. The trigger of a car's first one is FIRST_DELIVERY. What would be larger
 * than 50 kB comes as several events that share the signals.
 */
export interface StateEvent {
  readonly vehicle: string;
  /** Codes of the signals to send, which are also its triggers. @default every signal */
  readonly signals?: readonly string[];
  /** @default 'LIVE' */
  readonly mode?: 'LIVE' | 'TEST';
}

/** One request to a webhook, and what came of it. */
export interface Delivery {
  readonly webhook: string;
  /** Stays the same across retries, duplicates and copies. */
  readonly eventId: string;
  readonly deliveryId: string;
  readonly eventType: WebhookEventType | 'VERIFY';
  readonly vehicle?: string;
  /** From 1. */
  readonly attempt: number;
  /** Epoch ms, on the simulator's clock. */
  readonly at: number;
  /**
   * The HTTP status; `failed` without an answer, `late` after 15 s of the simulator's time without one, undefined while
   * it is under way.
   */
  readonly status: number | 'failed' | 'late' | undefined;
}

/**
 * Webhooks of the application. Everything is signed with the application management token. What happens to connected
 * cars is told by itself: lost and restored logins and permissions, faults that come and go, signals that change.
 * Whatever is not answered with 2xx comes again after 25, 50 and 100 s. Of more than 10 000 deliveries that wait, the
 * oldest are dropped.
 */
export interface Webhooks {
  /** Sets one up; rejects when the URL does not pass the challenge. */
  add(spec: WebhookSpec): Promise<Webhook>;
  /** Its retries end with it. Throws for an unknown id. */
  remove(id: string): void;
  list(): Webhook[];
  /** Sends an event to every webhook that wants it, connected car or not; returns its id. */
  send(event: ErrorEvent | StateEvent): string;
  /** Keeps events back until `release`. Neither duplicates nor disorder befall them then. */
  hold(): void;
  /**
   * Sends what was kept back, one after the other: each leaves when the one before was answered, or has failed.
   * Throws, and keeps them, where events times copies come to more than 10 000.
   * @default in the order of the events, once each
   */
  release(how?: {readonly order?: 'as-sent' | 'reversed' | 'shuffled'; readonly copies?: number}): void;
  /** The last 10 000 deliveries, oldest first. The array is live. */
  readonly deliveries: readonly Delivery[];
  /** Resolves once nothing is under way or waits for a retry. What is held back does not count. */
  idle(): Promise<void>;
}
