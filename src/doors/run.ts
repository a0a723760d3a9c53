import {openCall, type AttemptContext, type CallContext} from '../engine/call.ts';
import {checkedContext, checkUserHeader, wrong} from '../engine/context.ts';
import type {Engine} from '../engine/engine.ts';
import {runCall} from '../engine/loop.ts';
import {endpointNamed} from '../engine/request.ts';

/** What `policy.run` wraps: called once for each attempt, with the token of that attempt. */
export type Send<T> = (attempt: AttemptContext) => T | Promise<T>;

/**
 * Runs any promise-returning call. Without `idempotent` it counts as a command, since nobody can see what it does.
 * Rejects with the call's own error.
 */
export async function run<T>(engine: Engine, send: Send<T>, context: CallContext = {}): Promise<T> {
  if (typeof send !== 'function') throw wrong('the call', 'a function that makes the request', send);
  const {user, operation, idempotent = false} = checkedContext(context);
  if (user === undefined && engine.source?.perUser) {
    throw wrong('`user` of the call', 'the key of its owner, such as {user: "ada"}', undefined);
  }
  if (user !== undefined && engine.source?.perUser === false) checkUserHeader(user);
  const endpoint = operation === undefined ? undefined : endpointNamed(operation);
  const facts = {command: !idempotent, replayable: true, ownAuthorization: false};
  const call = openCall(engine, context, endpoint ? {...facts, endpoint} : facts, context.signal);
  return runCall(engine, call, {send: async attempt => send(attempt)});
}
