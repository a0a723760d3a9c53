import {fullBucket} from '../core/pacing/bucket.ts';
import type {Kind} from './kinds.ts';
import {LaneRates} from './lane-rates.ts';

let epochs = 0;

/** How many may be under way in a scope: after it has closed, and while a crowd comes that nothing is known of. */
export class LaneOpening extends LaneRates {
  readonly kind: Kind;
  /** Names the time since the gate last closed, or a crowd began. */
  epoch: number = ++epochs;
  /** Who was let in before this epoch brings old news; `epoch` where there was no crowd. A closed gate shall be small. */
  declare private newsFrom: number | undefined;
  /** So many probes in a row have met a gate that closed again. */
  failedProbes = 0;
  /** All that are under way. */
  inside = 0;
  /** Of them, those that were let in in this epoch. */
  protected since = 0;
  /** So many of those may be under way; 0: as many as the kind has places. A small whole number costs no memory of its own. */
  private width = 0;
  /**
   * `probing` from a closing until the probe brings an answer, then `opening` until everybody who waited has gone.
   * `crowded` from when a crowd is as large as is known to be well, until it is smaller again.
   */
  protected stage: 'open' | 'crowded' | 'probing' | 'opening' = 'open';

  constructor(kind: Kind) {
    super(kind.rate && fullBucket(kind.rate.intervalMs, kind.rate.size), kind.documented);
    this.kind = kind;
  }

  get recovering(): boolean {
    return this.stage === 'probing' || this.stage === 'opening';
  }

  /** Nobody has come through since it closed. */
  get probing(): boolean {
    return this.stage === 'probing';
  }

  protected get places(): number {
    return this.width || this.kind.places;
  }

  /** Whether one that was let in then brings news. */
  bringsNews(epoch: number | undefined): boolean {
    return epoch !== undefined && epoch >= (this.newsFrom ?? this.epoch);
  }

  /** Beyond what is documented a crowd grows as a gate opens, unless more is known to be well, or less. */
  protected fills(): void {
    if (this.stage !== 'open' || !this.documentedOnly) return;
    this.stage = 'crowded';
    this.newsFrom ??= this.epoch;
    this.epoch = ++epochs;
    this.since = 0;
    this.width = 1;
  }

  /** One of this epoch has come through. */
  protected opensWider(): void {
    if (this.stage === 'open') return;
    if (this.stage === 'crowded') return void (this.width += 1);
    this.stage = 'opening';
    this.failedProbes = 0;
    const {opening} = this.kind;
    if (opening === 'one') return;
    this.width = this.learned || opening === 'all' ? 0 : this.width + 1;
  }

  /** Whoever was let in before this brings old news. */
  protected renews(): void {
    this.epoch = ++epochs;
    if (this.newsFrom !== undefined) this.newsFrom = this.epoch;
    this.since = 0;
    this.reopens(this.shutUntil);
  }

  /** Open from then on, for a probe first. */
  reopens(at: number): void {
    this.shutUntil = at;
    this.stage = 'probing';
    this.width = 1;
  }

  protected opens(): void {
    this.stage = 'open';
    this.width = 0;
  }
}
