import {
  context,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Context,
  type Link,
  type Span,
  type SpanOptions,
  type Tracer,
} from '@opentelemetry/api';
import {REASONS} from '../core/reasons.ts';
import type {PolicyEvents} from '../engine/events.ts';
import type {AttemptEnd, RefreshOutcome, TracedCall, TracedWait} from '../ports.ts';
import {
  ATTRIBUTE,
  attemptAttributes,
  callAttributes,
  endAttributes,
  errorType,
  failureName,
  filled,
  spanName,
} from './attributes.ts';
import {quiet} from './quiet.ts';
import {scopeKind} from './scopes.ts';

/** A span that was begun, and the context in which it is the active one. */
export interface Begun {
  readonly span: Span | undefined;
  readonly within: Context;
}

/** Attributes of your own on the span of a call. */
export type AttributesOf = (call: TracedCall) => Attributes | undefined;

/** Makes the spans: one for a call, one below it for each attempt, one for each renewal of a token. */
export interface Spans {
  call(call: TracedCall): Begun;
  callEnded(call: TracedCall, begun: Begun, error: {readonly thrown: string} | undefined): void;
  attempt(call: TracedCall, attempt: number, parent: Begun): Begun;
  attemptEnded(begun: Begun, end: AttemptEnd): void;
  waited(begun: Begun, wait: TracedWait): void;
  /** One that links to the call whose outcome it waits for. */
  joined(call: TracedCall, shared: Begun): Begun;
  refresh(): Begun;
  refreshEnded(begun: Begun, outcome: RefreshOutcome): void;
  decided(event: PolicyEvents['decision']): void;
  succeeded(event: PolicyEvents['success']): void;
  failed(event: PolicyEvents['fail']): void;
}

export function spansBy(tracer: Tracer, attributesOf: AttributesOf | undefined): Spans {
  /** By the number of their call, which the events carry. */
  const open = new Map<number, {readonly span: Span; told: boolean}>();

  function begin(
    name: string,
    kind: SpanKind,
    attributes: () => Attributes,
    parent: Context,
    links: readonly Link[] = [],
  ): Begun {
    const options = (): SpanOptions => ({kind, attributes: attributes(), links: [...links]});
    const span = quiet(() => tracer.startSpan(name, options(), parent));
    return {span, within: (span && quiet(() => trace.setSpan(parent, span))) ?? parent};
  }

  /** Given at once, since a sampler decides by them. */
  function withOwn(call: TracedCall): Attributes {
    return {...callAttributes(call), ...(attributesOf && quiet(() => attributesOf(call)))};
  }

  function note(call: number, work: (span: Span) => void, last = false): void {
    const known = open.get(call);
    if (!known) return;
    if (last) known.told = true;
    quiet(() => work(known.span));
  }

  return {
    call(call) {
      const begun = begin(spanName(call), SpanKind.INTERNAL, () => withOwn(call), context.active());
      const {span} = begun;
      if (span) open.set(call.call, {span, told: false});
      return begun;
    },
    callEnded(call, {span}, error) {
      // What ends a call without an event is no failure of Smartcar's: a store that throws, say.
      if (error && open.get(call.call)?.told === false) quiet(() => span && failing(span, error.thrown));
      open.delete(call.call);
      quiet(() => span?.end());
    },
    attempt: (call, attempt, {within}) =>
      begin(spanName(call), SpanKind.CLIENT, () => attemptAttributes(call, attempt), within),
    attemptEnded({span}, end) {
      if (!span) return;
      quiet(() => span.setAttributes(endAttributes(end)));
      if (end.failure) quiet(() => span.setStatus({code: SpanStatusCode.ERROR}));
      quiet(() => span.end());
    },
    joined(call, {span}) {
      const attributes = (): Attributes => ({...withOwn(call), [ATTRIBUTE.shared]: true});
      const to = span && quiet(() => span.spanContext());
      return begin(spanName(call), SpanKind.INTERNAL, attributes, context.active(), to && [{context: to}]);
    },
    waited({span}, {for: what, scope, ms}) {
      const facts = {
        [ATTRIBUTE.waitFor]: what,
        [ATTRIBUTE.scope]: scope && scopeKind(scope),
        [ATTRIBUTE.waitSeconds]: ms / 1_000,
      };
      quiet(() => span?.addEvent('smartcar_policy.wait', filled(facts)));
    },
    refresh: () => begin('smartcar_policy.refresh', SpanKind.INTERNAL, () => ({}), context.active()),
    refreshEnded({span}, outcome) {
      quiet(() => span?.setAttribute(ATTRIBUTE.outcome, outcome));
      if (outcome === 'failed' || outcome === 'dead') quiet(() => span && failing(span, outcome));
      quiet(() => span?.end());
    },
    decided: ({call, attempt, action, reason, needs, failure, delayMs}) =>
      note(call, span => {
        const facts = {
          [ATTRIBUTE.attempt]: attempt,
          [ATTRIBUTE.action]: action,
          [ATTRIBUTE.reason]: reason,
          [ATTRIBUTE.needs]: needs,
          [ATTRIBUTE.failure]: failureName(failure),
          [ATTRIBUTE.status]: failure.status,
          [ATTRIBUTE.delay]: delayMs === undefined ? undefined : delayMs / 1_000,
        };
        span.addEvent('smartcar_policy.decision', filled(facts));
      }),
    succeeded: ({call, attempts, waitedMs}) =>
      note(call, span => span.setAttributes(spent('success', attempts, waitedMs)), true),
    failed: ({call, action, reason, needs, failure, retryAt, attempts, waitedMs}) =>
      note(
        call,
        span => {
          const facts = {
            [ATTRIBUTE.action]: action,
            [ATTRIBUTE.reason]: reason,
            [ATTRIBUTE.needs]: needs,
            [ATTRIBUTE.failure]: failureName(failure),
            [ATTRIBUTE.status]: failure.status,
            [ATTRIBUTE.retryAt]: retryAt === undefined ? undefined : retryAt / 1_000,
          };
          span.setAttributes({...spent('fail', attempts, waitedMs), ...filled(facts)});
          failing(span, errorType(failure, reason), REASONS[reason]);
        },
        true,
      ),
  };
}

function spent(outcome: 'success' | 'fail', attempts: number, waitedMs: number): Attributes {
  return {
    [ATTRIBUTE.outcome]: outcome,
    [ATTRIBUTE.attempts]: attempts,
    [ATTRIBUTE.waited]: waitedMs / 1_000,
  };
}

/** No message of an error and no stack: what a call throws may hold anything. */
function failing(span: Span, type: string, message?: string): void {
  span.setAttribute(ATTRIBUTE.errorType, type);
  span.setStatus({code: SpanStatusCode.ERROR, ...(message !== undefined && {message})});
}
