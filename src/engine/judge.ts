import type {BackoffTable} from '../core/backoff.ts';
import {decide, FRESH_CALL, type Decision} from '../core/decide.ts';
import {endpointNamed, requestFacts, type RequestFacts} from '../core/endpoints.ts';
import {isResponseLike, readEvidence, type Evidence} from '../core/evidence/read.ts';
import {leash, readResponse} from './attempt.ts';
import {gateKeyOf, type CallContext} from './call.ts';
import type {FullClock} from './clock.ts';
import {cleansedBy, secretsIn} from './cleansing.ts';
import {describe, type About, type Advisor} from './describe.ts';
import type {Explanation} from './explain.ts';
import type {Sendable} from './sent.ts';

/** What a bare body or error does not say about itself. */
export interface DecideContext extends CallContext {
  /** The status of the response. */
  readonly status?: number;
  /** `Headers`, or a plain object with names in any letter case. */
  readonly headers?: Headers | Readonly<Record<string, string | number>>;
  /** Without it the failure is judged as that of a read. */
  readonly request?: {
    /** @default GET */
    readonly method?: string;
    /** Says which endpoint it was, and which car. */
    readonly url?: string;
    /** For hints alone; credentials are looked at and never shown. */
    readonly headers?: RequestInit['headers'];
    /** For hints alone: which members were sent. */
    readonly body?: RequestInit['body'];
  };
}

export interface Judge extends Advisor {
  readonly clock: Pick<FullClock, 'now' | 'timer'>;
  readonly random: () => number;
  readonly backoff: BackoffTable;
  /** A body that has not come by then says no more than one of an attempt would. */
  readonly attemptTimeoutMs: number;
}

/** A failure that was read, and the request that led to it as far as it is known. */
interface Finding {
  readonly evidence: readonly Evidence[];
  readonly context: DecideContext;
  readonly request: RequestFacts | undefined;
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
  return read(by, subject, given, finding => judged(by, finding));
}

/** The same decision, in words: for what no policy has handled, such as a body from a log. */
export function assess(
  by: Judge,
  subject: unknown,
  given?: DecideContext | null,
): Explanation | Promise<Explanation> {
  return read(by, subject, given, finding => {
    const {context, request, evidence} = finding;
    const {operation, user, locale, vehicle = request?.vehicle} = context;
    const endpoint = request?.endpoint ?? (operation === undefined ? undefined : endpointNamed(operation));
    const decision = judged(by, finding);
    const sent = sentOf(context.request);
    return describe(
      by,
      {...decision, ...(endpoint && {endpoint})},
      {
        now: by.clock.now(),
        operation: operation ?? request?.operation,
        vehicle,
        request,
        sent,
        byPolicy: user !== undefined && sent?.headers?.has('authorization') !== true,
        command: isCommand(finding),
        locale,
        oauth: evidence.some(({api}) => api.startsWith('oauth')),
        gate: gateOf(decision, {vehicle, user}),
      },
      {attempts: 1, waitedMs: 0},
    );
  });
}

function gateOf({gate}: Decision, whose: Omit<Parameters<typeof gateKeyOf>[0], 'permission'>): About['gate'] {
  const key = gate && gateKeyOf({...whose, permission: undefined}, gate.scope);
  return gate && key !== undefined ? {key, until: gate.until} : undefined;
}

function read<Result>(
  {clock, attemptTimeoutMs}: Judge,
  subject: unknown,
  given: DecideContext | null | undefined,
  then: (finding: Finding) => Result,
): Result | Promise<Result> {
  const context = given ?? {};
  const response = unreadResponse(subject);
  const cleansed = cleansedBy(secretsIn(sentOf(context.request)));
  const finding = (evidence: readonly Evidence[], url?: string): Finding => ({
    evidence: evidence.map(cleansed),
    context,
    request: factsOf(context.request, url),
  });
  if (response) {
    const {url} = response;
    const held = leash(clock, undefined, attemptTimeoutMs, () => undefined);
    const answered = readResponse(response, held.race, tokenEndpoint(context.request?.url ?? url));
    return answered.finally(held.release).then(evidence => then(finding(evidence, url)));
  }
  const came = redirected(subject);
  const api = came ? 'connect' : tokenEndpoint(context.request?.url);
  return then(finding(readEvidence(came ?? subject, {...context, ...(api && {api})})));
}

/** What Connect says in the query of its redirect: the whole URL is the subject. */
function redirected(subject: unknown): object | undefined {
  if (!isUrl(subject) && (typeof subject !== 'string' || !URL.canParse(subject))) return undefined;
  const query = new URL(subject).searchParams;
  const error = query.get('error');
  // The rest may be a code, and the state.
  return error === null ? undefined : {error, error_description: query.get('error_description')};
}

/** A revoked proxy throws even when it is asked what it is. */
function isUrl(subject: unknown): subject is URL {
  try {
    return subject instanceof URL;
  } catch {
    return false;
  }
}

function tokenEndpoint(url = ''): 'oauth-v2' | 'oauth-v3' | undefined {
  const path = /\/(oauth2?)\/token\/?(?:$|\?)/.exec(url)?.[1];
  if (path === undefined) return undefined;
  return path === 'oauth2' ? 'oauth-v3' : 'oauth-v2';
}

/** A token request is a POST that may always be repeated. */
function isCommand({context: {request: given}, request}: Finding): boolean {
  return given?.method !== undefined && request?.command === true && !tokenEndpoint(given.url);
}

function judged({clock, random, backoff}: Judge, finding: Finding): Decision {
  const {evidence, context, request} = finding;
  const now = clock.now();
  const vehicle = context.vehicle ?? request?.vehicle;
  const state = {
    ...FRESH_CALL,
    ...(request && {request}),
    ...(vehicle !== undefined && {vehicle}),
    command: isCommand(finding),
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
  const base = 'https://api.smartcar.com';
  const path = url !== undefined && URL.canParse(url, base) ? new URL(url, base).pathname : '/';
  return requestFacts(request?.method ?? 'GET', path);
}

/** Headers that are none are left out: they came from a log, perhaps. */
function sentOf(request: DecideContext['request']): Sendable | undefined {
  if (!request) return undefined;
  const {method = 'GET', url = '', headers, body} = request;
  const known = {method, url, body, partly: headers === undefined && body === undefined};
  try {
    return {...known, headers: headers && new Headers(headers)};
  } catch {
    return {...known, headers: undefined};
  }
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
