import * as Plot from '@observablehq/plot';
import {raw} from 'hono/html';
import {parseHTML} from 'linkedom';
import {type Bar, OUTCOMES, SPAN_MS, STEP_MS} from './ledger.ts';
import type {Markup} from './pages/layout.ts';

/** Drawn on the server, in a document that no browser ever sees: the page gets SVG, and no script for it. */
const {document} = parseHTML('<!doctype html><html><body></body></html>');

const MINUTE_MS = 60_000;
/** Of the drawing; the page scales it. Small enough that its letters can be read on a telephone. */
const WIDTH = 380;

/** Attempts by outcome, in steps of ten seconds. */
export function attemptsChart(bars: readonly Bar[], now: number): Markup {
  // The axis ends with the step that is under way, so that the picture changes once in a step, not in each moment.
  const end = Math.floor(now / STEP_MS) * STEP_MS + STEP_MS;
  const rows = bars.map(({at, outcome, count}) => ({
    from: (at - end) / MINUTE_MS,
    to: (at + STEP_MS - end) / MINUTE_MS,
    outcome,
    count,
  }));
  return drawn('Attempts by outcome, in steps of ten seconds', {
    height: 200,
    marginBottom: 42,
    x: {
      label: 'minutes ago',
      domain: [-SPAN_MS / MINUTE_MS, 0],
      tickFormat: (minutes: number) => String(-minutes),
      ticks: 5,
    },
    y: {label: 'attempts', grid: true, tickFormat: 'd', ticks: 4, nice: true, domain: [0, highest(bars)]},
    color: {domain: [...OUTCOMES], range: OUTCOMES.map(outcome => `var(--${outcome})`)},
    marks: [
      Plot.rectY(
        rows,
        Plot.stackY({x1: 'from', x2: 'to', y: 'count', fill: 'outcome', order: [...OUTCOMES], insetRight: 1}),
      ),
      Plot.ruleY([0]),
    ],
  });
}

/** Decisions by reason, the most frequent first. */
export function reasonsChart(reasons: ReadonlyMap<string, number>): Markup {
  const rows = [...reasons].map(([reason, count]) => ({reason, count}));
  return drawn('Decisions by reason', {
    height: 16 + 24 * Math.max(rows.length, 1),
    marginTop: 4,
    marginBottom: 4,
    marginLeft: 182,
    marginRight: 34,
    x: {axis: null, domain: [0, Math.max(4, ...reasons.values())]},
    y: {label: null},
    marks: [
      Plot.barX(rows, {
        x: 'count',
        y: 'reason',
        fill: 'var(--accent)',
        sort: {y: '-x'},
        insetTop: 3,
        insetBottom: 3,
      }),
      Plot.text(rows, {
        x: 'count',
        y: 'reason',
        text: ({count}: {count: number}) => String(count),
        textAnchor: 'start',
        dx: 4,
      }),
      Plot.ruleX([0]),
    ],
  });
}

/** No step of four attempts or fewer fills the whole height: one attempt is not to look like an onslaught. */
function highest(bars: readonly Bar[]): number {
  const sums = new Map<number, number>();
  for (const {at, count} of bars) sums.set(at, (sums.get(at) ?? 0) + count);
  return Math.max(4, ...sums.values());
}

function drawn(label: string, options: Plot.PlotOptions): Markup {
  const svg = Plot.plot({
    ...options,
    width: WIDTH,
    className: 'plot',
    style: {fontSize: '12px'},
    ariaLabel: label,
    document,
  });
  // The policy of the page lets no style stand in it; what these say stands in style.css.
  for (const style of svg.querySelectorAll('style')) style.remove();
  for (const element of [svg, ...svg.querySelectorAll('[style]')]) element.removeAttribute('style');
  svg.setAttribute('role', 'img');
  return raw(svg.outerHTML);
}
