import {mergeBackoff} from './core/backoff.ts';
import type {Decision} from './core/decide.ts';
import {FOLLOW} from './core/follow-key.ts';
import {fetchDoor, type FetchDoor} from './doors/fetch.ts';
import {kyDoor, type PolicyKy} from './doors/ky.ts';
import {run, type Send} from './doors/run.ts';
import type {CallContext} from './engine/call.ts';
import {fullClock, systemClock} from './engine/clock.ts';
import {checkedContext, laidOver, wrong} from './engine/context.ts';
import {diagnosis} from './engine/diagnose.ts';
import type {Engine} from './engine/engine.ts';
import {createEvents, type EventName, type Listener} from './engine/events.ts';
import type {Explanation} from './engine/explain.ts';
import {follow, type Followed} from './engine/followed.ts';
import {assess, judge, type DecideContext} from './engine/judge.ts';
import {tokenGates} from './engine/token-gates.ts';
import {createTokenKeeper, type TokenKeeper} from './engine/tokens.ts';
import {closed} from './engine/waiting.ts';
import {membershipOf} from './membership.ts';
import {named} from './named.ts';
import {DEFAULTS, type PolicyOptions} from './options.ts';
import {ownersOf, type Connect, type Reauth} from './owners.ts';
import type {Tokens, Tracing, VehicleUsage} from './ports.ts';
import {checkedOptions, resolvedOrigins} from './resolve-options.ts';
import {limitsNow, restraintsOf, type PolicyLimits} from './restraints.ts';
import {CHANNELS} from './telemetry/channels.ts';
import {logTo} from './telemetry/logger.ts';
import {webhooksOf, type Webhooks} from './webhooks.ts';
import {settingsOf, voiceOf} from './wording.ts';
import {memoryStore} from './stores/memory-store.ts';
import {checkTokens} from './at-rest/stored-tokens.ts';

