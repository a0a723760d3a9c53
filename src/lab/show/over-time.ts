import * as Plot from '@observablehq/plot';
import {drawn} from './drawn.ts';
import type {Line, Lines} from './lines.ts';
import {type Look, lookOf} from './looks.ts';
import type {Markup} from './markup.ts';
import {count, lasting} from './words.ts';

/** A unit of time for an axis, and how far its marks may stand apart. */
interface Unit {
  readonly name: string;
  readonly ms: number;
  readonly steps: readonly number[];
}

const MINUTES: Unit = {name: 'minutes', ms: 60_000, steps: [1, 2, 5, 10, 15, 30, 60]};
const HOURS: Unit = {name: 'hours', ms: 3_600_000, steps: [1, 2, 3, 4, 6, 12, 24]};
const DAYS: Unit = {name: 'days', ms: 86_400_000, steps: [1, 2, 5, 10, 30, 60]};

const MOST_MARKS = 9;

/** Good answers over time: a line for each policy, ours on top. */
export function overTimeChart(
  title: string,
  {lines, stepMs, addedUp, highest}: Lines,
  looks: ReadonlyMap<string, Look>,
): readonly Markup[] {
  const durationMs = stepMs * Math.max(1, ...lines.map(({values}) => values.length));
  const unit = unitFor(durationMs);
  const end = durationMs / unit.ms;
  const what = addedUp ? 'good answers so far' : `good answers in each ${lasting(stepMs)}`;
  const names = lines.map(({policy}) => policy).join('; ');
  return drawn(`${title}: ${what}, over ${lasting(durationMs)}, a line for each of ${names}`, breadth => ({
    height: breadth === 'wide' ? 340 : 260,
    marginTop: 28,
    marginBottom: 40,
    marginLeft: 18 + 8 * count(highest).length,
    marginRight: 12,
    x: {label: `${unit.name} from the start`, domain: [0, end], ticks: marksOf(end, unit), tickFormat: 'd'},
    y: {label: what, domain: [0, highest], nice: true, grid: true, ticks: 5, tickFormat: count},
    marks: [
      Plot.ruleY([0]),
      ...inOrder(lines).map(line => markOf(line, stepMs / unit.ms, addedUp, lookOf(looks, line.policy))),
    ],
  }));
}

/** The unit in which a duration has few marks, and more than one. */
function unitFor(durationMs: number): Unit {
  if (durationMs <= 3 * HOURS.ms) return MINUTES;
  return durationMs <= 3 * DAYS.ms ? HOURS : DAYS;
}

/** Where the axis has marks: at numbers that clocks and calendars like. */
function marksOf(end: number, {steps}: Unit): readonly number[] {
  const step = steps.find(one => end / one <= MOST_MARKS) ?? Math.ceil(end / MOST_MARKS);
  return Array.from({length: Math.floor(end / step) + 1}, (_, at) => at * step);
}

/**
 * What is drawn later lies on top: peers, then ours, the first of ours last. Peers have gaps, all but the first: what lies
 * beneath can be seen in them.
 */
function inOrder(lines: readonly Line[]): readonly Line[] {
  const mine = lines.filter(({ours}) => ours).toReversed();
  return [...lines.filter(({ours}) => !ours), ...mine];
}

function markOf({values}: Line, step: number, addedUp: boolean, {colour, width, dash}: Look): Plot.Markish {
  // What is added up stands at the end of its step, and begins with nothing; a step by itself stands at its middle.
  const points = addedUp
    ? [0, ...values].map((good, at) => ({at: at * step, good}))
    : values.map((good, at) => ({at: (at + 0.5) * step, good}));
  return Plot.line(points, {
    x: 'at',
    y: 'good',
    stroke: colour,
    strokeWidth: width,
    strokeLinejoin: 'round',
    ...(dash && {strokeDasharray: dash.join(' ')}),
  });
}
