import {defineConfig} from 'rolldown';

const doors = [
  'index',
  'simulator/index',
  'http/node',
  'redis/index',
  'bullmq/index',
  'testing/index',
  'cli/main',
];

/** Few files instead of two hundred: what the front door costs to import is mostly their number. */
export default defineConfig({
  input: Object.fromEntries(doors.map(door => [door, `src/${door}.ts`])),
  platform: 'node',
  // Every package stays one: users share theirs, and `ky` has to be found by `require`.
  external: /^(?:node:|[a-z@])/,
  output: {dir: 'dist', entryFileNames: '[name].js', chunkFileNames: 'parts/[name].js', sourcemap: true},
  transform: {target: 'node22'},
});
