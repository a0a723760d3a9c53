import type {Evidence} from '../core/evidence/evidence.ts';
import {readEvidence} from '../core/evidence/read.ts';
import {compact, get, isObject, word} from '../core/evidence/safe.ts';
import {takeApart} from '../core/parts.ts';
import type {WebhookError, WebhookEvent, WebhookSignal} from '../core/webhook-event.ts';

/** What the handler itself needs of a body: is it a question, and is it meant? */
export interface Envelope {
  readonly event: WebhookEvent;
  /** Of `VERIFY`: whatever stands in the challenge's place. */
  readonly challenge?: unknown;
  /** `meta.mode` is `TEST`: nothing has happened to any car. */
  readonly test: boolean;
}

/**
 * Reads the parsed body of a delivery, 4.0 or 2.0. Never throws, whatever JSON it is given; `undefined` for what is no
 * object. `fallbackId` stands in for an `eventId` that is missing.
 */
export function readDelivery(body: unknown, fallbackId: string): Envelope | undefined {
  if (!isObject(body) || Array.isArray(body)) return undefined;
  const meta = get(body, 'meta');
  // 2.0 has in `payload` what 4.0 has in `data`, and there what 4.0 has beside it.
  const data = get(body, 'data') ?? get(body, 'payload');
  const vehicle = get(data, 'vehicle');
  const type = typeOf(body);
  const event = compact<WebhookEvent>({
    eventId: word(body, 'eventId') ?? word(data, 'eventId') ?? fallbackId,
    type,
    vehicle: word(body, 'vehicleId') ?? word(data, 'vehicleId') ?? word(vehicle, 'id'),
    smartcarUser: word(get(data, 'user'), 'id') ?? word(data, 'userId'),
    make: word(vehicle, 'make'),
    deliveredAt: time(get(meta, 'deliveredAt')) ?? time(get(data, 'deliveredAt')),
    errors: listAt(data, 'errors').flatMap(readError),
    signals: listAt(data, 'signals').map(readSignal),
    raw: body,
  });
  const mode = word(meta, 'mode') ?? word(body, 'mode');
  return {
    event,
    ...(type === 'VERIFY' && {challenge: get(data, 'challenge')}),
    test: mode?.toUpperCase() === 'TEST',
  };
}

/** An error as the core decides about it. */
export function evidenceOf({state: _state, signals: _signals, ...told}: WebhookError): Evidence {
  return {api: 'webhook-4.0', ...told};
}

/** 2.0 says `vehicleError` for `VEHICLE_ERROR`. */
function typeOf(body: unknown): string {
  const name = word(body, 'eventType') ?? word(body, 'eventName') ?? 'UNKNOWN';
  return name.replace(/([a-z])([A-Z])/g, '$1_$2').toUpperCase();
}

/** The core reads no error that is over, since there is nothing to decide: it is shown each as if it were not. */
function readError(entry: unknown): readonly WebhookError[] {
  if (!isObject(entry)) return [];
  const [found] = readEvidence({data: {errors: [{...entry, state: 'ERROR'}]}});
  if (!found) return [];
  return [
    compact<WebhookError>({
      type: found.type,
      code: found.code,
      state: get(entry, 'state') === 'RESOLVED' ? 'RESOLVED' : 'ERROR',
      status: found.status,
      resolution: found.resolution,
      requestId: found.requestId,
      description: found.description,
      suggestedUserMessage: found.suggestedUserMessage,
      signals: listAt(entry, 'signals').flatMap(codeOf),
    }),
  ];
}

/** Objects with a code, or the codes alone. */
function codeOf(signal: unknown): readonly string[] {
  const code = word({code: signal}, 'code') ?? word(signal, 'code');
  return code === undefined ? [] : [code];
}

function readSignal(signal: unknown): WebhookSignal {
  const [part] =
    takeApart('signals', {data: [isObject(signal) ? {...signal, type: 'signal'} : signal]}) ?? [];
  const meta = get(signal, 'meta');
  return compact<WebhookSignal>({
    code: part?.named === true ? part.name : undefined,
    state: part?.state ?? 'failed',
    // One page of the documentation has this name, another that one.
    fetchedAt: time(get(meta, 'retrievedAt')) ?? time(get(meta, 'fetchedAt')),
  });
}

function listAt(from: unknown, key: string): readonly unknown[] {
  const value = get(from, key);
  return Array.isArray(value) ? value : [];
}

/** The latest time that a `Date` can hold; and what is below the other bound is seconds. */
const LATEST_MS = 8.64e15;
const SECONDS_BELOW = 1e11;

/** Epoch ms, or seconds as some examples have it; also as a text. */
function time(value: unknown): number | undefined {
  if (typeof value === 'string') return time(/^\d+$/.test(value) ? Number(value) : Date.parse(value));
  if (typeof value !== 'number' || !(value > 0 && value <= LATEST_MS)) return undefined;
  return value < SECONDS_BELOW ? value * 1_000 : value;
}
