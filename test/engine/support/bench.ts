import {onTestFinished} from 'vitest';
import type {PolicyEvents} from '../../../src/engine/events.ts';
import type {PolicyOptions} from '../../../src/options.ts';
import {createPolicy, type Policy} from '../../../src/policy.ts';
import {manualClock, type ManualClock} from '../../../src/testing/manual-clock.ts';

/** A policy on a clock that stands still, with its whole event log. */
export interface Bench {
  readonly clock: ManualClock;
  readonly policy: Policy;
  /** One line for each event: milliseconds since the start, the call's letter, what happened. */
  readonly log: string[];
}

/** With dice that always show one half: a told time is lengthened by 2.5 %, a backoff is half its cap. */
export function bench(options: PolicyOptions = {}): Bench {
  const clock = manualClock();
  const policy = createPolicy({clock, random: () => 0.5, ...options});
  onTestFinished(() => policy.close());
  return {clock, policy, log: logOf(policy, clock)};
}

type Line = {readonly [E in keyof PolicyEvents]: (event: PolicyEvents[E]) => string};

/** Everything that a policy says, in words; times are milliseconds since the log began. */
function logOf(policy: Policy, clock: Pick<ManualClock, 'now'>): string[] {
  const log: string[] = [];
  const began = clock.now();
  const letters = new Map<number, string>();
  const letter = (call: number): string => {
    const known = letters.get(call) ?? String.fromCharCode(97 + letters.size);
    letters.set(call, known);
    return known;
  };
  const lines: Line = {
    attempt: ({call, attempt}) => `${letter(call)} attempt ${attempt}`,
    decision: ({call, action, reason, delayMs}) =>
      `${letter(call)} decision: ${action}, ${reason}${delayMs === undefined ? '' : `, ${delayMs} ms`}`,
    refresh: ({user, outcome}) => `refresh ${outcome} for ${user ?? 'all'}`,
    pause: ({scope, until, reason}) => `pause ${scope} until ${until - began}, ${reason}`,
    resume: ({scope}) => `resume ${scope}`,
    limit: ({scope, intervalMs}) =>
      `limit ${scope} ${intervalMs === undefined ? 'over' : `one in ${Math.round(intervalMs)} ms`}`,
    webhook: ({type, vehicle}) => `webhook ${type} of ${vehicle}`,
    'webhook-rejected': ({why}) => `webhook-rejected ${why}`,
    quota: ({vehicle, calls, perVehicle}) => `quota ${vehicle} ${calls} of ${perVehicle}`,
    reauth: ({user, vehicle, scope, permission, reason}) =>
      `reauth ${scope} of ${[user, vehicle, permission].filter(Boolean).join('/')}, ${reason}`,
    'reauth-resolved': ({user, vehicle, scope, permission, by}) =>
      `reauth-resolved ${scope} of ${[user, vehicle, permission].filter(Boolean).join('/')} by ${by}`,
    defer: ({call, retryAt, reason}) => `${letter(call)} defer to ${retryAt - began}, ${reason}`,
    success: ({call, attempts, waitedMs, durationMs}) =>
      `${letter(call)} success: attempts ${attempts}, waited ${waitedMs}, took ${durationMs}`,
    fail: ({call, action, reason, attempts, waitedMs}) =>
      `${letter(call)} fail: ${action}, ${reason}, attempts ${attempts}, waited ${waitedMs}`,
  };
  for (const event of Object.keys(lines) as (keyof PolicyEvents)[]) {
    const words = lines[event] as (payload: unknown) => string;
    policy.on(event, payload => log.push(`${clock.now() - began} ${words(payload)}`));
  }
  return log;
}

/** A call that plays these outcomes in turn, the last one for ever: an error is thrown, all else returned. */
export function playing(...outcomes: readonly unknown[]): (() => Promise<unknown>) & {readonly sent: number} {
  let sent = 0;
  const call = async (): Promise<unknown> => {
    const outcome = outcomes[Math.min(sent++, outcomes.length - 1)];
    if (outcome instanceof Error) throw outcome;
    return typeof outcome === 'function' ? (outcome as () => unknown)() : outcome;
  };
  return Object.defineProperty(call, 'sent', {get: () => sent}) as typeof call & {readonly sent: number};
}

/** A call that stays on the wire until it is told how to end. It ignores its signal. */
export interface OnTheWire<T> {
  readonly send: () => Promise<T>;
  resolve(value: T): void;
  reject(error: unknown): void;
  readonly sent: number;
}

export function onTheWire<T>(): OnTheWire<T> {
  const {promise, resolve, reject} = Promise.withResolvers<T>();
  promise.catch(() => undefined);
  let sent = 0;
  return {
    send: () => ((sent += 1), promise),
    resolve,
    reject,
    get sent() {
      return sent;
    },
  };
}

/** What a promise is now, without waiting: `pending`, or how it ended. */
export async function stateOf(promise: Promise<unknown>): Promise<'pending' | 'resolved' | 'rejected'> {
  const pending = Symbol('pending');
  const next = new Promise(resolve => setImmediate(() => resolve(pending)));
  return Promise.race([promise, next]).then(
    first => (first === pending ? 'pending' : 'resolved'),
    () => 'rejected',
  );
}

/** The error that a promise rejects with; fails when it resolves. */
export async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    value => {
      throw new Error(`expected a rejection, got ${String(value)}`);
    },
    (error: unknown) => error,
  );
}

/**
 * Waits for what the waiting room of a gate does in its own time: a Bottleneck limiter hands places on by real zero
 * timers, which no clock of ours can hurry. Ends as soon as it is so, and at the test's timeout if it never is.
 */
export async function eventually(isSo: () => boolean): Promise<void> {
  while (!isSo()) await zeroTimer();
}

/** Until a waiting room has taken notice of so many callers: three zero timers each, which fire in turn with these. */
export async function queued(callers: number): Promise<void> {
  for (let turns = 0; turns < (callers + 2) * 4; turns++) await zeroTimer();
}

const zeroTimer = (): Promise<void> => new Promise(resolve => setTimeout(resolve, 0));
