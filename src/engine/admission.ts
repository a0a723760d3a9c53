import {PolicyError} from '../core/policy-error.ts';
import type {Reason} from '../core/reasons.ts';
import type {Blockade, Episode, GateKey, Pass, Refused} from '../ports.ts';
import {gateKeysOf, placeOf, type Call} from './call.ts';
import type {Engine} from './engine.ts';
import {known, placeByTurn} from './known.ts';
import {TokenFailure} from './token-failure.ts';
import {tokenGateKeys} from './token-gates.ts';
import type {HeldToken} from './tokens.ts';
import {waiting, WaitOver} from './waiting.ts';
import {asWork, stored} from './work.ts';

/** What a call needs before it may be sent. */
export interface Admission {
  readonly token: HeldToken | undefined;
  /** Places in the scopes that count; to be left after the attempt. */
  readonly passes: readonly Pass[];
  left: boolean;
}

/** The policy's own no: nothing is sent. */
export class Refusal extends Error {
  readonly error: PolicyError;
  readonly reason: Reason;
  readonly episode: Episode | undefined;
  /** The gate that stood in the way. */
  readonly gate: GateKey | undefined;

  constructor(error: PolicyError, reason: Reason, episode?: Episode, gate?: GateKey) {
    super(error.message);
    this.error = error;
    this.reason = reason;
    this.episode = episode;
    this.gate = gate;
  }
}

/** The way of a call that nothing stands against: no promise, no timer. */
export function admitAtOnce(engine: Engine, call: Call): Admission | undefined {
  const {gates, episodes} = engine;
  if (call.stale !== undefined || !(episodes.loaded || gates.shared) || !gates.current) return undefined;
  if (episodes.any && !call.probing && episodes.parking(placeOf(call))) return undefined;
  let token: HeldToken | undefined;
  if (call.authorized) {
    token = engine.tokens?.warm(call.user);
    if (!token) return undefined;
  }
  const passes = gates.enterAtOnce(gates.quiet && !call.command ? APPLICATION : gateKeysOf(call));
  return passes && {token, passes, left: false};
}

const APPLICATION: readonly GateKey[] = ['application'];

/**
 * Everything before the wire may wait, and holds nothing of others while it does: places come last. Looks again after
 * every wait.
 */
export async function admit(engine: Engine, call: Call): Promise<Admission> {
  const keys = gateKeysOf(call);
  await known(engine, call);
  for (let rounds = 1; ; rounds++) {
    await unparked(engine, call);
    notShutTooLong(engine, call, keys);
    const token = await tokenFor(engine, call);
    const passes = await throughGates(engine, call, keys);
    const parked = !call.probing && engine.episodes.parking(placeOf(call));
    const current = newest(engine, call, token);
    // A token that ends before it can be sent is renewed a few times, and then sent all the same.
    const usable = current !== 'gone' || rounds >= MOST_ROUNDS;
    if (!parked && usable && engine.gates.holds(keys, passes)) {
      call.returning = false;
      return {token: current === 'gone' ? token : current, passes, left: false};
    }
    leave(passes);
    call.returning = true;
  }
}

const MOST_ROUNDS = 3;
const OWNER = {for: 'owner'} as const;

/** Another call may have renewed the token while this one waited for its place, or it has come to its end. */
function newest(engine: Engine, call: Call, token: HeldToken | undefined): HeldToken | undefined | 'gone' {
  if (!token) return undefined;
  const warm = engine.tokens?.warm(call.user);
  if (warm) return warm.accessToken === call.stale ? token : warm;
  const endsAt = engine.tokens?.expiresAt(call.user);
  return endsAt !== undefined && endsAt <= engine.clock.now() ? 'gone' : token;
}

async function unparked(engine: Engine, call: Call): Promise<void> {
  for (;;) {
    const episode = call.probing ? undefined : engine.episodes.parking(placeOf(call));
    if (!episode) return;
    if (!(await stored(engine, call, engine.episodes.holds(episode.episode)))) continue;
    if (await stored(engine, call, engine.episodes.probe(episode.episode))) {
      call.probing = true;
      return;
    }
    await ownerBack(engine, call, episode);
  }
}

/** Waits for the owner as long as the call may; then, or at once, it is refused. */
export async function ownerBack(engine: Engine, call: Call, episode: Episode): Promise<void> {
  const began = engine.clock.monotonic();
  const waitedBefore = call.waitedMs;
  if (call.waitForReauthMs <= 0) throw new Refusal(parkedError(episode), 'parked', episode);
  const probeInMs = engine.episodes.probeInMs(episode.episode);
  try {
    // A long wait ends early for the one who may probe, and then goes on.
    const limitMs = Math.min(call.waitForReauthMs, probeInMs, Number.MAX_SAFE_INTEGER);
    await waiting(engine, call, OWNER, limitMs, signal => engine.episodes.over(episode.episode, signal));
  } catch (error) {
    if (!(error instanceof WaitOver)) throw error;
    if (probeInMs >= call.waitForReauthMs) throw new Refusal(parkedError(episode), 'parked', episode);
  } finally {
    // The owner's time is counted against `waitForReauthMs` and not against `maxWaitMs`.
    call.waitedMs = waitedBefore;
    call.waitForReauthMs -= engine.clock.monotonic() - began;
  }
}

