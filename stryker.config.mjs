// `npm run mutation`, or one folder alone: `PART=limits npm run mutation`.
const part = process.env['PART'];

// oxlint-disable-next-line import/no-default-export
export default {
  testRunner: 'vitest',
  vitest: {configFile: 'vitest.mutation.config.ts', related: false},
  coverageAnalysis: 'perTest',
  mutate: (part === undefined ? ['core', 'engine', 'limits', 'auth'] : [part]).map(
    folder => `src/${folder}/**/*.ts`,
  ),
  // Words for people are compared in the tests of the pages that show them; names are held by their types.
  mutator: {excludedMutations: ['StringLiteral']},
  // What runs once, as a module is read, is the same for all tests: a run of its own for each would take days.
  ignoreStatic: true,
  incremental: true,
  incrementalFile: `.stryker/${part ?? 'all'}.json`,
  tempDirName: '.stryker/tmp',
  ignorePatterns: ['/dist', '/docs', '/bench', '/.ci', '/api'],
  // TypeScript 7 has no programming interface, which Stryker rewrites a tsconfig.json with; nothing here needs that.
  tsconfigFile: 'none',
  disableTypeChecks: false,
  reporters: ['clear-text', 'json', 'html'],
  jsonReporter: {fileName: `.stryker/${part ?? 'all'}-report.json`},
  htmlReporter: {fileName: `.stryker/${part ?? 'all'}-report.html`},
  clearTextReporter: {allowColor: false, reportTests: false, reportMutants: true},
  concurrency: Number(process.env['CONCURRENCY'] ?? 2),
  timeoutMS: 20_000,
  thresholds: {high: 95, low: 90, break: 90},
};
