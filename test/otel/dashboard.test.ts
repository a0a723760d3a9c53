import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import type {MetricData} from '@opentelemetry/sdk-metrics';
import {describe, expect, test} from 'vitest';
import {everything} from './everything.ts';
import {namedIn, sanitized, seriesOf, WAYS, type Series} from './prometheus.ts';

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: {readonly x: number; readonly y: number; readonly w: number; readonly h: number};
  readonly datasource?: {readonly uid: string};
  readonly targets?: readonly {
    readonly refId: string;
    readonly datasource: {readonly uid: string};
    readonly expr: string;
    readonly legendFormat: string;
  }[];
}

interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly schemaVersion: number;
  readonly templating: {readonly list: readonly Readonly<Record<'name' | 'type' | 'query', string>>[]};
  readonly panels: readonly Panel[];
}

const page = join(import.meta.dirname, '..', '..', 'docs', 'grafana-dashboard.json');
const dashboard = JSON.parse(readFileSync(page, 'utf8')) as Dashboard;
const {panels} = dashboard;
const queries = panels.flatMap(({title, targets = []}) => targets.map(target => ({title, ...target})));

/** What Prometheus itself puts on every series. */
const OF_PROMETHEUS = ['job', 'instance'];

let metrics: readonly MetricData[] = [];

test('the dashboard is whole', async () => {
  metrics = await everything();
  expect(new Set(panels.map(({id}) => id)).size).toBe(panels.length);
  expect(queries.length).toBeGreaterThan(20);
  for (const {x, w} of panels.map(({gridPos}) => gridPos)) expect(x + w).toBeLessThanOrEqual(24);
  const cells = panels.flatMap(({gridPos: {x, y, w, h}}) =>
    Array.from({length: w * h}, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`),
  );
  expect(new Set(cells).size).toBe(cells.length);
});

test('it asks nothing of an import but a data source, which all of it uses', () => {
  const {uid, title, templating, schemaVersion} = dashboard;
  expect([uid, title]).toEqual(['smartcar-policy', 'smartcar-policy']);
  expect(schemaVersion).toBeGreaterThanOrEqual(36);
  expect(templating.list.map(({name, type}) => [name, type])).toEqual([
    ['datasource', 'datasource'],
    ['job', 'query'],
  ]);
  // As an object it would need what the editor of that version of Grafana puts into it.
  expect(templating.list[1]?.query).toBe('label_values(smartcar_policy_calls_total, job)');
  const uids = panels.flatMap(({datasource, targets = []}) => [
    datasource,
    ...targets.map(one => one.datasource),
  ]);
  expect(new Set(uids.flatMap(one => one?.uid ?? []))).toEqual(new Set(['${datasource}']));
  for (const {targets = []} of panels)
    expect(new Set(targets.map(({refId}) => refId)).size).toBe(targets.length);
});

test('a share of nothing is nothing, and none of something is zero', () => {
  const shares = queries.filter(({expr}) => expr.includes(' / '));
  expect(shares.map(({title}) => title)).toEqual(['Succeeded', 'Attempts for each call']);
  for (const {expr} of shares) expect(expr).toMatch(/ \/ \(.* > 0\)$/);
  expect(shares[0]?.expr).toContain('or vector(0)');
});

describe.each(WAYS)('by the names of %s', way => {
  let series: readonly Series[] = [];
  test('every metric of the code is there to be looked at', () => {
    series = metrics.flatMap(metric => seriesOf(metric, way));
    expect(metrics.length).toBe(13);
  });

  test.each(queries)('$title: $expr', ({expr, legendFormat}) => {
    const {metrics: patterns, labels} = namedIn(expr);
    expect(patterns.length).toBeGreaterThan(0);
    const found = patterns.map(pattern => series.filter(({name}) => pattern.test(name)));
    expect(found.map(one => one.length)).toEqual(patterns.map(() => 1));
    const known = new Set([...OF_PROMETHEUS, ...found.flat().flatMap(one => [...one.labels])]);
    const shown = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label ?? '');
    expect([...labels, ...shown].filter(label => !known.has(label))).toEqual([]);
    // What a legend shows has to be left after the sum.
    expect(shown.filter(label => !labels.includes(label))).toEqual([]);
  });

  test('every metric stands in some panel', () => {
    const patterns = queries.flatMap(({expr}) => namedIn(expr).metrics);
    const unseen = metrics.filter(
      metric => !seriesOf(metric, way).some(({name}) => patterns.some(pattern => pattern.test(name))),
    );
    expect(unseen.map(({descriptor}) => descriptor.name)).toEqual([]);
  });

  test('every value that a query asks for is one that the code gives', () => {
    const values = new Map<string, Set<string>>();
    for (const {attributes} of metrics.flatMap<MetricData['dataPoints'][number]>(one => one.dataPoints))
      for (const [name, value] of Object.entries(attributes))
        values.set(sanitized(name), (values.get(sanitized(name)) ?? new Set()).add(String(value)));
    const asked = queries.flatMap(({expr}) => [...expr.matchAll(/(smartcar_policy_\w+)="([^"]*)"/g)]);
    expect(asked.length).toBeGreaterThan(3);
    expect(asked.filter(([, label = '', value = '']) => !values.get(label)?.has(value))).toEqual([]);
  });
});

describe('the reader of queries', () => {
  test('finds selectors by name and by pattern, and labels in both places', () => {
    const {metrics: patterns, labels} = namedIn(
      'sum by (le, b) (rate({__name__=~"smartcar_policy_x(_seconds)?_bucket",job=~"$job"}[5m])) / smartcar_policy_y{a="1"}',
    );
    expect(patterns.map(({source}) => source)).toEqual([
      '^(?:smartcar_policy_x(_seconds)?_bucket)$',
      '^smartcar_policy_y$',
    ]);
    expect(labels).toEqual(['job', 'a', 'le', 'b']);
  });

  test('lets no name through that stands alone', () => {
    expect(() => namedIn('sum(smartcar_policy_calls_total)')).toThrow('has no selector');
  });
});
