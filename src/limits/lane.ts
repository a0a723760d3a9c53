import {emptiedUntil, levelOf, taken} from '../core/pacing/bucket.ts';
import type {Closing, GateKey} from '../ports.ts';
import type {Kind} from './kinds.ts';
import {counted, hastened, isSaved, limited, unlessSaved} from './learned.ts';
import {LaneOpening} from './lane-opening.ts';
import {held, rest} from './rates.ts';
import type {WaitingRoom} from './waiting-room.ts';

/** Above the crowd, the next one goes after so long even if nobody has come back. */
const CROWDED_MS = 100;
/** A gate that nobody came to for so long needs no probe any more. */
const FORGOTTEN_MS = 600_000;
/** A pace that has not been needed for so long is learned anew: many cars are asked by the hour. Twice the slowest pace. */
const REMEMBERED_MS = 2 * 3_600_000;
/** After so long behind a gate that opens, one that has not come back is not waited for any more. */
const HUNG_MS = 10_000;

/**
 * The state of one scope: shut until a time, then open for one probe, then for the rest at a pace. It knows no timer and
 * no promise; every time is the monotonic clock's.
 */
export class Lane extends LaneOpening {
  readonly key: GateKey;
  /** Epoch ms, for people. */
  until = 0;
  reason = '';
  /** When the pace last proved to be needed: a limit was met, or somebody had to wait for it. Whole ms, for their size. */
  private neededAt = 0;
  /** How long the gate was shut last. */
  private pauseMs = 0;
  room: WaitingRoom | undefined = undefined;
  wake: (() => void) | undefined = undefined;

  constructor(key: GateKey, kind: Kind) {
    super(kind);
    this.key = key;
  }

  get waiting(): number {
    return this.room?.size ?? 0;
  }

  /** The next one needs a turn among all processes. */
  get needsTurn(): boolean {
    return false;
  }

  /** Nothing to look at: no time is needed to see that the next one may go. */
  get clear(): boolean {
    return (
      // The one who fills the crowd is looked at: the time since then counts.
      this.inside < this.kind.crowd - 1 &&
      this.places === Infinity &&
      this.shutUntil === -Infinity &&
      this.fixed === undefined &&
      this.learned === undefined &&
      this.room === undefined
    );
  }

  /** No time is needed to leave it either. */
  get timeless(): boolean {
    return this.clear && this.documented === undefined;
  }

  restMs(now: number): number {
    return Math.max(0, this.shutUntil - now);
  }

  /** Milliseconds until the next one may go; `Infinity` where somebody has to come back first. */
  readyInMs(now: number): number {
    if (this.shutUntil > now) return this.shutUntil - now;
    if (this.inside >= this.kind.places) return Infinity;
    const ms = this.since >= this.places ? this.impatientMs(now) : this.crowdedMs(now);
    return Math.max(ms, this.earlyMs(now), rest(this.fixed, now), rest(this.learned, now));
  }

  /** One that hangs must not hold back all who wait behind it; a car's own it does. */
  private impatientMs(now: number): number {
    if (this.kind.opening === 'one' || this.lastAt === undefined) return Infinity;
    return Math.max(0, this.lastAt + (this.stage === 'crowded' ? CROWDED_MS : HUNG_MS) - now);
  }

  /** A crowd that could be one: nothing is known against it, but that it has not been there yet. */
  private crowdedMs(now: number): number {
    if (this.stage === 'crowded' || this.inside < this.kind.crowd || this.lastAt === undefined) return 0;
    return Math.max(0, this.lastAt + CROWDED_MS - now);
  }

  /** How many may go now. */
  roomFor(now: number): number {
    if (this.shutUntil > now) return 0;
    return Math.min(
      this.places - this.since,
      this.kind.places - this.inside,
      this.stage === 'crowded' ? Infinity : this.kind.crowd - this.inside,
      held(this.fixed, now),
      held(this.learned, now),
    );
  }

  /** At least so many milliseconds pass before a newcomer goes that has `ahead` others before it. */
  soonestInMs(now: number, ahead: number): number {
    // A pace that was learned may quicken: only a rate that was set says when those behind will have their turn.
    return Math.max(this.restMs(now), rest(this.fixed, now, ahead + 1), rest(this.learned, now));
  }

