import {readBody, statusOnly} from './bodies.ts';
import {readError} from './errors.ts';
import type {Evidence, ReadContext} from './evidence.ts';
import {compact, get, isObject, parsed, status} from './safe.ts';

export type {Evidence, ReadContext} from './evidence.ts';

/**
 * Reads anything into evidence: an error, a parsed body, the text of one, something that looks like a `Response`
 * (status and headers only, since a body can't be read without waiting). Never throws, whatever it is given.
 * Nothing found is an empty list.
 */
export function readEvidence(subject: unknown, context: ReadContext = {}): readonly Evidence[] {
  try {
    return read(subject, context);
  } catch {
    // A proxy can still throw where plain reads are safe; such a thing tells nothing.
    return context.status === undefined ? [] : [statusOnly(context)];
  }
}

function read(subject: unknown, context: ReadContext): readonly Evidence[] {
  const value = parsed(subject);
  if (isResponseLike(value)) {
    return [
      statusOnly(
        compact({status: status(value, 'status'), headers: get(value, 'headers'), api: context.api}),
      ),
    ];
  }
  const found = isErrorLike(value) ? readError(value, context) : readBody(value, context);
  if (found.length > 0) return found;
  const fallback = isErrorLike(value) ? [] : readError(value, context);
  if (fallback.length > 0) return fallback;
  return context.status === undefined ? [] : [statusOnly(context)];
}

function isErrorLike(value: unknown): boolean {
  return value instanceof Error || (isObject(value) && typeof get(value, 'stack') === 'string');
}

export function isResponseLike(value: unknown): boolean {
  return (
    isObject(value) &&
    typeof get(value, 'status') === 'number' &&
    typeof get(value, 'clone') === 'function' &&
    typeof get(get(value, 'headers'), 'get') === 'function'
  );
}
