import {spawn, spawnSync} from 'node:child_process';
import {once} from 'node:events';
import {createServer, type AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import {createInterface} from 'node:readline';
import {setTimeout as sleep} from 'node:timers/promises';
import {Redis} from 'ioredis';

/** The one that the processes share. */
export interface SharedRedis {
  readonly url: string;
  /** What to say of it. */
  readonly words: string;
  /** Leaves nothing behind: ends it, or takes out the keys whose names hold `mark`. */
  close(mark: string): Promise<void>;
}

/** There is none, and no program to start one. */
export class NoRedis extends Error {}

/** The one that REDIS_URL names, else a redis-server of our own, which keeps nothing on disk. */
export async function openRedis(): Promise<SharedRedis> {
  const {REDIS_URL: given} = process.env;
  if (given !== undefined && given !== '') return givenRedis(given);
  if (spawnSync('redis-server', ['--version']).error) throw new NoRedis('No redis-server is on the path.');
  const port = await freePort();
  const settings = ['--port', String(port), '--bind', '127.0.0.1', '--dir', tmpdir()];
  // In a group of its own: Ctrl-C on a terminal would else end it before those who still use it.
  const guard = spawn('sh', ['-c', GUARDED, 'sh', ...settings, '--save', '', '--appendonly', 'no'], {
    stdio: ['pipe', 'pipe', 'ignore'],
    detached: true,
  });
  const url = `redis://127.0.0.1:${port}`;
  const [pid] = (await once(createInterface(guard.stdout), 'line')) as [string];
  const close = async (): Promise<void> => {
    const gone = once(guard, 'exit');
    guard.stdin.end();
    await gone;
  };
  await answers(url).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  return {url, words: `a redis-server on port ${port} (pid ${pid})`, close};
}

/** It ends with this process, however that ends: its guard waits for the end of the pipe. */
const GUARDED = 'redis-server "$@" > /dev/null & echo $!; read -r _; kill -9 $!; wait';

async function givenRedis(url: string): Promise<SharedRedis> {
  await answers(url, 1);
  const {host} = new URL(url);
  return {url, words: `the Redis of REDIS_URL at ${host}`, close: mark => sweep(url, mark)};
}

const TRIES = 200;
const PAUSE_MS = 25;

/** @throws `NoRedis` when nobody answers. */
async function answers(url: string, tries: number = TRIES): Promise<void> {
  for (let left = tries; left > 0; left -= 1) {
    const client = new Redis(url, {lazyConnect: true, retryStrategy: () => null});
    client.on('error', () => undefined);
    const there = await client.ping().then(
      () => true,
      () => false,
    );
    client.disconnect();
    if (there) return;
    await sleep(PAUSE_MS);
  }
  throw new NoRedis(`No Redis answers at ${new URL(url).host}.`);
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const {port} = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** The show has keys of its own, each with the mark in its name. */
async function sweep(url: string, mark: string): Promise<void> {
  const client = new Redis(url);
  for await (const keys of client.scanStream({match: `*${mark}*`, count: 1_000}))
    if ((keys as string[]).length > 0) await client.unlink(...(keys as string[]));
  await client.quit();
}