/** The policy that stands in front of calls to Smartcar. Made by `createPolicy`. */
export interface Policy {
  /**
   * Runs any promise-returning call: called once for each attempt, with that attempt's token. Without `idempotent` it
   * counts as a command. Rejects with the call's own error, or with a `PolicyError` where nothing was sent.
   *
   * @throws `PolicyError`, by its code: `REAUTH_REQUIRED`, `PAUSED`, `DEADLINE`, `CLOSED`, `CONFIGURATION`.
   */
  run<T>(call: Send<T>, context?: CallContext): Promise<T>;
  /**
   * A `fetch` bound to a context, by the option `fetch`. Same contract as fetch: it resolves with the last response,
   * whatever its status, and rejects only where there is none.
   *
   * @throws as `run`; and whatever the `fetch` behind it rejects with.
   */
  fetch(context?: CallContext): FetchDoor;
  /**
   * A ky instance bound to a context; it neither repeats nor times out by itself. `explain` works on its `HTTPError`.
   *
   * @throws `PolicyError` with code `CONFIGURATION` where ky cannot be loaded: a bundle has to leave it out (external).
   */
  ky(context?: CallContext): PolicyKy;
  /** Calls the listener at each event of this name, within the call that it is about: it should be quick. */
  on<E extends EventName>(event: E, listener: Listener<E>): Policy;
  /** The same for the next event alone. */
  once<E extends EventName>(event: E, listener: Listener<E>): Policy;
  /** Takes the listener away again. */
  off<E extends EventName>(event: E, listener: Listener<E>): Policy;
  /**
   * What the policy would do about an error, a `Response` or a parsed body, without doing it. A promise only where a
   * body has to be read: of one that has not come after `attemptTimeoutMs`, status and headers are judged.
   */
  decide(subject: Response, context?: DecideContext): Promise<Decision>;
  decide(subject: unknown, context?: DecideContext): Decision | Promise<Decision>;
  /** The same in words, for what no policy has handled: a body from a log, an error of another client. */
  explain(subject: Response, context?: DecideContext): Promise<Explanation>;
  explain(subject: unknown, context?: DecideContext): Explanation | Promise<Explanation>;
  /**
   * Asks Smartcar whether a refused token covers the car at all, for an error or a `Response` of a call: one request,
   * on demand, none the second time. Resolves with what it found, in sentences; never rejects.
   */
  diagnose(subject: unknown): Promise<readonly string[]>;
  /** The tokens in the store, by the owner's key. @throws `PolicyError` with code `CONFIGURATION`: there is no `auth`. */
  readonly tokens: {
    /**
     * Stores a pair for a user and ends the episodes of that user: somebody has been through Connect. With
     * `applicationToken` there is one token for all, whoever is named.
     */
    save(user: string, tokens: Tokens): Promise<void>;
    /** The pair as it is stored now, whether or not it is still good; `undefined` where there is none. */
    get(user: string): Promise<Tokens | undefined>;
    /** Forgets the pair and ends the user's episodes: calls fail from then on, until another is saved. */
    delete(user: string): Promise<void>;
  };
  /** Links for owners, and what they bring back. */
  readonly connect: Connect;
  /** Owners who have to come back. */
  readonly reauth: Reauth;
  /** Takes Smartcar's webhooks. Needs the option `webhooks`. */
  readonly webhooks: Webhooks;
  /** What holds calls back now: gates, rates that were set or learned, who waits. */
  limits(): PolicyLimits;
  /**
   * Opens a gate that is shut, for one probe: an invoice was paid, a plan has grown. `scope` as in the `pause` event.
   * Returns whether it was shut.
   */
  reopen(scope: string): boolean;
  /**
   * Calls of a vehicle in the billing period of a time (epoch ms), now by default.
   *
   * @throws `PolicyError` with code `CONFIGURATION`: the option `quota` is not set, or the time is none.
   */
  usage(vehicle: string, at?: number): Promise<VehicleUsage>;
  /** Stops all waits with `CLOSED` and closes the store; bodies already handed out can still be read. */
  close(): Promise<void>;
  /** `close`, at the end of the block of `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
  /** @internal A door around another fetch than the policy's own. */
  [DOOR](base: typeof fetch, context: CallContext): FetchDoor;
  /** @internal Follows its calls from within, until what is returned is called. */
  [FOLLOW](tracing: Tracing): () => void;
}

/** The last instant that a Date can hold. */
const LAST_DATE_MS = 8.64e15;

/** Also found by another copy of this package. */
export const DOOR: unique symbol = Symbol.for('smartcar-policy.door') as never;

/**
 * Makes a policy. Every option is checked at once.
 *
 * @throws `PolicyError` with code `CONFIGURATION`, naming each option that is wrong, what was expected and what came.
 *
 * @example
 * const policy = createPolicy({auth: applicationToken(), store: sqliteStore('smartcar.db')});
 */
