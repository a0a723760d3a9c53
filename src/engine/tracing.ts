import {readEvidence, type Evidence} from '../core/evidence/read.ts';
import type {RequestFacts} from '../core/endpoints.ts';
import {compact, status, word} from '../core/evidence/safe.ts';
import type {AttemptEnd, TracedCall} from '../ports.ts';
import {isFailedResponse} from './attempt.ts';
import type {Call, Outcome} from './call.ts';

export function tracedCall({id, user, vehicle, operation, command, request, sent}: Call): TracedCall {
  return compact<TracedCall>({
    call: id,
    user,
    vehicle,
    operation,
    command,
    request: request && sent && {method: request.method, url: sent.url, template: templateOf(request)},
  });
}

/** `/v2.0/vehicles/{id}/odometer`. */
function templateOf({method, version, operation}: RequestFacts): string {
  const path = operation.slice(method.length + 1);
  return version === undefined ? path : `/v${version}${path}`;
}

export function endOf(value: unknown): AttemptEnd {
  return compact<AttemptEnd>({status: status(value, 'status'), failure: undefined});
}

/** How a call ends for one who waits for the outcome of another's. Never rejects. */
export function endOfShared(outcome: Promise<Response>): Promise<AttemptEnd> {
  return outcome.then(
    response =>
      isFailedResponse(response) ? failureEnd({threw: false, value: response}, []) : endOf(response),
    (error: unknown) => failureEnd({threw: true, error}, readEvidence(error)),
  );
}

export function failureEnd(outcome: Outcome, [first]: readonly Evidence[]): AttemptEnd {
  const thrown = outcome.threw ? (word(outcome.error, 'name') ?? typeof outcome.error) : undefined;
  const answered = outcome.threw ? undefined : status(outcome.value, 'status');
  return compact<AttemptEnd>({
    status: first?.status ?? answered,
    failure: compact<NonNullable<AttemptEnd['failure']>>({type: first?.type, code: first?.code, thrown}),
  });
}
