import {Queue} from 'bullmq';
import {PolicyError, type Listener, type PolicyEvents} from '../index.ts';
import {addedCall, type AddOptions} from './adding.ts';
import {connectionsOf} from './connection.ts';
import {deadLetters, discard, revive} from './dead-letters.ts';
import type {Desk} from './desk.ts';
import {DurableCallError} from './durable-call-error.ts';
import {earsOn} from './ears.ts';
import {createEmitter, type DeadLetter, type DurableEventName, type DurableListener} from './events.ts';
import type {DataOf, Handlers} from './handlers.ts';
import {lastWordsIn} from './last-words.ts';
import {checkedSettings, type DurableCallsOptions} from './options.ts';
import {parkedIndex} from './parked.ts';
import {release} from './release.ts';
import {resultOf} from './results.ts';
import type {StoredCall} from './stored-call.ts';
import {within} from './within.ts';
import {callWorker} from './worker.ts';
import {wrong} from '../core/wrong.ts';
import {COUNT, DURATION, TEXT} from './checks.ts';

/** A Redis that does not answer is not waited for at the end. */
const GOODBYE_MS = 2_000;

/** How many calls are where. */
export interface DurableCounts {
  /** For a worker that is free. */
  readonly waiting: number;
  /** In the hands of a worker. */
  readonly running: number;
  /** Until a time; those that are parked not counted. */
  readonly delayed: number;
  /** Until an owner is back. */
  readonly parked: number;
  /** With a result that is still kept. */
  readonly done: number;
  /** Given up, and still kept. */
  readonly dead: number;
}

