import type {Explanation} from '../index.ts';
import type {DurableContext} from './handlers.ts';
import type {DeathReason, KeptResponse} from './stored-call.ts';
import {wrong} from '../core/wrong.ts';

/** Who an event is about. */
export interface DurableFacts {
  /** As `add` resolved with it. */
  readonly id: string;
  /** The name it was added under. */
  readonly name: string;
  /** The key of the owner's grant. */
  readonly user?: string;
  /** Smartcar's vehicle id. */
  readonly vehicle?: string;
}

/** A call that was given up, as it is kept. */
export interface DeadLetter {
  /** For `revive` and `discard`. */
  readonly id: string;
  /** The name it was added under. */
  readonly name: string;
  /** What it was added with. */
  readonly data: unknown;
  /** Whom it was about. */
  readonly context: DurableContext;
  /** Why it was given up. */
  readonly reason: DeathReason;
  /** In words, without secrets. */
  readonly message: string;
  /** What the policy said of it last. */
  readonly explanation?: Explanation;
  /** When it was given up, in epoch ms. */
  readonly diedAt: number;
}

/** Told in the process that did it, after it was done. */
export interface DurableEvents {
  /** `verified`: carried out, as the handler's `verify` said. `result` as from `result()`. */
  readonly done: DurableFacts & {
    readonly result?: unknown;
    readonly response?: KeptResponse;
    readonly verified?: true;
  };
  /** It waits in Redis until `until` (epoch ms). */
  readonly deferred: DurableFacts & {readonly until: number; readonly explanation?: Explanation};
  /** It waits for the owner, who has to go to `connectUrl`. */
  readonly parked: DurableFacts & {readonly connectUrl?: string; readonly explanation?: Explanation};
  /** The owner is back: it goes to the policy's gates. */
  readonly released: DurableFacts;
  /** It was given up. */
  readonly dead: DeadLetter;
  /** Redis, or BullMQ: what was under way goes on by itself as soon as it can. */
  readonly error: {readonly error: Error};
}

/** The name of an event of durable calls. */
export type DurableEventName = keyof DurableEvents;
/** Hears an event of durable calls. */
export type DurableListener<E extends DurableEventName> = (event: DurableEvents[E]) => void;

const NAMES: readonly DurableEventName[] = ['done', 'deferred', 'parked', 'released', 'dead', 'error'];

export interface Emitter {
  on<E extends DurableEventName>(event: E, listener: DurableListener<E>): void;
  off<E extends DurableEventName>(event: E, listener: DurableListener<E>): void;
  emit<E extends DurableEventName>(event: E, payload: DurableEvents[E]): void;
}

/** A listener that throws, or whose promise rejects, breaks no call: it becomes a process warning. */
export function createEmitter(): Emitter {
  const listeners = new Map<DurableEventName, readonly ((event: never) => unknown)[]>();
  return {
    on(event, listener) {
      if (!NAMES.includes(event)) throw wrong('the event', `one of ${NAMES.join(', ')}`, event);
      if (typeof listener !== 'function') throw wrong('the listener', 'a function', listener);
      listeners.set(event, [...(listeners.get(event) ?? []), listener]);
    },
    off(event, listener) {
      listeners.set(
        event,
        (listeners.get(event) ?? []).filter(other => other !== listener),
      );
    },
    emit(event, payload) {
      for (const listener of listeners.get(event) ?? [])
        void (async () => listener(payload as never))().catch((error: unknown) => warn(event, error));
    },
  };
}

function warn(event: string, error: unknown): void {
  const said = error instanceof Error ? `${error.name}: ${error.message}` : typeof error;
  process.emitWarning(`A listener of "${event}" threw; the call goes on. ${said}`, {
    type: 'SmartcarPolicyWarning',
    code: 'LISTENER_THREW',
  });
}
