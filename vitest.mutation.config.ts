import {defineConfig} from 'vitest/config';
import whole from './vitest.config.ts';

/** The tests that kill mutants: without those that start processes, servers of Redis or a browser, or run for minutes. */
export default defineConfig({
  ...whole,
  test: {
    ...whole.test,
    include: ['core', 'engine', 'limits', 'auth', 'tokens', 'options', 'doors', 'cases'].map(
      folder => `test/${folder}/**/*.test.ts`,
    ),
  },
});
