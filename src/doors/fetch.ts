import {openCall, type AttemptContext, type CallContext} from '../engine/call.ts';
import {checkedContext, checkUserHeader, laidOver, wrong} from '../engine/context.ts';
import type {Engine} from '../engine/engine.ts';
import {runCall} from '../engine/loop.ts';
import {
  needsUserHeader,
  reachOf,
  targetsOf,
  type Reach,
  type RequestFacts,
  type Target,
} from '../engine/request.ts';
import type {Origins} from '../ports.ts';
import {flightsThrough, shared, sharingKey, type Start} from './coalesce.ts';
import {eitherOf, openLine, type Line} from './line.ts';
import {following, isRedirect, type Hop} from './redirects.ts';
import {membersOf, takeApart, takeRequestApart, type Parts} from './replay.ts';
import {settled} from './settle.ts';

/** fetch's own options, and the context of this one call. */
export type PolicyRequestInit = RequestInit & {readonly policy?: CallContext};

/** A `fetch` that goes through a policy, and takes a call's context in its init. */
export type FetchDoor = (input: string | URL | Request, init?: PolicyRequestInit) => Promise<Response>;

/** One behind another would multiply the attempts. */
const doors = new WeakSet<typeof fetch>();
const ONE_POLICY =
  'one without a policy of its own (where the global one has one, give createPolicy the plain `fetch`)';

/**
 * A `fetch` whose calls to Smartcar go through the policy. Same contract as fetch: it resolves with the last
 * `Response` whatever its status, its body unread, and rejects only when there is none.
 */
export function fetchDoor(
  engine: Engine,
  origins: Origins,
  base: typeof fetch,
  defaults: CallContext,
): FetchDoor {
  checkedContext(defaults);
  if (doors.has(base)) throw wrong('the fetch behind a policy', ONE_POLICY, base);
  const flights = flightsThrough(engine, base);
  const targetOf = targetsOf(origins);

  const stops = stoppedByItself(engine, base);

  const enter = (parts: Parts, target: Target, context: CallContext, kept: unknown): Promise<Response> => {
    const {request, reach} = target;
    const ownAuthorization = keepsAuthorization(engine, parts, context, reach);
    const caller = withUser(engine, parts, request, context, ownAuthorization);
    const facts = {
      request,
      command: request.command,
      replayable: parts.replayable,
      ownAuthorization,
      sent: parts,
      ...secretOf(parts),
    };
    const settling = settles(context, request);
    const trusted = (url: URL): boolean => reachOf(origins, url) === reach;
    const unstoppable = stops && context.deadlineMs === undefined;
    const send: Start = (signal, opened) => {
      const endsByItself = unstoppable && !signal;
      let sent: RequestInit = NO_INIT;
      const resend = (at: string | URL): Promise<Response> => base(at, sent);
      const call = openCall(engine, caller, facts, signal);
      opened?.(call);
      return runCall(engine, call, {
        endsByItself,
        send(attempt) {
          sent = initOf(parts, attempt, endsByItself ? undefined : eitherOf(attempt.signal, signal));
          return base(parts.request ?? parts.url, sent);
        },
        finish(first) {
          if (!isRedirect(first)) return end(first);
          return following(first, parts.url, hopOf(parts, request, trusted), resend).then(end);
        },
      });
    };
    const end = (response: Response): Response | Promise<Response> =>
      settling && response.status === 202 ? settled(response) : response;
    const line = openLine(parts.signal, context.signal, kept);
    const key = sharingKey(engine, parts, caller);
    const go = (signal: AbortSignal | undefined): Promise<Response> =>
      key === undefined ? send(signal) : shared(flights, key, signal, send);
    const outcome = line ? heldOn(line, go) : go(undefined);
    return parts.replayable ? outcome : outcome.catch((error: unknown) => leftBehind(parts, error));
  };

  const door: FetchDoor = (input, init) => {
    try {
      const {policy: own, ...plain} = membersOf(init ?? NO_INIT);
      const context = own === undefined ? defaults : laidOver(defaults, checkedContext(own));
      const request = isRequest(input) ? input : undefined;
      const at = request ? request.url : textual(input);
      const target = targetOf(plain.method ?? request?.method ?? 'GET', at);
      if (!target) return base(input, own === undefined ? init : plain);
      return request
        ? takeRequestApart(request, plain).then(parts => enter(parts, target, context, request))
        : enter(takeApart(at, plain), target, context, undefined);
    } catch (error) {
      return Promise.reject(error);
    }
  };
  doors.add(door);
  return door;
}

const NO_INIT: PolicyRequestInit = Object.freeze({});

