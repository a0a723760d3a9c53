import {defineConfig} from 'vitest/config';
import whole from './vitest.config.ts';

/** The tests that are to find the mutants of a folder: its own, and those that it is for. */
const TESTS: Readonly<Record<string, readonly string[]>> = {
  core: ['core', 'cases'],
  engine: ['engine', 'doors', 'tokens', 'auth'],
  limits: ['limits', 'engine/limits', 'engine/budget', 'engine/outages', 'engine/quota', 'core/pacing'],
  auth: ['auth', 'tokens'],
};

const part = process.env['PART'];
const folders = part === undefined ? Object.values(TESTS).flat() : (TESTS[part] ?? []);

/** What is about memory, and long random runs: they take most of the time, and seldom find what no other test does. */
const LONG = ['memory', 'leaks', 'schedules', 'whole-runs', 'learning', 'learner'];

export default defineConfig({
  ...whole,
  test: {
    ...whole.test,
    include: [...new Set(folders)].map(name => `test/${name}{/**/,}*.test.ts`),
    exclude: LONG.map(name => `test/**/${name}.test.ts`),
  },
});
