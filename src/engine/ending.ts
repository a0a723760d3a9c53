import type {Decision} from '../core/decide.ts';
import type {Failure} from '../core/failure.ts';
import type {Verdict} from '../core/messages/verdict.ts';
import {PolicyError, type PolicyErrorDetails} from '../core/policy-error.ts';
import type {Episode, GateKey} from '../ports.ts';
import type {Refusal} from './admission.ts';
import {discard} from './attempt.ts';
import {factsOf, gateKeyOf, type Call, type Outcome} from './call.ts';
import {describe, type About, type Details} from './describe.ts';
import {remember} from './diagnose.ts';
import type {Engine} from './engine.ts';
import {record} from './explain.ts';

/** Ends the loop with an outcome that the caller gets as it is. */
export class Stop extends Error {
  readonly outcome: Outcome;

  constructor(outcome: Outcome) {
    super('the call has ended');
    this.outcome = outcome;
  }
}

export function succeeded(engine: Engine, call: Call): void {
  drop(call);
  if (engine.events.heard('success'))
    engine.events.emit('success', {...factsOf(call), ...spent(engine, call)});
}

/** The decision is not to go on: the caller gets what the last attempt brought. */
export function stopped(engine: Engine, call: Call, decision: Decision, episode?: Episode): Stop {
  const details: Details = {...decision, ...linkOf(episode), ...endpointOf(call)};
  const outcome = call.held?.outcome ?? {threw: true, error: withoutToken(call, decision, episode)};
  return ended(engine, call, outcome, details, gateOf(engine, call, decision));
}

/** No token could be had before anything was sent: there is no error of the call's own. */
function withoutToken(
  {tokenFailure, user}: Call,
  decision: Decision,
  episode: Episode | undefined,
): PolicyError {
  const {action, needs, retryAt} = decision;
  const whose = user === undefined ? '' : ` for user "${user}"`;
  const why = tokenFailure?.message ?? decision.reason;
  const more: PolicyErrorDetails = {...linkOf(episode), ...(retryAt !== undefined && {retryAt})};
  if (action === 'reauthenticate') {
    const what =
      decision.reason === 'grant-missing' ? `No tokens are stored${whose}` : `The grant${whose} is gone`;
    return new PolicyError('REAUTH_REQUIRED', `${what}: the owner has to go through Connect (${why}).`, more);
  }
  const code = needs === 'developer' ? 'CONFIGURATION' : 'PAUSED';
  return new PolicyError(code, `No access token${whose}: the token endpoint answered ${why}.`, more);
}

/** The policy's own no. A call that already holds a response, or an error of its own, ends with that. */
export function refused(engine: Engine, call: Call, {error, reason, episode, gate}: Refusal): Stop {
  if (error.code === 'CLOSED') drop(call);
  const {held} = call;
  const {retryAt} = error;
  const details: Details = {
    action: reason === 'parked' ? 'reauthenticate' : 'fail',
    reason,
    needs: reason === 'parked' ? 'owner' : error.code === 'CONFIGURATION' ? 'developer' : 'nobody',
    failure: held?.decision.failure ?? {scope: episode?.scope ?? 'call', effect: 'none'},
    ...(retryAt !== undefined && {retryAt}),
    ...(episode && {parkedFor: episode.reason}),
    ...linkOf(episode),
    ...endpointOf(call),
  };
  const blocking = gate !== undefined && retryAt !== undefined ? gateAt(engine, gate, retryAt) : undefined;
  return ended(engine, call, held?.outcome ?? {threw: true, error}, details, blocking);
}

/** The deadline passed while an attempt was on the wire: a command may still be carried out. */
export function outOfTime(engine: Engine, call: Call, error: PolicyError): Stop {
  drop(call);
  return ended(engine, call, {threw: true, error}, interrupted(call, 'past-deadline'));
}

/** The caller gave up: as with fetch, the signal's reason is the error. */
export function abandoned(engine: Engine, call: Call): Stop {
  drop(call);
  return ended(engine, call, {threw: true, error: call.signal?.reason}, interrupted(call, 'aborted'));
}

/** What is held will not be handed out; its unread body would keep a socket. */
function drop(call: Call): void {
  if (call.held && !call.held.outcome.threw) discard(call.held.outcome.value);
  call.held = undefined;
}

function interrupted(call: Call, reason: 'aborted' | 'past-deadline'): Details {
  const failure: Failure = {scope: 'call', effect: call.command && call.attempts > 0 ? 'possible' : 'none'};
  return {action: 'fail', reason, needs: 'nobody', failure, ...endpointOf(call)};
}

function ended(engine: Engine, call: Call, outcome: Outcome, details: Details, gate?: About['gate']): Stop {
  const {attempts, waitedMs} = spent(engine, call);
  const explanation = describe(engine, details, aboutCall(engine, call, gate), {attempts, waitedMs});
  const subject = outcome.threw ? outcome.error : outcome.value;
  record(subject, explanation);
  remember(explanation, call);
  report(engine, call, details);
  return new Stop(outcome);
}

function aboutCall(engine: Engine, call: Call, gate: About['gate']): About {
  const {user, operation, vehicle, request, sent, authorized, command, locale, tokenFailure} = call;
  return {
    now: engine.clock.now(),
    operation,
    vehicle,
    request,
    sent,
    byPolicy: authorized,
    command: command && tokenFailure === undefined,
    locale,
    oauth: tokenFailure !== undefined,
    tokenExpiresAt: authorized ? engine.tokens?.expiresAt(user) : undefined,
    ...(gate && {gate}),
  };
}

/** The gate that the failure has closed, and how many it keeps waiting. */
function gateOf(engine: Engine, call: Call, {gate}: Decision): About['gate'] {
  const key = gate && gateKeyOf(call, gate.scope);
  return gate && key !== undefined ? gateAt(engine, key, gate.until) : undefined;
}

function gateAt(engine: Engine, key: GateKey, until: number): NonNullable<About['gate']> {
  const shutFor = engine.gates.shut([key])?.reason;
  return {key, until, waiting: engine.gates.waiting(key), shutFor};
}

function report(engine: Engine, call: Call, details: Details): void {
  const {action, reason, needs, failure, retryAt} = details;
  if (retryAt !== undefined) engine.events.emit('defer', {...factsOf(call), retryAt, reason});
  if (!engine.events.heard('fail')) return;
  const more = retryAt === undefined ? {} : {retryAt};
  engine.events.emit('fail', {
    ...factsOf(call),
    action,
    reason,
    needs,
    failure,
    ...more,
    ...spent(engine, call),
  });
}

function spent(engine: Engine, call: Call): {attempts: number; waitedMs: number; durationMs: number} {
  const {attempts, waitedMs, startedAt} = call;
  return {attempts, waitedMs: Math.round(waitedMs), durationMs: engine.clock.monotonic() - startedAt};
}

const linkOf = (episode: Episode | undefined): {readonly connectUrl?: string} =>
  episode?.connectUrl === undefined ? {} : {connectUrl: episode.connectUrl};

const endpointOf = ({endpoint}: Call): Pick<Verdict, 'endpoint'> => (endpoint ? {endpoint} : {});
