import type {RouteParams, Success} from '../http/answer.ts';
import type {RoutedMethod} from '../http/routing.ts';
import {type Shape, object} from '../options/check.ts';

/** What a handler of control gets: a body that fits. */
export interface ControlRequest<Body> {
  readonly body: Body;
  readonly query: URLSearchParams;
  /** A part of the path by its name; empty where there is none. */
  readonly param: (name: string) => string;
}

/** One verb of control. */
export interface ControlRoute {
  readonly method: RoutedMethod;
  readonly path: string;
  readonly shape: Shape<unknown>;
  readonly handle: (request: ControlRequest<unknown>) => Success | Promise<Success>;
}

/** What comes when nothing is to be said. */
const nothing = object({}, 'nothing, or an empty object');

/** A verb without a body. */
export function route(
  method: RoutedMethod,
  path: string,
  handle: (request: ControlRequest<unknown>) => Success | Promise<Success>,
): ControlRoute {
  return {method, path, shape: nothing, handle};
}

/** A verb whose body has a shape. An empty body counts as an empty object. */
export function routeWith<Body>(
  method: RoutedMethod,
  path: string,
  shape: Shape<Body>,
  handle: (request: ControlRequest<Body>) => Success | Promise<Success>,
): ControlRoute {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the body has been held against this very shape
  return {method, path, shape, handle: request => handle(request as ControlRequest<Body>)};
}

export function answer(body: unknown, status = 200): Success {
  return {status, body};
}

export const done: Success = {status: 204};

/** Something that a path names is not there. */
export class NotHere extends Error {
  override readonly name = 'NotHere';
}

/** The params of a route as a function. */
export function paramOf(params: RouteParams): (name: string) => string {
  return name => params[name] ?? '';
}
