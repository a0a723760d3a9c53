/** What the service saw of its callers. A call is for nothing once at most: it is parked, refused or unheard. */
export interface Tally {
  /** Requests for a reading or a command, and for a token of a grant that is known to be dead; other tokens are apart. */
  calls: number;
  /** Of those, the ones that were sent while the fault of the scenario lasted. */
  callsInFault: number;
  /** To cars of which an answer had already said that their owner, or the next month, has to come first. */
  parked: number;
  /** Refused by a limit of the application, the car or its maker; not parked. */
  refused: number;
  /** Answered when nobody waited any more; neither parked nor refused. */
  unheard: number;
  /** Sent before a time that had been told for its scope. */
  early: number;
  /** Counted against the plan. */
  billed: number;
  /** Requests for a token. */
  renewals: number;
  /** Of those, the ones that there was no way around: nothing else was under way, and the last token was at its end. */
  needed: number;
  /** Commands that were carried out, by the number of the job. */
  readonly carriedOut: Map<string, number>;
  /** Calls in each step of time. */
  readonly callsAt: number[];
}

export const emptyTally = (): Tally => ({
  calls: 0,
  callsInFault: 0,
  parked: 0,
  refused: 0,
  unheard: 0,
  early: 0,
  billed: 0,
  renewals: 0,
  needed: 0,
  carriedOut: new Map(),
  callsAt: [],
});

/** Longer before its end than anybody should renew a token. */
const AHEAD_MS = 61_000;

/** Tells the requests for tokens that were needed from the others. */
export class Renewals {
  private readonly byKey = new Map<string, {underWay: number; goodUntil: number}>();

  /**
   * A request for a token of this owner, or of the application. `ended`: whatever the last token says of itself. Returns
   * whether it was needed.
   */
  asked(key: string, now: number, ended: boolean): boolean {
    const state = this.byKey.get(key) ?? {underWay: 0, goodUntil: -Infinity};
    this.byKey.set(key, state);
    const needed = state.underWay === 0 && (ended || now >= state.goodUntil - AHEAD_MS);
    state.underWay += 1;
    return needed;
  }

  /** The answer to it. `goodUntil`: of the token that it brought. */
  answered(key: string, goodUntil: number | undefined): void {
    const state = this.byKey.get(key);
    if (!state) return;
    state.underWay -= 1;
    state.goodUntil = goodUntil ?? state.goodUntil;
  }

  /** A token that nobody had to ask for. */
  given(key: string, goodUntil: number): void {
    this.byKey.set(key, {underWay: 0, goodUntil});
  }

  /** All tokens are over now. */
  ended(now: number): void {
    for (const state of this.byKey.values()) state.goodUntil = Math.min(state.goodUntil, now);
  }
}

/** What answers have told their callers: times not to come back before, and cars that wait for somebody else. */
export class Told {
  private readonly until = new Map<string, number>();
  private readonly parked = new Set<string>();

  limit(scope: string, until: number): void {
    this.until.set(scope, Math.max(until, this.until.get(scope) ?? 0));
  }

  isEarly(scopes: readonly string[], now: number): boolean {
    return scopes.some(scope => (this.until.get(scope) ?? 0) > now);
  }

  park(place: string): void {
    this.parked.add(place);
  }

  unpark(place: string): void {
    this.parked.delete(place);
  }

  get anyParked(): boolean {
    return this.parked.size > 0;
  }

  isParked(place: string): boolean {
    return this.parked.has(place);
  }
}