  /** One more is under way; enough where the lane is clear. */
  enter(): void {
    this.inside += 1;
    this.since += 1;
  }

  /** Whether the one who goes now had to wait for the pace that was learned. */
  paces(now: number): boolean {
    return this.learned !== undefined && !isSaved(this.learned, now);
  }

  /** Takes a place. Returns how many probes in a row have failed if this one does; 0 for one that is no probe. */
  take(now: number): number {
    if (this.inside === this.kind.crowd - 1) this.fills();
    this.enter();
    this.lastAt = now;
    this.fixed &&= taken(this.fixed, now);
    this.learned &&= taken(unlessSaved(this.learned, now), now);
    return this.probing ? this.failedProbes + 1 : 0;
  }

  /**
   * Gives a place back. `passed`: an answer came, and it was not this scope's limit; `paced`: the place had to wait for the
   * pace. Returns whether the pace changed.
   */
  leave(epoch: number, passed: boolean, paced: boolean, now: number): boolean {
    this.inside -= 1;
    if (passed) this.morePassed(now);
    if (epoch !== this.epoch) return false;
    this.since -= 1;
    if (!passed || this.shutUntil > now) return false;
    this.opensWider();
    this.learned &&= counted(this.learned);
    if (paced) this.needed(now);
    return paced && this.quicken(now);
  }

  protected needed(now: number): void {
    this.neededAt = Math.ceil(now);
  }

  /** Only a success that the pace has held back says that it could be quicker. */
  private quicken(now: number): boolean {
    const {learned, lastAt = now} = this;
    if (!learned || (this.waiting === 0 && rest(learned, now) === 0)) return false;
    this.learned = hastened(learned, lastAt);
    return this.learned?.intervalMs !== learned.intervalMs;
  }

  /**
   * Shuts the gate. `current`: the one who was refused had been let in since the gate last closed; who was sent before
   * that makes it longer at most. Returns whether anything changed.
   */
  close({until, reason, limit, toldMs}: Closing, shutUntil: number, current: boolean, now: number): boolean {
    if (!current && shutUntil <= this.shutUntil) return false;
    if (current) {
      const probe = this.probing;
      this.failedProbes = probe ? this.failedProbes + 1 : 0;
      if (limit === true) {
        this.needed(shutUntil);
        this.learned = limited(
          this.learned,
          {toldMs, closedMs: shutUntil - now, probe},
          now,
          this.kind.learnedSize,
        );
      }
      this.renews();
    }
    // Old news that shuts an open gate, shuts it as any other.
    if (!current && !this.recovering) this.reopens(this.shutUntil);
    this.shuts(until, shutUntil, reason, now);
    return true;
  }

  /** Never for less long than it is shut already. */
  protected shuts(until: number, shutUntil: number, reason: string, now: number): void {
    if (shutUntil >= this.shutUntil)
      Object.assign(this, {until, shutUntil, reason, pauseMs: Math.ceil(shutUntil - now)});
    this.learned &&= emptiedUntil(this.learned, this.shutUntil);
  }

  /** Somebody knows better: the probe may go now. */
  openAt(now: number): void {
    this.shutUntil = now;
    this.learned &&= emptiedUntil(this.learned, now);
  }

  /** Everybody who had to wait has gone: open as before. Returns whether it had been otherwise. */
  recovered(now: number): boolean {
    if (this.stage === 'crowded' && this.waiting === 0 && this.inside < this.kind.crowd) this.opens();
    const busy = this.kind.crowd === Infinity && this.inside > 0;
    // Old news may have shut it while it was opening.
    if (this.stage !== 'opening' || this.waiting > 0 || busy || this.shutUntil > now) return false;
    this.opens();
    return true;
  }

  /** Whether nothing would change if it were not there. */
  forgettable(now: number): boolean {
    if (this.inside > 0 || this.waiting > 0 || this.shutUntil > now || this.earlyMs(now) > 0) return false;
    if (this.recovering && now - this.shutUntil <= Math.max(FORGOTTEN_MS, 2 * this.pauseMs)) return false;
    if (this.fixed && levelOf(this.fixed, now) < this.fixed.size) return false;
    return !this.learned || now - this.neededAt > REMEMBERED_MS;
  }
}
