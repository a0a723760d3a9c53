import {spawn, type ChildProcessWithoutNullStreams} from 'node:child_process';
import {once} from 'node:events';
import {createInterface} from 'node:readline';
import {fileURLToPath} from 'node:url';
import {onTestFinished} from 'vitest';
import type {Simulator} from '../../../src/simulator/index.ts';

const CALLER = fileURLToPath(new URL('caller.ts', import.meta.url));

export interface Caller {
  /** Lets the process make its calls. */
  readonly go: () => void;
  /** The statuses of its calls. */
  readonly statuses: () => Promise<(number | string)[]>;
  /** Ends it as a power cut would. */
  readonly kill: () => Promise<void>;
}

/** Another process with a policy of its own on the same database; resolves when it is ready to call. */
export async function caller(
  simulator: Simulator,
  database: string,
  user: string,
  path: string,
  calls: number,
): Promise<Caller> {
  const args = ['--conditions=smartcar-policy:source', CALLER, database, user, path, String(calls)];
  const child: ChildProcessWithoutNullStreams = spawn(process.execPath, args, {
    env: {...process.env, ...simulator.env},
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const gone = once(child, 'exit');
  const said: string[] = [];
  child.stderr.on('data', data => said.push(String(data)));
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const line = async (): Promise<string> => {
    const {value, done} = await lines.next();
    if (done === true) throw new Error(`The process has ended. ${said.join('')}`);
    return value;
  };
  await line();
  return {
    go: () => void child.stdin.write('go\n'),
    statuses: async () => JSON.parse(await line()) as (number | string)[],
    async kill() {
      child.kill('SIGKILL');
      await gone;
    },
  };
}
