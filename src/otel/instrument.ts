import {trace, type Meter, type MeterProvider, type Tracer, type TracerProvider} from '@opentelemetry/api';
import {FOLLOW} from '../core/follow-key.ts';
import {wrong} from '../core/wrong.ts';
import type {EventName, Listener, PolicyEvents} from '../engine/events.ts';
import type {Policy} from '../index.ts';
import {following, type Follower} from './following.ts';
import {globalMeter, measuresBy, type Measures} from './measures.ts';
import {spansBy, type AttributesOf, type Spans} from './spans.ts';

/** Whatever is not given is the global one, also where that is set up later. */
export interface InstrumentOptions {
  /** Makes the spans. @default one of `tracerProvider` */
  readonly tracer?: Tracer;
  /** Gives the tracer. @default the global one */
  readonly tracerProvider?: TracerProvider;
  /** Makes the instruments. @default one of `meterProvider` */
  readonly meter?: Meter;
  /** Gives the meter. @default the global one */
  readonly meterProvider?: MeterProvider;
  /**
   * Attributes of your own on the span of a call. Only here can a user or a vehicle get a place: ours name neither, but
   * for the vehicle's id in `url.full`.
   */
  readonly attributesOf?: AttributesOf;
}

/**
 * Ends it: calls that are under way are followed to their end, and no others. Also at the end of its block, where it was
 * declared with `using`.
 */
export interface Instrumentation extends Disposable {
  (): void;
}

const NAME = 'smartcar-policy';

const MEMBERS: Readonly<Record<keyof InstrumentOptions, readonly [expected: string, method?: string]>> = {
  tracer: ['a Tracer of OpenTelemetry', 'startSpan'],
  tracerProvider: ['a TracerProvider of OpenTelemetry', 'getTracer'],
  meter: ['a Meter of OpenTelemetry', 'createCounter'],
  meterProvider: ['a MeterProvider of OpenTelemetry', 'getMeter'],
  attributesOf: ['a function (call => attributes)'],
};

/**
 * Makes spans and metrics of everything that a policy does, with the OpenTelemetry that the process has set up. An SDK
 * that is set up after this is noticed with the next call. A policy that is closed should be let go of, too: its gauges
 * stay until then.
 *
 * @throws `PolicyError` with code `CONFIGURATION`: no policy, one that is instrumented already, or a wrong option.
 *
 * @example
 * const stop = instrument(policy);
 */
export function instrument(policy: Policy, options: InstrumentOptions = {}): Instrumentation {
  if (!isPolicy(policy)) throw wrong('the policy', 'one of createPolicy(…)', policy);
  checkOptions(options);
  const {tracerProvider, attributesOf} = options;
  const tracer = options.tracer ?? (tracerProvider ?? trace).getTracer(NAME);
  const measures = measuresBy(meterOf(options), policy);
  const spans = spansBy(tracer, attributesOf);
  const follower = following(spans, measures.now);
  const ends = [measures.end];
  try {
    ends.push(policy[FOLLOW](follower));
  } catch (error) {
    ends.forEach(end => end());
    throw error;
  }
  ends.push(...hearing(policy, follower, spans, measures));
  const stop = (): void => ends.splice(0).forEach(end => end());
  return Object.assign(stop, {[Symbol.dispose]: stop});
}

/** The meter of each moment: a given one stays. */
function meterOf({meter, meterProvider}: InstrumentOptions): () => Meter {
  const given = meter ?? meterProvider?.getMeter(NAME);
  return given ? () => given : globalMeter(NAME);
}

/** Hears what the events tell. Returns what ends it. */
function hearing(policy: Policy, follower: Follower, spans: Spans, {now}: Measures): readonly (() => void)[] {
  const on = <E extends EventName>(event: E, listener: Listener<E>): (() => void) => {
    policy.on(event, listener);
    return () => void policy.off(event, listener);
  };
  /** Of calls that are followed, and these until they end. */
  const ofCalls = <E extends 'decision' | 'success' | 'fail'>(
    event: E,
    tell: (payload: PolicyEvents[E]) => void,
  ): (() => void) => on(event, payload => (follower.follows(payload.call) ? tell(payload) : undefined));
  const calls = [
    ofCalls('decision', event => (spans.decided(event), now().decided(event))),
    ofCalls('success', event => (spans.succeeded(event), now().succeeded(event))),
    ofCalls('fail', event => (spans.failed(event), now().failed(event))),
  ];
  return [
    on('refresh', event => now().refreshed(event)),
    on('quota', () => now().warned()),
    () => follower.atRest(() => calls.forEach(end => end())),
  ];
}

/** Of any copy of this package. */
function isPolicy(value: unknown): value is Policy {
  return typeof value === 'object' && value !== null && typeof (value as Policy)[FOLLOW] === 'function';
}

function checkOptions(options: InstrumentOptions): void {
  if (typeof options !== 'object' || options === null) throw wrong('the options', 'an object', options);
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(MEMBERS, name))
      throw wrong('the options of instrument()', `only ${Object.keys(MEMBERS).join(', ')}`, name);
    if (value === undefined) continue;
    const [expected, method] = MEMBERS[name as keyof InstrumentOptions];
    const has = method === undefined ? value : (value as Record<string, unknown> | null)?.[method];
    if (typeof has !== 'function') throw wrong(`\`${name}\` of instrument()`, expected, value);
  }
}
