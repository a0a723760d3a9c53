import type {Call} from './answer.ts';

/** A body that came as JSON and said so, or what is wrong with it. */
export type JsonBody = {readonly value: unknown} | {readonly complaint: string};

const jsonType = /^application\/(?:[^;\s]+\+)?json\s*(?:;|$)/i;

/** `application/json` and its kin, such as `application/vnd.api+json`; a body without any type is taken at its word. */
export function jsonBodyOf(call: Call): JsonBody {
  const type = call.headers['content-type'];
  if (call.body.kind === 'empty') return {complaint: 'The body is missing; it has to be JSON.'};
  if (type !== undefined && !jsonType.test(type)) {
    return {complaint: `The content type has to be application/json, got ${type.slice(0, 100)}.`};
  }
  if (call.body.kind !== 'json') return {complaint: 'The body has to be JSON.'};
  return {value: call.body.value};
}
