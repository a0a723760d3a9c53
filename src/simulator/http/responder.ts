import {render} from '../errors/envelopes.ts';
import {withLink} from '../errors/vehicle-fault.ts';
import {type Exchange, pause} from '../faults/exchange.ts';
import {perform} from '../faults/perform.ts';
import type {Script, Subject} from '../faults/script.ts';
import {type Journal, type OpenEntry, journalBody} from '../journal.ts';
import {userIdOf} from '../v3/access.ts';
import type {Face, World} from '../world.ts';
import type {Call, Fault, Outcome, Route, RouteParams} from './answer.ts';
import {isServed} from './faces.ts';
import {type Identity, identify} from './identify.ts';
import type {Listener} from './listen.ts';
import {readCall} from './request.ts';
import {createRouting} from './routing.ts';
import {send} from './wire.ts';

/** What it takes to answer requests. */
export interface ResponderSetup {
  readonly world: World;
  readonly routes: readonly Route[];
  readonly script: Script;
  readonly journal: Journal;
  readonly latencyMs: number;
  /** Aborted when the simulator closes. */
  readonly closing: AbortSignal;
  /** Answers what comes under the prefix of control: never scripted, delayed or noted. */
  readonly control: (call: Call) => Promise<Outcome>;
}

/** Every request goes: read, routed, identified, scripted or handled, noted, answered. */
export function createResponder(setup: ResponderSetup): (face: Face | undefined) => Listener {
  const {world, script, journal, latencyMs, closing} = setup;
  const routing = createRouting<Route>();
  for (const route of setup.routes) routing.add(route.method, route.path, route);

  return face => async (request, response) => {
    const at = world.now();
    const {call, complete} = await readCall(request, face, world.dice);
    if (!complete) response.setHeader('connection', 'close');
    if (call.api === 'control') return send(response, render(await setup.control(call), call));
    const served = isServed(face, call.path);
    const routed = served ? routing.find(call.method, call.path) : undefined;
    const identity = identify(world, call);
    const entry = openEntry(at, call, identity, routed?.target.command === true);
    let recorded = false;
    const exchange: Exchange = {
      call,
      response,
      time: world.time,
      closing,
      handle: () => handle(call, routed, served ? routing.methodsAt(call.path) : []),
      fault: reply => withLink(world, reply, identity.vehicle, call.api),
      record(status, rendered) {
        entry.status = status;
        if (rendered?.type !== undefined) entry.type = rendered.type;
        if (rendered?.code !== undefined) entry.code = rendered.code;
        if (!recorded) journal.add(entry);
        recorded = true;
        return entry;
      },
    };
    if (latencyMs > 0) await pause(exchange, latencyMs);
    const reply = script.take(subjectOf(call, identity));
    entry.scripted = reply !== undefined;
    try {
      await perform(exchange, reply);
    } catch (error) {
      if (closing.aborted || response.headersSent) throw error;
      const rendered = render(
        {error: 'SERVER:INTERNAL', description: `The simulator failed: ${String(error)}`},
        call,
      );
      exchange.record(rendered.status, rendered);
      send(response, rendered);
    }
  };
}

function handle(
  call: Call,
  routed: {readonly target: Route; readonly params: RouteParams} | undefined,
  methods: readonly string[],
): Outcome {
  if (routed === undefined) return methods.length > 0 ? wrongMethod(call, methods) : notFound(call);
  if (call.body.kind === 'too-large')
    return {...invalid(call, 'The body is larger than 1 MiB.'), status: 413};
  if (call.body.kind === 'malformed')
    return invalid(call, 'The body is not valid JSON, or is nested too deep to be meant.');
  return routed.target.handle(call, routed.params);
}

function invalid(call: Call, description: string): Fault {
  if (call.api === 'oauth') return {error: 'invalid_request', description};
  return {error: call.api === '3' ? 'VALIDATION:INVALID_INPUT_FORMAT' : 'VALIDATION', description};
}

function wrongMethod(call: Call, methods: readonly string[]): Fault {
  const fault = invalid(call, `This path takes ${methods.join(', ')}; got ${call.method}.`);
  return {...fault, headers: {allow: methods.join(', ')}};
}

function notFound(call: Call): Fault {
  if (call.api === 'oauth')
    return {error: 'invalid_request', status: 404, description: 'There is nothing at this path.'};
  if (call.api === '3') return {error: 'RESOURCE_NOT_FOUND:INVALID_PATH'};
  const version = /^\/(v\d[^/]*)(\/|$)/.exec(call.path)?.[1];
  const known = version === undefined || version === 'v2.0' || (version === 'v3' && call.api !== '2.0');
  return {error: known ? 'RESOURCE_NOT_FOUND:PATH' : 'RESOURCE_NOT_FOUND:VERSION'};
}

function subjectOf({method, path, api}: Call, {user, vehicle}: Identity): Subject {
  const endpoint =
    api === 'oauth' ? 'token' : api === '2.0' || api === '3' || api === 'management' ? 'api' : 'other';
  return {
    method,
    path,
    endpoint,
    ...(user === undefined ? {} : {user}),
    ...(vehicle === undefined ? {} : {vehicle}),
  };
}

function openEntry(at: number, call: Call, identity: Identity, command: boolean): OpenEntry {
  const user = userIdOf(call);
  const contentType = call.headers['content-type'];
  const body = call.body.kind === 'json' && call.api !== 'oauth' ? journalBody(call.text) : undefined;
  return {
    at,
    method: call.method,
    path: call.path.slice(0, 2000),
    api: call.api,
    ...identity,
    status: 'hung',
    scripted: false,
    ...(command ? {effect: 'not-carried-out'} : {}),
    headers: {
      ...(user === undefined ? {} : {'sc-user-id': user.slice(0, 500)}),
      hadAuthorization: call.headers.authorization !== undefined,
      ...(contentType === undefined ? {} : {contentType: contentType.slice(0, 200)}),
    },
    ...(body === undefined ? {} : {body}),
  };
}
