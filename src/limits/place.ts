import type {GateKey, Pass} from '../ports.ts';
import type {Lane} from './lane.ts';
import type {Source} from './rates.ts';

/** What happens around a place. */
export interface Surroundings {
  readonly now: () => number;
  /** Who had a turn among all processes did not use it. */
  readonly unused: (lane: Lane) => void;
  /** Somebody has left this place. */
  readonly left: (lane: Lane, paceChanged: boolean, place: Pass) => void;
}

/** One place in a lane. A class, since every call makes some: an object of closures costs several times as much. */
export class Place implements Pass {
  readonly key: GateKey;
  readonly epoch: number;
  readonly failedProbes: number;
  private readonly lane: Lane;
  private readonly around: Surroundings;
  private readonly source: Source | undefined;
  private readonly turn: boolean;
  private readonly paced: boolean;
  private wasSent = false;

  /** `paced`: whether it had to be waited for, by the pace that was learned. */
  constructor(lane: Lane, paced: boolean, failedProbes: number, around: Surroundings) {
    this.key = lane.key;
    this.epoch = lane.epoch;
    this.failedProbes = failedProbes;
    this.lane = lane;
    this.around = around;
    this.source = lane.source;
    this.turn = lane.needsTurn;
    this.paced = paced;
  }

  sent(): void {
    if (!this.source) return;
    this.wasSent = true;
    this.lane.sent(this.around.now());
  }

  leave(outcome: 'passed' | 'unknown'): void {
    const {lane, source, around} = this;
    if (source && !this.wasSent) {
      lane.giveBack(source);
      if (this.turn) around.unused(lane);
    }
    const paceChanged = lane.leave(
      this.epoch,
      outcome === 'passed',
      this.paced,
      lane.timeless ? 0 : around.now(),
    );
    around.left(lane, paceChanged, this);
  }
}
