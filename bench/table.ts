import type {Row} from './row.ts';

const HEAD = ['group', 'contender', 'median', 'unit', 'range', 'ratio', 'against', 'goal'];
/** Columns of numbers stand to the right. */
const NUMBERS: ReadonlySet<string> = new Set(['median', 'range', 'ratio']);

/** One line for each row, below a head; columns as wide as what stands in them. */
export function tableOf(rows: readonly Row[]): string {
  const lines = [HEAD, ...rows.map(cellsOf)];
  const widths = HEAD.map((_, column) => Math.max(...lines.map(line => line[column]?.length ?? 0)));
  const rule = widths.map(width => '-'.repeat(width));
  return [HEAD, rule, ...lines.slice(1)].map(line => aligned(line, widths)).join('\n');
}

function aligned(cells: readonly string[], widths: readonly number[]): string {
  const padded = cells.map((cell, column) => {
    const width = widths[column] ?? 0;
    return NUMBERS.has(HEAD[column] ?? '') ? cell.padStart(width) : cell.padEnd(width);
  });
  return padded.join('  ').trimEnd();
}

function cellsOf({group, name, value, unit, min, max, ratio, against = '', goal, met}: Row): string[] {
  return [
    group,
    name,
    numberOf(value),
    unit,
    // What was measured once has no range.
    min === max ? '' : `${numberOf(min)} to ${numberOf(max)}`,
    ratio?.toFixed(2) ?? '',
    against,
    goal === undefined ? '' : `${goal}: ${met ? 'met' : 'missed'}`,
  ];
}

/** As many digits as tell something. */
const numberOf = (value: number): string => value.toFixed(value < 100 ? 2 : 0);
