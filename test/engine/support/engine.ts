import type {CallContext, DoorFacts} from '../../../src/engine/call.ts';
import {openCall, type Call} from '../../../src/engine/call.ts';
import type {Engine} from '../../../src/engine/engine.ts';
import {createEvents, EVENT_NAMES} from '../../../src/engine/events.ts';
import {DEFAULT_BACKOFF} from '../../../src/core/backoff.ts';
import type {Blockade, Episodes, Gates, Pass} from '../../../src/ports.ts';
import {manualClock, type ManualClock} from '../../../src/testing/manual-clock.ts';

/** Gates that never stand in the way. */
export const OPEN_GATES: Gates = {
  quiet: true,
  shared: false,
  current: true,
  sync: async () => undefined,
  enterAtOnce: keys => keys.map(key => passOf(key)),
  enterByTurn: () => undefined,
  enter: async key => passOf(key),
  shut: () => undefined,
  holds: () => true,
  close: () => undefined,
  ease: () => undefined,
  reopen: () => false,
  waiting: () => 0,
  list: () => [],
};

/** Nobody is away. */
export const NOBODY_AWAY: Episodes = {
  loaded: true,
  load: async () => undefined,
  any: false,
  parking: () => undefined,
  holds: async () => true,
  probe: async () => false,
  probeInMs: () => Infinity,
  open: async () => undefined,
  succeeded: async () => undefined,
  end: async () => 0,
  list: async () => [],
  openedElsewhere: () => undefined,
  overElsewhere: () => undefined,
  reread: async () => undefined,
  over: async () => undefined,
};

/** A place, with how it was left. */
export interface WatchedPass extends Pass {
  readonly left: readonly string[];
}

export function passOf(key: string, more: Partial<Pass> = {}): WatchedPass {
  const left: string[] = [];
  return {
    key,
    epoch: 0,
    failedProbes: 0,
    sent: () => undefined,
    leave: outcome => void left.push(outcome),
    left,
    ...more,
  };
}

export const blockadeOf = (key: string, until: number, restMs: number): Blockade => ({
  key,
  until,
  restMs,
  reason: 'server-says-retry',
});

/** An engine of parts that do nothing, on a clock that stands still; and all that it says, as `[event, payload]`. */
export interface FakeEngine extends Engine {
  readonly clock: ManualClock;
  readonly said: readonly (readonly [event: string, payload: unknown])[];
}

export function fakeEngine(more: Partial<Engine> = {}): FakeEngine {
  const said: [string, unknown][] = [];
  const events = createEvents();
  for (const event of EVENT_NAMES) events.on(event, payload => void said.push([event, payload]));
  return {
    random: () => 0.5,
    backoff: DEFAULT_BACKOFF,
    gates: OPEN_GATES,
    episodes: NOBODY_AWAY,
    events,
    followed: {by: undefined},
    maxWaitMs: 60_000,
    attemptTimeoutMs: 310_000,
    closing: new AbortController().signal,
    rejected: new Map(),
    voice: {},
    origins: {
      api: 'https://api.test',
      apiV3: 'https://api-v3.test',
      auth: 'https://auth.test',
      authV3: 'https://auth-v3.test',
      connect: 'https://connect.test',
      management: 'https://management.test',
    },
    settings: {nearest: () => undefined},
    ...more,
    clock: manualClock(),
    said,
  };
}

const READ: DoorFacts = {command: false, replayable: true, ownAuthorization: false};

/** A call as a door opens it; `more` puts it into any later state. */
export function fakeCall(
  engine: Engine,
  context: CallContext = {},
  door: Partial<DoorFacts> = {},
  more: Partial<Call> = {},
): Call {
  return {...openCall(engine, context, {...READ, ...door}, context.signal), ...more};
}
