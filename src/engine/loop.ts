import pRetry from 'p-retry';
import {decide, type CallState, type Decision, type Moment} from '../core/decide.ts';
import type {Evidence} from '../core/evidence/read.ts';
import {PolicyError} from '../core/policy-error.ts';
import type {Reason} from '../core/reasons.ts';
import type {Finding, GateKey} from '../ports.ts';
import {leaveTokenPlaces, ownerBack, Refusal, type Admission} from './admission.ts';
import {discard} from './attempt.ts';
import {factsOf, gateKeyOf, placeOf, type Call, type Outcome} from './call.ts';
import {pause} from './clock.ts';
import {shut} from './closing.ts';
import {inWords} from './describe.ts';
import {abandoned, outOfTime, refused, stopped, Stop} from './ending.ts';
import type {Engine} from './engine.ts';
import {decisionFacts} from './events.ts';
import {attempt, Attempted, leaveAll, remember, type Exchange} from './sending.ts';
import {stateOf} from './state.ts';
import {TokenFailure} from './token-failure.ts';
import {tokenGateKeys} from './token-gates.ts';
import type {HeldToken} from './tokens.ts';
import {tracedCall} from './tracing.ts';
import {waiting} from './waiting.ts';
import {stored} from './work.ts';

const BACKOFF = {for: 'backoff'} as const;
const FOREVER = {retries: Infinity, minTimeout: 0, maxTimeout: 0} as const;

/**
 * The one loop: p-retry turns it, `next` takes every decision. A first attempt that succeeds never enters it. Resolves
 * with what the call resolved with; rejects with what it threw, with the caller's abort reason, or with a `PolicyError`
 * where nothing was sent.
 */
export function runCall<T>(engine: Engine, call: Call, exchange: Exchange<T>): Promise<T> {
  const {by} = engine.followed;
  if (!by) return begun(engine, call, exchange);
  return by.call(tracedCall(call), trace => {
    call.trace = trace;
    return begun(engine, call, exchange);
  });
}

function begun<T>(engine: Engine, call: Call, exchange: Exchange<T>): Promise<T> {
  return attempt(engine, call, exchange).catch((failure: unknown) => again(engine, call, exchange, failure));
}

/** The first failure is handed to p-retry as its first attempt; those that follow are made there. */
function again<T>(engine: Engine, call: Call, exchange: Exchange<T>, first: unknown): Promise<T> {
  const turn = (number: number): Promise<T> =>
    number === 1 ? Promise.reject(first) : attempt(engine, call, exchange);
  const onFailedAttempt = ({error}: {readonly error: Error}): Promise<void> => next(engine, call, error);
  return pRetry(turn, {...FOREVER, onFailedAttempt}).catch(unwrapped);
}

/** What the call itself brought comes out as it was. */
function unwrapped(stop: unknown): never {
  if (!(stop instanceof Stop)) throw stop;
  if (stop.outcome.threw) throw stop.outcome.error;
  return stop.outcome.value as never;
}

/** After a failed attempt: returns to go again, throws a `Stop` to end. */
async function next(engine: Engine, call: Call, error: Error): Promise<void> {
  if (error instanceof Stop) throw error;
  if (error instanceof Attempted) return attempted(engine, call, error);
  if (call.signal?.aborted) {
    leaveTokenPlaces(call);
    throw abandoned(engine, call);
  }
  if (error instanceof Refusal) throw refused(engine, call, error);
  if (error instanceof PolicyError) throw refused(engine, call, new Refusal(error, reasonOf(error)));
  if (error instanceof TokenFailure) return tokenFailed(engine, call, error);
  throw new Stop({threw: true, error});
}

async function attempted(engine: Engine, call: Call, failed: Attempted): Promise<void> {
  const {token} = failed.admission;
  const decision = decided(engine, call, failed);
  if (decision.reason === 'token-rejected' && token) remember(engine, call, token.generation);
  await act(engine, call, decision, token);
}

/** Reads the failure, closes its gate, and in any case gives back the places behind other gates. */
function decided(engine: Engine, call: Call, {outcome, evidence, admission}: Attempted): Decision {
  let answered = false;
  let closedKey: string | undefined;
  try {
    if (call.signal?.aborted) {
      if (!outcome.threw) discard(outcome.value);
      throw abandoned(engine, call);
    }
    if (outcome.threw && outcome.error instanceof PolicyError && outcome.error.code === 'DEADLINE') {
      const held = call.held && !call.held.outcome.threw && !call.command;
      throw held
        ? refused(engine, call, new Refusal(outcome.error, 'past-deadline'))
        : outOfTime(engine, call, outcome.error);
    }
    const decision = judged(engine, call, evidence, admission);
    hold(call, outcome, decision);
    closedKey = shut(engine, call, decision, admission.passes);
    engine.outages?.failed(call, decision.failure, admission.passes);
    answered = decision.failure.effect === 'none' && decision.failure.status !== undefined;
    return decision;
  } finally {
    leaveAll(admission, answered, closedKey);
  }
}

function judged(engine: Engine, call: Call, evidence: readonly Evidence[], {passes}: Admission): Decision {
  const whole = decide(evidence, stateOf(engine, call, passes), engine.backoff, momentOf(engine));
  const decision = withNamedGate(call, whole);
  // A gate bounds how often its scope is asked again; what has none draws on the budget.
  if (decision.action === 'retry' && !decision.gate) engine.budget?.spend();
  report(engine, call, decision);
  return decision;
}