function parkedError({user, vehicle, connectUrl, reason}: Episode): PolicyError {
  const whom = vehicle === undefined ? `"${user}"` : `"${user}" for vehicle ${vehicle}`;
  const how = connectUrl === undefined ? '' : ' at `connectUrl`';
  return new PolicyError(
    'REAUTH_REQUIRED',
    `Calls of user ${whom} are parked until the owner reconnects${how} (${reason}).`,
    {
      ...(connectUrl !== undefined && {connectUrl}),
    },
  );
}

/** What would be refused after a renewal of the token can be refused before it. */
function notShutTooLong(engine: Engine, call: Call, keys: readonly GateKey[]): void {
  const blockade = engine.gates.shut(keys);
  if (blockade && engine.clock.monotonic() + blockade.restMs > latestFor(engine, call).at)
    throw pausedRefusal(engine, call, blockade);
}

/** The last moment up to which a call may wait, by the monotonic clock, and what makes it the last. */
function latestFor({clock}: Engine, call: Call): {readonly at: number; readonly reason: Reason} {
  const patientUntil = clock.monotonic() + call.maxWaitMs - call.waitedMs;
  const {deadline = Infinity} = call;
  // At the very deadline it is too late to send.
  return deadline <= patientUntil
    ? {at: deadline - 1e-6, reason: 'past-deadline'}
    : {at: patientUntil, reason: 'paused'};
}

/** Takes a place in each scope, the narrowest first. */
async function throughGates(engine: Engine, call: Call, keys: readonly GateKey[]): Promise<readonly Pass[]> {
  const passes: Pass[] = [];
  try {
    for (const key of keys) {
      const pass = await placeAt(engine, call, key);
      if (pass) passes.push(pass);
    }
    return passes;
  } catch (error) {
    leave(passes);
    throw error;
  }
}

async function placeAt(engine: Engine, call: Call, key: GateKey): Promise<Pass | undefined> {
  const free = engine.gates.enterAtOnce([key]);
  if (free) return free[0];
  const byTurn = await placeByTurn(engine, call, key);
  if (byTurn) return byTurn;
  const {at: latest} = latestFor(engine, call);
  const priority = call.returning ? 0 : call.priority;
  try {
    const entry = await waiting(engine, call, {for: 'gate', scope: key}, leftMs(call), signal =>
      engine.gates.enter(key, {priority, latest}, signal),
    );
    if ('refused' in entry) throw refusalOf(engine, call, entry);
    return entry;
  } catch (error) {
    if (!(error instanceof WaitOver)) throw error;
    // A place that is free at the very last moment is in time.
    const last = engine.gates.enterAtOnce([key]);
    if (last) return last[0];
    throw crowdedRefusal(engine, key);
  }
}

const leftMs = (call: Call): number => call.maxWaitMs - call.waitedMs;

function refusalOf(engine: Engine, call: Call, {refused, key, until}: Refused): Refusal {
  const blockade = engine.gates.shut([key]);
  if (refused === 'too-long' && blockade) return pausedRefusal(engine, call, blockade);
  const message =
    refused === 'full'
      ? `${engine.gates.waiting(key)} calls wait for ${key} already: no other may (\`limits.waiting\`).`
      : `The next free place of ${key} comes at ${iso(until)}, later than this call may wait.`;
  const reason = refused === 'full' ? 'crowded' : latestFor(engine, call).reason;
  return new Refusal(new PolicyError('PAUSED', message, {retryAt: until}), reason, undefined, key);
}

function pausedRefusal(engine: Engine, call: Call, {key, until, reason: why}: Blockade): Refusal {
  const message = `The gate of ${key} is closed until ${iso(until)} (${why}).`;
  const {reason} = latestFor(engine, call);
  return new Refusal(new PolicyError('PAUSED', message, {retryAt: until}), reason, undefined, key);
}

/** The gate is opening, yet nobody left a place behind it in time. */
function crowdedRefusal({clock}: Engine, key: GateKey): Refusal {
  const message = `No place of ${key} became free for as long as this call may wait: others were there first.`;
  return new Refusal(new PolicyError('PAUSED', message, {retryAt: clock.now()}), 'paused', undefined, key);
}

/** The last instant that a Date can hold. */
const LAST_DATE_MS = 8.64e15;

const iso = (epochMs: number): string => new Date(Math.min(epochMs, LAST_DATE_MS)).toISOString();

async function tokenFor(engine: Engine, call: Call): Promise<HeldToken | undefined> {
  const {tokens, source} = engine;
  if (!call.authorized || !tokens || !source) return undefined;
  const warm = call.stale === undefined ? tokens.warm(call.user) : undefined;
  if (warm) return warm;
  // A token endpoint that is down holds back only those who need it.
  const passes = await throughGates(engine, call, tokenGateKeys(source.key(call.user)));
  call.tokenPasses = passes;
  try {
    const token = await asWork(engine, call, 'token', signal => tokens.obtain(call.user, call.stale, signal));
    for (const pass of passes) pass.leave('passed');
    call.tokenPasses = [];
    return token;
  } catch (error) {
    // What the token endpoint said has to shut its gate first.
    if (!(error instanceof TokenFailure)) leaveTokenPlaces(call);
    throw error;
  }
}

/** Gives back what the last try to get a token held. */
export function leaveTokenPlaces(call: Call): void {
  leave(call.tokenPasses);
  call.tokenPasses = [];
}

function leave(passes: readonly Pass[]): void {
  for (const pass of passes) pass.leave('unknown');
}
