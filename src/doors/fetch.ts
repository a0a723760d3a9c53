import {openCall, type AttemptContext, type CallContext} from '../engine/call.ts';
import {checkedContext, laidOver, wrong} from '../engine/context.ts';
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
import {flightsThrough, shared, sharingKey} from './coalesce.ts';
import {eitherOf, openLine} from './line.ts';
import {following} from './redirects.ts';
import {takeApart, takeRequestApart, type Parts} from './replay.ts';
import {settled} from './settle.ts';

/** fetch's own options, and the context of this one call. */
export type PolicyRequestInit = RequestInit & {readonly policy?: CallContext};

export type FetchDoor = (input: string | URL | Request, init?: PolicyRequestInit) => Promise<Response>;

/** One behind another would multiply the attempts. */
const doors = new WeakSet<typeof fetch>();

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
  if (doors.has(base)) throw wrong('the fetch behind a policy', 'one without a policy of its own', base);
  const flights = flightsThrough(engine, base);
  const targetOf = targetsOf(origins);

  const door: FetchDoor = async (input, init) => {
    const {policy: own, ...plain} = init ?? NOTHING;
    const context = own === undefined ? defaults : laidOver(defaults, checkedContext(own));
    const isRequest = typeof input !== 'string' && input instanceof Request;
    const method = plain.method ?? (isRequest ? input.method : 'GET');
    const target = targetOf(method, isRequest ? input.url : input);
    if (target.reach === 'foreign') return base(input, own === undefined ? init : plain);
    const parts = isRequest ? await takeRequestApart(input, plain) : takeApart(input, plain);
    const ownAuthorization = keepsAuthorization(engine, parts, context, target.reach);
    const caller = withUser(engine, parts, target.request, context, ownAuthorization);
    const {request} = target;
    const facts = {request, command: request.command, replayable: parts.replayable, ownAuthorization};
    const exchange = exchangeOf(base, parts, target, settles(context, request), url => reachOf(origins, url));
    const send = (signal: AbortSignal | undefined): Promise<Response> =>
      runCall(engine, openCall(engine, caller, facts, signal), attempt => exchange(attempt, signal));

    const line = openLine(parts.signal, context.signal, input);
    const key = sharingKey(engine, parts, caller);
    if (!line) return key === undefined ? send(undefined) : shared(flights, key, undefined, send);
    let body: Response['body'] | undefined;
    try {
      const response = await (key === undefined
        ? send(line.signal)
        : shared(flights, key, line.signal, send));
      ({body} = response);
      return response;
    } finally {
      line.leave(body);
    }
  };
  doors.add(door);
  return door;
}

const NOTHING: PolicyRequestInit = Object.freeze({});

type Exchange = (attempt: AttemptContext, signal: AbortSignal | undefined) => Promise<Response>;

/** One attempt over the wire: redirects followed, a streamed outcome waited for. */
function exchangeOf(
  base: typeof fetch,
  parts: Parts,
  {reach, request}: Target,
  settling: boolean,
  reachAt: (url: URL) => Reach,
): Exchange {
  const hop = {
    method: request.method,
    command: request.command,
    replayable: parts.replayable,
    redirect: parts.redirect,
    trusted: (next: URL): boolean => reachAt(next) === reach,
  };
  return async (attempt, signal) => {
    const sent = initOf(parts, attempt, eitherOf(attempt.signal, signal));
    const response = await following(parts.url, hop, at => base(at, sent));
    return settling && response.status === 202 ? settled(response) : response;
  };
}

/** v3's commands to a car stream their outcome; what else answers 202 has nothing more to say. */
function settles({settle}: CallContext, {command, version, vehicle}: RequestFacts): boolean {
  return command && settle !== false && Number(version) >= 3 && vehicle !== undefined;
}

function initOf(
  {method, headers, body, rest}: Parts,
  attempt: AttemptContext,
  signal: AbortSignal,
): RequestInit {
  const init: RequestInit = {
    ...rest,
    method,
    headers: headersOf(headers, attempt.headers),
    signal,
    redirect: 'manual',
  };
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

const FITS_A_HEADER = /^[\x21-\x7e\x80-\xff]+$/;

function withUser(
  engine: Engine,
  {headers}: Parts,
  request: RequestFacts,
  context: CallContext,
  ownAuthorization: boolean,
): CallContext {
  if (ownAuthorization || !engine.source) return context;
  if (context.user !== undefined) {
    if (engine.source.perUser || FITS_A_HEADER.test(context.user)) return context;
    throw wrong(
      '`user` of the call',
      'an id of Smartcar, which goes out as the header sc-user-id',
      context.user,
    );
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
