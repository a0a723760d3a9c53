import type {Result} from '../measure/result.ts';
import {cellOf, columnsOf} from './columns.ts';
import type {Goal, ScenarioReport} from './report.ts';

const GAP = '  ';
const WIDTH = 120;

/** A column as it stands on the paper: its title, then a cell for each policy, all equally wide. */
type Strip = readonly string[];

/** One scenario for a terminal. Columns that find no room stand in a table of their own below. */
export function table({title, about, results, goals}: ScenarioReport, width: number = WIDTH): string {
  const parts = [[title, ...wrapped(about, width)], ...tablesOf(results, width), linesOf(goals, width)];
  return parts
    .filter(lines => lines.length > 0)
    .map(lines => lines.join('\n'))
    .join('\n\n');
}

function tablesOf(results: readonly Result[], width: number): readonly (readonly string[])[] {
  if (results.length === 0) return [];
  const names = strip(['policy', ...results.map(({policy}) => policy)], 'left');
  const strips = columnsOf(results).map(column =>
    strip([column.title, ...results.map(result => cellOf(column, result))], 'right'),
  );
  return inRows(strips, width - widthOf(names)).map(row => sideBySide([names, ...row]));
}

function strip(cells: readonly string[], side: 'left' | 'right'): Strip {
  const width = Math.max(...cells.map(cell => cell.length));
  return cells.map(cell => (side === 'left' ? cell.padEnd(width) : cell.padStart(width)));
}

/** As many side by side as there is room for, and one at least. */
function inRows(strips: readonly Strip[], room: number): readonly (readonly Strip[])[] {
  const rows: Strip[][] = [];
  let left = 0;
  for (const one of strips) {
    const needed = GAP.length + widthOf(one);
    const row = rows.at(-1);
    if (row === undefined || needed > left) {
      rows.push([one]);
      left = room - needed;
    } else {
      row.push(one);
      left -= needed;
    }
  }
  return rows;
}

function widthOf([cell = '']: Strip): number {
  return cell.length;
}

function sideBySide(strips: readonly Strip[]): readonly string[] {
  const [names = []] = strips;
  return names.map((_, at) => strips.map(cells => cells[at] ?? '').join(GAP));
}

function linesOf(goals: readonly Goal[], width: number): readonly string[] {
  const indent = 'NOT met'.length + GAP.length;
  return goals.flatMap(({policy, goal, value, met}) =>
    wrapped(`${policy}: ${goal} (${value})`, width - indent).map((line, at) => {
      const word = met ? 'met' : 'NOT met';
      return (at === 0 ? word : '').padEnd(indent) + line;
    }),
  );
}

/** Breaks at spaces; a word that is longer than a line stays whole. */
function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.trim().split(/\s+/)) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
