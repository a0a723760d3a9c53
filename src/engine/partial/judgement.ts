import {DEFAULT_BACKOFF} from '../../core/backoff.ts';
import {decide, FRESH_CALL, type Decision} from '../../core/decide.ts';
import type {RequestFacts} from '../../core/endpoints.ts';
import type {Evidence} from '../../core/evidence/evidence.ts';
import {hints} from '../../core/hints/hints.ts';
import {userMessage} from '../../core/messages/user-message.ts';
import type {Voice} from '../../core/messages/verdict.ts';
import type {FoundPart, PartsKind} from '../../core/parts.ts';
import type {Part, PartExplanation} from './parts.ts';
import {requestOf} from './place.ts';

/** What is known besides the answer itself. */
export interface Surroundings {
  readonly kind: PartsKind;
  readonly url: URL | undefined;
  readonly now: () => number;
  readonly random: () => number;
  /** How messages for owners are worded. */
  readonly voice: Voice;
  /** What a policy has said about a response or an error. */
  readonly explained: (subject: unknown) => PartExplanation | undefined;
}

export function judgePart(by: Surroundings, found: FoundPart): Part {
  const {name, state, status, body, evidence} = found;
  const known = {name, ...(status !== undefined && {status})};
  if (state === 'ok') return Object.freeze({...known, state, body});
  if (state === 'unavailable') return Object.freeze({...known, state});
  // Its token was good enough for the answer around it: another one changes nothing.
  return Object.freeze({...known, state, ...explanationOf(by, name, evidence, false)});
}

/** What the defaults make of a failure, for one part. `refreshable`: whether another token may help. */
export function explanationOf(
  {kind, url, now, random, voice}: Surroundings,
  name: string,
  evidence: readonly Evidence[],
  refreshable: boolean,
): PartExplanation {
  const request = requestOf(kind, name, url);
  const at = now();
  const {vehicle} = request;
  const state = {...FRESH_CALL, refreshable, request, ...(vehicle !== undefined && {vehicle})};
  return inWords(decide(evidence, state, DEFAULT_BACKOFF, {now: at, dice: random()}), request, at, voice);
}

function inWords(decision: Decision, request: RequestFacts, now: number, voice: Voice): PartExplanation {
  const {action, reason, needs, failure, retryAt, docUrl} = decision;
  const {endpoint, operation, vehicle} = request;
  const known = {action, reason, needs, failure, ...(retryAt !== undefined && {retryAt})};
  const place = {...(endpoint && {endpoint})};
  return {
    ...known,
    userMessage: userMessage({...known, ...place}, voice),
    hints: hints({
      ...known,
      ...place,
      now,
      operation,
      request,
      ...(vehicle !== undefined && {vehicle}),
      nearest: () => undefined,
    }),
    ...(docUrl !== undefined && {docUrl}),
  };
}