/** Calls that wait in Redis instead of in a process. Made by `durableCalls`. */
export interface DurableCalls<H extends Handlers> {
  /**
   * Puts a call into the queue. `added` is false where one with the same `id` was there before: nothing was changed.
   * @throws `PolicyError` with code `CONFIGURATION` for bad input, `CLOSED` after `close()`.
   */
  add<Name extends keyof H & string>(
    name: Name,
    data: DataOf<H[Name]>,
    options?: AddOptions,
  ): Promise<{readonly id: string; readonly added: boolean}>;
  /**
   * What the handler resolved with; of a `Response`, `{status, body}`. Waits as long as it takes, or `timeoutMs`
   * milliseconds.
   * @throws `DurableCallError`: it was given up (`DEAD`, with the explanation), is not done yet, or is unknown.
   */
  result(id: string, options?: {readonly timeoutMs?: number}): Promise<unknown>;
  /** Calls the listener at each event of this name, in the process that did it. */
  on<E extends DurableEventName>(event: E, listener: DurableListener<E>): DurableCalls<H>;
  /** Takes the listener away again. */
  off<E extends DurableEventName>(event: E, listener: DurableListener<E>): DurableCalls<H>;
  /** The calls that were given up, the youngest first; a hundred unless told otherwise. */
  deadLetters(options?: {readonly limit?: number}): Promise<readonly DeadLetter[]>;
  /**
   * Starts a dead letter anew, with as long to live as when it was added. A command of unknown outcome is verified, or,
   * without `verify`, sent again. Resolves with whether there was such a dead letter.
   */
  revive(id: string): Promise<boolean>;
  /** Takes a call out, dead or waiting. Resolves with whether there was one; a running one stays. */
  discard(id: string): Promise<boolean>;
  /** How many calls are where now, for all processes. */
  counts(): Promise<DurableCounts>;
  /** Takes no more calls, waits for those that run, and closes its own connections. The policy stays open. */
  close(): Promise<void>;
  /** `close`, at the end of the block of `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Calls that outlive the process: each is a job of BullMQ that runs under the policy, and waits in Redis until the
 * policy's `retryAt`, or until its owner is back.
 *
 * @throws `PolicyError` with code `CONFIGURATION` for an option that is wrong.
 *
 * @example
 * const calls = durableCalls({policy, connection: redis, handlers: {
 *   odometer: ({vehicle}: {vehicle: string}, {headers, signal}) => fetch(`${api}/vehicles/${vehicle}/odometer`, {headers, signal}),
 * }});
 * const {id} = await calls.add('odometer', {vehicle}, {user: 'ada', vehicle, idempotent: true});
 * console.log(await calls.result(id));
 */
export function durableCalls<const H extends Handlers>(options: DurableCallsOptions<H>): DurableCalls<H> {
  if (typeof options !== 'object' || options === null)
    throw wrong('the options of durableCalls()', 'an object', options);
  const settings = checkedSettings(options);
  const {policy, keepDeadMs} = settings;
  const events = createEmitter();
  const onError = (error: Error): void => events.emit('error', {error});
  const connections = connectionsOf(options.connection, onError);
  const prefix = connections.keyPrefix + settings.prefix;
  const queue = new Queue<StoredCall>(settings.queue, {connection: connections.brisk, prefix});
  queue.on('error', onError);
  const lastWords = lastWordsIn(connections.brisk, `${prefix}:${settings.queue}-answer`, keepDeadMs);
  const parked = parkedIndex(connections.brisk, `${prefix}:${settings.queue}-parked`);
  const desk: Desk = {
    settings,
    queue,
    parked,
    lastWords,
    events,
    stopTaking: () => void worker?.stop().catch(onError),
  };
  const worker = settings.work ? callWorker(desk, connections.patient(), prefix) : undefined;
  const ears = earsOn(settings.queue, prefix, () => connections.patient(), onError);

  const closing = new AbortController();
  const releases = new Set<Promise<void>>();
  const ownerBack: Listener<'reauth-resolved'> = ({user, vehicle}: PolicyEvents['reauth-resolved']) => {
    const releasing = release(desk, user, vehicle)
      .catch(onError)
      .finally(() => releases.delete(releasing));
    releases.add(releasing);
  };
  policy.on('reauth-resolved', ownerBack);

  const open = async (): Promise<void> => {
    if (closing.signal.aborted) throw new PolicyError('CLOSED', 'These durable calls were closed.');
    // BullMQ waits for its first connection as long as it takes; whoever serves a web request cannot.
    const ready = await within(queue.waitUntilReady(), connections.connectTimeoutMs);
    if (!ready) throw new DurableCallError('UNREACHABLE', 'Redis cannot be reached.');
  };
  const opened = async (id: string): Promise<string> => {
    if (!TEXT[1](id)) throw wrong('the id of a call', TEXT[0], id);
    await open();
    return id;
  };

  let closure: Promise<void> | undefined;
  const close = (): Promise<void> => (closure ??= shutDown());
  const shutDown = async (): Promise<void> => {
    closing.abort();
    policy.off('reauth-resolved', ownerBack);
    const ending = Promise.all([worker?.close(settings.closeTimeoutMs), within(ears.close(), GOODBYE_MS)]);
    await ending.catch(onError);
    await within(Promise.all([...releases, queue.close()]), GOODBYE_MS).catch(onError);
    await connections.close();
  };

  const calls: DurableCalls<H> = {
    async add(name, data, about = {}) {
      const {id, stored, jobs} = addedCall(settings, name, data, about, Date.now());
      await open();
      await queue.add(name, stored, jobs);
      if (about.id === undefined) return {id, added: true};
      const there = await queue.getJob(jobs.jobId ?? '');
      return {id, added: there === undefined || there.data.nonce === stored.nonce};
    },
    async result(id, {timeoutMs = Infinity} = {}) {
      if (timeoutMs !== Infinity && !DURATION[1](timeoutMs))
        throw wrong('`timeoutMs` of result()', DURATION[0], timeoutMs);
      return resultOf(queue, ears.listen, await opened(id), timeoutMs, closing.signal);
    },
    on: (event, listener) => (events.on(event, listener), calls),
    off: (event, listener) => (events.off(event, listener), calls),
    async deadLetters({limit = 100} = {}) {
      if (!COUNT[1](limit)) throw wrong('`limit` of deadLetters()', COUNT[0], limit);
      await open();
      return deadLetters(desk, limit);
    },
    revive: async id => revive(desk, await opened(id)),
    discard: async id => discard(desk, await opened(id)),
    async counts() {
      await open();
      const [jobs, parkedNow] = await Promise.all([queue.getJobCounts(), parked.count()]);
      const {
        waiting = 0,
        prioritized = 0,
        paused = 0,
        active = 0,
        delayed = 0,
        completed = 0,
        failed = 0,
      } = jobs;
      return {
        waiting: waiting + prioritized + paused,
        running: active,
        delayed: Math.max(0, delayed - parkedNow),
        parked: parkedNow,
        done: completed,
        dead: failed,
      };
    },
    close,
    [Symbol.asyncDispose]: close,
  };
  return calls;
}
