import {pairedRatio, type Result} from './measure.ts';

/** One line of the table. */
export interface Row {
  /** The group of benches it belongs to. */
  readonly group: string;
  /** The contender, or what was measured. */
  readonly name: string;
  /** The median of the rounds. */
  readonly value: number;
  readonly unit: string;
  readonly min: number;
  readonly max: number;
  /** Its share of `against`: the median of the rounds' own ratios. */
  readonly ratio?: number;
  /** Who ran beside it, in turns. */
  readonly against?: string;
  /** In words: `at most 60`, `ratio at most 0.5`. */
  readonly goal?: string;
  readonly met?: boolean;
}

/** A bound for the median, or for the ratio. */
export type Goal = {readonly of: 'median' | 'ratio'} & (
  | {readonly atMost: number}
  | {readonly atLeast: number}
);

/** What the numbers of a result do not say themselves. */
export interface Facts {
  readonly group: string;
  readonly unit: string;
  /** A contender of the same interleaved run. */
  readonly against?: Result;
  readonly goal?: Goal;
}

export function rowOf(result: Result, {group, unit, against, goal}: Facts): Row {
  const {name, median, min, max} = result;
  const ratio = against && pairedRatio(result, against);
  return {
    group,
    name,
    value: median,
    unit,
    min,
    max,
    ...(against && ratio !== undefined && {ratio, against: against.name}),
    ...(goal && judged(goal, median, ratio)),
  };
}

function judged(goal: Goal, median: number, ratio: number | undefined): Required<Pick<Row, 'goal' | 'met'>> {
  const judgedBy = goal.of === 'median' ? median : ratio;
  if (judgedBy === undefined) throw new Error('Expected a contender to compare with: the goal is a ratio');
  const subject = goal.of === 'ratio' ? 'ratio ' : '';
  return 'atMost' in goal
    ? {goal: `${subject}at most ${goal.atMost}`, met: judgedBy <= goal.atMost}
    : {goal: `${subject}at least ${goal.atLeast}`, met: judgedBy >= goal.atLeast};
}
