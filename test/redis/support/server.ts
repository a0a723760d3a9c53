import {spawn, type ChildProcess} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, rmSync} from 'node:fs';
import {createConnection, createServer, type AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

/** A Redis of our own: it can be stopped, paused and started again. */
export interface RedisServer {
  readonly port: number;
  readonly url: string;
  /** Stops the process with a signal; SIGKILL by default. What it held is gone unless it was started with a file. */
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again, on the same port. */
  start(): Promise<void>;
  /** Holds it still, connections open, until `resume`. */
  pause(): void;
  resume(): void;
  /** Stops it for good and takes its files away. */
  [Symbol.asyncDispose](): Promise<void>;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const {port} = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** `settings`: more of redis-server's own, such as `--requirepass`. Without any, nothing is kept on disk. */
export async function startRedis(settings: readonly string[] = []): Promise<RedisServer> {
  const port = await freePort();
  const directory = mkdtempSync(join(tmpdir(), 'smartcar-policy-redis-'));
  const given = [
    `--port ${port} --bind 127.0.0.1 --appendonly no --loglevel warning`.split(' '),
    ['--dir', directory, '--save', ''],
    settings,
  ];
  let server: ChildProcess | undefined;

  async function start(): Promise<void> {
    const started = spawn('redis-server', given.flat(), {stdio: 'ignore'});
    server = started;
    const gone = once(started, 'exit').then(([code]) => {
      throw new Error(`redis-server ended with ${String(code)}`);
    });
    gone.catch(() => undefined);
    await Promise.race([answering(port), gone]);
  }

  async function stop(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const stopped = server;
    server = undefined;
    if (!stopped || stopped.exitCode !== null || stopped.signalCode !== null) return;
    const gone = once(stopped, 'exit');
    stopped.kill(signal);
    await gone;
  }

  await start();
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    start,
    stop,
    pause: () => void server?.kill('SIGSTOP'),
    resume: () => void server?.kill('SIGCONT'),
    async [Symbol.asyncDispose]() {
      server?.kill('SIGCONT');
      await stop();
      rmSync(directory, {recursive: true, force: true});
    },
  };
}

const RETRY_MS = 10;
const TRIES = 1_000;

async function answering(port: number): Promise<void> {
  for (let tries = 0; tries < TRIES; tries++) {
    if (await answers(port)) return;
    await new Promise(resolve => setTimeout(resolve, RETRY_MS));
  }
  throw new Error(`redis-server does not answer on port ${port}`);
}

/** `+PONG`, or `-NOAUTH`: it is there. `-LOADING` is not yet. */
function answers(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = createConnection(port, '127.0.0.1', () => socket.write('PING\r\n'));
    const end = (there: boolean): void => {
      socket.destroy();
      resolve(there);
    };
    socket.once('data', data => end(!String(data).startsWith('-LOADING')));
    socket.once('error', () => end(false));
    socket.once('end', () => end(false));
  });
}
