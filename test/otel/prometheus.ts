import {DataPointType, type MetricData} from '@opentelemetry/sdk-metrics';

/** A series as Prometheus knows it. */
export interface Series {
  readonly name: string;
  readonly labels: ReadonlySet<string>;
}

/**
 * The two ways in which names come to Prometheus: `@opentelemetry/exporter-prometheus` leaves the unit away; the collector
 * and Prometheus' own receiver for OTLP write it out (https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics).
 */
export const WAYS = ['exporter', 'otlp'] as const;

/** Units in braces are words for people, and get into no name. */
const UNITS: Readonly<Record<string, string>> = {s: '_seconds', '1': '_ratio'};

export const sanitized = (name: string): string => name.replaceAll(/\W/g, '_').replaceAll(/__+/g, '_');

export function seriesOf(metric: MetricData, way: (typeof WAYS)[number]): readonly Series[] {
  const {descriptor, dataPointType, dataPoints} = metric;
  const unit = way === 'otlp' ? (UNITS[descriptor.unit] ?? '') : '';
  const name = `${sanitized(descriptor.name)}${unit}`;
  const labels = new Set(dataPoints.flatMap(({attributes}) => Object.keys(attributes).map(sanitized)));
  if (dataPointType === DataPointType.HISTOGRAM) {
    return [
      {name: `${name}_bucket`, labels: new Set([...labels, 'le'])},
      {name: `${name}_sum`, labels},
      {name: `${name}_count`, labels},
    ];
  }
  const counter = dataPointType === DataPointType.SUM && metric.isMonotonic;
  return [{name: counter ? `${name}_total` : name, labels}];
}

/** What a query of PromQL names. */
export interface Named {
  /** Of each selector, as a pattern. */
  readonly metrics: readonly RegExp[];
  readonly labels: readonly string[];
}

export function namedIn(expr: string): Named {
  const metrics: RegExp[] = [];
  const labels: string[] = [];
  const rest = expr.replaceAll(/(\w*)\{([^}]*)\}/g, (_, name: string, matchers: string) => {
    if (name !== '') metrics.push(new RegExp(`^${name}$`));
    for (const [, label = '', value = ''] of matchers.matchAll(/(\w+)\s*(?:=~|!~|!=|=)\s*"([^"]*)"/g)) {
      if (label === '__name__') metrics.push(new RegExp(`^(?:${value})$`));
      else labels.push(label);
    }
    return ' ';
  });
  const bare = rest.replaceAll(/\b(?:by|without|on|ignoring)\s*\(([^)]*)\)/g, (_, list: string) => {
    labels.push(...list.split(',').map(label => label.trim()));
    return ' ';
  });
  const stray = /\bsmartcar_policy\w*/.exec(bare);
  if (stray) throw new Error(`${stray[0]} has no selector in: ${expr}`);
  return {metrics, labels};
}
