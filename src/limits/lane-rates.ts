import {fullBucket, levelOf, returned, taken, type Bucket} from '../core/pacing/bucket.ts';
import type {Pace} from '../core/pacing/pace.ts';
import type {Kind} from './kinds.ts';
import type {Learned} from './learned.ts';
import {ROUNDING_MS, spacingOf, type Source} from './rates.ts';

/** The rates that the calls of a scope keep: one that was set, one that was learned. Times are the monotonic clock's. */
export class LaneRates {
  shutUntil: number = -Infinity;
  protected fixed: Bucket | undefined;
  protected learned: Learned | undefined = undefined;
  protected lastAt: number | undefined = undefined;
  /** Only lanes whose calls are sent apart have it: a closed gate shall be small. */
  declare private sentAt: number | undefined;

  /** What is documented, until more has come through. Only scopes of which something is documented have it. */
  declare protected documented: Bucket | undefined;

  constructor(fixed: Bucket | undefined, documented: Kind['documented']) {
    this.fixed = fixed;
    if (documented) this.documented = fullBucket(documented.intervalMs, documented.size);
  }

  /** Nothing else is known of its rate. */
  protected get documentedOnly(): boolean {
    return this.documented !== undefined && !this.fixed && !this.learned;
  }

  /** One has come through that might have been one too many. */
  protected morePassed(now: number): void {
    const {documented} = this;
    if (!documented) return;
    const left = taken(documented, now);
    this.documented = levelOf(left, now) < 0 ? undefined : left;
  }

  get pace(): Pick<Pace, 'intervalMs'> | undefined {
    return this.learned;
  }

  /** What a place was taken from, for `giveBack`; `undefined` where no rate is kept. */
  get source(): Source | undefined {
    if (!this.fixed && !this.learned) return undefined;
    return {fixedAt: this.fixed?.fullAt, learnedAt: this.learned?.fullAt};
  }

  /** The tokens of a call that was never sent; what was emptied since then has forgotten them. */
  giveBack({fixedAt, learnedAt}: Source): void {
    if (this.fixed?.fullAt === fixedAt) this.fixed &&= returned(this.fixed);
    if (this.learned?.fullAt === learnedAt) this.learned &&= returned(this.learned);
  }

  /** A rate that lets no two go at once counts from when the call is really sent: it may have waited elsewhere. */
  sent(now: number): void {
    this.sentAt = now;
  }

  /** So long until another may be sent, whatever places were given. What the server told last stands above a pace. */
  earlyMs(now: number): number {
    const {sentAt} = this;
    if (sentAt === undefined) return 0;
    const learnedMs = sentAt < this.shutUntil ? 0 : spacingOf(this.learned);
    const restMs = sentAt + Math.max(spacingOf(this.fixed), learnedMs) - now;
    return restMs > ROUNDING_MS ? restMs : 0;
  }

  /** The bucket that its calls draw on, for people; and whether it was learned. */
  get rate(): {readonly bucket: Bucket; readonly learned: boolean} | undefined {
    const bucket = this.learned ?? this.fixed;
    return bucket && {bucket, learned: bucket === this.learned};
  }
}
