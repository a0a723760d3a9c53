import {type JsonObject, isObject} from '../json.ts';
import type {Hook} from './hooks.ts';
import {type Content, type Stamp, writePayload} from './payload.ts';

/**
 * The largest payload.
 * @see https://smartcar.com/docs/api-reference/webhooks/delivery-behavior
 */
const mostBytes = 50_000;

/** As long as a real one. */
const anyStamp: Stamp = {
  eventId: '00000000-0000-4000-8000-000000000000',
  deliveryId: '00000000-0000-4000-8000-000000000000',
  deliveredAt: 1_700_000_000_000,
};

/**
 * Cuts an event that is too large into several, each an event of its own: a state by its signals, every trigger with
 * its signal. A signal that alone is too large is left out. Errors can't be cut: none is left when one is too large.
 */
export function fit(hook: Hook, content: Content): Content[] {
  const size = (part: Content) => Buffer.byteLength(writePayload(hook, part, anyStamp));
  if (size(content) <= mostBytes) return [content];
  const {signals, triggers} = content.data;
  if (!Array.isArray(signals) || !Array.isArray(triggers)) return [];

  const first = triggers.filter(trigger => codeOf(trigger) === 'FIRST_DELIVERY');
  const part = (chosen: readonly unknown[]): Content => {
    const codes = new Set(chosen.map(codeOf));
    const data: JsonObject = {
      ...content.data,
      triggers: [...first, ...triggers.filter(trigger => codes.has(codeOf(trigger)))],
      signals: chosen,
    };
    return {...content, data};
  };
  const groups: unknown[][] = [];
  for (const signal of signals as unknown[]) {
    const group = groups.at(-1);
    if (group !== undefined && size(part([...group, signal])) <= mostBytes) group.push(signal);
    else if (size(part([signal])) <= mostBytes) groups.push([signal]);
  }
  return groups.map(part);
}

function codeOf(item: unknown): unknown {
  return isObject(item) ? item['code'] : undefined;
}
