import {defineConfig} from 'rolldown';
import license from 'rollup-plugin-license';

const doors = [
  'index',
  'simulator/index',
  'http/node',
  'redis/index',
  'bullmq/index',
  'otel/index',
  'testing/index',
  'cli/main',
  'lab/worker',
];

/** What the lab alone needs is in the package, so that nobody who does not run it has to install it. */
const LABS: ReadonlySet<string> = new Set([
  '@observablehq/plot',
  '@sinonjs/fake-timers',
  'axios',
  'axios-retry',
  'cockatiel',
  'linkedom',
]);

/** `axios-retry` of `axios-retry/package.json`. */
const packageOf = (id: string): string => id.split('/', id.startsWith('@') ? 2 : 1).join('/');

const isPackage = (id: string): boolean => /^(?:node:|[a-z@])/.test(id);

/** Few files instead of two hundred: what the front door costs to import is mostly their number. */
export default defineConfig({
  input: Object.fromEntries(doors.map(door => [door, `src/${door}.ts`])),
  platform: 'node',
  // Every other package stays one: users share theirs, and `ky` has to be found by `require`.
  external: (id, importer) =>
    id.startsWith('node:') ||
    (isPackage(id) && !LABS.has(packageOf(id)) && !(importer ?? '').includes('node_modules')),
  output: {
    dir: 'dist',
    entryFileNames: '[name].js',
    chunkFileNames: 'parts/[name].js',
    sourcemap: true,
    // The sources are in the package.
    sourcemapExcludeSources: true,
  },
  // What is built in brings its licence along.
  plugins: [license({thirdParty: {output: 'dist/THIRD-PARTY.txt'}})],
  transform: {target: 'node22'},
});
