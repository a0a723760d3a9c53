import pRetry from 'p-retry';
import {decide, type CallState, type Decision} from '../core/decide.ts';
import {readEvidence, type Evidence} from '../core/evidence/read.ts';
import {PolicyError} from '../core/policy-error.ts';
import {admit, admitAtOnce, ownerBack, Refusal, tokenGateKeys, type Admission} from './admission.ts';
import {discard, isFailedResponse, leash, readResponse} from './attempt.ts';
import {gateKeyOf, type AttemptContext, type Call, type Outcome} from './call.ts';
import {pause} from './clock.ts';
import {abandoned, outOfTime, refused, stopped, succeeded, Stop} from './ending.ts';
import type {Engine} from './engine.ts';
import {decisionFacts} from './events.ts';
import {TokenFailure} from './token-failure.ts';
import type {HeldToken} from './tokens.ts';
import {closed, pastDeadline, waiting} from './waiting.ts';

/** An attempt that failed; the call's own error or response is kept as it came. */
class Attempted extends Error {
  readonly outcome: Outcome;
  readonly evidence: readonly Evidence[];
  readonly admission: Admission;

  constructor(outcome: Outcome, evidence: readonly Evidence[], admission: Admission) {
    super('attempt failed');
    this.outcome = outcome;
    this.evidence = evidence;
    this.admission = admission;
  }
}

const FOREVER = {retries: Infinity, minTimeout: 0, maxTimeout: 0} as const;

/**
 * The one loop: p-retry turns it, `next` takes every decision. Resolves with what the call resolved with; rejects
 * with what it threw, with the caller's abort reason, or with a `PolicyError` where nothing was sent.
 */
export async function runCall<T>(
  engine: Engine,
  call: Call,
  send: (context: AttemptContext) => Promise<T>,
): Promise<T> {
  try {
    return await pRetry(() => attempt(engine, call, send), {
      ...FOREVER,
      onFailedAttempt: ({error}) => next(engine, call, error),
    });
  } catch (stop) {
    if (!(stop instanceof Stop)) throw stop;
    if (stop.outcome.threw) throw stop.outcome.error;
    return stop.outcome.value as T;
  }
}

async function attempt<T>(
  engine: Engine,
  call: Call,
  send: (context: AttemptContext) => Promise<T>,
): Promise<T> {
  if (call.signal?.aborted) throw new Stop({threw: true, error: call.signal.reason});
  if (engine.closing.aborted) throw new Refusal(closed(), 'closed');
  const admission = admitAtOnce(engine, call) ?? (await admit(engine, call));
  const {token} = admission;
  if (token) freshness(engine, call, token);
  call.attempts += 1;
  if (engine.events.heard('attempt')) engine.events.emit('attempt', {...call.facts, attempt: call.attempts});
  const sentAt = engine.clock.now();
  const held = attemptLeash(engine, call);
  try {
    const value = await held.race(
      send({
        accessToken: token?.accessToken ?? '',
        headers: token && engine.source ? engine.source.headers(token.accessToken, call.user) : {},
        signal: held.signal,
        attempt: call.attempts,
      }),
    );
    if (isFailedResponse(value)) {
      // A body that never ends is the server's failure too: by then the status is all there is.
      const evidence = await held.race(readResponse(value)).catch(() => readEvidence(undefined, value));
      throw new Attempted({threw: false, value}, evidence, admission);
    }
    for (const pass of admission.passes) pass.leave('passed');
    engine.episodes.succeeded(call.place, sentAt, token?.generation);
    succeeded(engine, call);
    return value;
  } catch (error) {
    if (error instanceof Attempted) throw error;
    throw new Attempted({threw: true, error}, readEvidence(error), admission);
  } finally {
    held.release();
  }
}

function attemptLeash(engine: Engine, call: Call): ReturnType<typeof leash> {
  const {attemptTimeoutMs, clock} = engine;
  const leftMs = call.deadline === undefined ? Infinity : call.deadline - clock.monotonic();
  return leash(clock, call.signal, Math.min(attemptTimeoutMs, leftMs), () =>
    leftMs <= attemptTimeoutMs
      ? pastDeadline()
      : new DOMException(`No answer within ${attemptTimeoutMs} ms.`, 'TimeoutError'),
  );
}

/** A token that took the place of a refused one, or was refused before for this very car, is not renewed again. */
function freshness(engine: Engine, call: Call, token: HeldToken): void {
  if (call.stale !== undefined) call.tokenWasFresh = true;
  else if (engine.rejected.size > 0 && engine.rejected.get(rejectionKey(call)) === token.generation) {
    call.tokenWasFresh = true;
  }
}

const rejectionKey = (call: Call): string => JSON.stringify([call.user, call.vehicle]);
const MOST_REJECTED = 10_000;

/** After a failed attempt: returns to go again, throws a `Stop` to end. */
async function next(engine: Engine, call: Call, error: Error): Promise<void> {
  if (error instanceof Stop) throw error;
  if (call.signal?.aborted) throw abandoned(engine, call);
  if (error instanceof Refusal) throw refused(engine, call, error);
  if (error instanceof PolicyError) throw refused(engine, call, new Refusal(error, reasonOf(error)));
  if (error instanceof TokenFailure) return tokenFailed(engine, call, error);
  if (!(error instanceof Attempted)) throw new Stop({threw: true, error});
  const {outcome, evidence, admission} = error;
  if (outcome.threw && outcome.error instanceof PolicyError && outcome.error.code === 'DEADLINE') {
    leaveAll(admission, false);
    const held = call.held && !call.held.outcome.threw && !call.command;
    throw held
      ? refused(engine, call, new Refusal(outcome.error, 'past-deadline'))
      : outOfTime(engine, call, outcome.error);
  }
  const decision = judged(engine, call, evidence);
  hold(call, outcome, decision);
  const closedKey = decision.gate && gateKeyOf(call, decision.gate.scope);
  if (decision.gate && closedKey) engine.gates.close(closedKey, decision.gate.until, decision.reason);
  leaveAll(admission, decision.failure.effect === 'none' && decision.failure.status !== undefined, closedKey);
  if (decision.reason === 'token-rejected' && admission.token)
    remember(engine, call, admission.token.generation);
  await act(engine, call, decision, admission.token);
}

