// For one file of the sources, by `npm run mutation`, which names it (`FILE`) and the tests that are to find its mutants (`TESTS`).
const file = process.env['FILE'];

// oxlint-disable-next-line import/no-default-export
export default {
  testRunner: 'vitest',
  vitest: {configFile: 'vitest.mutation.config.ts', related: false},
  coverageAnalysis: 'perTest',
  mutate: file ? [file] : [],
  // Words for people are compared in the tests of the pages that show them; names are held by their types.
  mutator: {excludedMutations: ['StringLiteral']},
  // What runs once, as a module is read, is the same for all tests: a run of its own for each would take days.
  ignoreStatic: true,
  tempDirName: '.stryker/tmp',
  ignorePatterns: ['/dist', '/docs', '/bench', '/.ci', '/api'],
  // TypeScript 7 has no programming interface, which Stryker rewrites a tsconfig.json with; nothing here needs that.
  tsconfigFile: 'none',
  disableTypeChecks: false,
  reporters: ['clear-text', 'json'],
  jsonReporter: {fileName: '.stryker/report.json'},
  clearTextReporter: {allowColor: false, reportTests: false, reportMutants: true, reportScoreTable: false},
  concurrency: Number(process.env['CONCURRENCY'] ?? 2),
  timeoutMS: 8_000,
};
