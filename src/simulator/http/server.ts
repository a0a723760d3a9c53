import {type IncomingMessage, type ServerResponse, createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {setTimeout as sleep} from 'node:timers/promises';
import type {Call, Fault, Outcome, Route, RouteParams} from './answer.ts';
import {render} from '../errors/envelopes.ts';
import {type Identity, identify} from './identify.ts';
import {type Journal, type OpenEntry, journalBody} from '../journal.ts';
import {withLink} from '../errors/login-fault.ts';
import {type Exchange, perform} from '../faults/perform.ts';
import {readCall} from './request.ts';
import {createRouting} from './routing.ts';
import type {Script, Subject} from '../faults/script.ts';
import {userIdOf} from '../v3/access.ts';
import {send} from './wire.ts';
import type {World} from '../world.ts';

/** What the server needs to answer requests. */
export interface ServerSetup {
  readonly world: World;
  readonly routes: readonly Route[];
  readonly script: Script;
  readonly journal: Journal;
  readonly latencyMs: number;
  readonly port: number;
}

export interface RunningServer {
  readonly origin: string;
  readonly close: () => Promise<void>;
}

/** Listens on 127.0.0.1. Every request goes: read, routed, identified, scripted or handled, noted, answered. */
export async function listen(setup: ServerSetup): Promise<RunningServer> {
  const {world, script, journal, latencyMs} = setup;
  const routing = createRouting<Route>();
  for (const route of setup.routes) routing.add(route.method, route.path, route);
  const closing = new AbortController();

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const at = world.now();
    const call = await readCall(request);
    const routed = routing.find(call.method, call.path);
    const identity = identify(world, call);
    const entry = openEntry(at, call, identity, routed?.target.command === true);
    let recorded = false;
    const exchange: Exchange = {
      call,
      response,
      closing: closing.signal,
      handle: () => handle(call, routed, routing.knows(call.path)),
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
    if (latencyMs > 0) await sleep(latencyMs, undefined, {signal: closing.signal});
    const reply = script.take(subjectOf(call, identity));
    entry.scripted = reply !== undefined;
    try {
      await perform(exchange, reply);
    } catch (error) {
      if (closing.signal.aborted || response.headersSent) throw error;
      const rendered = render(
        {error: 'SERVER:INTERNAL', description: `The simulator failed: ${String(error)}`},
        call,
      );
      exchange.record(rendered.status, rendered);
      send(response, rendered);
    }
  }

  const server = createServer((request, response) => {
    // A client that goes away in the middle is no news to anyone.
    request.on('error', () => {});
    response.on('error', () => {});
    answer(request, response).catch(() => response.destroy());
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (socket.writable && error.code !== 'ECONNRESET')
      socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
    else socket.destroy();
  });
  // Longer than clients keep a connection, so that none is closed under a request that is just coming in.
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(setup.port, '127.0.0.1', resolve);
  });
  // From here on, an error concerns one connection that could not be accepted.
  server.on('error', () => {});
  let closed: Promise<void> | undefined;
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      closing.abort();
      closed ??= new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      return closed;
    },
  };
}

function handle(
  call: Call,
  routed: {readonly target: Route; readonly params: RouteParams} | undefined,
  known: boolean,
): Outcome {
  if (routed === undefined)
    return known ? invalid(call, 'This method is not for this path.') : notFound(call);
  if (call.body.kind === 'too-large')
    return {...invalid(call, 'The body is larger than 1 MiB.'), status: 413};
  if (call.body.kind === 'malformed') return invalid(call, 'The body is not valid JSON.');
  return routed.target.handle(call, routed.params);
}

function invalid(call: Call, description: string): Fault {
  if (call.api === 'oauth') return {error: 'invalid_request', description};
  return {error: call.api === '3' ? 'VALIDATION:INVALID_INPUT_FORMAT' : 'VALIDATION', description};
}

function notFound(call: Call): Fault {
  if (call.api === '3') return {error: 'RESOURCE_NOT_FOUND:INVALID_PATH'};
  const version = /^\/(v\d[^/]*)(\/|$)/.exec(call.path)?.[1];
  const known = version === undefined || version === 'v2.0' || version === 'v3';
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
      ...(user === undefined ? {} : {'sc-user-id': user}),
      hadAuthorization: call.headers.authorization !== undefined,
      ...(contentType === undefined ? {} : {contentType}),
    },
    ...(body === undefined ? {} : {body}),
  };
}
