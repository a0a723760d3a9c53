import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {DataPointType, type MetricData} from '@opentelemetry/sdk-metrics';
import {expect, test} from 'vitest';
import {EVENT_NAMES} from '../../src/engine/events.ts';
import {levelOf} from '../../src/telemetry/levels.ts';
import {SAMPLES} from '../telemetry/support.ts';
import {everything} from './everything.ts';

const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'telemetry.md'), 'utf8');

const KINDS: Readonly<Record<number, string>> = {
  [DataPointType.SUM]: 'counter',
  [DataPointType.GAUGE]: 'gauge',
  [DataPointType.HISTOGRAM]: 'histogram',
};

const attributesOf = ({dataPoints}: MetricData): readonly string[] =>
  [
    ...new Set(
      dataPoints.flatMap<string>(({attributes}: {readonly attributes: object}) => Object.keys(attributes)),
    ),
  ]
    .map(name => name.replace('smartcar_policy.', ''))
    .toSorted();

const byName = (
  one: {readonly name: string | undefined},
  other: {readonly name: string | undefined},
): number => (one.name ?? '').localeCompare(other.name ?? '');

test('the page lists every metric with its kind, its unit and its attributes, and no other', async () => {
  const rows = [...page.matchAll(/^\| `(smartcar_policy\.[a-z.]+)` \| (\w+), `([^`]+)` \|(.*)\|$/gm)];
  const listed = rows.map(([, name, kind, unit, rest = '']) => ({
    name,
    kind,
    unit,
    attributes: [...rest.replace(/: `renewed.*/, '').matchAll(/`([a-z.]+)`/g)]
      .map(([, one = '']) => one)
      .toSorted(),
  }));
  const made = (await everything()).map(metric => ({
    name: metric.descriptor.name,
    kind: KINDS[metric.dataPointType],
    unit: metric.descriptor.unit,
    attributes: attributesOf(metric),
  }));
  expect(listed.toSorted(byName)).toEqual(made.toSorted(byName));
});

test('the page names every channel', () => {
  const named = [...page.matchAll(/`smartcar-policy:([a-z-]+)`/g)].map(([, event]) => event);
  expect(named).toEqual(EVENT_NAMES);
});

test.each(EVENT_NAMES)('the page tells the level of %s', event => {
  const level = levelOf(event, SAMPLES[event]);
  const row = new RegExp(`^\\| \`${level}\` \\|(.*)\\|$`, 'm').exec(page)?.[1];
  expect(row).toContain(`\`${event}\``);
});
