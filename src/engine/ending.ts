import type {Decision} from '../core/decide.ts';
import type {Failure} from '../core/failure.ts';
import {hints, userMessage, type Verdict} from '../core/messages.ts';
import {PolicyError, type PolicyErrorDetails} from '../core/policy-error.ts';
import type {Episode} from '../ports.ts';
import type {Refusal} from './admission.ts';
import {discard} from './attempt.ts';
import {factsOf, type Call, type Outcome} from './call.ts';
import type {Engine} from './engine.ts';
import {record, type Explanation} from './explain.ts';

/** Ends the loop with an outcome that the caller gets as it is. */
export class Stop extends Error {
  readonly outcome: Outcome;

  constructor(outcome: Outcome) {
    super('the call has ended');
    this.outcome = outcome;
  }
}

/** What an ending adds to the verdict. */
interface Details extends Verdict {
  readonly retryAt?: number;
  readonly connectUrl?: string;
  readonly docUrl?: string;
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
  return ended(engine, call, outcome, details);
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
export function refused(engine: Engine, call: Call, {error, reason, episode}: Refusal): Stop {
  if (error.code === 'CLOSED') drop(call);
  const {held} = call;
  const {retryAt} = error;
  const details: Details = {
    action: reason === 'parked' ? 'reauthenticate' : 'fail',
    reason,
    needs: reason === 'parked' ? 'owner' : error.code === 'CONFIGURATION' ? 'developer' : 'nobody',
    failure: held?.decision.failure ?? {scope: episode?.scope ?? 'call', effect: 'none'},
    ...(retryAt !== undefined && {retryAt}),
    ...linkOf(episode),
    ...endpointOf(call),
  };
  return ended(engine, call, held?.outcome ?? {threw: true, error}, details);
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

function ended(engine: Engine, call: Call, outcome: Outcome, details: Details): Stop {
  record(outcome.threw ? outcome.error : outcome.value, explanation(engine, call, details));
  report(engine, call, details);
  return new Stop(outcome);
}

function explanation(engine: Engine, call: Call, details: Details): Explanation {
  const {action, reason, needs, failure, retryAt, connectUrl, docUrl} = details;
  const {attempts, waitedMs} = spent(engine, call);
  return Object.freeze({
    action,
    reason,
    needs,
    failure,
    attempts,
    waitedMs,
    ...(retryAt !== undefined && {retryAt}),
    ...(connectUrl !== undefined && {connectUrl}),
    userMessage: userMessage(details),
    hints: hints(details),
    ...(docUrl !== undefined && {docUrl}),
  });
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
