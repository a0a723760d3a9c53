import {defineConfig} from 'vitest/config';
import whole from './vitest.config.ts';

/** The tests that are to find the mutants of a folder: its own, and those that it is for. */
const TESTS: Readonly<Record<string, readonly string[]>> = {
  core: ['core', 'cases'],
  engine: ['engine', 'doors', 'tokens', 'auth'],
  limits: [
    'limits',
    'engine/learning',
    'engine/limits',
    'engine/budget',
    'engine/outages',
    'engine/quota',
    'core/pacing',
  ],
  auth: ['auth', 'tokens'],
};

const part = process.env['PART'];
const folders = part === undefined ? Object.values(TESTS).flat() : (TESTS[part] ?? []);

export default defineConfig({
  ...whole,
  test: {...whole.test, include: [...new Set(folders)].map(folder => `test/${folder}**/**/*.test.ts`)},
});
