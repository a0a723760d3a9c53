import {render, signalError, v2Error} from '../errors/envelopes.ts';
import type {Call, Fault, Outcome} from '../http/answer.ts';
import {isFault} from '../http/answer.ts';
import {type JsonObject, isObject, member} from '../json.ts';
import type {ErrorReply, PartialReply} from './replies.ts';

/** What it takes to write a failure into an answer. */
export interface Part {
  readonly call: Call;
  /** Completes a scripted error with what the simulator knows about the request. */
  fault(reply: ErrorReply): Fault;
}

/**
 * Puts failures inside the usual answer. Known by their looks are a batch, a list of signals and a single signal; any
 * other answer, a failed one above all, stays as it is. So does what the answer holds and the reply doesn't name.
 */
export function withFailures(usual: Outcome, reply: PartialReply, part: Part): Outcome {
  if (isFault(usual)) return usual;
  const body = bodyWith(usual.body, reply, part);
  return body === undefined ? usual : {...usual, body};
}

function bodyWith(body: unknown, reply: PartialReply, part: Part): unknown {
  if (!isObject(body)) return undefined;
  const {responses, data} = body;
  const failures = reply.partial === 'empty' ? [] : Object.entries(reply.partial);
  if (Array.isArray(responses)) {
    const byPath = new Map(failures.map(([path, error]) => [pathKey(path), error]));
    return {...body, responses: responses.map(item => batchItem(item, byPath, reply, part))};
  }
  const byCode = new Map(failures);
  if (isSignal(data)) return {...body, data: signal(data, byCode, part)};
  if (!Array.isArray(data) || !data.every(isSignal)) return undefined;
  return reply.partial === 'empty'
    ? emptied(body)
    : {...body, data: data.map(item => signal(item, byCode, part))};
}

/** `/odometer`, `odometer` and `odometer/` are one path. */
function pathKey(path: string): string {
  return path.replace(/^\//, '').replace(/(?<=.)\/$/, '');
}

function batchItem(
  item: unknown,
  failures: ReadonlyMap<string, ErrorReply>,
  {itemHeaders}: PartialReply,
  part: Part,
): unknown {
  if (!isObject(item)) return item;
  const error = failures.get(pathKey(String(item['path'])));
  const answer = error === undefined ? item : failedItem(item, part.fault(error), part.call);
  if (itemHeaders === undefined || !(Number(answer['code']) >= 400)) return answer;
  const {headers, ...bare} = answer;
  return itemHeaders === 'omit' ? bare : {...bare, headers: inCapitals(headers)};
}

function failedItem({path}: JsonObject, fault: Fault, call: Call): JsonObject {
  const {status, headers} = render(fault, call);
  // A number stays one: the real API has been seen to send both.
  const told = typeof fault.retryAfter === 'number' ? {'retry-after': fault.retryAfter} : {};
  return {
    path,
    code: status,
    body: v2Error(fault, call.requestId),
    headers: {...headers, ...told, ...fault.headers},
  };
}

function inCapitals(headers: unknown): JsonObject {
  const entries = isObject(headers) ? Object.entries(headers) : [];
  return Object.fromEntries(entries.map(([name, value]) => [name.toUpperCase(), value]));
}

function isSignal(value: unknown): value is JsonObject {
  return member(value, 'type') === 'signal' && isObject(member(value, 'attributes'));
}

function signal(item: JsonObject, failures: ReadonlyMap<string, ErrorReply>, part: Part): JsonObject {
  const {attributes} = item;
  const error = failures.get(String(member(attributes, 'code')));
  if (error === undefined || !isObject(attributes)) return item;
  const status = {value: 'ERROR', error: signalError(part.fault(error))};
  return {...item, attributes: {...attributes, status, body: null}};
}

/** As before the first data of a car. */
function emptied(body: JsonObject): JsonObject {
  const {meta, links} = body;
  return {
    ...body,
    data: [],
    ...(isObject(meta) ? {meta: {...meta, totalCount: 0}} : {}),
    ...(isObject(links) ? {links: {...links, next: null}} : {}),
  };
}
