import {openCall, type AttemptContext, type CallContext} from '../engine/call.ts';
import {checkedContext, laidOver, wrong} from '../engine/context.ts';
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
import {flightsThrough, shared, sharingKey} from './coalesce.ts';
import {eitherOf, openLine} from './line.ts';
import {following} from './redirects.ts';
import {takeApart, type Parts} from './replay.ts';
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
  const door: FetchDoor = async (input, init) => {
    const {policy: own, ...plain} = init ?? {};
    const context = own === undefined ? defaults : laidOver(defaults, checkedContext(own));
    const url = absoluteUrl(input instanceof Request ? input.url : input);
    const reach = reachOf(origins, url);
    if (reach === 'foreign') return base(input, own === undefined ? init : plain);
    const parts = await takeApart(input, plain);
    const request = factsOf(parts.method, url);
    const ownAuthorization = keepsAuthorization(engine, parts, context, reach);
    const caller = withUser(engine, parts, request, context, ownAuthorization);
    const hop = {
      method: parts.method.toUpperCase(),
      command: request.command,
      replayable: parts.replayable,
      redirect: parts.redirect,
      trusted: (next: URL): boolean => reachOf(origins, next) === reach,
    };
    const settles = context.settle !== false && streamsItsOutcome(request);

    const send = (signal: AbortSignal | undefined): Promise<Response> => {
      const {signal: _ofCaller, ...withoutSignal} = caller;
      const call = openCall(engine, signal ? {...withoutSignal, signal} : withoutSignal, {
        request,
        ...(request.endpoint && {endpoint: request.endpoint}),
        ...(request.vehicle !== undefined && {vehicle: request.vehicle}),
        operation: request.operation,
        command: request.command,
        replayable: parts.replayable,
        ownAuthorization,
      });
      return runCall(engine, call, async attempt => {
        const sent = initOf(parts, attempt, eitherOf(attempt.signal, signal));
        const response = await following(parts.url, hop, at => base(at, sent));
        return settles && response.status === 202 ? settled(response) : response;
      });
    };

    const line = openLine([parts.signal, context.signal], input);
    const key = sharingKey(engine, parts, caller);
    let body: Response['body'] | undefined;
    try {
      const response = await (key === undefined
        ? send(line?.signal)
        : shared(flights, key, line?.signal, send));
      ({body} = response);
      return response;
    } finally {
      line?.leave(body);
    }
  };
  doors.add(door);
  return door;
}

/** v3's commands to a car do; what else answers 202 has nothing more to say. */
function streamsItsOutcome({command, version, vehicle}: RequestFacts): boolean {
  return command && Number(version) >= 3 && vehicle !== undefined;
}

function initOf(
  {headers, method, body, rest}: Parts,
  attempt: AttemptContext,
  signal: AbortSignal,
): RequestInit {
  const own = new Headers(headers);
  for (const name in attempt.headers) own.set(name, attempt.headers[name] ?? '');
  return {
    ...rest,
    method,
    headers: own,
    ...(body !== null && body !== undefined && {body}),
    signal,
    redirect: 'manual',
  };
}

/**
 * Basic credentials stay (compatibility and management calls prove themselves so); so does a bearer that came
 * without a user. With a user the policy's token takes its place. The v2 management API takes no bearer at all.
 */
function keepsAuthorization(engine: Engine, {headers}: Parts, {user}: CallContext, reach: Reach): boolean {
  const given = headers.get('authorization');
  const perUser = engine.source?.perUser !== false;
  if (given !== null && /^basic\b/i.test(given)) return true;
  if (reach === 'management' && (given !== null || perUser)) return true;
  return given !== null && user === undefined && (perUser || !headers.has('sc-user-id'));
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
