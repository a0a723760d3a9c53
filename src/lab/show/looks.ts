import type {Report} from './report.ts';

/** How the line of a policy is drawn. */
export interface Look {
  readonly colour: string;
  /** Pixels. */
  readonly width: number;
  /** Pixels of line, and of nothing, in turn. Absent: a line without gaps. */
  readonly dash?: readonly [number, number];
}

/** The second lies beneath the first, and is wider: where they coincide, its edges can be seen. */
const OURS: readonly Look[] = [
  {colour: 'var(--ours)', width: 2.5},
  {colour: 'var(--ours-too)', width: 5},
];

/** Colour and gaps both differ: colours are not the same to everybody, and a gap shows what lies beneath. */
const PEERS: readonly Look[] = [
  {colour: 'var(--peer-1)', width: 1.75},
  {colour: 'var(--peer-2)', width: 1.75, dash: [8, 3]},
  {colour: 'var(--peer-3)', width: 1.75, dash: [4, 2]},
  {colour: 'var(--peer-4)', width: 1.75, dash: [2, 2]},
  {colour: 'var(--peer-5)', width: 1.75, dash: [10, 5]},
  {colour: 'var(--peer-6)', width: 1.75, dash: [5, 4]},
];

const LAST: Look = {colour: 'var(--quiet)', width: 1, dash: [1, 3]};

/** The looks of all policies by name: the same in each chart of a report. */
export function looksOf({scenarios}: Pick<Report, 'scenarios'>): ReadonlyMap<string, Look> {
  const looks = new Map<string, Look>();
  const left = {ours: [...OURS], peers: [...PEERS]};
  for (const {policy, ours} of scenarios.flatMap(({results}) => results)) {
    if (looks.has(policy)) continue;
    looks.set(policy, left[ours ? 'ours' : 'peers'].shift() ?? LAST);
  }
  return looks;
}

/** The same look for one of a chart's lines, or the plainest there is. */
export function lookOf(looks: ReadonlyMap<string, Look>, policy: string): Look {
  return looks.get(policy) ?? LAST;
}
