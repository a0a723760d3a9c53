import {decide} from '../core/decide.ts';
import {readEvidence, type Evidence} from '../core/evidence/read.ts';
import {admit, admitAtOnce, leaveTokenPlaces, Refusal, type Admission} from './admission.ts';
import {isFailedResponse, leash, readResponse, type Leash} from './attempt.ts';
import {factsOf, gateKeysOf, placeOf, type AttemptContext, type Call, type Outcome} from './call.ts';
import {shut} from './closing.ts';
import {cleansedBy, secretsIn} from './cleansing.ts';
import {abandoned, succeeded} from './ending.ts';
import type {Engine} from './engine.ts';
import type {AttemptTrace} from '../ports.ts';
import {pathsIn} from './sent.ts';
import {stateOf} from './state.ts';
import type {HeldToken} from './tokens.ts';
import {endOf, failureEnd} from './tracing.ts';
import {closed, pastDeadline} from './waiting.ts';
import {stored} from './work.ts';

/** An attempt that failed; the call's own error or response is kept as it came. */
export class Attempted extends Error {
  readonly outcome: Outcome;
  readonly evidence: readonly Evidence[];
  readonly admission: Admission;

  constructor(outcome: Outcome, evidence: readonly Evidence[], admission: Admission, {sent, secret}: Call) {
    super('attempt failed');
    this.outcome = outcome;
    // Some descriptions repeat what was sent: no token goes on from here.
    this.evidence = evidence.map(cleansedBy([admission.token?.accessToken, secret, ...secretsIn(sent)]));
    this.admission = admission;
  }
}

/** What a call gets for one attempt; an accessor of a class costs a fraction of one in a literal. */
class Sent implements AttemptContext {
  readonly attempt: number;
  readonly accessToken: string;
  readonly headers: Record<string, string>;
  private readonly held: Leash | undefined;

  constructor(count: number, accessToken: string, headers: Record<string, string>, held: Leash | undefined) {
    this.attempt = count;
    this.accessToken = accessToken;
    this.headers = headers;
    this.held = held;
  }

  get signal(): AbortSignal {
    return this.held ? this.held.signal() : new AbortController().signal;
  }
}

function headersFor({source}: Engine, {user}: Call, token: HeldToken | undefined): Record<string, string> {
  return token && source ? source.headers(token.accessToken, user) : {};
}

/** How a door sends one attempt. */
export interface Exchange<T> {
  readonly send: (context: AttemptContext) => Promise<T>;
  /** What is left to do about the answer: the same value for nothing. */
  readonly finish?: (value: T) => T | Promise<T>;
  /** Ends by itself in good time, and nobody can stop it: it needs no timer and no race. */
  readonly endsByItself?: boolean;
}

/** One turn of the loop: waits for admission, sends, and resolves with a success; all else it throws. */
export async function attempt<T>(engine: Engine, call: Call, exchange: Exchange<T>): Promise<T> {
  stillWanted(engine, call);
  let admission = admitAtOnce(engine, call);
  while (!admission) {
    const given = await admitted(engine, call);
    // A gate may have shut, another call been sent, or an owner gone, in the moment between the last place and here.
    if (engine.gates.holds(gateKeysOf(call), given.passes) && !isParked(engine, call)) admission = given;
    else {
      leaveAll(given, false);
      call.returning = true;
    }
  }
  // Between the last wait and here the caller may have gone: a command that nobody wants is not sent.
  stillWanted(engine, call, admission);
  const {token} = admission;
  if (token) freshness(engine, call, token);
  if (call.attempts++ === 0) engine.budget?.deposit();
  countPaths(engine, call);
  if (engine.events.heard('attempt')) {
    engine.events.emit('attempt', {...factsOf(call), attempt: call.attempts});
    // A listener may have given the call up, or closed the policy.
    stillWanted(engine, call, admission);
  }
  for (const pass of admission.passes) pass.sent();
  call.sentAt = engine.clock.now();
  const trace = call.trace?.attempt(call.attempts);
  let held = exchange.endsByItself ? undefined : attemptLeash(engine, call);
  // What is read here may drip for ever, and then nothing but a timer ends it.
  const raced = <V>(promise: Promise<V>): Promise<V> => (held ??= attemptLeash(engine, call)).race(promise);
  try {
    const headers = headersFor(engine, call, token);
    const context = new Sent(call.attempts, token?.accessToken ?? '', headers, held);
    const sent = sentBy(exchange, context, trace);
    let value = await (held ? held.race(Promise.resolve(sent)) : sent);
    const finished = finishedBy(exchange, value, trace);
    if (finished !== value) value = await raced(Promise.resolve(finished));
    if (isFailedResponse(value)) {
      const evidence = await readResponse(value, raced);
      throw new Attempted({threw: false, value}, evidence, admission, call);
    }
    if (value instanceof Response && isBatch(call)) await heedLimits(engine, call, value, raced, admission);
    trace?.ended(endOf(value));
    leaveAll(admission, true);
    engine.outages?.answered(call, value);
    if (engine.rejected.size > 0) engine.rejected.delete(rejectionKey(call));
    if (engine.episodes.any && tellsOfTheCar(call, value)) {
      const told = engine.episodes.succeeded(placeOf(call), call.sentAt, token?.generation);
      // What the store says of it later is no matter of this call, which has succeeded.
      await stored(engine, call, told).catch(() => call.signal?.throwIfAborted());
    }
    succeeded(engine, call);
    return value;
  } catch (error) {
    const failed =
      error instanceof Attempted
        ? error
        : new Attempted({threw: true, error}, readEvidence(error), admission, call);
    trace?.ended(failureEnd(failed.outcome, failed.evidence));
    throw failed;
  } finally {
    held?.release();
  }
}

