import type {Policy} from '../index.ts';
import type {RedisOptions} from 'ioredis';
import type {RedisClient} from './connection.ts';
import type {AnyHandler, Handlers} from './handlers.ts';
import {FLAG, type Check} from '../core/checks.ts';
import {wrong} from '../core/wrong.ts';
import {CALLABLE, checkMembers, COUNT, DURATION, TEXT} from './checks.ts';

/** Everything but the first three has a default. */
export interface DurableCallsOptions<H extends Handlers> {
  /** Decides about every call; it stays open when the calls are closed. */
  readonly policy: Policy;
  /** A client of ioredis (5 or 6), of which copies are made, or its options. It is never closed. */
  readonly connection: RedisClient | RedisOptions;
  /** What each call does, by name. A process that only adds needs the names it adds. */
  readonly handlers: H;
  /** Adds, and takes calls from the queue. `false`: only adds, as a web process does. @default true */
  readonly work?: boolean;
  /** The name of BullMQ's queue. @default 'smartcar-calls' */
  readonly queue?: string;
  /**
   * Before every key. The braces keep all keys on one node of a Redis Cluster.
   * @default '{smartcar-policy}:calls'
   */
  readonly prefix?: string;
  /** So many calls of this process run at once. @default 10 */
  readonly concurrency?: number;
  /** A call that the policy would make wait longer goes back to Redis, in milliseconds. @default 2_000 */
  readonly maxWaitMs?: number;
  /** A parked call is looked at again so often, in milliseconds, jittered by a fifth. @default 60_000 */
  readonly recheckMs?: number;
  /** So many failures that no time was told for, then it is given up. @default 10 */
  readonly maxRounds?: number;
  /** The wait after the second such failure, in milliseconds; doubled each time, up to an hour. @default 60_000 */
  readonly roundDelayMs?: number;
  /** A call is given up after so long, unless `add` says otherwise, in milliseconds. @default 604_800_000, a week */
  readonly expiresInMs?: number;
  /** Results are kept so long, in milliseconds. @default 3_600_000, an hour */
  readonly keepResultsMs?: number;
  /** Dead letters are kept so long, in milliseconds. @default 2_592_000_000, thirty days */
  readonly keepDeadMs?: number;
  /** The most that is kept of a result, in bytes of JSON or text. @default 262_144 */
  readonly maxResultBytes?: number;
  /**
   * A worker that is not heard of for so long has lost its calls to another, in milliseconds; renewed at half time.
   * @default 30_000
   */
  readonly lockDurationMs?: number;
  /** `close()` waits so long for running calls, in milliseconds; then another worker finds them. @default 330_000 */
  readonly closeTimeoutMs?: number;
}

const POLICY: Check = ['a policy, as of createPolicy(…)', value => isPolicy(value)];
const HANDLERS: Check = [
  'an object of handlers by name',
  value => typeof value === 'object' && value !== null,
];
const ANY: Check = ['given', () => true];
const NAME: Check = [
  'a text without colons that is not empty',
  value => TEXT[1](value) && !(value as string).includes(':'),
];
const PATIENCE: Check = [
  'a number of milliseconds from 0 up',
  value => typeof value === 'number' && value >= 0,
];

const CHECKS: {readonly [K in keyof Required<DurableCallsOptions<Handlers>>]: Check} = {
  policy: POLICY,
  connection: ANY,
  handlers: HANDLERS,
  work: FLAG,
  queue: NAME,
  prefix: TEXT,
  concurrency: COUNT,
  maxWaitMs: PATIENCE,
  recheckMs: DURATION,
  maxRounds: COUNT,
  roundDelayMs: DURATION,
  expiresInMs: DURATION,
  keepResultsMs: DURATION,
  keepDeadMs: DURATION,
  maxResultBytes: COUNT,
  lockDurationMs: DURATION,
  closeTimeoutMs: DURATION,
};

const DEFAULTS = {
  work: true,
  queue: 'smartcar-calls',
  prefix: '{smartcar-policy}:calls',
  concurrency: 10,
  maxWaitMs: 2_000,
  recheckMs: 60_000,
  maxRounds: 10,
  roundDelayMs: 60_000,
  expiresInMs: 604_800_000,
  keepResultsMs: 3_600_000,
  keepDeadMs: 2_592_000_000,
  maxResultBytes: 262_144,
  lockDurationMs: 30_000,
  // As long as the policy gives one attempt, and some.
  closeTimeoutMs: 330_000,
} as const;

export type Settings = Required<Omit<DurableCallsOptions<Handlers>, 'connection'>>;

/** @throws `PolicyError` with code `CONFIGURATION` naming the option, what was expected and what came. */
export function checkedSettings({
  connection: _connection,
  ...given
}: DurableCallsOptions<Handlers>): Settings {
  checkMembers(given, CHECKS, 'durableCalls()');
  if (given.policy === undefined) throw wrong('`policy` of durableCalls()', POLICY[0], undefined);
  if (given.handlers === undefined) throw wrong('`handlers` of durableCalls()', HANDLERS[0], undefined);
  for (const [name, handler] of Object.entries(given.handlers)) checkHandler(name, handler);
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return {...DEFAULTS, ...(set as unknown as Omit<DurableCallsOptions<Handlers>, 'connection'>)};
}

const HANDLER_CHECKS: {readonly [K in keyof Required<AnyHandler>]: Check} = {
  call: CALLABLE,
  request: CALLABLE,
  context: CALLABLE,
  verify: CALLABLE,
  verifyAfterMs: PATIENCE,
};

function checkHandler(name: string, handler: unknown): void {
  if (name === '') throw wrong('the name of a call', TEXT[0], name);
  if (typeof handler === 'function') return;
  const of = `the handler "${name}"`;
  if (typeof handler !== 'object' || handler === null)
    throw wrong(of, 'a function, or an object with `call` or `request`', handler);
  checkMembers(handler, HANDLER_CHECKS, of);
  const {call, request} = handler as AnyHandler;
  if ((call === undefined) === (request === undefined))
    throw wrong(of, 'one with either `call` or `request`', handler);
}

function isPolicy(value: unknown): boolean {
  const {run, reauth, on} = (value ?? {}) as Partial<Policy>;
  return typeof run === 'function' && typeof on === 'function' && typeof reauth?.list === 'function';
}
