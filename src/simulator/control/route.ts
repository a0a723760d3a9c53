import type {Success} from '../http/answer.ts';
import type {RoutedMethod} from '../http/routing.ts';
import {type Shape, object} from '../options/check.ts';

/** What a handler of control gets: a body, and a query, that fit. */
export interface ControlRequest<Body, Query = unknown> {
  readonly body: Body;
  readonly query: Query;
  /** A part of the path by its name; empty where there is none. */
  readonly param: (name: string) => string;
}

type Handler<Body, Query> = (request: ControlRequest<Body, Query>) => Success | Promise<Success>;

/** One verb of control. */
export interface ControlRoute {
  readonly method: RoutedMethod;
  readonly path: string;
  readonly body: Shape<unknown>;
  readonly query: Shape<unknown>;
  readonly handle: Handler<unknown, unknown>;
}

const nothing = object({}, 'nothing, or an empty object');

/** A verb with neither a body nor a query. */
export function route(method: RoutedMethod, path: string, handle: Handler<unknown, unknown>): ControlRoute {
  return {method, path, body: nothing, query: nothing, handle};
}

/** A verb whose body has a shape. An empty body counts as an empty object. */
export function routeWith<Body>(
  method: RoutedMethod,
  path: string,
  body: Shape<Body>,
  handle: Handler<Body, unknown>,
): ControlRoute {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the body has been held against this very shape
  return {method, path, body, query: nothing, handle: request => handle(request as ControlRequest<Body>)};
}

/** A question that can be narrowed by parameters. */
export function routeAsked<Query>(
  path: string,
  query: Shape<Query>,
  handle: Handler<unknown, Query>,
): ControlRoute {
  return {
    method: 'GET',
    path,
    body: nothing,
    query,
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the query has been held against this very shape
    handle: request => handle(request as ControlRequest<unknown, Query>),
  };
}

export function answer(body: unknown, status = 200): Success {
  return {status, body};
}

export const done: Success = {status: 204};

/** Something that a path names is not there. */
export class NotHere extends Error {
  override readonly name = 'NotHere';
}
