import {join} from 'node:path';

export const ROOT: string = join(import.meta.dirname, '..', '..');
export const PAGE: string = join(ROOT, 'docs', 'mutation.md');

/** A file of the sources, as the table of docs/mutation.md has it. */
export interface Row {
  readonly file: string;
  /** The tests that are to find its mutants: beginnings of their names, below `test/`. */
  readonly tests: readonly string[];
  /** Without those that no test could notice: they do not compile, or run as the module is read. */
  readonly mutants: number;
  readonly found: number;
  /** Why what survives makes no difference. */
  readonly stays: string;
}

const LINE =
  /^\| `(?<file>src\/[^`]+)` \| (?<tests>[^|]*) \| (?<mutants>\d+) \| (?<found>\d+) \| [^|]* \| (?<stays>.*) \|$/u;

export const scoreOf = ({mutants, found}: Row): number => (mutants === 0 ? 1 : found / mutants);

export function rowsOf(page: string): Row[] {
  return page.split('\n').flatMap(line => {
    const {file, tests, mutants, found, stays} = LINE.exec(line)?.groups ?? {};
    if (file === undefined) return [];
    const names = (tests ?? '').match(/[\w/-]+/gu) ?? [];
    return [{file, tests: names, mutants: Number(mutants), found: Number(found), stays: stays ?? ''}];
  });
}

export function lineOf(row: Row): string {
  const {file, tests, mutants, found, stays} = row;
  const names = tests.map(name => `\`${name}\``).join(' ');
  const score = mutants === 0 ? '' : `${(Math.floor(scoreOf(row) * 1_000) / 10).toFixed(1)} %`;
  return `| \`${file}\` | ${names} | ${mutants} | ${found} | ${score} | ${stays} |`;
}

/** The page with the rows of these files written anew. */
export function withRows(page: string, rows: readonly Row[]): string {
  const byFile = new Map(rows.map(row => [row.file, lineOf(row)]));
  return page
    .split('\n')
    .map(line => byFile.get(LINE.exec(line)?.groups?.['file'] ?? '') ?? line)
    .join('\n');
}
