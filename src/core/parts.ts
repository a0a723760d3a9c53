import type {Evidence} from './evidence/evidence.ts';
import {readEvidence} from './evidence/read.ts';
import {get, isObject, status} from './evidence/safe.ts';

/** Two answers of Smartcar are made of parts that fail each on their own: v2's batch and v3's signals. */
export type PartsKind = 'batch' | 'signals';

/** One part as it was found; nothing is judged yet. */
export interface FoundPart {
  /** A batch path such as `/odometer`, or a signal code. Where the part has none, its place: `responses[2]`. */
  readonly name: string;
  /** Whether the name is the part's own: only then can the part be asked for. */
  readonly named: boolean;
  /** `unavailable`: neither a value nor an error; there is no data. */
  readonly state: 'ok' | 'failed' | 'unavailable';
  /** Of a batch item; a signal has none. */
  readonly status?: number;
  /** The value of a part that is ok. */
  readonly body?: unknown;
  /** The part as it came. */
  readonly raw: unknown;
  /** What a part that failed says. Nothing where it doesn't say why. */
  readonly evidence: readonly Evidence[];
}

/**
 * Takes a parsed body apart. `undefined` for a body that is no such answer; whatever stands inside one is a part,
 * however strange, so that none gets lost.
 */
export function takeApart(kind: PartsKind, body: unknown): readonly FoundPart[] | undefined {
  if (kind === 'batch') return elements(get(body, 'responses'))?.map(batchItem);
  const data = get(body, 'data');
  if (isSignal(data)) return [signal(data, 'data')];
  const signals = elements(data);
  // A collection of something else (cars, connections) has the same envelope.
  if (!signals?.every(one => isSignal(one) || get(one, 'type') === undefined)) return undefined;
  return signals.map((one, index) => signal(one, `data[${index}]`));
}

/** The body with other parts in the place of its own, in the same order. */
export function putTogether(kind: PartsKind, body: unknown, parts: readonly unknown[]): unknown {
  const around = isObject(body) ? body : {};
  if (kind === 'batch') return {...around, responses: parts};
  return {...around, data: elements(around['data']) ? parts : parts[0]};
}

function batchItem(item: unknown, index: number): FoundPart {
  const own = status(item, 'code');
  const known = {
    ...nameOf(get(item, 'path'), `responses[${index}]`),
    raw: item,
    ...(own !== undefined && {status: own}),
  };
  if (own !== undefined && own >= 200 && own < 300)
    return {...known, state: 'ok', body: get(item, 'body'), evidence: []};
  return {...known, state: 'failed', evidence: readEvidence({responses: [item]})};
}

function signal(one: unknown, place: string): FoundPart {
  const attributes = get(one, 'attributes') ?? one;
  const known = {...nameOf(get(attributes, 'code') ?? get(one, 'id'), place), raw: one};
  const body = get(attributes, 'body');
  const state = get(attributes, 'status');
  const said = isObject(state) ? get(state, 'value') : state;
  if (said === 'ERROR' || !isObject(one))
    return {...known, state: 'failed', evidence: readEvidence({data: [one]})};
  // The words are an open set, and a webhook has none: what holds a value is ok.
  if (said === 'UNAVAILABLE' || body === null || body === undefined)
    return {...known, state: 'unavailable', evidence: []};
  return {...known, state: 'ok', body, evidence: []};
}

function isSignal(value: unknown): boolean {
  const type = get(value, 'type');
  return type === 'signal' || (type === undefined && isObject(get(value, 'attributes')));
}

function nameOf(own: unknown, place: string): Pick<FoundPart, 'name' | 'named'> {
  return typeof own === 'string' && own !== '' ? {name: own, named: true} : {name: place, named: false};
}

/** More than this is no answer of Smartcar's. */
const MOST_PARTS = 10_000;

function elements(value: unknown): readonly unknown[] | undefined {
  try {
    return Array.isArray(value) && value.length <= MOST_PARTS ? Array.from<unknown>(value) : undefined;
  } catch {
    return undefined;
  }
}