export function createPolicy(options: PolicyOptions = {}): Policy {
  const given = checkedOptions(options);
  const origins = resolvedOrigins(given.origins);
  const clock = given.clock ? fullClock(given.clock) : systemClock;
  const base: typeof fetch = given.fetch ?? globalThis.fetch;
  const store = given.store ?? memoryStore();
  const events = createEvents(CHANNELS);
  if (given.logger) logTo(given.logger, events);
  const followed: Followed = {by: undefined};
  const closing = new AbortController();

  const source = given.auth?.open({origins, fetch: base, clock});
  const refreshAheadMs = given.refreshAheadMs ?? DEFAULTS.refreshAheadMs;
  const ahead = {gates: tokenGates(() => engine), refreshAheadMs};
  const tokens = source && createTokenKeeper({source, store, clock, events, followed, ...ahead});
  const {link, join} = membershipOf(given);
  const restraints = restraintsOf(given, {clock, events, store, link});
  const {gates, quota} = restraints;
  const underWay = new Set<Promise<unknown>>();
  const track = <T>(start: () => Promise<T>): Promise<T> => {
    if (closing.signal.aborted) return Promise.reject(closed());
    const kept = start().finally(() => underWay.delete(kept));
    underWay.add(kept);
    return kept;
  };
  const parts = {origins, clock, store, events, gates, fetch: base, source, tokens, track};
  const owners = ownersOf(given, parts);
  const {episodes, connect, reauth} = owners;

  const engine: Engine = {
    clock,
    voice: voiceOf(given),
    origins,
    settings: settingsOf(given),
    random: given.random ? diceOf(given.random) : Math.random,
    backoff: mergeBackoff(given.backoff),
    ...(source && {source}),
    ...(tokens && {tokens}),
    ...restraints,
    episodes,
    events,
    followed,
    maxWaitMs: given.maxWaitMs ?? DEFAULTS.maxWaitMs,
    attemptTimeoutMs: given.attemptTimeoutMs ?? DEFAULTS.attemptTimeoutMs,
    closing: closing.signal,
    rejected: new Map(),
  };
  const defaults: CallContext = {
    coalesce: given.coalesce ?? DEFAULTS.coalesce,
    settle: given.settle ?? DEFAULTS.settle,
  };
  const door = (fetch: typeof globalThis.fetch, context: CallContext): FetchDoor =>
    fetchDoor(engine, origins, fetch, laidOver(defaults, checkedContext(context)));

  let closure: Promise<void> | undefined;
  const close = (): Promise<void> => (closure ??= shutDown());
  const shutDown = async (): Promise<void> => {
    closing.abort(closed());
    try {
      // An owner who is just coming back is not sent away: what they bring is stored first.
      await Promise.allSettled(underWay);
      await Promise.all([tokens?.idle(), quota?.flush()]);
    } finally {
      await Promise.all([link?.close(), store.close()]);
    }
  };

  const policy: Policy = {
    run: (call, context) => run(engine, call, context),
    fetch: (context = {}) => door(base, context),
    ky: (context = {}) => kyDoor(door(base, context)),
    on: (event, listener) => (events.on(event, listener), policy),
    once: (event, listener) => (events.once(event, listener), policy),
    off: (event, listener) => (events.off(event, listener), policy),
    decide: ((subject: unknown, context?: DecideContext) =>
      judge(engine, subject, context)) as Policy['decide'],
    explain: ((subject: unknown, context?: DecideContext) =>
      assess(engine, subject, context)) as Policy['explain'],
    diagnose: diagnosis(origins, given.auth?.version ?? '2', (user, url) => door(base, {user})(url)),
    tokens: {
      async save(user, pair) {
        checkTokens(pair);
        await keeper(tokens).save(named(user), pair);
        await episodes.end(user, undefined, 'tokens');
      },
      get: async user => keeper(tokens).get(named(user)),
      async delete(user) {
        await keeper(tokens).delete(named(user));
        await episodes.end(user, undefined, 'tokens');
      },
    },
    connect,
    reauth,
    webhooks: webhooksOf(given, {engine, marks: owners.marks, events, track}),
    limits: () => limitsNow(restraints),
    reopen: scope => gates.reopen(named(scope, 'the scope')),
    async usage(vehicle, at) {
      if (!quota) throw wrong('`quota`', 'set, since calls are counted with it alone', undefined);
      if (at !== undefined && !(Math.abs(at) <= LAST_DATE_MS)) throw wrong('the time', 'one in epoch ms', at);
      return quota.usage(named(vehicle, 'the vehicle'), at);
    },
    close,
    [Symbol.asyncDispose]: close,
    [DOOR]: door,
    [FOLLOW]: tracing => follow(followed, tracing),
  };
  join({gates, episodes, tokens});
  return policy;
}

/** Chance that is no number from 0 to below 1 must not become a wait without end. */
function diceOf(random: () => number): () => number {
  return () => {
    const dice = random();
    return dice >= 0 && dice < 1 ? dice : dice >= 1 ? 1 - Number.EPSILON : 0;
  };
}

function keeper(tokens: TokenKeeper | undefined): TokenKeeper {
  if (tokens) return tokens;
  throw wrong('`auth`', 'userTokens(…) or applicationToken(…), since tokens are asked for', undefined);
}
