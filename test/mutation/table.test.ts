import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {lineOf, PAGE, ROOT, rowsOf, withRows, type Row} from './table.ts';

const page = readFileSync(PAGE, 'utf8');
const rows = rowsOf(page);
const FOLDERS = ['core', 'engine', 'limits', 'auth'];

describe('the table of docs/mutation.md', () => {
  test('has each file of the core, the engine, the limits and of auth, in their order', () => {
    const files = FOLDERS.flatMap(folder =>
      readdirSync(join(ROOT, 'src', folder), {recursive: true, encoding: 'utf8'})
        .filter(name => name.endsWith('.ts'))
        .map(name => `src/${folder}/${name}`)
        .toSorted(),
    );
    expect(rows.map(({file}) => file)).toEqual(files);
  });

  test.each(FOLDERS)('has nine of ten mutants of %s found at least', folder => {
    const of = rows.filter(({file}) => file.startsWith(`src/${folder}/`));
    const sum = (which: 'mutants' | 'found'): number => of.reduce((all, row) => all + row[which], 0);
    expect(sum('found') / sum('mutants')).toBeGreaterThanOrEqual(0.9);
  });

  test('says why what stays makes no difference', () => {
    expect(rows.filter(({found, mutants, stays}) => found < mutants && stays === '')).toEqual([]);
  });

  test('is read as it is written', () => {
    for (const row of rows) expect(page).toContain(`\n${lineOf(row)}\n`);
  });

  test('takes new numbers, and keeps the words', () => {
    const row: Row = {
      file: 'src/core/period.ts',
      tests: ['core/period'],
      mutants: 9,
      found: 8,
      stays: 'a guard',
    };
    const now = {...row, mutants: 10, found: 10};
    expect(withRows(`a\n${lineOf(row)}\nb`, [now])).toBe(`a\n${lineOf(now)}\nb`);
    expect(lineOf(now)).toContain('| 100.0 % | a guard |');
  });
});
