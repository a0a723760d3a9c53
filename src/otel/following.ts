import {word} from '../core/evidence/safe.ts';
import type {RefreshOutcome, Tracing} from '../ports.ts';
import type {Metrics} from './metrics.ts';
import {inContext} from './quiet.ts';
import type {Spans} from './spans.ts';

/** Joins what the engine tells about a call to its spans and to the metrics. */
export function following(spans: Spans, metrics: Metrics): Tracing {
  return {
    async call(facts, run) {
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
                  metrics.attemptEnded(facts, end);
                },
              };
            },
            waited(wait) {
              spans.waited(begun, wait);
              metrics.waited(wait);
            },
          }),
        );
      } catch (thrown) {
        error = {thrown: word(thrown, 'name') ?? typeof thrown};
        throw thrown;
      } finally {
        spans.callEnded(facts, begun, error);
      }
    },
    async refresh(run) {
      const begun = spans.refresh();
      let outcome: RefreshOutcome | undefined;
      try {
        return await inContext(begun.within, () => run(told => void (outcome = told)));
      } finally {
        spans.refreshEnded(begun, outcome);
      }
    },
  };
}
