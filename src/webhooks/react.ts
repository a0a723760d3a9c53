import type {Decision} from '../core/decide.ts';
import {endpointNamed, type Endpoint} from '../core/endpoints.ts';
import type {Evidence} from '../core/evidence/evidence.ts';
import type {WebhookError, WebhookEvent} from '../core/webhook-event.ts';
import type {Closing, Episode, Finding, GateKey, GateState, Pass, Place} from '../ports.ts';
import {evidenceOf} from './event.ts';

/** What events do to the episodes of a policy. */
export interface EpisodesToldOf {
  open(place: Place, found: Finding): unknown;
  list(): readonly Episode[] | Promise<readonly Episode[]>;
  /** Ends those of a car that `which` picks. */
  end(user: string, vehicle: string, by: 'webhook', which: (episode: Episode) => boolean): unknown;
}

/** What events do to its gates. */
export interface GatesToldOf {
  close(key: GateKey, closing: Closing, passes: readonly Pass[]): void;
  reopen(key: GateKey): boolean;
  list(): readonly GateState[];
}

export interface Reaction {
  /** What the core decides about a read of this car that has failed like this. */
  readonly decideOn: (evidence: readonly Evidence[], vehicle: string | undefined) => Decision;
  readonly episodes: EpisodesToldOf;
  readonly gates: GatesToldOf;
  /** Epoch ms. */
  readonly now: () => number;
  /** The permissions that the product asks for. */
  readonly scope?: readonly string[];
  /**
   * Whether the product uses a signal: only then is a permission that it lacks worth the owner's time.
   * @default those whose permission stands in `scope`; without a scope none
   */
  readonly usesSignal?: (code: string) => boolean;
}

/**
 * Does what an event asks for. Of an owner whom nobody knows nothing is done: there is nobody to tell.
 *
 * Sources: https://smartcar.com/docs/api-reference/webhooks/events/vehicle-error and …/vehicle-state
 */
export function reactingTo(
  reaction: Reaction,
): (event: WebhookEvent, user: string | undefined) => Promise<void> {
  return async (event, user) => {
    if (user === undefined) return;
    if (event.type === 'VEHICLE_STATE') await proven(reaction, event, user);
    if (event.type !== 'VEHICLE_ERROR') return;
    for (const error of event.errors) {
      const decision = reaction.decideOn([evidenceOf(error)], event.vehicle);
      const told = {reaction, event, user, error, decision};
      // One after the other: what an event says first may be what it says last, too.
      // oxlint-disable-next-line eslint/no-await-in-loop
      await (error.state === 'RESOLVED' ? resolved(told) : arisen(told));
    }
  };
}

/** One error of an event, and what it means. */
interface Told {
  readonly reaction: Reaction;
  readonly event: WebhookEvent;
  readonly user: string;
  readonly error: WebhookError;
  readonly decision: Decision;
}

async function arisen(told: Told): Promise<void> {
  const {reaction, event, decision} = told;
  const {action, reason, failure, gate} = decision;
  if (gate?.scope === 'vehicle' && event.vehicle !== undefined)
    reaction.gates.close(`vehicle:${event.vehicle}`, closingOf(decision, gate.until), []);
  const {scope} = failure;
  if (action !== 'reauthenticate' || scope === 'call' || scope === 'application') return;
  for (const one of scope === 'permission' ? lacking(told) : [{}]) {
    await reaction.episodes.open(placeOf(told, one.permission), {
      scope,
      reason,
      failure,
      ...(one.endpoint && {endpoint: one.endpoint}),
      // What was delivered before the owner came back tells nothing new.
      ...(event.deliveredAt !== undefined && {sentAt: event.deliveredAt}),
    });
  }
}

function placeOf({event: {vehicle}, user}: Told, permission: string | undefined): Place {
  return {user, ...(vehicle !== undefined && {vehicle}), ...(permission !== undefined && {permission})};
}

