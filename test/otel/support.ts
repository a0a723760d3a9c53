import {context, type Attributes} from '@opentelemetry/api';
import {AsyncLocalStorageContextManager} from '@opentelemetry/context-async-hooks';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
  type MetricData,
} from '@opentelemetry/sdk-metrics';
import {
  InMemorySpanExporter,
  SimpleSpanProcessor,
  TracerProvider,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace';
import {onTestFinished} from 'vitest';

context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());

/** OpenTelemetry's own SDK, which keeps everything in memory. */
export interface Telemetry {
  /** For `instrument`. */
  readonly providers: {readonly tracerProvider: TracerProvider; readonly meterProvider: MeterProvider};
  /** In the order in which they ended. */
  readonly spans: () => readonly ReadableSpan[];
  /** The only one of this name. */
  readonly span: (name: string) => ReadableSpan;
  /** Collects, and has all metrics as they are now. */
  readonly metrics: () => Promise<readonly MetricData[]>;
  /** The points of one metric: `outcome=success,reason=…` with the value, or the count of a histogram. */
  readonly points: (name: string) => Promise<Record<string, number>>;
}

export function telemetry(): Telemetry {
  const exporter = new InMemorySpanExporter();
  const tracerProvider = new TracerProvider({spanProcessors: [new SimpleSpanProcessor({exporter})]});
  const kept = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({exporter: kept, exportIntervalMillis: 3_600_000});
  const meterProvider = new MeterProvider({readers: [reader]});
  onTestFinished(async () => {
    await tracerProvider.shutdown();
    await meterProvider.shutdown();
  });
  const metrics = async (): Promise<readonly MetricData[]> => {
    kept.reset();
    await meterProvider.forceFlush();
    return kept.getMetrics().flatMap(({scopeMetrics}) => scopeMetrics.flatMap(scope => scope.metrics));
  };
  return {
    providers: {tracerProvider, meterProvider},
    spans: () => exporter.getFinishedSpans(),
    span(name) {
      const found = exporter.getFinishedSpans().filter(span => span.name === name);
      if (found.length !== 1) throw new Error(`${found.length} spans are named ${name}`);
      return found[0]!;
    },
    metrics,
    async points(name) {
      const metric = (await metrics()).find(({descriptor}) => descriptor.name === `smartcar_policy.${name}`);
      const points = (metric?.dataPoints ?? []).map(({attributes, value}) => [
        labelled(attributes),
        typeof value === 'number' ? value : value.count,
      ]);
      return Object.fromEntries(points) as Record<string, number>;
    },
  };
}

const labelled = (attributes: Attributes): string =>
  Object.entries(attributes)
    .map(([name, value]) => `${name.replace('smartcar_policy.', '')}=${String(value)}`)
    .toSorted()
    .join(',');

/** A span with those below it, in the order in which they began: `name [kind]`. */
export interface Tree {
  readonly name: string;
  readonly below: readonly Tree[];
}

export function treesOf(spans: readonly ReadableSpan[]): readonly Tree[] {
  const ids = new Set(spans.map(span => span.spanContext().spanId));
  const below = (parent: string | undefined): readonly Tree[] =>
    spans
      .filter(({parentSpanContext: above}) =>
        parent === undefined ? !above || !ids.has(above.spanId) : above?.spanId === parent,
      )
      .toSorted((one, other) => nanos(one) - nanos(other))
      .map(span => ({name: span.name, below: below(span.spanContext().spanId)}));
  return below(undefined);
}

const nanos = ({startTime: [seconds, rest]}: ReadableSpan): number => seconds * 1e9 + rest;

/** What happened on a span, as `name: facts`. */
export const eventsOf = (span: ReadableSpan): readonly (readonly [string, Attributes])[] =>
  span.events.map(({name, attributes = {}}) => [name.replace('smartcar_policy.', ''), attributes] as const);
