import type {Decision} from '../core/decide.ts';
import type {Action, Failure, Needs} from '../core/failure.ts';
import type {Reason} from '../core/reasons.ts';
import type {WebhookReceived, WebhookRejected} from '../core/webhook-event.ts';
import {wrong} from '../core/wrong.ts';
import type {Episode, EpisodeEnd, QuotaWarning, RefreshOutcome} from '../ports.ts';

/** Who an event is about. No event has a member that could hold a token. */
export interface CallFacts {
  /** Counts calls within this process. */
  readonly call: number;
  /** The key of the owner's grant, as the call named it. */
  readonly user?: string;
  /** Smartcar's vehicle id. */
  readonly vehicle?: string;
  /** `GET /vehicles/{id}/odometer`, or the name given with the call. */
  readonly operation?: string;
}

/** Members of a decision that stand in an event. */
export interface DecisionFacts {
  readonly action: Action;
  readonly reason: Reason;
  readonly needs: Needs;
  readonly failure: Failure;
  /** With `retry`: how long it waits first, in milliseconds. */
  readonly delayMs?: number;
  /** Epoch ms: when the next attempt makes sense. */
  readonly retryAt?: number;
}

/** An episode as it opens, with what to tell the owner. */
export interface ReauthEvent extends Omit<Episode, 'since'> {
  /** Ready to show to the owner. */
  readonly userMessage: string;
  /** The owner was told before, and is still away. */
  readonly reminder?: true;
}

/** What each event of the policy tells. Members that end in `Ms` are milliseconds. */
export interface PolicyEvents {
  /** An attempt goes over the wire. */
  readonly attempt: CallFacts & {readonly attempt: number};
  /** A failure was read, and this is what happens about it. */
  readonly decision: CallFacts & {readonly attempt: number} & DecisionFacts;
  /** A token was renewed, or could not be. */
  readonly refresh: {
    /** Whose; absent where one token serves all. */
    readonly user?: string;
    readonly outcome: RefreshOutcome;
    /** Milliseconds from its beginning to its end. */
    readonly durationMs: number;
    /** Why it failed, without secrets. */
    readonly failure?: string;
    /** Another process had begun it so many milliseconds before, and never finished: its token was sent again. */
    readonly interruptedMs?: number;
  };
  /**
   * A gate closed until `until` (epoch ms). `scope` is `application`, `user:<key>`, `vehicle:<id>`,
   * `permission:<vehicle>:<permission>`, `make:<make>`, or, for the token endpoint, `token:*` and `token:<store key>`.
   */
  readonly pause: {readonly scope: string; readonly until: number; readonly reason: string};
  /** The gate is open for everybody again. */
  readonly resume: {readonly scope: string};
  /**
   * How fast a scope may be called was learned from what the server refused: one call every `intervalMs`, `perMinute` in
   * a minute. Without them nothing has to be held back any more.
   */
  readonly limit: {readonly scope: string; readonly intervalMs?: number; readonly perMinute?: number};
  /** A vehicle has used the set share of its calls; once per vehicle and billing period. */
  readonly quota: QuotaWarning;
  /** A webhook event was accepted: what it asks of the policy has been done, or is being done. */
  readonly webhook: WebhookReceived;
  /** A delivery was not accepted: for developers. */
  readonly 'webhook-rejected': WebhookRejected;
  /** An owner has to come back: once for each episode, and as a reminder where that is set. */
  readonly reauth: ReauthEvent;
  /** An episode is over; `by` says how. */
  readonly 'reauth-resolved': Omit<ReauthEvent, 'connectUrl' | 'userMessage' | 'reason' | 'reminder'> & {
    readonly by: EpisodeEnd;
  };
  /** A call ended because its wait would be too long; it makes sense again at `retryAt` (epoch ms). */
  readonly defer: CallFacts & {readonly retryAt: number; readonly reason: Reason};
  /** A call succeeded. `waitedMs` of its `durationMs` were spent between attempts. */
  readonly success: CallFacts & {
    readonly attempts: number;
    readonly waitedMs: number;
    readonly durationMs: number;
  };
  /** A call ended without success, for the reason that `explain` gives too. */
  readonly fail: CallFacts &
    Omit<DecisionFacts, 'delayMs'> & {
      readonly attempts: number;
      readonly waitedMs: number;
      readonly durationMs: number;
    };
}