/** A limit that was met is told to calls, not by webhooks; where it is, what follows goes apart all the same. */
function closingOf({failure, reason}: Decision, until: number): Closing {
  const {type, code, retryAfterMs} = failure;
  const limit = type === 'RATE_LIMIT' || code === 'RATE_LIMIT';
  return {until, reason, limit, ...(retryAfterMs !== undefined && {toldMs: retryAfterMs})};
}

/** A permission that the product uses and does not have, with what it would have read. */
interface Lack {
  readonly permission?: string;
  readonly endpoint?: Endpoint;
}

/**
 * Each once. Smartcar reports signals that no plan or scope of the product covers as well, every day: an owner who comes
 * back for one of those has come for nothing.
 */
function lacking({reaction, error}: Told): readonly Lack[] {
  const found = new Map<string | undefined, Lack>();
  for (const code of error.signals) {
    const endpoint = readingOf(code);
    const permission = endpoint?.permission;
    if (!isUsed(reaction, code, permission) || found.has(permission)) continue;
    found.set(permission, {...(permission !== undefined && {permission}), ...(endpoint && {endpoint})});
  }
  return [...found.values()];
}

function isUsed({usesSignal, scope}: Reaction, code: string, permission: string | undefined): boolean {
  if (usesSignal) return usesSignal(code);
  return (
    permission !== undefined && scope?.some(one => one.replace(/^required:/, '') === permission) === true
  );
}

function readingOf(signal: string): Endpoint | undefined {
  return endpointNamed(`GET /vehicles/{id}/signals/${signal}`);
}

/** What it opened is over: an episode of the same kind, or a gate; not all that stands open about the car. */
async function resolved({reaction, event, user, error, decision}: Told): Promise<void> {
  const {vehicle} = event;
  if (vehicle === undefined) return;
  const permissions = new Set(error.signals.map(code => readingOf(code)?.permission));
  await endThose(reaction, user, vehicle, ({scope, reason, permission}) => {
    if (error.type !== 'PERMISSION') return reason === nameOf(error);
    if (scope !== 'permission') return false;
    return permissions.size === 0 || permission === undefined || permissions.has(permission);
  });
  if (decision.gate?.scope === 'vehicle') reopen(reaction, `vehicle:${vehicle}`);
}

/** A told limit, or one of the plan, holds on whatever else is over. */
function reopen({gates}: Reaction, key: GateKey): void {
  const state = gates.list().find(({scope}) => scope === key);
  if (state?.rate?.source !== 'learned' && state?.reason !== 'billing') gates.reopen(key);
}

function nameOf({type = '', code}: WebhookError): string {
  return code === undefined ? type : `${type}:${code}`;
}

const LOST_LOGIN = 'CONNECTED_SERVICES_ACCOUNT:AUTHENTICATION_FAILED';

/** A value that was fetched since the login was lost came through a new one. */
async function proven(reaction: Reaction, event: WebhookEvent, user: string): Promise<void> {
  const {vehicle, signals} = event;
  // One that does not say when it was fetched may be older than what was lost.
  const times = signals.flatMap(({state, fetchedAt}) =>
    state === 'ok' && fetchedAt !== undefined ? [fetchedAt] : [],
  );
  if (vehicle === undefined || times.length === 0) return;
  const latest = Math.max(...times);
  await endThose(
    reaction,
    user,
    vehicle,
    ({scope, reason, since}) => scope === 'vehicle' && reason === LOST_LOGIN && latest > since,
  );
}

/** An episode whose call named no car may be about any, so it is left to calls to end it. */
async function endThose(
  {episodes}: Reaction,
  user: string,
  vehicle: string,
  which: (episode: Episode) => boolean,
): Promise<void> {
  const ofCar = (episode: Episode): boolean =>
    episode.user === user && episode.vehicle === vehicle && which(episode);
  if ((await episodes.list()).some(ofCar)) await episodes.end(user, vehicle, 'webhook', ofCar);
}
