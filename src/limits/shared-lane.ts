import {emptiedUntil} from '../core/pacing/bucket.ts';
import type {GateChange, GateNews, TurnRequest, Turns} from '../ports.ts';
import {Lane} from './lane.ts';
import {paceOf, paceToShare} from './learned.ts';

/** So many turns of a rate are asked for at once. */
const MOST_TURNS = 50;

/**
 * A lane that other processes have too: what one learns about the scope all hear, and the probe, the pace and the rate are
 * shared. Where one of these counts, the next call goes when it has a turn among all processes.
 */
export class SharedLane extends Lane {
  /** Given and not yet taken. */
  private turns = 0;
  /** Before that it makes no sense to ask. */
  private askAgainAt = -Infinity;
  /** Before that no turn can come. */
  private earliestAt = -Infinity;
  /** Under way: what was asked for. */
  private asked: TurnRequest | undefined;

  /** A probe is under way from here, or may be in a moment. */
  get hasProbe(): boolean {
    return this.probing && (this.since > 0 || this.turns > 0 || this.asked !== undefined);
  }

  override get needsTurn(): boolean {
    return this.probing || this.learned !== undefined || this.kind.rateIsShared === true;
  }

  override readyInMs(now: number): number {
    const ms = super.readyInMs(now);
    if (ms > 0 || !this.needsTurn || this.turns > 0) return ms;
    return this.askAgainAt > now ? this.askAgainAt - now : Infinity;
  }

  override roomFor(now: number): number {
    return this.needsTurn ? Math.min(this.turns, super.roomFor(now)) : super.roomFor(now);
  }

  override soonestInMs(now: number, ahead: number): number {
    return Math.max(super.soonestInMs(now, ahead), this.earliestAt - now);
  }

  override take(now: number): number {
    if (this.needsTurn) this.turns = Math.max(0, this.turns - 1);
    return super.take(now);
  }

  /** What to ask the others for now; `undefined` where nothing else than a turn is waited for. */
  ask(now: number): TurnRequest | undefined {
    if (this.asked || this.turns > 0 || !this.lacksTurn(now)) return undefined;
    const {learned, probing} = this;
    const many = probing || learned ? 1 : Math.min(this.waiting, super.roomFor(now), MOST_TURNS);
    this.asked = this.request(probing, Math.max(1, Math.floor(many)));
    return this.asked;
  }

  /** The same for one newcomer alone. Of a rate that is not used up, many may ask at once. */
  askApart(now: number): TurnRequest | undefined {
    if (this.probing || this.learned) return this.ask(now);
    return this.lacksTurn(now) ? this.request(false, 1) : undefined;
  }

  /** What a turn that was not used came from. */
  get unused(): TurnRequest {
    return this.request(false, 1);
  }

  private lacksTurn(now: number): boolean {
    return this.needsTurn && this.askAgainAt <= now && super.readyInMs(now) === 0;
  }

  private request(probe: boolean, wanted: number): TurnRequest {
    const {key, learned, kind} = this;
    return {
      key,
      probe,
      patient: kind.opening === 'one',
      ...(learned && {pace: {intervalMs: learned.intervalMs, size: learned.size}}),
      rate: kind.rateIsShared === true,
      wanted,
    };
  }

  /**
   * They have answered. Returns how many turns are of no use any more: the gate has closed since, or a probe come through.
   */
  answered(request: TurnRequest, {given, againInMs, certain}: Turns, epoch: number, now: number): number {
    const stillProbing = request.probe === this.probing;
    const apart = request !== this.asked;
    if (!apart) this.asked = undefined;
    if (given === 0 && (stillProbing || certain)) this.askAgainAt = now + againInMs;
    if (given === 0 && certain) this.earliestAt = now + againInMs;
    const useful = epoch === this.epoch && stillProbing && !(apart && this.learned);
    if (useful) this.turns += given;
    return useful ? 0 : given;
  }

  /** Turns that nobody waits for. */
  drop(): number {
    const {turns} = this;
    this.turns = 0;
    return turns;
  }

  askAtOnce(): void {
    this.askAgainAt = -Infinity;
    this.earliestAt = -Infinity;
  }

  override openAt(now: number): void {
    super.openAt(now);
    this.askAtOnce();
  }

  news(now: number): GateNews {
    const {key, reason, failedProbes, learned} = this;
    return {
      key,
      restMs: this.restMs(now),
      reason,
      failedProbes,
      passed: !this.probing,
      ...(learned && {pace: paceToShare(learned)}),
    };
  }

  /** What has happened in another process. Returns whether it says anything new here. */
  hear(change: GateChange, news: GateNews, now: number, epochMs: number): boolean {
    if (change === 'closed') return this.hearClosed(news, now, epochMs);
    if (change === 'extended') return this.hearExtended(news, now, epochMs);
    if (change === 'reopened') {
      if (this.restMs(now) === 0) return false;
      this.openAt(now);
    }
    // It is of an older time than what has closed here since.
    if (change === 'passed' && this.restMs(now) > 0) return false;
    if (change === 'passed' && this.probing) this.opensWider();
    if (change !== 'reopened') this.learned = paceOf(news.pace, this.learned, now);
    this.remembersPace(now);
    // A turn may be free now that was not.
    this.askAtOnce();
    return true;
  }

  /** It is shut for longer. Where it was not known to be shut at all, it is now. */
  private hearExtended({restMs, reason, passed}: GateNews, now: number, epochMs: number): boolean {
    const shutUntil = now + restMs;
    if (shutUntil <= this.shutUntil) return false;
    if (!this.recovering && !passed) this.reopens(this.shutUntil);
    this.shuts(Math.ceil(epochMs + restMs), shutUntil, reason, now);
    return true;
  }

  /** The longer of two closings holds, and the slower of two paces: both have seen the limit. */
  private hearClosed({restMs, reason, failedProbes, pace}: GateNews, now: number, epochMs: number): boolean {
    const shutUntil = now + restMs;
    const slower = pace && pace.intervalMs > (this.learned?.intervalMs ?? 0);
    this.failedProbes = Math.max(this.failedProbes, failedProbes);
    this.renews();
    if (slower) this.learned = paceOf(pace, this.learned, now);
    this.shuts(Math.ceil(epochMs + restMs), shutUntil, reason, now);
    this.learned &&= emptiedUntil(this.learned, this.shutUntil);
    this.remembersPace(now);
    return true;
  }

  /** A pace that nobody here has met yet is forgotten no sooner than where it was. */
  private remembersPace(now: number): void {
    if (this.learned) this.needed(Math.max(now, this.shutUntil));
  }
}
