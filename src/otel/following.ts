import {word} from '../core/evidence/safe.ts';
import type {RefreshOutcome, Tracing} from '../ports.ts';
import type {Metrics} from './metrics.ts';
import {inContext} from './quiet.ts';
import type {Spans} from './spans.ts';

/** Follows calls from their beginning to their end. */
export interface Follower extends Tracing {
  /** Whether a call was followed from its beginning, and is still under way. */
  follows(call: number): boolean;
  /** Does this as soon as no call is under way. */
  atRest(then: () => void): void;
}

/** Joins what the engine tells about a call to its spans and to the metrics, as they are at that moment. */
export function following(spans: Spans, metrics: () => Metrics): Follower {
  const underWay = new Set<number>();
  let atRest: (() => void) | undefined;
  return {
    async call(facts, run) {
      underWay.add(facts.call);
      const begun = spans.call(facts);
      let error: {readonly thrown: string} | undefined;
      try {
        return await inContext(begun.within, () =>
          run({
            attempt(attempt) {
              const sent = spans.attempt(facts, attempt, begun);
              let open = true;
              return {
                within: work => inContext(sent.within, work),
                ended(end) {
                  if (!open) return;
                  open = false;
                  spans.attemptEnded(sent, end);
                  metrics().attemptEnded(facts, end);
                },
              };
            },
            joined(end) {
              const rides = spans.joined(facts, begun);
              void end.then(ended => spans.attemptEnded(rides, ended));
            },
            waited(wait) {
              spans.waited(begun, wait);
              metrics().waited(wait);
            },
          }),
        );
      } catch (thrown) {
        error = {thrown: word(thrown, 'name') ?? typeof thrown};
        throw thrown;
      } finally {
        spans.callEnded(facts, begun, error);
        underWay.delete(facts.call);
        if (underWay.size === 0) atRest?.();
      }
    },
    async refresh(run) {
      const begun = spans.refresh();
      let outcome: RefreshOutcome | undefined;
      try {
        const pair = await inContext(begun.within, () => run(told => void (outcome = told)));
        // Nothing was told, and yet there is a pair: somebody else has saved it meanwhile.
        outcome ??= 'reused';
        return pair;
      } finally {
        spans.refreshEnded(begun, outcome ?? 'failed');
      }
    },
    follows: call => underWay.has(call),
    atRest(then) {
      atRest = then;
      if (underWay.size === 0) then();
    },
  };
}
