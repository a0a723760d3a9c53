import type {DurableContext} from './handlers.ts';
import {FLAG, PRIORITY, type Check} from '../core/checks.ts';
import {wrong} from '../core/wrong.ts';
import {checkMembers, TEXT} from './checks.ts';

export const CONTEXT_CHECKS: {readonly [K in keyof Required<DurableContext>]: Check} = {
  user: TEXT,
  vehicle: TEXT,
  operation: TEXT,
  idempotent: FLAG,
  make: TEXT,
  priority: PRIORITY,
  locale: TEXT,
};

/** The members of a context alone, checked, those that are `undefined` left out. */
export function contextIn(given: object): DurableContext {
  const context = Object.fromEntries(
    Object.entries(given).filter(([key, value]) => Object.hasOwn(CONTEXT_CHECKS, key) && value !== undefined),
  );
  checkMembers(context, CONTEXT_CHECKS, 'the context of a call');
  return context;
}

/** What a handler says of its data, checked: anything else it says is a mistake. */
export function contextSaid(given: unknown): DurableContext {
  if (given === undefined) return {};
  if (typeof given !== 'object' || given === null)
    throw wrong('the context of a handler', 'an object', given);
  checkMembers(given, CONTEXT_CHECKS, 'the context of a handler');
  return contextIn(given);
}
