import {randomUUID} from 'node:crypto';
import type {JobsOptions} from 'bullmq';
import {CONTEXT_CHECKS, contextIn, contextSaid} from './context.ts';
import {handlerNamed, type DurableContext} from './handlers.ts';
import type {Settings} from './options.ts';
import {jobIdOf, type StoredCall} from './stored-call.ts';
import type {Check} from '../core/checks.ts';
import {wrong} from '../core/wrong.ts';
import {checkMembers, DURATION, INSTANT} from './checks.ts';

/** What `add` may be told about one call, besides its data. */
export interface AddOptions extends DurableContext {
  /** A call with this id is added once, as long as it or its result is kept. At most 200 characters. @default a new one */
  readonly id?: string | undefined;
  /** Epoch ms: not started before it. @default now */
  readonly startAt?: number | undefined;
  /** Epoch ms: given up then, and never started after it. */
  readonly expiresAt?: number | undefined;
  /** The same, in milliseconds from `startAt`. @default the option `expiresInMs` of durableCalls() */
  readonly expiresInMs?: number | undefined;
}

const LONGEST_ID = 200;
const LONGEST_DATA_BYTES = 1_048_576;

const ID: Check = [
  `a text of 1 to ${LONGEST_ID} characters`,
  value => typeof value === 'string' && value !== '' && value.length <= LONGEST_ID && value.isWellFormed(),
];

const CHECKS: {readonly [K in keyof Required<AddOptions>]: Check} = {
  ...CONTEXT_CHECKS,
  id: ID,
  startAt: INSTANT,
  expiresAt: INSTANT,
  expiresInMs: DURATION,
};

/** A call as it goes into the queue. */
export interface Added {
  readonly id: string;
  readonly stored: StoredCall;
  readonly jobs: JobsOptions;
}

/** @throws `PolicyError` with code `CONFIGURATION`: a member that is wrong, or data that is no JSON. */
export function addedCall(
  settings: Settings,
  name: string,
  data: unknown,
  options: AddOptions,
  now: number,
): Added {
  const handler = handlerNamed(settings.handlers, name);
  if (!handler)
    throw wrong('the name of a call', `one of ${Object.keys(settings.handlers).join(', ')}`, name);
  if (typeof options !== 'object' || options === null)
    throw wrong('the options of add()', 'an object', options);
  checkMembers(options, CHECKS, 'add()');
  const kept = asJson(data);
  // Where the handler is at hand; else it says so to the worker.
  const context = {...contextSaid(handler.context?.(data)), ...contextIn(options)};
  const {id = randomUUID(), startAt = now} = options;
  const expiresAt = expiryOf(settings, options, startAt);
  const {keepResultsMs, keepDeadMs} = settings;
  return {
    id,
    stored: {
      data: kept,
      context,
      expiresAt,
      lifeMs: expiresAt - startAt,
      nonce: randomUUID(),
      ...(startAt > now && {notBefore: startAt}),
    },
    jobs: {
      jobId: jobIdOf(id),
      // What waits, waits by the policy's word; a repeat of the queue's own would know nothing of it.
      attempts: 1,
      delay: Math.max(0, Math.ceil(startAt - now)),
      // 0 would come before everything that has a priority.
      priority: 1 + (context.priority ?? (context.idempotent === true ? 5 : 4)),
      removeOnComplete: {age: Math.ceil(keepResultsMs / 1_000)},
      removeOnFail: {age: Math.ceil(keepDeadMs / 1_000)},
      stackTraceLimit: 0,
    },
  };
}

function expiryOf(settings: Settings, {expiresAt, expiresInMs}: AddOptions, startAt: number): number {
  if (expiresAt !== undefined && expiresInMs !== undefined)
    throw wrong('`expiresAt` and `expiresInMs` of add()', 'one or the other', 'both');
  if (expiresAt !== undefined && expiresAt <= startAt)
    throw wrong('`expiresAt` of add()', 'later than the start of the call', expiresAt);
  return expiresAt ?? startAt + (expiresInMs ?? settings.expiresInMs);
}

/** What comes out of Redis is what was put in, or it is refused now, while its author still sees the stack. */
function asJson(data: unknown): unknown {
  if (data === undefined) return null;
  let text: string | undefined;
  try {
    text = JSON.stringify(data);
  } catch (error) {
    throw wrong(
      'the data of a call',
      `JSON (${error instanceof Error ? error.message : 'it cannot be read'})`,
      data,
    );
  }
  if (text === undefined) throw wrong('the data of a call', 'JSON', data);
  const bytes = Buffer.byteLength(text);
  if (bytes > LONGEST_DATA_BYTES)
    throw wrong('the data of a call', `at most ${LONGEST_DATA_BYTES} bytes of JSON`, bytes);
  return data;
}
