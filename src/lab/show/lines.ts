import type {Result} from '../measure/result.ts';

/** Good answers of one policy over time, as they are drawn. */
export interface Line {
  readonly policy: string;
  readonly ours: boolean;
  readonly values: readonly number[];
}

/** What a chart of good answers over time shows. */
export interface Lines {
  readonly stepMs: number;
  /** Answers so far. Else answers in each step. */
  readonly addedUp: boolean;
  readonly highest: number;
  readonly lines: readonly Line[];
}

/** Bursts that are so many, and closer to one another than so many steps, would be drawn as a comb. */
const COMB = {bursts: 3, steps: 8} as const;

/** Two lines are one to the eye when they are no further apart: shares of the height, over all and at the widest place. */
const NEAR = {mean: 0.01, most: 0.05} as const;

/** Good answers over time. Those that come in many bursts are added up: combs can't be told apart. */
export function linesOf(results: readonly Result[]): Lines {
  const steps = Math.max(1, ...results.map(({series}) => series.good.length));
  const most = Math.max(0, ...results.map(({series}) => burstsOf(series.good)));
  const addedUp = most >= COMB.bursts && most * COMB.steps > steps;
  const lines = results.map(({policy, ours, series: {good}}) => ({
    policy,
    ours,
    values: addedUp ? sumsOf(good, steps) : good,
  }));
  return {
    stepMs: Math.max(1, ...results.map(({series}) => series.stepMs)),
    addedUp,
    highest: Math.max(1, ...lines.flatMap(({values}) => values)),
    lines,
  };
}

/** Names of policies whose lines can't be told apart. */
export function sameLines({lines, highest}: Lines): readonly (readonly string[])[] {
  const groups: (readonly [Line, ...Line[]])[] = [];
  for (const line of lines) {
    const at = groups.findIndex(([first]) => isNear(first, line, highest));
    const group = groups[at];
    if (group === undefined) groups.push([line]);
    else groups[at] = [...group, line];
  }
  return groups.filter(group => group.length > 1).map(group => group.map(({policy}) => policy));
}

function isNear({values: ones}: Line, {values: others}: Line, highest: number): boolean {
  const steps = Math.max(1, ones.length, others.length);
  const apart = Array.from({length: steps}, (_, at) => Math.abs((ones[at] ?? 0) - (others[at] ?? 0)));
  const sum = apart.reduce((total, one) => total + one, 0);
  return sum <= NEAR.mean * highest * steps && Math.max(...apart) <= NEAR.most * highest;
}

function burstsOf(counts: readonly number[]): number {
  return counts.filter((count, at) => count > 0 && (counts[at - 1] ?? 0) === 0).length;
}

/** As long as the longest of the lines: what has come stays. */
function sumsOf(counts: readonly number[], steps: number): readonly number[] {
  let sum = 0;
  return Array.from({length: steps}, (_, at) => (sum += counts[at] ?? 0));
}
