import {aboutOf, isV3} from './about.ts';
import type {Hint, HintFacts} from './facts.ts';
import {meant} from './likeness.ts';
import {lastOf, parametersOf, type Parameter} from './parameters.ts';
import {ended, listed, quoted} from './wording.ts';

const operationOf = ({request, operation}: HintFacts): string | undefined => request?.operation ?? operation;

const MOST_PROBLEMS = 3;

/** The fields that the server refuses, each with what it has to be where that is known. */
export const refusedFields: Hint = facts => {
  const {detail = []} = facts.failure;
  const known = parametersOf(operationOf(facts));
  return detail.slice(0, MOST_PROBLEMS).map(({field, message}) => {
    const parameter = find(known, field);
    // Where the body was looked at, that says it of the body.
    const other = parameter || facts.sent?.fields ? undefined : near(facts, field, known);
    const said = message === '' ? 'it is refused' : message;
    const takes = parameter ? ` It has to be ${parameter.takes}.` : '';
    const instead = other ? ` ${quoted(other.name)} is meant, perhaps.` : '';
    return `${field === '' ? 'A parameter' : quoted(field)}: ${ended(said)}${takes}${instead}`;
  });
};

/** What the body holds against what the command takes. */
export const parameters: Hint = facts => {
  const {sent} = facts;
  const known = parametersOf(operationOf(facts));
  if (aboutOf(facts) !== 'VALIDATION' || !sent || known.length === 0 || sent.method === 'GET') return [];
  const takes = known.map(({name, takes: what}) => `${quoted(name)} (${what})`).join(' and ');
  if (sent.body === 'none') return [`The request has no body, and this command takes ${takes}.`];
  if (!sent.fields || sent.body !== 'json') return [];
  const {fields} = sent;
  const strangers = fields.filter(
    field => !known.some(({name}) => name === field || name.startsWith(`${field}.`)),
  );
  const advice = strangers.flatMap(field => stranger(facts, field, known));
  const missing = known.filter(
    ({name}) => !fields.includes(name) && !advice.some(line => line.includes(quoted(name))),
  );
  return missing.length > 0
    ? [...advice, `The body lacks ${listed(missing.map(({name}) => name))}: this command takes ${takes}.`]
    : advice;
};

function stranger(facts: HintFacts, field: string, known: readonly Parameter[]): readonly string[] {
  const same = find(known, field);
  if (same) return [`${quoted(field)} stands in the wrong place of the body: ${quoted(same.name)} is read.`];
  const other = near(facts, field, known);
  return other ? [`The body has ${quoted(field)}, where ${quoted(other.name)} is meant.`] : [];
}

const find = (known: readonly Parameter[], field: string): Parameter | undefined =>
  known.find(({name}) => lastOf(name) === lastOf(field));

function near({nearest}: HintFacts, field: string, known: readonly Parameter[]): Parameter | undefined {
  const names = known.map(({name}) => lastOf(name));
  const name = meant(lastOf(field), names, nearest);
  return known.find(parameter => lastOf(parameter.name) === name);
}

/** Content type and body against the method. */
export const content: Hint = facts => {
  const {sent} = facts;
  if (aboutOf(facts) !== 'VALIDATION' || !sent) return [];
  const {method, body, contentType = ''} = sent;
  const isJson = /\bjson\b/i.test(contentType);
  if (method === 'GET' || method === 'HEAD' || method === 'DELETE') {
    return body !== 'none' && body !== undefined
      ? [`A ${method} takes no body, and one was sent: its parameters stand in the path and the query.`]
      : [];
  }
  if (body === 'form')
    return ['The body is a form; the vehicle API takes JSON, with `content-type: application/json`.'];
  if (body === 'other')
    return ['The body is a text that is no JSON: pass an object through `JSON.stringify`, once.'];
  if (body === undefined || body === 'none' || isJson) return [];
  return contentType === ''
    ? ['The body has no `content-type` (fetch then says `text/plain`): send `application/json`.']
    : [`The content type is ${quoted(contentType)}; the vehicle API takes \`application/json\`.`];
};

/** Methods of the official SDK that call v3 without the header. */
const WITHOUT_USER: ReadonlySet<string> = new Set(['getSignals', 'getSignal', 'getVehicle']);

/** v3 without `sc-user-id`. */
export const userHeader: Hint = facts => {
  const {failure, sent, auth, operation = ''} = facts;
  const about = aboutOf(facts);
  if (about !== 'VALIDATION' && about !== 'ACCESS_DENIED') return [];
  const value = 'its value is the `user_id` of the Connect redirect';
  if (WITHOUT_USER.has(operation)) {
    return [`The official SDK's \`${operation}\` sends no \`sc-user-id\`: add the header; ${value}.`];
  }
  const sentWithout = sent?.hasUserId === false && auth?.byPolicy !== true && isV3(facts);
  if (sentWithout) return [`The header \`sc-user-id\` was not sent, and v3 needs it: ${value}.`];
  return failure.code === 'MISSING_PARAMETER' && !sent
    ? [`v3 answers so where the header \`sc-user-id\` is missing; ${value}.`]
    : [];
};
