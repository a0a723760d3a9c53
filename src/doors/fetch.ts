import {openCall, type AttemptContext, type CallContext} from '../engine/call.ts';
import {checkedContext, wrong} from '../engine/context.ts';
import type {Engine} from '../engine/engine.ts';
import {runCall} from '../engine/loop.ts';
import {
  absoluteUrl,
  factsOf,
  needsUserHeader,
  reachOf,
  type Reach,
  type RequestFacts,
} from '../engine/request.ts';
import type {Origins} from '../ports.ts';
import {following} from './redirects.ts';
import {takeApart, type Parts} from './replay.ts';
import {settled} from './settle.ts';

/** fetch's own options, and the context of this one call. */
export type PolicyRequestInit = RequestInit & {readonly policy?: CallContext};

export type FetchDoor = (input: string | URL | Request, init?: PolicyRequestInit) => Promise<Response>;

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
  return async function policyFetch(input, init = {}) {
    const {policy: own, ...plain} = init;
    const context = own === undefined ? defaults : checkedContext({...defaults, ...own});
    const url = absoluteUrl(input instanceof Request ? input.url : input);
    const reach = reachOf(origins, url);
    if (reach === 'foreign') return base(input, plain);
    const parts = await takeApart(input, plain);
    const request = factsOf(parts.method, url);
    const ownAuthorization = keepsAuthorization(engine, parts, context, reach);
    const caller = withUser(engine, parts, request, context, ownAuthorization);
    const signal = bothSignals(parts.signal, context.signal);
    const call = openCall(engine, signal ? {...caller, signal} : caller, {
      request,
      ...(request.endpoint && {endpoint: request.endpoint}),
      ...(request.vehicle !== undefined && {vehicle: request.vehicle}),
      operation: request.operation,
      command: request.command,
      replayable: parts.replayable,
      ownAuthorization,
    });
    const trusted = (next: URL): boolean => reachOf(origins, next) === reach;
    const hop = {
      method: parts.method.toUpperCase(),
      command: request.command,
      redirect: parts.redirect,
      trusted,
    };
    const settles = request.command && Number(request.version) >= 3 && context.settle !== false;
    return runCall(engine, call, async attempt => {
      const sent = initOf(parts, attempt);
      const response = await following(parts.url, hop, at => base(at, sent));
      return settles && response.status === 202 ? settled(response) : response;
    });
  };
}

function initOf({headers, method, body, rest}: Parts, attempt: AttemptContext): RequestInit {
  const own = new Headers(headers);
  for (const name in attempt.headers) own.set(name, attempt.headers[name] ?? '');
  return {
    ...rest,
    method,
    headers: own,
    ...(body !== null && body !== undefined && {body}),
    signal: attempt.signal,
    redirect: 'manual',
  };
}

/**
 * Basic credentials stay (compatibility and management calls prove themselves so); so does a bearer that came
 * without a user. With a user the policy's token takes its place. The v2 management API takes no bearer at all.
 */
function keepsAuthorization(engine: Engine, {headers}: Parts, {user}: CallContext, reach: Reach): boolean {
  const given = headers.get('authorization');
  if (given !== null && /^basic\b/i.test(given)) return true;
  if (reach === 'management' && (given !== null || engine.source?.perUser !== false)) return true;
  return given !== null && user === undefined && engine.source?.perUser !== false;
}

function withUser(
  engine: Engine,
  {headers}: Parts,
  request: RequestFacts,
  context: CallContext,
  ownAuthorization: boolean,
): CallContext {
  if (context.user !== undefined || ownAuthorization || !engine.source) return context;
  const named = headers.get('sc-user-id');
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

/** fetch's signal and the context's: the first to abort ends the call. */
function bothSignals(one: AbortSignal | undefined, other: AbortSignal | undefined): AbortSignal | undefined {
  return one && other && one !== other ? AbortSignal.any([one, other]) : (one ?? other);
}
