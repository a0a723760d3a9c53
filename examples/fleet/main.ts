// Three worker processes, 200 cars and one Redis: `npm run example:fleet`. It ends by itself after half a minute, with
// exit code 0 if nothing was lost. Kill workers while it runs; Ctrl-C ends all of it.
import {NoRedis, openRedis} from './redis.ts';
import {createScreen} from './screen.ts';
import {runShow} from './show.ts';

const screen = createScreen();
const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => stopping.abort(signal));
// Whoever read the output has gone.
process.stdout.on('error', () => stopping.abort());

try {
  const redis = await openRedis();
  const run = `fleet-${process.pid}-${Date.now().toString(36)}`;
  try {
    screen.note(`Redis: ${redis.words}`);
    process.exitCode = await runShow({redis, run, screen, stop: stopping.signal});
  } finally {
    await redis.close(run);
  }
} catch (error) {
  const said = error instanceof Error ? error.message : String(error);
  console.error(
    error instanceof NoRedis
      ? `${said} Install redis-server, or name a Redis in REDIS_URL.`
      : `The show cannot go on. ${said}`,
  );
  process.exitCode = 1;
}
