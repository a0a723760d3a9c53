import {statSync} from 'node:fs';
import {defineConfig, type Plugin} from 'vitest/config';
import {BaseSequencer, type TestSpecification} from 'vitest/node';
import whole from './vitest.config.ts';

/** The tests that are to find the mutants of a file: beginnings of their names, below `test/`. */
const tests = (process.env['TESTS'] ?? '').split(',');

/** What is about memory, and long random runs: they take most of the time, and seldom find what no other test does. */
const LONG = ['memory', 'leaks', 'schedules', 'whole-runs'];

/** Random tests run once for every mutant that they come by: a few inputs each. */
const fewerRuns: Plugin = {
  name: 'fewer-runs',
  enforce: 'pre',
  transform: (code, id) =>
    id.includes('/test/') ? code.replaceAll(/\bnumRuns(?:: \w+)?\}/gu, 'numRuns: 30}') : undefined,
};

const size = ({moduleId}: TestSpecification): number => statSync(moduleId).size;

/** The small files first: a mutant is given up with the first test that fails. */
class SmallFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return files.toSorted((one, other) => size(one) - size(other));
  }
}

export default defineConfig({
  ...whole,
  plugins: [fewerRuns],
  test: {
    ...whole.test,
    // A module is read once and not once for each file of tests.
    isolate: false,
    sequence: {sequencer: SmallFirst},
    include: tests.map(name => `test/${name}{/**/,}*.test.ts`),
    exclude: LONG.map(name => `test/**/${name}.test.ts`),
  },
});
