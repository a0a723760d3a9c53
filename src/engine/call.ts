import {compact} from '../core/evidence/safe.ts';
import type {Decision} from '../core/decide.ts';
import type {Endpoint, RequestFacts} from '../core/endpoints.ts';
import type {CallTrace, GateKey, Pass, Place} from '../ports.ts';
import type {Engine} from './engine.ts';
import type {CallFacts} from './events.ts';
import type {Sendable} from './sent.ts';

/** What a caller says about one call. `user` is needed with `userTokens`, and for v3's signals and commands. */
export interface CallContext {
  /**
   * The key of the owner's grant. v2: the key under which the token pair is stored. v3: the value of `sc-user-id`.
   */
  readonly user?: string | undefined;
  /** Smartcar's vehicle id. @default the one in the URL */
  readonly vehicle?: string | undefined;
  /** A name for events and explanations: an SDK method such as `odometer`, or your own. @default from the URL */
  readonly operation?: string | undefined;
  /** A repeat does no harm, even if the first attempt reached the car. Only commands ask. @default false */
  readonly idempotent?: boolean | undefined;
  /** The maker of the car, for `outages`. @default what `outages.makeOf` says, or an answer has told */
  readonly make?: string | undefined;
  /** From 0 (first) to 9, among calls that wait for the same scope. @default 4 for commands, 5 for reads */
  readonly priority?: number | undefined;
  /** Ends the call at once, in every state. */
  readonly signal?: AbortSignal | undefined;
  /** The longest time to spend waiting, over all attempts, in milliseconds. @default the policy's */
  readonly maxWaitMs?: number | undefined;
  /** Milliseconds from the start of the call, attempts included. @default none */
  readonly deadlineMs?: number | undefined;
  /** How long to wait for an owner who has to reconnect, in milliseconds. @default 0: fail at once */
  readonly waitForReauthMs?: number | undefined;
  /**
   * Reads of the fetch and ky doors: share the request of an identical one that is in flight. `false` sends its own.
   * @default true
   */
  readonly coalesce?: boolean | undefined;
  /**
   * v3: wait for the outcome of a command that answers 202. `false` hands out the 202 as it came.
   * @default true
   */
  readonly settle?: boolean | undefined;
  /** The language of messages for the owner, as a BCP 47 tag; for the function in `messages`. @default `app.locale` */
  readonly locale?: string | undefined;
}

/** What a call receives for one attempt. */
export interface AttemptContext {
  /** Empty where the policy has no `auth`. */
  readonly accessToken: string;
  /** `authorization` and, on v3, `sc-user-id`. */
  readonly headers: Record<string, string>;
  /** Aborts when the attempt has taken too long, or the caller gives up. */
  readonly signal: AbortSignal;
  /** From 1. */
  readonly attempt: number;
}

/** How an attempt ended: the call's own error, or a response that tells of a failure. */
export type Outcome =
  | {readonly threw: true; readonly error: unknown}
  | {readonly threw: false; readonly value: unknown};

/** One logical operation on its way through the loop. Also what `decide` asks of a call (`CallState`). */
export interface Call {
  readonly id: number;
  readonly user: string | undefined;
  readonly vehicle: string | undefined;
  readonly operation: string | undefined;
  readonly request: RequestFacts | undefined;
  readonly endpoint: Endpoint | undefined;
  readonly sent: Sendable | undefined;
  readonly locale: string | undefined;
  /** What the call is parked under: the permission it needs, else its operation's name. */
  readonly permission: string | undefined;
  /** The maker of the car, in lower case, where a breaker for makers is on and knows it. */
  readonly make: string | undefined;
  readonly command: boolean;
  readonly idempotent: boolean;
  readonly replayable: boolean;
  /** Whether the policy puts its token on this call. */
  readonly authorized: boolean;
  /** An authorization of the caller's own: not to be shown. */
  readonly secret: string | undefined;
  readonly refreshable: boolean;
  readonly priority: number;
  readonly signal: AbortSignal | undefined;
  readonly startedAt: number;
  /** By the monotonic clock. */
  readonly deadline: number | undefined;
  maxWaitMs: number;
  readonly maxWaitIsOwn: boolean;
  waitForReauthMs: number;
  /** When the last attempt was sent, in epoch ms. */
  sentAt: number;
  /** How often this call has waited for the owner after an answer that asked for one. */
  ownerWaits: number;
  attempts: number;
  waitedMs: number;
  readonly retries: Record<string, number>;
  /** The token that was refused last: the next attempt must have another. */
  stale: string | undefined;
  /** The generation that took the place of a refused one in this call. */
  renewed: string | undefined;
  tokenWasFresh: boolean;
  /** Why the last try to get a token failed; the attempt after it was never sent. */
  tokenFailure: {readonly decision: Decision; readonly message: string} | undefined;
  /** Sent in spite of an open episode, to see whether it still holds. */
  probing: boolean;
  /** Places behind the token endpoint's gates, of the last try to get a token. */
  tokenPasses: readonly Pass[];
  /** It has had its turn and could not go: it comes before all who have not. */
  returning: boolean;
  /** The last attempt that ended, with what was decided about it. */
  held: {readonly outcome: Outcome; readonly decision: Decision} | undefined;
  /** Who follows it. */
  trace: CallTrace | undefined;
}

