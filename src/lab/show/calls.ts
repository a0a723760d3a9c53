import * as Plot from '@observablehq/plot';
import type {Result} from '../measure/result.ts';
import {type Breadth, drawn} from './drawn.ts';
import type {Markup} from './markup.ts';
import {count} from './words.ts';

/** What became of calls, in this order from the left. */
const FATES = [
  {name: 'answered in time', colour: 'var(--answered)'},
  {name: 'refused', colour: 'var(--refused)'},
  {name: 'unheard', colour: 'var(--unheard)'},
  {name: 'parked', colour: 'var(--parked)'},
  {name: 'other, such as failed', colour: 'var(--other)'},
] as const;

/** The calls of one policy that met the same fate. */
interface Part {
  readonly policy: string;
  readonly fate: string;
  readonly calls: number;
}

/** Every call once. */
export function partsOf({policy, calls, good, refused, unheard, parked}: Result): readonly Part[] {
  const heeded = calls - refused - unheard - parked;
  // Reads that are alike may share a call.
  const answered = Math.min(good, heeded);
  const counts = [answered, refused, unheard, parked, heeded - answered];
  return FATES.map(({name}, at) => ({policy, fate: name, calls: counts[at] ?? 0})).filter(
    part => part.calls > 0,
  );
}

/** The fates that are met at all. */
export function fatesOf(results: readonly Result[]): readonly (typeof FATES)[number][] {
  const met = new Set(results.flatMap(partsOf).map(({fate}) => fate));
  return FATES.filter(({name}) => met.has(name));
}

/** Names stand before the bars where there is room, and above them on a telephone. */
const ROWS = {
  wide: {height: 28, above: 0, longest: 40},
  narrow: {height: 44, above: 20, longest: 48},
} as const;

/** Pixels of a letter, and a little more: fonts differ. */
const LETTER = 7.4;

/** The calls of each policy, by what became of them. */
export function callsChart(title: string, results: readonly Result[]): readonly Markup[] {
  const label = `${title}: calls by what became of them. ${results.map(inWords).join('. ')}`;
  const longest = Math.max(...results.map(({policy}) => policy.length));
  const most = Math.max(1, ...results.map(({calls}) => calls));
  return drawn(label, breadth => {
    const {height, above, longest: limit} = ROWS[breadth];
    return {
      height: 12 + height * results.length,
      marginTop: 4,
      marginBottom: 8,
      marginLeft: above > 0 ? 1 : 14 + LETTER * Math.min(limit, longest),
      marginRight: 14 + LETTER * count(most).length,
      x: {axis: null, domain: [0, most]},
      y: {axis: null, domain: results.map(({policy}) => policy), padding: 0},
      color: {domain: FATES.map(({name}) => name), range: FATES.map(({colour}) => colour)},
      marks: [
        ...[true, false].map(ours => namesOf(results, ours, breadth)),
        Plot.barX(results.flatMap(partsOf), {
          ...Plot.stackX({x: 'calls', y: 'policy', fill: 'fate', order: FATES.map(({name}) => name)}),
          title: ({policy, fate, calls}: Part) => `${policy}: ${count(calls)} ${fate}`,
          insetTop: above + 5,
          insetBottom: 5,
        }),
        Plot.text(results, {
          x: 'calls',
          y: 'policy',
          text: ({calls}: Result) => count(calls),
          textAnchor: 'start',
          dx: 6,
          dy: above / 2,
        }),
        ...(above > 0 ? [] : [Plot.ruleX([0])]),
      ],
    };
  });
}

/** Ours in bold letters. */
function namesOf(results: readonly Result[], ours: boolean, breadth: Breadth): Plot.Markish {
  const {above, longest} = ROWS[breadth];
  return Plot.text(
    results.filter(result => result.ours === ours),
    {
      y: 'policy',
      text: 'policy',
      frameAnchor: 'left',
      textAnchor: above > 0 ? 'start' : 'end',
      dx: above > 0 ? 0 : -8,
      dy: above > 0 ? -above / 2 : 0,
      // In half letters, as Plot counts.
      lineWidth: longest / 2,
      textOverflow: 'ellipsis',
      ...(ours && {fontWeight: 600}),
    },
  );
}

function inWords(result: Result): string {
  const parts = partsOf(result).map(({fate, calls}) => `${count(calls)} ${fate}`);
  return `${result.policy}: ${[`${count(result.calls)} in all`, ...parts].join(', ')}`;
}