function isParked({episodes}: Engine, call: Call): boolean {
  return episodes.any && !call.probing && episodes.parking(placeOf(call)) !== undefined;
}

/** What follows the attempt stands round whatever is under way for it. */
function sentBy<T>(exchange: Exchange<T>, context: AttemptContext, trace?: AttemptTrace): Promise<T> {
  return trace ? trace.within(() => exchange.send(context)) : exchange.send(context);
}

function finishedBy<T>({finish}: Exchange<T>, value: T, trace?: AttemptTrace): T | Promise<T> {
  if (!finish) return value;
  return trace ? trace.within(() => finish(value)) : finish(value);
}

/** Ends a call that nobody waits for any more, before anything of it is sent. */
function stillWanted(engine: Engine, call: Call, admission?: Admission): void {
  const aborted = call.signal?.aborted === true;
  const late = call.deadline !== undefined && engine.clock.monotonic() >= call.deadline;
  if (!aborted && !engine.closing.aborted && !late) return;
  if (admission) leaveAll(admission, false);
  if (aborted) throw abandoned(engine, call);
  throw engine.closing.aborted
    ? new Refusal(closed(), 'closed')
    : new Refusal(pastDeadline(), 'past-deadline');
}

/** An abort's reason can be anything, also an error that p-retry would take apart: it does not get to see it. */
async function admitted(engine: Engine, call: Call): Promise<Admission> {
  try {
    return await admit(engine, call);
  } catch (error) {
    if (!call.signal?.aborted) throw error;
    leaveTokenPlaces(call);
    throw abandoned(engine, call);
  }
}

function attemptLeash({attemptTimeoutMs, clock}: Engine, {deadline, signal}: Call): Leash {
  const leftMs = deadline === undefined ? Infinity : deadline - clock.monotonic();
  return leash(clock, signal, Math.min(attemptTimeoutMs, leftMs), () =>
    leftMs <= attemptTimeoutMs
      ? pastDeadline()
      : new DOMException(`No answer within ${attemptTimeoutMs} ms.`, 'TimeoutError'),
  );
}

/** A token that took the place of a refused one, or was refused before for this very car, is not renewed again. */
function freshness(engine: Engine, call: Call, token: HeldToken): void {
  if (call.stale !== undefined) call.renewed = token.generation;
  call.stale = undefined;
  call.tokenWasFresh =
    call.renewed === token.generation ||
    (engine.rejected.size > 0 && engine.rejected.get(rejectionKey(call)) === token.generation);
}

/** Each path of a batch counts as a call (https://smartcar.com/docs/api-reference/batch), whatever comes of it. */
function countPaths({quota}: Engine, {vehicle, request, sent}: Call): void {
  if (!quota || vehicle === undefined) return;
  const paths = request?.operation.endsWith('/batch') === true && sent ? pathsIn(sent) : 1;
  quota.count(vehicle, paths);
}

const rejectionKey = (call: Call): string => JSON.stringify([call.user, call.vehicle]);
const MOST_REJECTED = 10_000;

const isBatch = ({request}: Call): boolean => request?.operation.endsWith('/batch') === true;

/** A limit told inside a batch's 200 holds for the car as any other does; the answer itself stays what it is. */
async function heedLimits(
  engine: Engine,
  call: Call,
  response: Response,
  within: Leash['race'],
  {passes}: Admission,
): Promise<void> {
  const evidence = await readResponse(response, within);
  const parts = evidence.filter(one => one.part);
  if (parts.length === 0) return;
  const moment = {now: engine.clock.now(), dice: engine.random()};
  shut(engine, call, decide(parts, stateOf(engine, call, passes), engine.backoff, moment), passes);
}

/** A list is 200 whatever its parts say, and a redirect comes from somewhere else: neither proves a login. */
function tellsOfTheCar({request}: Call, value: unknown): boolean {
  if (value instanceof Response && (value.status < 200 || value.status > 299)) return false;
  return request === undefined || !/\/(signals|batch)$/.test(request.operation);
}

/** Gives every place back, once; whoever was let through tells whether the scope's limit still stands in the way. */
export function leaveAll(admission: Admission, answered: boolean, closedKey?: string): void {
  if (admission.left) return;
  admission.left = true;
  for (const pass of admission.passes) pass.leave(answered && pass.key !== closedKey ? 'passed' : 'unknown');
}

/** A fresh token was refused for this user and car: until there is another, none is renewed for them. */
export function remember(engine: Engine, call: Call, generation: string): void {
  // Without a car nobody can tell which of a user's calls was meant.
  if (call.vehicle === undefined) return;
  if (engine.rejected.size >= MOST_REJECTED) engine.rejected.clear();
  engine.rejected.set(rejectionKey(call), generation);
}
