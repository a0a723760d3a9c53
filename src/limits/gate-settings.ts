import type {Clock, GateKey, PeerLink} from '../ports.ts';
import type {Kind} from './kinds.ts';

/** Told what happens to gates. */
export interface GateWatch {
  closed(key: GateKey, until: number, reason: string): void;
  opened(key: GateKey): void;
  /** A pace was learned, or is not needed any more (`undefined`). */
  paced(key: GateKey, intervalMs: number | undefined): void;
}

export interface GateSettings {
  readonly kindOf: (key: GateKey) => Kind;
  /** Whether a scope of a car is counted even while no gate is shut. */
  readonly countsCars: boolean;
  /** So many may wait for one scope. */
  readonly mostWaiting: number;
  /** The line to other processes; absent where there are none. */
  readonly link?: PeerLink | undefined;
}

export type GateClock = Required<Pick<Clock, 'now' | 'monotonic' | 'sleep'>> & Pick<Clock, 'hold'>;
