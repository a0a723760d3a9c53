import {defineConfig} from 'vitest/config';

export default defineConfig({
  resolve: {conditions: ['smartcar-policy:source']},
  ssr: {resolve: {conditions: ['smartcar-policy:source'], externalConditions: ['smartcar-policy:source']}},
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 20_000,
    pool: 'threads',
    expect: {poll: {timeout: 10_000}},
  },
});
