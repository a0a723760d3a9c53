import type {Action, Policy, PolicyEvents, Reason} from 'smartcar-policy';

/** What came of one attempt: it succeeded, or what was decided about its failure. */
export type Outcome = 'success' | Action;
export const OUTCOMES: readonly Outcome[] = ['success', 'retry', 'refresh', 'reauthenticate', 'fail'];

/** A failure and what was decided about it, or a call that has ended without success. */
export interface Entry {
  readonly at: number;
  readonly kind: 'decision' | 'fail';
  readonly event: PolicyEvents['decision'] | PolicyEvents['fail'];
}

/** So many attempts with this outcome within one step of time, which began at `at` (epoch ms). */
export interface Bar {
  readonly at: number;
  readonly outcome: Outcome;
  readonly count: number;
}

export const STEP_MS = 10_000;
/** What the chart shows. */
export const SPAN_MS: number = 30 * STEP_MS;
const MOST_ENTRIES = 100;

/** What the events of a policy say about the past. */
export interface Ledger {
  readonly attempts: number;
  /** Calls that have ended, one way or the other. */
  readonly ended: number;
  readonly refreshes: Readonly<Record<PolicyEvents['refresh']['outcome'], number>>;
  readonly webhooks: {readonly accepted: number; readonly rejected: number};
  /** The newest first. */
  readonly entries: readonly Entry[];
  readonly reasons: ReadonlyMap<Reason, number>;
  bars(): readonly Bar[];
}

export function createLedger(policy: Policy, now: () => number = Date.now): Ledger {
  const counts = {attempts: 0, ended: 0};
  const refreshes = {renewed: 0, reused: 0, failed: 0, dead: 0};
  const webhooks = {accepted: 0, rejected: 0};
  const entries: Entry[] = [];
  const reasons = new Map<Reason, number>();
  const steps = new Map<number, Map<Outcome, number>>();
  /** Calls of which an attempt is on the wire: a decision about a token that could not be had follows none. */
  const onTheWire = new Set<number>();

  function settle(call: number, outcome: Outcome): void {
    if (!onTheWire.delete(call)) return;
    const at = Math.floor(now() / STEP_MS) * STEP_MS;
    const step = steps.get(at) ?? new Map<Outcome, number>();
    steps.set(at, step.set(outcome, (step.get(outcome) ?? 0) + 1));
    for (const old of steps.keys()) if (old < at - SPAN_MS) steps.delete(old);
  }
  function enter(kind: Entry['kind'], event: Entry['event']): void {
    entries.unshift({at: now(), kind, event});
    entries.length = Math.min(entries.length, MOST_ENTRIES);
  }

  policy
    .on('attempt', ({call}) => {
      counts.attempts += 1;
      onTheWire.add(call);
    })
    .on('decision', event => {
      settle(event.call, event.action);
      reasons.set(event.reason, (reasons.get(event.reason) ?? 0) + 1);
      enter('decision', event);
    })
    .on('success', ({call}) => {
      settle(call, 'success');
      counts.ended += 1;
    })
    .on('fail', event => {
      settle(event.call, 'fail');
      counts.ended += 1;
      enter('fail', event);
    })
    .on('refresh', ({outcome}) => void (refreshes[outcome] += 1))
    .on('webhook', () => void (webhooks.accepted += 1))
    .on('webhook-rejected', () => void (webhooks.rejected += 1));

  return {
    get attempts() {
      return counts.attempts;
    },
    get ended() {
      return counts.ended;
    },
    refreshes,
    webhooks,
    entries,
    reasons,
    bars: () =>
      [...steps]
        .filter(([at]) => at >= now() - SPAN_MS)
        .flatMap(([at, step]) => [...step].map(([outcome, count]) => ({at, outcome, count}))),
  };
}
