import type {Face} from '../world.ts';
import type {Call, Fault, Outcome, Route, RouteParams} from './answer.ts';
import {isServed} from './faces.ts';
import {createRouting} from './routing.ts';

interface Routed {
  readonly target: Route;
  readonly params: RouteParams;
}

/** A request that has found its way. */
export interface Found {
  /** Whether it would change something. */
  readonly command: boolean;
  /** What there is to say to it; nothing has happened until the outcome's `commit` runs. */
  readonly handle: () => Outcome;
}

/** What answers requests, whatever carries them. */
export interface Handling {
  /** `face`: the host that was asked; undefined where one is all of them. */
  find(call: Call, face: Face | undefined): Found;
}

export function createHandling(routes: readonly Route[]): Handling {
  const routing = createRouting<Route>();
  for (const route of routes) routing.add(route.method, route.path, route);
  return {
    find(call, face) {
      const served = isServed(face, call.path);
      const routed = served ? routing.find(call.method, call.path) : undefined;
      return {
        command: routed?.target.command === true,
        handle: () => handle(call, routed, () => (served ? routing.methodsAt(call.path) : [])),
      };
    },
  };
}

function handle(call: Call, routed: Routed | undefined, methods: () => readonly string[]): Outcome {
  if (routed === undefined) return unrouted(call, methods());
  if (call.body.kind === 'too-large')
    return {...invalid(call, 'The body is larger than 1 MiB.'), status: 413};
  if (call.body.kind === 'malformed')
    return invalid(call, 'The body is not valid JSON, or is nested too deep to be meant.');
  return routed.target.handle(call, routed.params);
}

function unrouted(call: Call, methods: readonly string[]): Outcome {
  return methods.length > 0 ? wrongMethod(call, methods) : notFound(call);
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
