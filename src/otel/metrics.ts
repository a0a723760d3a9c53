import type {Attributes, Counter, Histogram, Meter} from '@opentelemetry/api';
import type {PolicyEvents} from '../engine/events.ts';
import type {AttemptEnd, TracedCall, TracedWait} from '../ports.ts';
import {ATTRIBUTE, errorType, filled} from './attributes.ts';
import {atMost, templated} from './low-cardinality.ts';
import {quiet} from './quiet.ts';

/** Seconds: from a fast answer to the hour that the longest told waits take. */
const SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900, 3_600];

/** Smartcar has some sixty operations, and signals of which a product uses a few. */
const MOST_OPERATIONS = 150;
const MOST_ERROR_TYPES = 60;

/** Counts what happens. No attribute tells a user, a vehicle, a URL or a token, and each has a bound. */
export interface Metrics {
  attemptEnded(call: TracedCall, end: AttemptEnd): void;
  waited(wait: TracedWait): void;
  decided(event: PolicyEvents['decision']): void;
  refreshed(event: PolicyEvents['refresh']): void;
  succeeded(event: PolicyEvents['success']): void;
  failed(event: PolicyEvents['fail']): void;
  warned(): void;
}

export function metricsBy(meter: Meter): Metrics {
  const counter = (name: string, unit: string, description: string): Counter =>
    meter.createCounter(`smartcar_policy.${name}`, {unit, description});
  const histogram = (name: string, description: string): Histogram =>
    meter.createHistogram(`smartcar_policy.${name}`, {
      unit: 's',
      description,
      advice: {explicitBucketBoundaries: SECONDS},
    });
  const calls = counter('calls', '{call}', 'Calls that have ended.');
  const attempts = counter('attempts', '{attempt}', 'Attempts that went over the wire, by how they ended.');
  const decisions = counter('decisions', '{decision}', 'What was decided about attempts that failed.');
  const refreshes = counter('refreshes', '{refresh}', 'Renewals of tokens, by how they ended.');
  const warnings = counter('quota.warnings', '{vehicle}', 'Vehicles that came near their quota.');
  const durations = histogram('call.duration', 'How long calls took, waits and all attempts included.');
  const waits = histogram('wait.duration', 'How long calls stood still, by what they waited for.');

  // Prometheus sees no increase from nothing to one.
  quiet(() => warnings.add(0));
  const operations = atMost(MOST_OPERATIONS);
  const errorTypes = atMost(MOST_ERROR_TYPES);
  const about = (operation: string | undefined): Attributes =>
    operation === undefined ? {} : {[ATTRIBUTE.operation]: operations(templated(operation))};

  return {
    attemptEnded: ({operation}, {status, failure}) =>
      add(
        attempts,
        filled({
          ...about(operation),
          [ATTRIBUTE.outcome]: failure ? 'fail' : 'success',
          [ATTRIBUTE.errorType]:
            failure && errorTypes(errorType({...(status !== undefined && {status}), ...failure})),
        }),
      ),
    waited: ({for: what, ms}) => seconds(waits, ms, {[ATTRIBUTE.waitFor]: what}),
    decided: ({action, reason}) => add(decisions, {[ATTRIBUTE.action]: action, [ATTRIBUTE.reason]: reason}),
    refreshed: ({outcome}) => add(refreshes, {[ATTRIBUTE.outcome]: outcome}),
    succeeded({operation, durationMs}) {
      const ended = {...about(operation), [ATTRIBUTE.outcome]: 'success'};
      add(calls, ended);
      seconds(durations, durationMs, ended);
    },
    failed({operation, reason, needs, durationMs}) {
      const ended = {...about(operation), [ATTRIBUTE.outcome]: 'fail'};
      add(calls, {...ended, [ATTRIBUTE.reason]: reason, [ATTRIBUTE.needs]: needs});
      seconds(durations, durationMs, ended);
    },
    warned: () => add(warnings, {}),
  };
}

function add(to: Counter, attributes: Attributes): void {
  quiet(() => to.add(1, attributes));
}

function seconds(to: Histogram, ms: number, attributes: Attributes): void {
  quiet(() => to.record(Math.max(0, ms / 1_000), attributes));
}
