import {PolicyError} from '../core/policy-error.ts';
import type {Reason} from '../core/reasons.ts';
import type {Blockade, Episode, GateKey, Pass} from '../ports.ts';
import {gateKeysOf, placeOf, type Call} from './call.ts';
import {pause} from './clock.ts';
import type {Engine} from './engine.ts';
import type {HeldToken} from './tokens.ts';
import {waiting, WaitOver} from './waiting.ts';

/** What a call needs before it may be sent. */
export interface Admission {
  readonly token: HeldToken | undefined;
  /** Places behind gates that are just opening; to be left after the attempt. */
  readonly passes: readonly Pass[];
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

const NO_PASSES: readonly Pass[] = [];

/** The way of a call that nothing stands against: no promise, no timer. */
export function admitAtOnce(engine: Engine, call: Call): Admission | undefined {
  const {gates, episodes} = engine;
  if (call.stale !== undefined) return undefined;
  if (gates.any && gates.blocking(gateKeysOf(call))) return undefined;
  if (episodes.any && !call.probing && episodes.parking(placeOf(call))) return undefined;
  if (!call.authorized) return {token: undefined, passes: NO_PASSES};
  const token = engine.tokens?.warm(call.user);
  return token && {token, passes: NO_PASSES};
}

/**
 * Everything before the wire may wait, and holds nothing of others while it does: places behind gates that are opening
 * come last. Looks again after every wait.
 */
export async function admit(engine: Engine, call: Call): Promise<Admission> {
  for (;;) {
    await unparked(engine, call);
    await untilOpen(engine, call);
    const token = await tokenFor(engine, call);
    const passes = await throughGates(engine, call, gateKeysOf(call));
    const parked = !call.probing && engine.episodes.parking(placeOf(call));
    if (!parked && !engine.gates.blocking(without(gateKeysOf(call), passes))) {
      return {token: newest(engine, call, token), passes};
    }
    leave(passes);
  }
}

/** Another call may have renewed the token while this one waited for its place. */
function newest(engine: Engine, call: Call, token: HeldToken | undefined): HeldToken | undefined {
  const warm = token && engine.tokens?.warm(call.user);
  return warm && warm.accessToken !== call.stale ? warm : token;
}

const without = (keys: readonly GateKey[], passes: readonly Pass[]): readonly GateKey[] =>
  passes.length === 0 ? keys : keys.filter(key => !passes.some(pass => pass.key === key));

async function unparked(engine: Engine, call: Call): Promise<void> {
  for (;;) {
    const episode = call.probing ? undefined : engine.episodes.parking(placeOf(call));
    if (!episode) return;
    if (engine.episodes.probe(episode.episode)) {
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
    await waiting(engine, call, limitMs, signal => engine.episodes.over(episode.episode, signal));
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

/** Waits while a gate is shut; one that is only opening is left for later. */
async function untilOpen(engine: Engine, call: Call): Promise<void> {
  for (;;) {
    const blockade = engine.gates.blocking(gateKeysOf(call));
    if (!blockade || blockade.restMs <= 0) return;
    await waitForGate(engine, call, blockade);
  }
}

/**
 * Takes a place behind each gate that is opening, in the order of the keys: the narrowest first, since whoever has a
 * place there needs the wider ones too. So nobody waits for a car while holding the place of all.
 */
async function throughGates(engine: Engine, call: Call, keys: readonly GateKey[]): Promise<readonly Pass[]> {
  let passes: readonly Pass[] = NO_PASSES;
  for (;;) {
    const blockade = engine.gates.blocking(without(keys, passes));
    if (!blockade) return passes;
    try {
      if (blockade.restMs > 0 || isNarrower(keys, blockade, passes)) {
        // Who waits holds no place: another may go meanwhile.
        leave(passes);
        passes = NO_PASSES;
        if (blockade.restMs > 0) await waitForGate(engine, call, blockade);
      } else {
        const pass = await waiting(engine, call, leftMs(call), signal =>
          engine.gates.enter(blockade.key, call.priority, signal),
        );
        if (pass) passes = [...passes, pass];
      }
    } catch (error) {
      leave(passes);
      throw error instanceof WaitOver ? crowdedRefusal(engine, blockade) : error;
    }
  }
}

/** A gate that closed and opened again while a wider one was waited for: two who wait crosswise would never end. */
function isNarrower(keys: readonly GateKey[], {key}: Blockade, passes: readonly Pass[]): boolean {
  return passes.some(pass => keys.indexOf(key) < keys.indexOf(pass.key));
}

async function waitForGate(engine: Engine, call: Call, blockade: Blockade): Promise<void> {
  const {key, restMs} = blockade;
  const now = engine.clock.monotonic();
  if (restMs > leftMs(call)) throw pausedRefusal(blockade);
  if (call.deadline !== undefined && now + restMs >= call.deadline)
    throw pausedRefusal(blockade, 'past-deadline');
  const {waitingAt} = engine;
  waitingAt.set(key, (waitingAt.get(key) ?? 0) + 1);
  try {
    await waiting(engine, call, Infinity, signal => pause(engine.clock, restMs, signal));
  } finally {
    const left = (waitingAt.get(key) ?? 1) - 1;
    if (left > 0) waitingAt.set(key, left);
    else waitingAt.delete(key);
  }
}

const leftMs = (call: Call): number => call.maxWaitMs - call.waitedMs;

function pausedRefusal({key, until}: Blockade, reason: Reason = 'paused'): Refusal {
  const when = new Date(until).toISOString();
  return new Refusal(
    new PolicyError('PAUSED', `The gate of ${key} is closed until ${when}.`, {retryAt: until}),
    reason,
    undefined,
    key,
  );
}

/** The gate is opening, yet nobody left a place behind it in time. */
function crowdedRefusal({clock}: Engine, {key, until}: Blockade): Refusal {
  const message = `The gate of ${key} is only just opening: others were there first for as long as this call may wait.`;
  const error = new PolicyError('PAUSED', message, {retryAt: Math.max(until, clock.now())});
  return new Refusal(error, 'paused', undefined, key);
}

async function tokenFor(engine: Engine, call: Call): Promise<HeldToken | undefined> {
  const {tokens, source} = engine;
  if (!call.authorized || !tokens || !source) return undefined;
  const warm = call.stale === undefined ? tokens.warm(call.user) : undefined;
  if (warm) return warm;
  // A token endpoint that is down holds back only those who need it.
  const passes = await throughGates(engine, call, tokenGateKeys(source.key(call.user)));
  try {
    const token = await obtained(engine, call, tokens);
    for (const pass of passes) pass.leave('passed');
    return token;
  } catch (error) {
    leave(passes);
    throw error;
  }
}

function obtained(engine: Engine, call: Call, tokens: NonNullable<Engine['tokens']>): Promise<HeldToken> {
  const waitedBefore = call.waitedMs;
  return waiting(engine, call, Infinity, signal => tokens.obtain(call.user, call.stale, signal)).finally(
    () => {
      // Time for a token is work, not waiting.
      call.waitedMs = waitedBefore;
    },
  );
}

/** Gates of the token endpoint: of the one pair that could not be renewed, and of everybody. */
export function tokenGateKeys(storeKey: string): readonly [own: GateKey, everybody: GateKey] {
  return [`token:${storeKey}`, 'token:*'];
}

function leave(passes: readonly Pass[]): void {
  for (const pass of passes) pass.leave('unknown');
}
