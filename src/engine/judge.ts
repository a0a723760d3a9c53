import type {BackoffTable} from '../core/backoff.ts';
import {decide, FRESH_CALL, type Decision} from '../core/decide.ts';
import {requestFacts, type RequestFacts} from '../core/endpoints.ts';
import {isResponseLike, readEvidence} from '../core/evidence/read.ts';
import {readResponse} from './attempt.ts';
import type {CallContext} from './call.ts';
import type {FullClock} from './clock.ts';

/** What a bare body or error does not say about itself. */
export interface DecideContext extends CallContext {
  readonly status?: number;
  /** `Headers`, or a plain object with names in any letter case. */
  readonly headers?: Headers | Readonly<Record<string, string | number>>;
  /** Without it the failure is judged as that of a read. */
  readonly request?: {readonly method?: string; readonly url?: string};
}

export interface Judge {
  readonly clock: Pick<FullClock, 'now'>;
  readonly random: () => number;
  readonly backoff: BackoffTable;
}

/**
 * What a policy would do about a first failure, without doing it. The limits of a call (`maxWaitMs`, `deadlineMs`) count
 * where the context gives them. A promise only where a body has to be read.
 */
export function judge(
  by: Judge,
  subject: unknown,
  given?: DecideContext | null,
): Decision | Promise<Decision> {
  const context = given ?? {};
  const response = unreadResponse(subject);
  if (response) return readResponse(response).then(evidence => judged(by, evidence, context, response.url));
  return judged(by, readEvidence(subject, context), context, undefined);
}

function judged(
  {clock, random, backoff}: Judge,
  evidence: Parameters<typeof decide>[0],
  context: DecideContext,
  url: string | undefined,
): Decision {
  const now = clock.now();
  const request = factsOf(context.request, url);
  const vehicle = context.vehicle ?? request?.vehicle;
  const state = {
    ...FRESH_CALL,
    ...(request && {request}),
    ...(vehicle !== undefined && {vehicle}),
    command: context.request?.method !== undefined && (request?.command ?? false),
    idempotent: context.idempotent ?? false,
    maxWaitMs: context.maxWaitMs ?? Infinity,
    maxWaitIsOwn: context.maxWaitMs !== undefined,
    ...(context.deadlineMs !== undefined && {deadlineAt: now + context.deadlineMs}),
  };
  return decide(evidence, state, backoff, {now, dice: random()});
}

function factsOf(request: DecideContext['request'], answered: string | undefined): RequestFacts | undefined {
  const url = request?.url ?? answered;
  if (!request && !url) return undefined;
  const path = url !== undefined && URL.canParse(url) ? new URL(url).pathname : (url ?? '/');
  return requestFacts(request?.method ?? 'GET', path);
}

/** The subject itself, or the one it carries. What cannot be looked at is no response. */
function unreadResponse(subject: unknown): Response | undefined {
  try {
    const candidates = [subject, (subject as {response?: unknown} | null | undefined)?.response];
    return candidates.find(
      (value): value is Response => isResponseLike(value) && !(value as Response).bodyUsed,
    );
  } catch {
    return undefined;
  }
}