function judged(engine: Engine, call: Call, evidence: readonly Evidence[]): Decision {
  const decision = decide(evidence, stateOf(engine, call), engine.backoff, {
    now: engine.clock.now(),
    dice: engine.random(),
  });
  report(engine, call, decision);
  return decision;
}

function report(engine: Engine, call: Call, decision: Decision): void {
  if (!engine.events.heard('decision')) return;
  engine.events.emit('decision', {...call.facts, attempt: call.attempts, ...decisionFacts(decision)});
}

/** The deadline is kept by the monotonic clock and decided about in wall-clock time. */
function stateOf(engine: Engine, call: Call): CallState {
  if (call.deadline === undefined) return call;
  const deadlineAt = engine.clock.now() + (call.deadline - engine.clock.monotonic());
  return {...call, deadlineAt};
}

async function act(
  engine: Engine,
  call: Call,
  decision: Decision,
  token: HeldToken | undefined,
): Promise<void> {
  switch (decision.action) {
    case 'retry':
      call.retries[decision.backoffKey ?? '*'] = (call.retries[decision.backoffKey ?? '*'] ?? 0) + 1;
      call.maxWaitMs = decision.maxWaitMs ?? call.maxWaitMs;
      return waiting(engine, call, Infinity, signal =>
        pause(engine.clock, decision.delayMs ?? 0, signal),
      ).catch((error: unknown) => stopWaiting(engine, call, error));
    case 'refresh':
      call.stale = token?.accessToken;
      return;
    case 'reauthenticate':
      return reauthenticate(engine, call, decision, token);
    case 'fail':
      throw stopped(engine, call, decision);
  }
}

async function reauthenticate(
  engine: Engine,
  call: Call,
  decision: Decision,
  token: HeldToken | undefined,
): Promise<void> {
  const {failure, reason} = decision;
  // A part of a batch or a list of signals parks nothing but itself; without a user there is nobody to park.
  if (failure.scope === 'call' || call.user === undefined) throw stopped(engine, call, decision);
  const scope = failure.scope === 'application' ? 'user' : failure.scope;
  const episode = engine.episodes.open(call.place, {
    scope,
    reason,
    failure,
    ...(call.endpoint && {endpoint: call.endpoint}),
    ...(token && {generation: token.generation}),
  });
  call.probing = false;
  if (call.waitForReauthMs <= 0) throw stopped(engine, call, decision, episode);
  // The owner comes back with a new token, perhaps.
  call.stale = undefined;
  call.tokenWasFresh = false;
  await ownerBack(engine, call, episode).catch((error: unknown) => stopWaiting(engine, call, error));
}

/** No token could be had: the same decisions, but the token endpoint's gates, and no response to hold. */
async function tokenFailed(engine: Engine, call: Call, failed: TokenFailure): Promise<void> {
  const asRead = {...stateOf(engine, call), command: false, replayable: true, refreshable: false};
  const judgedAs = decide(failed.evidence, asRead, engine.backoff, {
    now: engine.clock.now(),
    dice: engine.random(),
  });
  const decision: Decision = failed.missing ? {...judgedAs, reason: 'grant-missing'} : judgedAs;
  report(engine, call, decision);
  if (decision.gate && engine.source) {
    const [everybody, own] = tokenGateKeys(engine.source.key(call.user));
    const key = decision.gate.scope === 'application' ? everybody : own;
    engine.gates.close(key!, decision.gate.until, decision.reason);
  }
  const generation =
    failed.generation === undefined ? undefined : {accessToken: '', generation: failed.generation};
  call.tokenFailure = {decision, message: failed.message};
  await act(engine, call, decision, generation);
  call.tokenFailure = undefined;
}

function hold(call: Call, outcome: Outcome, decision: Decision): void {
  // The answer before this one is of no use any more; its unread body would keep a socket.
  if (call.held && !call.held.outcome.threw) discard(call.held.outcome.value);
  call.held = {outcome, decision};
}

/** Whoever was let through a gate that is opening tells whether the limit still stands in the way. */
function leaveAll({passes}: Admission, answered: boolean, closedKey?: string): void {
  for (const pass of passes) pass.leave(answered && pass.key !== closedKey ? 'passed' : 'unknown');
}

function remember(engine: Engine, call: Call, generation: string): void {
  if (engine.rejected.size >= MOST_REJECTED) engine.rejected.clear();
  engine.rejected.set(rejectionKey(call), generation);
}

/** A wait that did not end by itself: the caller gave up, the policy closed, or the time is up. */
function stopWaiting(engine: Engine, call: Call, error: unknown): never {
  if (call.signal?.aborted) throw abandoned(engine, call);
  if (error instanceof Refusal) throw refused(engine, call, error);
  if (error instanceof PolicyError) throw refused(engine, call, new Refusal(error, reasonOf(error)));
  throw error;
}

function reasonOf({code}: PolicyError): 'closed' | 'past-deadline' | 'paused' {
  return code === 'CLOSED' ? 'closed' : code === 'DEADLINE' ? 'past-deadline' : 'paused';
}
