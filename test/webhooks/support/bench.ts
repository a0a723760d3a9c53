import {createHmac} from 'node:crypto';
import type {WebhookReceived, WebhookRejected} from '../../../src/core/webhook-event.ts';
import {memoryMarks} from '../../../src/stores/memory-records.ts';
import {manualClock, type ManualClock} from '../../../src/testing/manual-clock.ts';
import {webhookHandler, type WebhookSettings} from '../../../src/webhooks/handle.ts';

export const TOKEN = 'application-management-token';
export const VEHICLE = '36ab27d0-fd9d-4455-823a-ce30af709ffc';
export const OWNER = '2dad4eaf-9094-4bff-bb0f-ffbbdde8b562';

/** A handler with everything it does written down. */
export interface Bench {
  readonly handle: (request: Request) => Promise<Response>;
  readonly clock: ManualClock;
  readonly reactions: (readonly [eventId: string, user: string | undefined])[];
  readonly accepted: WebhookReceived[];
  readonly rejected: WebhookRejected[];
}

export function bench(settings: Partial<WebhookSettings> = {}): Bench {
  const clock = manualClock(NOON);
  const reactions: (readonly [string, string | undefined])[] = [];
  const accepted: WebhookReceived[] = [];
  const rejected: WebhookRejected[] = [];
  const handle = webhookHandler({
    applicationManagementToken: TOKEN,
    marks: memoryMarks(),
    clock,
    react: ({eventId}, user) => reactions.push([eventId, user]),
    emit(event: string, payload: WebhookReceived | WebhookRejected) {
      if (event === 'webhook') accepted.push(payload as WebhookReceived);
      else rejected.push(payload as WebhookRejected);
    },
    ...settings,
  });
  return {handle, clock, reactions, accepted, rejected};
}

export const NOON: number = Date.UTC(2026, 5, 1, 12);

export function hmac(text: string, key: string = TOKEN): string {
  return createHmac('sha256', key).update(text).digest('hex');
}

/** A request with a body that is signed as it stands, unless the test says otherwise. */
export function post(body: unknown, signature?: string | null): Request {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const sent = signature === undefined ? hmac(text) : signature;
  return new Request('https://product.example/webhooks', {
    method: 'POST',
    headers: {'content-type': 'application/json', ...(sent !== null && {'SC-Signature': sent})},
    body: text,
  });
}

/** A `VEHICLE_ERROR` about one car of one owner; `over` lies over the whole of it. */
export function errorEvent(error: object = {}, over: object = {}): Record<string, unknown> {
  return {
    eventId: 'event-1',
    eventType: 'VEHICLE_ERROR',
    vehicleId: VEHICLE,
    data: {
      user: {id: OWNER},
      vehicle: {id: VEHICLE, make: 'TESLA', model: 'Model 3', year: 2023},
      errors: [{type: 'VEHICLE_STATE', code: 'ASLEEP', state: 'ERROR', resolution: {type: null}, ...error}],
    },
    meta: {version: '4.0', deliveryId: 'delivery-1', deliveredAt: NOON, webhookId: 'hook', mode: 'LIVE'},
    ...over,
  };
}

export const verifyEvent = (challenge: unknown): Record<string, unknown> => ({
  eventId: 'event-0',
  eventType: 'VERIFY',
  data: {challenge},
  meta: {version: '4.0', deliveryId: 'delivery-0', deliveredAt: NOON, mode: 'LIVE'},
});
