import {spawn, type ChildProcessWithoutNullStreams} from 'node:child_process';
import {once} from 'node:events';
import {createInterface} from 'node:readline';
import {fileURLToPath} from 'node:url';
import {onTestFinished} from 'vitest';
import type {RedisServer} from '../../redis/support/server.ts';
import type {Scene} from './scene.ts';

export interface WorkerProcess {
  /** What it says next. */
  readonly said: () => Promise<unknown>;
  readonly signal: (signal: NodeJS.Signals) => void;
  /** Ends it as a power cut would. */
  readonly kill: () => Promise<void>;
  /** Has it close its durable calls; resolves with its exit code, once nothing keeps it alive. */
  readonly close: () => Promise<number | null>;
  /** What it has written to stderr. */
  readonly complaints: () => string;
}

/** Another process that takes calls from a queue; `ending`: what befalls it as it is about to send. */
export async function workerProcess(
  {simulator}: Scene,
  server: RedisServer,
  queue: string,
  ending: 'dies' | 'freezes' | 'lives' = 'lives',
): Promise<WorkerProcess> {
  const script = fileURLToPath(new URL('worker-process.ts', import.meta.url));
  const tokens = JSON.stringify(simulator.grant('ada'));
  const child: ChildProcessWithoutNullStreams = spawn(
    process.execPath,
    [script, String(server.port), queue, simulator.origin, tokens, ending],
    {env: {...process.env, ...simulator.env}},
  );
  onTestFinished(() => void child.kill('SIGKILL'));
  const gone = once(child, 'exit');
  const complaints: string[] = [];
  child.stderr.on('data', data => complaints.push(String(data)));
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const said = async (): Promise<unknown> => {
    const {value, done} = await lines.next();
    if (done === true) throw new Error(`The process has ended. ${complaints.join('')}`);
    return JSON.parse(value) as unknown;
  };
  await said();
  return {
    said,
    signal: signal => void child.kill(signal),
    async kill() {
      child.kill('SIGKILL');
      await gone;
    },
    async close() {
      child.stdin.end('close\n');
      const [code] = (await gone) as [number | null];
      return code;
    },
    complaints: () => complaints.join(''),
  };
}