/** What concerns a car or an owner that the call does not name is no reason to hold back everybody. */
function withNamedGate(call: Call, decision: Decision): Decision {
  const {gate, ...rest} = decision;
  return gate && gateKeyOf(call, gate.scope) === undefined ? rest : decision;
}

const momentOf = ({clock, random}: Engine): Moment => ({now: clock.now(), dice: random()});

function report(engine: Engine, call: Call, decision: Decision): void {
  if (!engine.events.heard('decision')) return;
  engine.events.emit('decision', {...factsOf(call), attempt: call.attempts, ...decisionFacts(decision)});
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
      // It waits at the gate that it has shut, in its turn among the others there.
      if (decision.gate) return;
      return waiting(engine, call, BACKOFF, Infinity, signal =>
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
  // Somebody has saved another pair meanwhile.
  const other = call.tokenFailure && engine.tokens?.warm(call.user);
  if (other && other.generation !== token?.generation && other.accessToken !== call.stale) return;
  const scope = failure.scope === 'application' ? 'user' : failure.scope;
  const repeatable = mayRepeat(call, decision);
  const finding: Finding = {
    scope,
    reason,
    failure,
    ...(call.endpoint && {endpoint: inWords(call.endpoint, call.sent)}),
    ...(!call.tokenFailure && {sentAt: call.sentAt}),
    // Of a dead grant only: where the car's answer opened it, the same token may well work again.
    ...(token && call.tokenFailure && {generation: token.generation}),
  };
  // A store that cannot keep it now: the call has its own answer, and the next one opens the episode.
  const episode = await stored(engine, call, engine.episodes.open(placeOf(call), finding)).catch(() => {
    throw call.signal?.aborted ? abandoned(engine, call) : stopped(engine, call, decision);
  });
  call.probing = false;
  const rounds = call.ownerWaits++;
  // The owner has been back since this was sent.
  if (!episode && repeatable && rounds === 0) return;
  const patient = call.waitForReauthMs > 0 && rounds < MOST_OWNER_WAITS;
  if (!episode || episode.outsideScope || !repeatable || !patient)
    throw stopped(engine, call, decision, episode);
  // The owner comes back with a new token, perhaps.
  call.stale = undefined;
  call.renewed = undefined;
  await ownerBack(engine, call, episode).catch((error: unknown) => stopWaiting(engine, call, error));
}

/** An owner who came back twice and whose car still says no will not mend it a third time. */
const MOST_OWNER_WAITS = 2;

/** A command that may have been carried out, or a body that is gone, does not go again however long one waits. */
function mayRepeat(call: Call, {failure}: Decision): boolean {
  if (call.tokenFailure) return true;
  return call.replayable && !(call.command && !call.idempotent && failure.effect === 'possible');
}

/** No token could be had: the same decisions, but the token endpoint's gates, and no response to hold. */
async function tokenFailed(engine: Engine, call: Call, failed: TokenFailure): Promise<void> {
  const passes = call.tokenPasses;
  const [own, everybody] = tokenGateKeys(engine.source?.key(call.user) ?? '');
  const keyOf = (scope: string): GateKey => (scope === 'application' ? everybody : own);
  const asRead: CallState = {
    ...stateOf(engine, call, passes),
    command: false,
    replayable: true,
    refreshable: false,
    failedProbes: scope => passes.find(pass => pass.key === keyOf(scope))?.failedProbes ?? 0,
  };
  const judgedAs = decide(failed.evidence, asRead, engine.backoff, momentOf(engine));
  const decision: Decision = failed.missing ? {...judgedAs, reason: 'grant-missing'} : judgedAs;
  report(engine, call, decision);
  const {gate} = decision;
  // No pace for those who follow: one renewal serves them all.
  if (gate) engine.gates.close(keyOf(gate.scope), {until: gate.until, reason: decision.reason}, passes);
  leaveTokenPlaces(call);
  const generation = {accessToken: '', generation: failed.generation ?? ''};
  call.tokenFailure = {decision, message: failed.message};
  await act(engine, call, decision, generation);
  call.tokenFailure = undefined;
}

function hold(call: Call, outcome: Outcome, decision: Decision): void {
  // The answer before this one is of no use any more; its unread body would keep a socket.
  if (call.held && !call.held.outcome.threw) discard(call.held.outcome.value);
  call.held = {outcome, decision};
}

/** A wait that did not end by itself: the caller gave up, the policy closed, or the time is up. */
function stopWaiting(engine: Engine, call: Call, error: unknown): never {
  if (call.signal?.aborted) throw abandoned(engine, call);
  if (error instanceof Refusal) throw refused(engine, call, error);
  if (error instanceof PolicyError) throw refused(engine, call, new Refusal(error, reasonOf(error)));
  throw error;
}

const REASONS_OF: Readonly<Partial<Record<PolicyError['code'], Reason>>> = {
  CLOSED: 'closed',
  DEADLINE: 'past-deadline',
  PAUSED: 'paused',
};

/** A store that throws is `CONFIGURATION`, and no reason of Smartcar's. */
function reasonOf({code}: PolicyError): Reason {
  return REASONS_OF[code] ?? 'unrecognised';
}