/** The name of an event of the policy. */
export type EventName = keyof PolicyEvents;

export const EVENT_NAMES: readonly EventName[] = [
  'attempt',
  'decision',
  'refresh',
  'pause',
  'resume',
  'limit',
  'quota',
  'webhook',
  'webhook-rejected',
  'reauth',
  'reauth-resolved',
  'defer',
  'success',
  'fail',
];
/** Hears an event. What it throws, or rejects with, becomes a warning of the process. */
export type Listener<E extends EventName> = (event: PolicyEvents[E]) => void;

export interface Events {
  on<E extends EventName>(event: E, listener: Listener<E>): void;
  once<E extends EventName>(event: E, listener: Listener<E>): void;
  off<E extends EventName>(event: E, listener: Listener<E>): void;
  /** Whether anybody listens: lets the hot path skip building an event. */
  heard(event: EventName): boolean;
  emit<E extends EventName>(event: E, payload: PolicyEvents[E]): void;
}

/** Where an event is told to whoever subscribed in this process, whichever policy it comes from. */
export interface EventChannel {
  readonly hasSubscribers: boolean;
  publish(event: object): void;
}

export type EventChannels = Readonly<Record<EventName, EventChannel>>;

type Entry = {readonly listener: (event: never) => unknown; readonly once: boolean};

/** A listener that throws, or whose promise rejects, breaks no call: it becomes a process warning. */
export function createEvents(channels?: EventChannels): Events {
  const entries = new Map<EventName, readonly Entry[]>();
  const add = (event: EventName, entry: Entry): void => {
    if (!EVENT_NAMES.includes(event)) throw wrong('the event', `one of ${EVENT_NAMES.join(', ')}`, event);
    if (typeof entry.listener !== 'function') throw wrong('the listener', 'a function', entry.listener);
    entries.set(event, [...(entries.get(event) ?? []), entry]);
  };
  const remove = (event: EventName, gone: (entry: Entry) => boolean): void => {
    const left = (entries.get(event) ?? []).filter(entry => !gone(entry));
    if (left.length > 0) entries.set(event, left);
    else entries.delete(event);
  };
  return {
    on: (event, listener) => add(event, {listener, once: false}),
    once: (event, listener) => add(event, {listener, once: true}),
    off: (event, listener) => remove(event, entry => entry.listener === listener),
    heard: event => entries.has(event) || channels?.[event].hasSubscribers === true,
    emit(event, payload) {
      for (const entry of entries.get(event) ?? []) {
        if (entry.once) {
          // A listener before this one may have caused the same event again.
          if (!entries.get(event)?.includes(entry)) continue;
          remove(event, other => other === entry);
        }
        try {
          const returned = entry.listener(payload as never);
          if (isThenable(returned)) returned.then(undefined, (error: unknown) => warn(event, error));
        } catch (error) {
          warn(event, error);
        }
      }
      const channel = channels?.[event];
      if (channel?.hasSubscribers) channel.publish(payload);
    },
  };
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as {then?: unknown} | null | undefined)?.then === 'function';
}

function warn(event: EventName, error: unknown): void {
  const said = saidBy(error);
  process.emitWarning(`A listener of "${event}" threw; the call goes on. ${said}`, {
    type: 'SmartcarPolicyWarning',
    code: 'LISTENER_THREW',
  });
}

/** A listener can throw anything, also what cannot be turned into a text. */
function saidBy(error: unknown): string {
  try {
    return error instanceof Error ? `${error.name}: ${error.message}` : typeof error;
  } catch {
    return 'It threw what cannot be read.';
  }
}

/** The members of a decision that an event shows. */
export function decisionFacts({action, reason, needs, failure, delayMs, retryAt}: Decision): DecisionFacts {
  return {
    action,
    reason,
    needs,
    failure,
    ...(delayMs !== undefined && {delayMs}),
    ...(retryAt !== undefined && {retryAt}),
  };
}
