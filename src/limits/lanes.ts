import type {GateKey} from '../ports.ts';
import type {GateClock} from './gate-settings.ts';
import type {Kind} from './kinds.ts';
import {Lane} from './lane.ts';

const APPLICATION = 'application';
const SWEEP_FROM = 1_000;

/** The lanes of which anything is known, by their scopes. */
export interface Lanes {
  /** The one that is always there. */
  readonly application: Lane;
  /** No other is kept. */
  readonly empty: boolean;
  /** `undefined` where nothing is known. */
  at(key: GateKey): Lane | undefined;
  /** One that is kept, or a new one that is not. */
  for(key: GateKey): Lane;
  /** The lane in which this scope has to be asked for a place; `undefined` where nothing is known and nothing counted. */
  toPass(key: GateKey): Lane | undefined;
  keep(lane: Lane): void;
  /** Drops it if it says nothing any more. */
  dropIfIdle(lane: Lane): void;
  /** All that say something, the application's first. */
  all(): readonly Lane[];
}

export interface LaneParts {
  readonly clock: GateClock;
  readonly make: (key: GateKey) => Lane;
  readonly kindOf: (key: GateKey) => Kind;
  /** A gate that was opening is as good as open: nobody came for long. */
  readonly opened: (key: GateKey) => void;
}

export function createLanes({clock, make, kindOf, opened}: LaneParts): Lanes {
  const application = make(APPLICATION);
  const lanes = new Map<GateKey, Lane>();
  let sweepAt = SWEEP_FROM;

  function at(key: GateKey): Lane | undefined {
    if (key === APPLICATION) return application;
    const lane = lanes.get(key);
    if (!lane?.forgettable(clock.monotonic())) return lane;
    forget(lane);
    return undefined;
  }

  function forget(lane: Lane): void {
    if (lanes.get(lane.key) !== lane) return;
    lanes.delete(lane.key);
    if (!lane.recovering) return;
    // Later: a listener may call the policy, which is in the middle of something here.
    queueMicrotask(() => {
      if (!lanes.has(lane.key)) opened(lane.key);
    });
  }

  function forgetIdle(): void {
    const now = clock.monotonic();
    for (const lane of lanes.values()) if (lane.forgettable(now)) forget(lane);
  }

  /** Each time the number has doubled, so that a gate costs the same however many there are. */
  function sweep(): void {
    if (lanes.size < sweepAt) return;
    forgetIdle();
    sweepAt = Math.max(SWEEP_FROM, lanes.size * 2);
  }

  return {
    application,
    get empty() {
      return lanes.size === 0;
    },
    at,
    for: key => at(key) ?? make(key),
    toPass(key) {
      const standing = at(key);
      if (standing) return standing;
      const kind = kindOf(key);
      return kind.places < Infinity || kind.rate ? make(key) : undefined;
    },
    keep(lane) {
      if (lane === application || lanes.has(lane.key)) return;
      sweep();
      lanes.set(lane.key, lane);
    },
    dropIfIdle(lane) {
      if (lane !== application && lane.forgettable(clock.monotonic())) forget(lane);
    },
    all() {
      forgetIdle();
      return [application, ...lanes.values()];
    },
  };
}
