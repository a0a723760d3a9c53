import {spawn, type ChildProcessWithoutNullStreams} from 'node:child_process';
import {once} from 'node:events';
import {createInterface} from 'node:readline';
import {fileURLToPath} from 'node:url';
import {onTestFinished} from 'vitest';
import type {Simulator} from '../../../src/simulator/index.ts';

/** A script in a process of its own, that has said "ready" and waits. */
export interface Started {
  /** Lets the process do its work. */
  readonly go: () => void;
  /** What it says next, as JSON. */
  readonly said: () => Promise<unknown>;
  /** Ends it as a power cut would. */
  readonly kill: () => Promise<void>;
}

/** Starts a script of this folder; resolves when it is ready. */
export async function started(
  script: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Started> {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const child: ChildProcessWithoutNullStreams = spawn(
    process.execPath,
    ['--conditions=smartcar-policy:source', path, ...args],
    {env: {...process.env, ...env}},
  );
  onTestFinished(() => void child.kill('SIGKILL'));
  const gone = once(child, 'exit');
  const complaints: string[] = [];
  child.stderr.on('data', data => complaints.push(String(data)));
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const line = async (): Promise<string> => {
    const {value, done} = await lines.next();
    if (done === true) throw new Error(`The process has ended. ${complaints.join('')}`);
    return value;
  };
  await line();
  return {
    go: () => void child.stdin.write('go\n'),
    said: async () => JSON.parse(await line()) as unknown,
    async kill() {
      child.kill('SIGKILL');
      await gone;
    },
  };
}

export interface Caller extends Omit<Started, 'said'> {
  /** The statuses of its calls. */
  readonly statuses: () => Promise<(number | string)[]>;
}

/** Another process with a policy of its own on the same database; resolves when it is ready to call. */
export async function caller(
  simulator: Simulator,
  database: string,
  user: string,
  path: string,
  calls: number,
): Promise<Caller> {
  const {go, said, kill} = await started('caller.ts', [database, user, path, String(calls)], simulator.env);
  return {go, kill, statuses: async () => (await said()) as (number | string)[]};
}
