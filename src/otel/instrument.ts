import {
  metrics,
  trace,
  type Meter,
  type MeterProvider,
  type Tracer,
  type TracerProvider,
} from '@opentelemetry/api';
import {FOLLOW} from '../core/follow-key.ts';
import {wrong} from '../core/wrong.ts';
import type {EventName, Listener} from '../engine/events.ts';
import type {Policy} from '../index.ts';
import {following} from './following.ts';
import {metricsBy} from './metrics.ts';
import {spansBy, type AttributesOf} from './spans.ts';
import {observeStates} from './states.ts';

/** Whatever is not given is the global one, as it is when `instrument` is called. */
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

/** Ends it. Also at the end of its block, where it was declared with `using`. */
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
 * Makes spans and metrics of everything that a policy does, with the OpenTelemetry that the process has set up. Call it
 * after the SDK was started: metrics of before that go nowhere.
 *
 * @throws `PolicyError` with code `CONFIGURATION`: no policy, one that is instrumented already, or a wrong option.
 *
 * @example
 * const stop = instrument(policy);
 */
export function instrument(policy: Policy, options: InstrumentOptions = {}): Instrumentation {
  if (!isPolicy(policy)) throw wrong('the policy', 'one of createPolicy(…)', policy);
  checkOptions(options);
  const {tracerProvider, meterProvider, attributesOf} = options;
  const tracer = options.tracer ?? (tracerProvider ?? trace).getTracer(NAME);
  const meter = options.meter ?? (meterProvider ?? metrics).getMeter(NAME);
  const spans = spansBy(tracer, attributesOf);
  const counts = metricsBy(meter);
  const unfollow = policy[FOLLOW](following(spans, counts));
  const stops = [
    unfollow,
    hearing(policy, 'decision', event => (spans.decided(event), counts.decided(event))),
    hearing(policy, 'success', event => (spans.succeeded(event), counts.succeeded(event))),
    hearing(policy, 'fail', event => (spans.failed(event), counts.failed(event))),
    hearing(policy, 'refresh', event => counts.refreshed(event)),
    hearing(policy, 'quota', () => counts.warned()),
    observeStates(meter, policy),
  ];
  const stop = (): void => stops.splice(0).forEach(end => end());
  return Object.assign(stop, {[Symbol.dispose]: stop});
}

function hearing<E extends EventName>(policy: Policy, event: E, listener: Listener<E>): () => void {
  policy.on(event, listener);
  return () => void policy.off(event, listener);
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