/** Also one of another make, such as that of the package undici, which its own fetch takes. */
function isRequest(input: string | URL | Request): input is Request {
  if (typeof input !== 'object' || input === null || input instanceof URL) return false;
  return input instanceof Request || Object.prototype.toString.call(input) === '[object Request]';
}

/** fetch takes whatever has an address as its text: a URL of another make, say. */
function textual(input: unknown): string | URL {
  return typeof input === 'string' || input instanceof URL ? input : String(input);
}

/** The credentials behind the scheme. */
function secretOf({headers}: Parts): {readonly secret?: string} {
  const secret = headers?.get('authorization')?.replace(/^\S+\s+/, '');
  return secret === undefined ? {} : {secret};
}

/** Node's own fetch gives up by itself after so long without headers, or between two pieces of a body. */
const NODE_GIVES_UP_MS = 300_000;
const nodeFetch = globalThis.fetch;

/** A signal costs a request some percent; where nobody could abort before fetch itself gives up, none is passed. */
function stoppedByItself({attemptTimeoutMs}: Engine, base: typeof fetch): boolean {
  return base === nodeFetch && attemptTimeoutMs >= NODE_GIVES_UP_MS;
}

/** Whoever fills a stream that was not sent learns that nobody reads it, as with fetch. */
function leftBehind({body}: Parts, error: unknown): never {
  if (body instanceof ReadableStream && !body.locked) body.cancel(error).catch(() => undefined);
  throw error;
}

/** The caller's signals end the call, and afterwards the body that was handed out. */
async function heldOn(line: Line, go: (signal: AbortSignal) => Promise<Response>): Promise<Response> {
  let body: Response['body'] | undefined;
  try {
    const response = await go(line.signal);
    ({body} = response);
    return response;
  } finally {
    line.leave(body);
  }
}

function hopOf({replayable, redirect}: Parts, {method, command}: RequestFacts, trusted: Hop['trusted']): Hop {
  return {method, command, replayable, redirect, trusted};
}

/** v3's commands to a car stream their outcome; what else answers 202 has nothing more to say. */
function settles({settle}: CallContext, {command, version, vehicle}: RequestFacts): boolean {
  return command && settle !== false && Number(version) >= 3 && vehicle !== undefined;
}

/** What is none of these is left to fetch, which refuses it. */
const REDIRECTS: ReadonlySet<unknown> = new Set(['follow', 'manual', 'error']);

function initOf(
  {method, headers, body, rest, redirect, request}: Parts,
  attempt: AttemptContext,
  signal: AbortSignal | undefined,
): RequestInit {
  const init: RequestInit = {
    ...rest,
    method,
    headers: headersOf(headers, attempt.headers),
    redirect: REDIRECTS.has(redirect) ? 'manual' : redirect,
  };
  if (signal) init.signal = signal;
  // The Request has a signal of its own, which the caller has taken away.
  else if (request) init.signal = null;
  if (body !== null && body !== undefined) init.body = body;
  return init;
}

function headersOf(
  given: Headers | undefined,
  own: AttemptContext['headers'],
): Headers | AttemptContext['headers'] {
  if (!given) return own;
  const headers = new Headers(given);
  for (const name in own) headers.set(name, own[name] ?? '');
  return headers;
}

/**
 * Basic credentials stay (compatibility and management calls prove themselves so); so does a bearer that came
 * without a user. With a user the policy's token takes its place. The v2 management API takes no bearer at all.
 */
function keepsAuthorization(engine: Engine, {headers}: Parts, {user}: CallContext, reach: Reach): boolean {
  const given = headers?.get('authorization') ?? null;
  const perUser = engine.source?.perUser !== false;
  if (given !== null && /^basic\b/i.test(given)) return true;
  if (reach === 'management' && (given !== null || perUser)) return true;
  return given !== null && user === undefined && (perUser || !headers?.has('sc-user-id'));
}

function withUser(
  engine: Engine,
  {headers}: Parts,
  request: RequestFacts,
  context: CallContext,
  ownAuthorization: boolean,
): CallContext {
  if (ownAuthorization || !engine.source) return context;
  if (context.user !== undefined) {
    if (!engine.source.perUser) checkUserHeader(context.user);
    return context;
  }
  const named = headers?.get('sc-user-id') ?? null;
  if (named !== null && !engine.source.perUser) return {...context, user: named};
  if (engine.source.perUser || needsUserHeader(request)) {
    throw wrong(
      `\`user\` of the call ${request.operation}`,
      'the key of its owner, such as {user: "ada"}',
      undefined,
    );
  }
  return context;
}
