import type {Job, Scenario} from '../scenario.ts';

/** What became of the jobs of one run. */
export interface Account {
  asked: number;
  /** Of those, the ones that came while the fault of the scenario lasted. */
  askedInFault: number;
  good: number;
  /** How long each good answer took, in milliseconds, waits included. */
  readonly tookMs: number[];
  /** Good answers in each step of time, by when they came. */
  readonly goodAt: number[];
  /** Jobs that came in each second, and those of them that were answered. */
  readonly askedIn: number[];
  readonly goodIn: number[];
  /** Owners who were told to come back although they had not left. */
  falseAlarms: number;
  /** Owners who had not left, and whose grant was lost all the same. */
  lostGrants: number;
}

export const openAccount = (): Account => ({
  asked: 0,
  askedInFault: 0,
  good: 0,
  tookMs: [],
  goodAt: [],
  askedIn: [],
  goodIn: [],
  falseAlarms: 0,
  lostGrants: 0,
});

export function noteAsked(account: Account, {at}: Job, fault: Scenario['fault']): void {
  account.asked += 1;
  if (fault && at >= fault.from && at < fault.until) account.askedInFault += 1;
  countIn(account.askedIn, at / 1_000);
}

/** `now`: milliseconds from the start. */
export function noteGood(account: Account, {at}: Job, now: number, stepMs: number): void {
  account.good += 1;
  account.tookMs.push(now - at);
  countIn(account.goodIn, at / 1_000);
  countIn(account.goodAt, now / stepMs);
}

function countIn(counts: number[], place: number): void {
  const index = Math.floor(place);
  counts[index] = (counts[index] ?? 0) + 1;
}
