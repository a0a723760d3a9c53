// Measures the rows of docs/mutation.md again, and writes their numbers down: `npm run mutation`, or `npm run mutation src/limits/lane`.
import {spawnSync} from 'node:child_process';
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {lineOf, PAGE, ROOT, rowsOf, scoreOf, withRows, type Row} from './table.ts';

const GOAL = 0.9;

interface Report {
  readonly files: Readonly<Record<string, {readonly mutants: readonly {readonly status: string}[]}>>;
}

const asked = process.argv.slice(2);
const rows = rowsOf(readFileSync(PAGE, 'utf8'))
  .filter(({tests}) => tests.length > 0)
  .filter(({file}) => asked.length === 0 || asked.some(beginning => file.startsWith(beginning)));
if (rows.length === 0) throw new Error(`No file of docs/mutation.md begins with ${asked.join(' or ')}.`);

const measured = rows.map(row => {
  const now = measure(row);
  console.log(lineOf(now));
  writeFileSync(PAGE, withRows(readFileSync(PAGE, 'utf8'), [now]));
  return now;
});
const below = measured.filter(row => scoreOf(row) < GOAL);
if (below.length > 0) console.log(`Below ${GOAL * 100} %: ${below.map(({file}) => file).join(', ')}`);
process.exitCode = below.length > 0 ? 1 : 0;

function measure(row: Row): Row {
  const env = {...process.env, FILE: row.file, TESTS: row.tests.join(',')};
  const {status} = spawnSync('stryker', ['run'], {cwd: ROOT, env, stdio: 'inherit'});
  if (status !== 0) throw new Error(`Stryker could not measure ${row.file}: it ended with ${status}.`);
  const report = JSON.parse(readFileSync(join(ROOT, '.stryker', 'report.json'), 'utf8')) as Report;
  const ends = Object.values(report.files).flatMap(({mutants}) => mutants.map(mutant => mutant.status));
  const count = (...statuses: string[]): number => ends.filter(end => statuses.includes(end)).length;
  const found = count('Killed', 'Timeout');
  return {...row, found, mutants: found + count('Survived', 'NoCoverage')};
}