/** What a door knows about a call beyond its context. */
export interface DoorFacts {
  readonly request?: RequestFacts;
  readonly endpoint?: Endpoint;
  readonly command: boolean;
  readonly replayable: boolean;
  /** The caller brought an authorization of its own. */
  readonly ownAuthorization: boolean;
  /** What it brought: not to be shown. */
  readonly secret?: string;
  readonly sent?: Sendable;
}

let calls = 0;

/** Every call goes through here: no more objects than needed. `signal` stands in for the context's own. */
export function openCall(engine: Engine, context: CallContext, door: DoorFacts, signal?: AbortSignal): Call {
  const {request} = door;
  const {user} = context;
  const vehicle = context.vehicle ?? request?.vehicle;
  const operation = context.operation ?? request?.operation;
  const endpoint = door.endpoint ?? request?.endpoint;
  const authorized = engine.source !== undefined && !door.ownAuthorization;
  const startedAt = engine.clock.monotonic();
  return {
    id: ++calls,
    user,
    vehicle,
    operation,
    request,
    endpoint,
    sent: door.sent,
    locale: context.locale,
    permission: endpoint?.permission ?? operation,
    make: engine.outages?.makeOf(vehicle, context.make),
    command: door.command,
    idempotent: context.idempotent ?? false,
    replayable: door.replayable,
    secret: door.secret,
    authorized,
    refreshable: authorized,
    priority: context.priority ?? (door.command ? 4 : 5),
    signal,
    startedAt,
    deadline: context.deadlineMs === undefined ? undefined : startedAt + context.deadlineMs,
    maxWaitMs: context.maxWaitMs ?? engine.maxWaitMs,
    maxWaitIsOwn: context.maxWaitMs !== undefined,
    waitForReauthMs: context.waitForReauthMs ?? 0,
    sentAt: 0,
    ownerWaits: 0,
    attempts: 0,
    waitedMs: 0,
    retries: {},
    stale: undefined,
    renewed: undefined,
    tokenWasFresh: false,
    tokenFailure: undefined,
    probing: false,
    tokenPasses: [],
    returning: false,
    held: undefined,
    trace: undefined,
  };
}

/** Who and what an event is about. */
export function factsOf({id, user, vehicle, operation}: Call): CallFacts {
  return compact<CallFacts>({call: id, user, vehicle, operation});
}

/** Where the call stands, as far as parking is concerned. */
export function placeOf({user = '', vehicle, permission}: Call): Place {
  return compact<Place>({user, vehicle, permission});
}

/**
 * The scopes in which a call takes a place, the narrowest first: whoever has one there needs the wider ones too, so
 * nobody waits for a car while holding a place of all.
 */
export function gateKeysOf(call: Crossing): readonly GateKey[] {
  const {user, vehicle, make, command} = call;
  const keys: GateKey[] = [];
  if (vehicle !== undefined) {
    if (command) keys.push(`commands:${vehicle}`);
    const permission = permissionKeyOf(call);
    if (permission !== undefined) keys.push(permission);
    keys.push(`vehicle:${vehicle}`);
  }
  if (user !== undefined) keys.push(`user:${user}`);
  // What a maker's outage holds back is what it cannot answer; a command is worth a try.
  if (make !== undefined && !command) keys.push(`make:${make}`);
  keys.push('application');
  return keys;
}

/** What a call says about the gates in its way. */
type Crossing = Pick<Call, 'user' | 'vehicle' | 'permission' | 'make' | 'command'>;

function permissionKeyOf({
  vehicle,
  permission,
}: Pick<Crossing, 'vehicle' | 'permission'>): GateKey | undefined {
  if (vehicle === undefined || permission === undefined) return undefined;
  return `permission:${vehicle}:${permission}`;
}

/** The key of the gate that a scope closes for this call: the narrowest one that it names. `undefined`: it names none. */
export function gateKeyOf(call: Omit<Crossing, 'make' | 'command'>, scope: string): GateKey | undefined {
  const permission = permissionKeyOf(call);
  if (scope === 'permission' && permission !== undefined) return permission;
  if (scope === 'permission' || scope === 'vehicle') {
    if (call.vehicle !== undefined) return `vehicle:${call.vehicle}`;
  }
  if (scope === 'application') return 'application';
  return call.user === undefined ? undefined : `user:${call.user}`;
}
